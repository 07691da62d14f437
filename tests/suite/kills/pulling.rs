//! Killed while it pulls, a source loses no row and doubles none: what was finished counts, the rest goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use scorepost::exact::Exact;
use scorepost::ledger::RunState;
use scorepost::score::appraisal::Standing;

use super::{kill, program};
use crate::bench::Bench;
use crate::facts::by_agent;

const PULL: [&str; 5] = ["sources", "pull", "--all", "--period", "2026-10"];

/// What a run of October makes of the data, by agent.
async fn totals(bench: &Bench) -> BTreeMap<String, Option<Exact>> {
    let outcome = bench.run(bench.october()).await;
    assert_eq!(outcome.run.state, RunState::Ready, "{:?}", outcome.findings);
    let appraisal = outcome.appraisal.expect("an appraisal");
    let total = |standing: &Standing| match standing {
        Standing::Scored { total, .. } => Some(total.clone()),
        Standing::NotScored { .. } => None,
    };
    by_agent(&appraisal).into_iter().map(|(agent, card)| (agent.to_owned(), total(&card.standing))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_pulling_it_ends_with_the_same_rows() {
    let bench = Bench::on(9);
    for pause in [200, 500, 900, 1400, 2000, 2700, 3500] {
        let child = program(&bench, "folder:", &PULL).spawn().expect("the program");
        tokio::time::sleep(Duration::from_millis(pause)).await;
        kill(child);
    }
    let undisturbed = Bench::on(9);
    assert_eq!(totals(&bench).await, totals(&undisturbed).await);
    let leftovers = names(&bench.folder.path().join("lake"));
    assert!(leftovers.iter().filter(|name| name.ends_with(".parquet")).count() > 100, "{}", leftovers.len());
}

/// The names of all files in a folder and its folders.
fn names(folder: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path()) {
        match path.is_dir() {
            true => found.extend(names(&path)),
            false => found.push(path.display().to_string()),
        }
    }
    found
}
