//! What two processes do at once happens one after the other: the same on either database.

use std::collections::BTreeSet;

use crate::clock::Clock;
use crate::ledger::bench::{card, fresh_place, instant, new_run};
use crate::ledger::{Ledger, Moment, NewRequest, RequestKind, Scope};

const ROUNDS: usize = 20;

/// Lets two processes with two threads each do the same thing many times, and gives what came of it.
fn race<T: Send>(work: impl Fn(&Ledger, &str) -> T + Sync, ledgers: &[Ledger; 2]) -> Vec<T> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|number| {
                let (ledger, work, worker) = (&ledgers[number % 2], &work, format!("w{number}"));
                scope.spawn(move || (0..ROUNDS).map(|_| work(ledger, &worker)).collect::<Vec<T>>())
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a thread")).collect()
    })
}

fn two() -> ([Ledger; 2], tempfile::TempDir) {
    let (place, folder) = fresh_place();
    ([(); 2].map(|()| Ledger::open_at(&place, Clock::system()).expect("a ledger")), folder)
}

#[test]
fn every_run_has_an_id_of_its_own() {
    let (ledgers, _folder) = two();
    let ids = race(|ledger, _| ledger.start_run(&new_run("2026-10")).expect("a run").id, &ledgers);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

#[test]
fn the_audit_chain_has_no_gap_and_no_fork() {
    let (ledgers, _folder) = two();
    race(|ledger, worker| ledger.audit(worker, "act", "run", "").expect("an entry"), &ledgers);
    assert!(ledgers[0].verify_audit().expect("a verdict"));
    assert_eq!(ledgers[1].audit_entries(999).expect("entries").len(), 4 * ROUNDS);
}

#[test]
fn editions_are_counted_without_gap() {
    let (ledgers, _folder) = two();
    let run = ledgers[0].start_run(&new_run("2026-10")).expect("a run").id;
    let mut editions = race(
        |ledger, _| {
            let mut content = [0_u8; 8];
            getrandom::fill(&mut content).expect("random bytes");
            let (document, _) = ledger.issue(&run, &card("A001", &hex::encode(content))).expect("issued");
            document.edition
        },
        &ledgers,
    );
    editions.sort_unstable();
    assert_eq!(editions, (1..=4 * ROUNDS as u32).collect::<Vec<_>>());
}

#[test]
fn an_occasion_is_noted_claimed_and_run_once() {
    let (ledgers, _folder) = two();
    let due = Moment::of_schedule(instant("2026-11-01T01:00:00Z"));
    let runs = race(
        |ledger, worker| {
            ledger.note_due("monthly", &due, "2026-10", None).expect("noted");
            let noted = ledger.occurrences("monthly", 1).expect("occurrences").remove(0);
            let claimed = ledger.claim_occurrence(worker, &noted).expect("a claim")?;
            Some(ledger.start_run_of_occurrence(&new_run("2026-10"), &claimed.moment).expect("a run").id)
        },
        &ledgers,
    );
    assert_eq!(runs.iter().flatten().count(), 1);
    assert_eq!(ledgers[0].runs(None, 9).expect("runs").len(), 1);
}

#[test]
fn a_request_is_asked_and_taken_once() {
    let (ledgers, _folder) = two();
    let ask = |key: usize| NewRequest {
        key: format!("k{key}"),
        kind: RequestKind::Run,
        job: "monthly".to_owned(),
        period: "2026-10".to_owned(),
        scope: Scope::default(),
        refresh: false,
        send: false,
        run_id: None,
        requested_by: "hr".to_owned(),
    };
    let taken = race(
        |ledger, worker| {
            for key in 0..5 {
                ledger.ask(&ask(key)).expect("asked");
            }
            ledger.take_request(worker).expect("a take").map(|request| request.id)
        },
        &ledgers,
    );
    let taken: Vec<i64> = taken.into_iter().flatten().collect();
    assert_eq!((taken.len(), taken.iter().collect::<BTreeSet<_>>().len()), (5, 5));
}
