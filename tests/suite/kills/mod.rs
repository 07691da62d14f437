//! Killed anywhere, a run goes on where it was: nobody is mailed twice, nobody is forgotten, and what nobody can know is listed.

mod pulling;
mod relay;
mod returns;
mod server;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use scorepost::clock::Clock;
use scorepost::ledger::{Delivery, DeliveryState, Ledger};

use crate::bench::{Bench, morning};

const RUN: [&str; 5] = ["run", "monthly-scorecard", "--period", "2026-10", "--send"];

/// The program, as a person would start it, on the bench's shop and folder.
fn program(bench: &Bench, mail: &str, arguments: &[&str]) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_scorepost"));
    command
        .args(arguments)
        .env("SCOREPOST_DATA", bench.folder.path())
        .env("SCOREPOST_JOBS", root.join("jobs"))
        .env("SCOREPOST_TEMPLATES", root.join("report-templates"))
        .env("SCOREPOST_NOW", morning(9).to_rfc3339())
        .env("SCOREPOST_MAIL_URL", mail)
        .env("SHOP_URL", bench.shop_url())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Kills with SIGKILL, which no program can prepare for.
fn kill(mut child: Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// sent ⇒ one copy; unknown ⇒ none or one; anything else ⇒ none; nobody two. Gives the unknown ones.
fn check(bench: &Bench, copies: &BTreeMap<String, usize>) -> Vec<Delivery> {
    assert!(copies.values().all(|count| *count == 1), "somebody was mailed twice: {copies:?}");
    let path = bench.folder.path().join("ledger.sqlite");
    let ledger = Ledger::open(&path, Clock::fixed(morning(9))).expect("the ledger");
    let runs = ledger.runs(None, 100).expect("runs");
    let mut unknown = BTreeMap::new();
    for delivery in runs.iter().flat_map(|run| ledger.deliveries(&run.id).expect("deliveries")) {
        let count = copies.get(&delivery.address).copied().unwrap_or(0);
        match delivery.state {
            DeliveryState::Sent | DeliveryState::ResolvedSent => {
                assert_eq!(count, 1, "{} is sent without a copy", delivery.recipient)
            }
            DeliveryState::Unknown | DeliveryState::InDoubt => drop(unknown.insert(delivery.id, delivery)),
            state => assert_eq!(count, 0, "{} is {state} with a copy", delivery.recipient),
        }
    }
    // Several runs of a period list the same letter.
    unknown.into_values().collect()
}
