//! What has grown old goes when a person says so, and never what a run still needs.

use std::fs;
use std::path::PathBuf;

use chrono::TimeDelta;
use scorepost::ledger::{RunState, Scope};
use scorepost::settings::Retention;
use scorepost::upkeep::{Kind, Purge, sweep, verify};

use crate::bench::{Bench, documents_of};

fn everything() -> Retention {
    let months = Some(1);
    Retention {
        raw_pages: months,
        tables: months,
        documents: months,
        letters: months,
        scores: months,
        sessions: months,
    }
}

fn counts(bench: &Bench) -> Vec<(Kind, u64)> {
    let purge = Purge::look(&bench.pipeline).expect("a look");
    purge.going.iter().map(|one| (one.kind, one.count)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_grown_old_goes_and_its_absence_is_no_loss() {
    let mut bench = Bench::on(9);
    bench.pipeline.settings.retention = everything();
    let run = bench.run(bench.october().send()).await.run.id;
    bench.clock.set(bench.clock.now() + TimeDelta::days(20));
    assert!(counts(&bench).iter().all(|(kind, count)| *kind == Kind::Tables || *count == 0), "{:?}", counts(&bench));
    bench.clock.set(bench.clock.now() + TimeDelta::days(40));
    let due = counts(&bench);
    for (kind, least) in
        [(Kind::RawPages, 1), (Kind::Tables, 1), (Kind::Documents, 24), (Kind::Letters, 23), (Kind::Scores, 24)]
    {
        assert!(due.iter().any(|(one, count)| *one == kind && *count >= least), "{kind:?}: {due:?}");
    }
    Purge::look(&bench.pipeline).expect("a look").carry_out("op").expect("a purge");
    assert!(counts(&bench).iter().all(|(_, count)| *count == 0), "{:?}", counts(&bench));
    let documents = documents_of(&bench.pipeline.ledger, &run);
    assert_eq!(documents.len(), 24, "that they were issued stays");
    assert!(documents.iter().all(|one| one.total.is_none() && one.data == "{}"));
    assert_eq!(bench.pipeline.ledger.deliveries(&run).expect("deliveries").len(), 23);
    let proof = verify(&bench.pipeline, None).expect("a proof");
    assert_eq!((proof.found, proof.removed), (Vec::new(), 24 + 23));
    let audit = bench.pipeline.ledger.audit_entries(9).expect("entries");
    assert!(audit.iter().any(|entry| entry.action == "purge" && entry.who == "op"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_unfinished_run_needs_stays_however_old() {
    let mut bench = Bench::on(9);
    bench.pipeline.settings.retention = everything();
    let run = bench.run(bench.october()).await.run;
    assert_eq!(run.state, RunState::Ready);
    bench.clock.set(bench.clock.now() + TimeDelta::days(400));
    let tables: PathBuf = bench.pipeline.folders.tables("monthly-scorecard", "2026-10");
    for (kind, count) in counts(&bench) {
        let needed = matches!(kind, Kind::Documents | Kind::Letters | Kind::Scores);
        assert!(!needed || count == 0, "{kind:?}: {count}");
    }
    Purge::look(&bench.pipeline).expect("a look").carry_out("op").expect("a purge");
    assert!(tables.is_dir(), "the release computes from them");
    bench.pipeline.ledger.set_state(&run.id, RunState::Pulling).expect("at work");
    assert!(counts(&bench).iter().all(|(kind, count)| !matches!(kind, Kind::RawPages | Kind::Tables) || *count == 0));
}

#[test]
fn nothing_goes_without_a_term_or_a_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = folder.path().join("scorepost.toml");
    std::fs::write(&settings, "[retention]\nsessions = 1\n").expect("a file");
    let place = settings.display().to_string();
    let listed = super::scorepost(folder.path(), &["purge", "--dry-run", "--settings", &place]);
    assert_eq!(listed.status.code(), Some(0), "{}", super::text(&listed.stderr));
    let bare = super::scorepost(folder.path(), &["purge"]);
    assert!(super::text(&bare.stdout).contains("[retention]"), "{}", super::text(&bare.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_unfinished_goes_and_what_is_being_written_stays() {
    let bench = Bench::on(9);
    bench.run(bench.october()).await;
    let tables = bench.pipeline.folders.tables("monthly-scorecard", "2026-10");
    let beside = |name: &str| tables.with_file_name(name);
    let make = |path: &PathBuf| {
        fs::create_dir_all(path).expect("a folder");
        fs::write(path.join("agents.parquet"), b"half").expect("half a table");
    };
    let (part, old, only) = (beside("2026-10.part"), beside("2026-10.old"), beside("2026-08.old"));
    [&part, &old, &only].into_iter().for_each(make);
    let held = bench.pipeline.ledger.claim_run(
        &bench.pipeline.settings.data,
        "monthly-scorecard",
        "2026-10",
        &Scope::default(),
    );
    assert_eq!(sweep(&bench.pipeline).expect("swept"), 0, "somebody works on the period");
    assert!(part.exists() && old.exists());
    drop(held);
    assert_eq!(sweep(&bench.pipeline).expect("swept"), 2);
    assert!(!part.exists() && !old.exists() && tables.exists());
    assert!(only.exists(), "no other tables took their place");
}
