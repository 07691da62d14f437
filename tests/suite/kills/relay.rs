//! A relay that misbehaves on command: every reply can be lost, refused or late.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use mail_parser::MessageParser;
use scorepost::clock::Clock;
use scorepost::ledger::{DeliveryState, Ledger};

use super::{RUN, check, kill, program};
use crate::bench::{Bench, morning};
use crate::peers::smtp::{Act, FakeRelay, Step};

fn url(relay: &FakeRelay) -> String {
    format!("smtp://127.0.0.1:{}", relay.port)
}

/// How many copies each recipient has.
fn copies(relay: &FakeRelay) -> BTreeMap<String, usize> {
    let mut copies = BTreeMap::new();
    for bytes in relay.stored() {
        let letter = MessageParser::default().parse(&bytes).expect("a letter");
        let to = letter.to().and_then(|to| to.first()).and_then(|one| one.address()).expect("a recipient").to_owned();
        *copies.entry(to).or_default() += 1;
    }
    copies
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_many_moments_nothing_is_lost_or_doubled() {
    let bench = Bench::on(9);
    let relay = FakeRelay::start().await;
    let mut kills = 0;
    // First in the early stages by time, then between letters by what the relay has stored.
    for pause in [150, 900, 1800, 2600] {
        let child = program(&bench, &url(&relay), &RUN).spawn().expect("the program");
        tokio::time::sleep(Duration::from_millis(pause)).await;
        kill(child);
        kills += 1;
        check(&bench, &copies(&relay));
    }
    for stored in [1, 4, 9, 15, 20] {
        let child = program(&bench, &url(&relay), &RUN).spawn().expect("the program");
        let since = Instant::now();
        while relay.stored().len() < stored && since.elapsed() < Duration::from_secs(60) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        kill(child);
        kills += 1;
        check(&bench, &copies(&relay));
    }
    program(&bench, &url(&relay), &RUN).status().expect("the program");
    let unknown = check(&bench, &copies(&relay)).len();
    assert!(unknown <= kills, "{unknown} unknown after {kills} kills");
    assert!(copies(&relay).len() + unknown >= 23, "{} letters and {unknown} unknown", copies(&relay).len());
    let again = program(&bench, &url(&relay), &RUN).status().expect("the program");
    assert_eq!(again.code(), Some(if unknown == 0 { 0 } else { 1 }));
    check(&bench, &copies(&relay));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_reply_is_unknown_until_a_person_says_what_happened() {
    let bench = Bench::on(9);
    let relay = FakeRelay::start().await.once(Step::Dot, Act::close().storing());
    let status = program(&bench, &url(&relay), &RUN).status().expect("the program");
    assert_eq!(status.code(), Some(1), "not everything is known to have been sent");
    assert_eq!(check(&bench, &copies(&relay)).len(), 1);
    program(&bench, &url(&relay), &RUN).status().expect("the program");
    assert_eq!(check(&bench, &copies(&relay)).len(), 1, "an unknown letter is never sent again on its own");
    let ledger =
        Ledger::open(&bench.folder.path().join("ledger.sqlite"), Clock::fixed(morning(9))).expect("the ledger");
    let runs = ledger.runs(None, 1).expect("runs");
    let deliveries = ledger.deliveries(&runs[0].id).expect("deliveries");
    let unknown = deliveries.iter().find(|one| one.state == DeliveryState::Unknown).expect("an unknown letter");
    let number = unknown.id.to_string();
    let resolve = ["resolve", &number, "--arrived", "--reason", "it is in the relay's log"];
    assert!(program(&bench, &url(&relay), &resolve).status().expect("the program").success());
    assert!(program(&bench, &url(&relay), &RUN).status().expect("the program").success());
    assert_eq!(copies(&relay).len(), 23);
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_letters_are_tried_again_only_on_a_persons_word() {
    let bench = Bench::on(9);
    let relay = FakeRelay::start().await.once(Step::Rcpt, Act::say("550 5.1.1 no such mailbox"));
    assert_eq!(program(&bench, &url(&relay), &RUN).status().expect("the program").code(), Some(1));
    assert_eq!(copies(&relay).len(), 22);
    assert_eq!(program(&bench, &url(&relay), &RUN).status().expect("the program").code(), Some(1));
    assert_eq!(copies(&relay).len(), 22, "a refused letter is not sent again on its own");
    let resend = ["resend", "monthly-scorecard-2026-10-1", "--failed"];
    assert!(program(&bench, &url(&relay), &resend).status().expect("the program").success());
    check(&bench, &copies(&relay));
    assert_eq!(copies(&relay).len(), 23);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_leaves_every_letter_unknown_is_left_alone_after_a_few() {
    let bench = Bench::on(9);
    let relay = FakeRelay::start().await.always(Step::Dot, Act::close());
    assert_eq!(program(&bench, &url(&relay), &RUN).status().expect("the program").code(), Some(1));
    assert_eq!(check(&bench, &copies(&relay)).len(), 3, "the other letters wait instead of becoming unknown too");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_is_read_without_any_job_file_and_one_wrong_file_hinders_only_its_job() {
    let bench = Bench::on(9);
    let relay = FakeRelay::start().await;
    assert!(program(&bench, &url(&relay), &RUN).status().expect("the program").success());
    let jobs = bench.folder.path().join("broken-jobs");
    crate::bench::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs").as_path(), &jobs);
    std::fs::write(jobs.join("phone-desk.toml"), "id = 1").expect("a wrong file");
    let code = |arguments: &[&str], jobs: &Path| {
        program(&bench, &url(&relay), arguments).env("SCOREPOST_JOBS", jobs).status().expect("the program").code()
    };
    let nowhere = bench.folder.path().join("no-such-folder");
    assert_eq!(code(&["runs"], &nowhere), Some(0));
    assert_eq!(code(&["show", "monthly-scorecard-2026-10-1"], &nowhere), Some(0));
    assert_eq!(code(&RUN, &jobs), Some(0));
    assert_eq!(code(&["run", "phone-desk", "--period", "2026-10"], &jobs), Some(2));
    assert_eq!(code(&["run", "monthly-scorecard", "--period", "2026-12"], &jobs), Some(2), "it has not begun");
}
