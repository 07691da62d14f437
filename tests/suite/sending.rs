//! A round of letters: over several connections, at a pace, past a last look, or all to whoever tries it out.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use mail_parser::MessageParser;
use scorepost::clock::Clock;
use scorepost::ledger::{Delivery, DeliveryState, RunState};
use scorepost::pipeline;

use crate::bench::Bench;
use crate::peers::smtp::{Act, FakeRelay, Step};

const RECIPIENTS: usize = 23;

/// The bench with a relay, and more lines in `[mail]` of its settings.
fn with_relay(bench: Bench, relay: &FakeRelay, more: &[(&str, &str)]) -> Bench {
    bench.reopen(|environment| {
        environment.insert("SCOREPOST_MAIL_URL".to_owned(), format!("smtp://127.0.0.1:{}", relay.port));
        more.iter().for_each(|(name, value)| drop(environment.insert(name.to_string(), value.to_string())));
    })
}

/// To whom each letter of the relay goes.
fn readers(relay: &FakeRelay) -> Vec<String> {
    let to = |bytes: &Vec<u8>| {
        let letter = MessageParser::default().parse(bytes).expect("a letter");
        letter.to().and_then(|to| to.first()).and_then(|one| one.address()).expect("a reader").to_owned()
    };
    relay.stored().iter().map(to).collect()
}

fn deliveries(bench: &Bench, run: &str) -> Vec<Delivery> {
    bench.pipeline.ledger.deliveries(run).expect("deliveries")
}

#[tokio::test(flavor = "multi_thread")]
async fn several_connections_send_each_letter_once() {
    let relay = FakeRelay::start().await.offering("PIPELINING");
    let mut bench = with_relay(Bench::on(9), &relay, &[]);
    bench.pipeline.settings.mail.connections = 6;
    let outcome = bench.run(bench.october().send()).await;
    assert_eq!((outcome.run.state, outcome.tally.sent_now), (RunState::Sent, RECIPIENTS as u64));
    let readers = readers(&relay);
    assert_eq!((readers.len(), readers.iter().collect::<BTreeSet<_>>().len()), (RECIPIENTS, RECIPIENTS));
    assert!((2..=6).contains(&relay.connections()), "{} connections", relay.connections());
    assert!(
        deliveries(&bench, &outcome.run.id).iter().all(|one| one.state == DeliveryState::Sent && one.attempts == 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_several_connections_have_claimed_is_free_again_when_they_stop() {
    let relay = FakeRelay::start().await.always(Step::Dot, Act::close());
    let mut bench = with_relay(Bench::on(9), &relay, &[]);
    bench.pipeline.settings.mail.connections = 4;
    let outcome = bench.run(bench.october().send()).await;
    let count = |state| deliveries(&bench, &outcome.run.id).iter().filter(|one| one.state == state).count();
    let unknown = count(DeliveryState::Unknown);
    assert!((3..=6).contains(&unknown), "three in a row end it, and each other connection may have one: {unknown}");
    assert_eq!(count(DeliveryState::Pending) + unknown, RECIPIENTS);
    assert_eq!(bench.pipeline.ledger.unknown_deliveries().expect("unknowns").len(), unknown);
}

/// Lets a run's letters go until the relay has so many, and a while longer.
async fn release_until(bench: &Bench, run: &str, relay: &FakeRelay, letters: usize) {
    let enough = async {
        while relay.stored().len() < letters {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
    };
    tokio::select! {
        ended = pipeline::release(&bench.pipeline, run, "hr", &|_| {}) => drop(ended.expect("released")),
        () = enough => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pace_holds_over_a_restart() {
    let relay = FakeRelay::start().await;
    let mut bench = with_relay(Bench::on(9), &relay, &[]);
    let run = bench.run(bench.october()).await.run;
    // The last minute is counted on a clock that goes.
    bench.clock = Clock::system();
    for _ in 0..2 {
        bench = with_relay(bench, &relay, &[]);
        bench.pipeline.settings.mail.per_minute = Some(3);
        release_until(&bench, &run.id, &relay, 3).await;
        assert_eq!(relay.stored().len(), 3);
    }
    bench = with_relay(bench, &relay, &[]);
    bench.pipeline.settings.mail.per_minute_to = [("elsewhere.example".to_owned(), 1)].into();
    release_until(&bench, &run.id, &relay, 10).await;
    assert!(relay.stored().len() >= 10, "a domain's pace is no other's");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_the_roster_corrected_since_gets_nothing_under_the_old_one() {
    let bench = Bench::on(9);
    let run = bench.run(bench.october()).await.run;
    let roster = bench.pipeline.folders.tables(&run.job, "2026-10").join("agents.parquet");
    assert!(roster.is_file(), "{}", roster.display());
    let changed = bench.pipeline.folders.tables(&run.job, "2026-10");
    std::fs::rename(&changed, changed.with_extension("away")).expect("the roster is gone");
    let outcome = pipeline::release(&bench.pipeline, &run.id, "manager", &|_| {}).await.expect("released");
    assert!(bench.outbox().is_empty());
    assert_eq!(outcome.tally.failed, RECIPIENTS as u64);
    let reason = deliveries(&bench, &run.id)[0].reason.clone().expect("a reason");
    assert!(reason.contains("roster"), "{reason}");
    std::fs::rename(changed.with_extension("away"), &changed).expect("and back");
    pipeline::resend(&bench.pipeline, &run.id, None, "manager", &|_| {}).await.expect("resent");
    assert_eq!(bench.outbox().len(), RECIPIENTS);
}

/// Swaps what the archive keeps under two names.
fn swap(one: &Path, other: &Path) {
    let (first, second) = (std::fs::read(one).expect("a file"), std::fs::read(other).expect("a file"));
    std::fs::write(one, second).expect("written");
    std::fs::write(other, first).expect("written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_was_exchanged_or_changed_goes_to_nobody() {
    let bench = Bench::on(9);
    let run = bench.run(bench.october()).await.run;
    let all = deliveries(&bench, &run.id);
    let folders = &bench.pipeline.folders;
    swap(&folders.letter(&all[0].mime_hash), &folders.letter(&all[1].mime_hash));
    let documents = bench.documents(&run.id);
    let pdf = |delivery: &Delivery| {
        let document = documents.values().find(|one| one.id == delivery.document_id).expect("a document");
        folders.pdf(document.pdf_hash.as_deref().expect("a PDF"))
    };
    swap(&pdf(&all[2]), &pdf(&all[3]));
    pipeline::release(&bench.pipeline, &run.id, "manager", &|_| {}).await.expect("released");
    let after = deliveries(&bench, &run.id);
    for (place, delivery) in after.iter().enumerate() {
        let expected = if place < 4 { DeliveryState::Failed } else { DeliveryState::Sent };
        assert_eq!(delivery.state, expected, "{place}: {:?}", delivery.reason);
    }
    assert_eq!(bench.outbox().len(), RECIPIENTS - 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_test_mode_one_address_gets_everything_and_nothing_counts_as_sent() {
    let relay = FakeRelay::start().await;
    let bench = with_relay(Bench::on(9), &relay, &[("SCOREPOST_TEST_TO", "tester@elsewhere.example")]);
    let outcome = bench.run(bench.october().send()).await;
    assert_eq!((outcome.run.state, outcome.tally.tested, outcome.tally.sent), (RunState::Ready, RECIPIENTS as u64, 0));
    assert_eq!(readers(&relay), vec!["tester@elsewhere.example"; RECIPIENTS]);
    assert_eq!(relay.count("RCPT TO:<tester@elsewhere.example>"), RECIPIENTS);
    for bytes in relay.stored() {
        let letter = MessageParser::default().parse(&bytes).expect("a letter");
        assert!(
            letter.subject().is_some_and(|subject| subject.starts_with("【测试 TEST → ")),
            "{:?}",
            letter.subject()
        );
    }
    assert!(deliveries(&bench, &outcome.run.id).iter().all(|one| one.state == DeliveryState::Pending));
    assert_eq!(bench.pipeline.ledger.tests_of_run(&outcome.run.id).expect("tests"), RECIPIENTS as u64);
    // The same letters are not tried out twice, neither by a run nor by a release.
    let again = bench.run(bench.october().send()).await;
    pipeline::release(&bench.pipeline, &again.run.id, "manager", &|_| {}).await.expect("tried out");
    assert_eq!(relay.stored().len(), RECIPIENTS);
    // Left again, the mode leaves the mailing as if it had never been.
    let bench = with_relay(bench, &relay, &[]);
    let sent = pipeline::release(&bench.pipeline, &again.run.id, "manager", &|_| {}).await.expect("released");
    assert_eq!((sent.run.state, sent.tally.sent), (RunState::Sent, RECIPIENTS as u64));
    assert_eq!(relay.stored().len(), 2 * RECIPIENTS);
    assert_eq!(readers(&relay)[RECIPIENTS..].iter().collect::<BTreeSet<_>>().len(), RECIPIENTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_come_back_to_an_address_that_names_them() {
    let relay = FakeRelay::start().await;
    let mut bench = with_relay(Bench::on(9), &relay, &[]);
    bench.pipeline.settings.mail.return_path = Some("bounces+{letter}@example.test".to_owned());
    let outcome = bench.run(bench.october().send()).await;
    for delivery in deliveries(&bench, &outcome.run.id) {
        let token = delivery.message_id.split('@').next().expect("a token");
        assert_eq!(relay.count(&format!("MAIL FROM:<bounces+{token}@example.test>")), 1);
    }
}

/// A report about a letter, as a mail server writes it.
fn report(delivery: &Delivery, action: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: scorepost@example.test\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {}\r\nAction: {action}\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 mailbox full\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{}>\r\n\r\n--b--\r\n",
        delivery.address, delivery.message_id
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_is_seen_at_the_run_and_goes_again_on_a_persons_word() {
    let relay = FakeRelay::start().await.once(Step::Dot, Act::close().storing());
    let maildir = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(maildir.path().join("new")).expect("new");
    let place = format!("maildir:{}", maildir.path().display());
    let bench = with_relay(Bench::on(9), &relay, &[("SCOREPOST_BOUNCES_URL", &place)]);
    let run = bench.run(bench.october().send()).await.run;
    let all = deliveries(&bench, &run.id);
    let unknown = all.iter().find(|one| one.state == DeliveryState::Unknown).expect("the first");
    let sent = all.iter().find(|one| one.state == DeliveryState::Sent).expect("another");
    let put = |name: &str, text: &str| std::fs::write(maildir.path().join("new").join(name), text).expect("a report");
    put("1", &report(unknown, "delayed"));
    put("2", "Subject: I am away\r\nFrom: a@example.test\r\n\r\nback soon");
    let found = pipeline::check_bounces(&bench.pipeline).await.expect("read").expect("a mailbox");
    assert_eq!((found.read, found.others, found.proven.as_slice()), (2, 1, [unknown.id].as_slice()));
    let state = |id: i64| bench.pipeline.ledger.delivery(id).expect("a read").expect("a delivery").state;
    let run_state = || bench.pipeline.ledger.run(&run.id).expect("a read").expect("the run").state;
    assert_eq!((state(unknown.id), run_state()), (DeliveryState::Sent, RunState::Sent), "the relay has it, as it says");
    put("3", &report(sent, "failed"));
    let found = pipeline::check_bounces(&bench.pipeline).await.expect("read").expect("a mailbox");
    assert_eq!((found.read, found.bounced.as_slice()), (1, [sent.id].as_slice()));
    assert_eq!((state(sent.id), run_state()), (DeliveryState::Bounced, RunState::PartlySent));
    let reason = bench.pipeline.ledger.delivery(sent.id).expect("a read").expect("it").reason.expect("a reason");
    assert!(reason.contains("5.2.2") && reason.contains("mailbox full"), "{reason}");
    let before = relay.stored().len();
    let again = bench.run(bench.october().send()).await;
    assert_eq!((relay.stored().len(), again.tally.bounced), (before, 1), "nothing goes again on its own");
    pipeline::resend(&bench.pipeline, &run.id, Some(&sent.recipient), "hr", &|_| {}).await.expect("resent");
    assert_eq!((relay.stored().len(), state(sent.id)), (before + 1, DeliveryState::Sent));
    let ids: Vec<_> = relay.stored().iter().filter(|bytes| contains(bytes, &sent.message_id)).map(Vec::len).collect();
    assert_eq!(ids.len(), 2, "under the same Message-ID");
}

/// The monthly job with a report to many addresses, which makes many letters of one document.
fn with_many_readers(bench: Bench, readers: usize) -> Bench {
    let addresses: Vec<String> = (0..readers).map(|number| format!("\"reader{number}@example.test\"")).collect();
    bench.with_monthly(&format!("[[report]]\nkind = \"summary\"\nof = \"shop\"\nto = [{}]\n", addresses.join(", ")))
}

/// `MEASURED_READERS=2000 cargo test --test suite -- --ignored --exact --nocapture sending::how_many_letters_go_in_a_second`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures; prints letters a second over TLS with every commit of the ledger synced"]
async fn how_many_letters_go_in_a_second() {
    let readers = std::env::var("MEASURED_READERS").ok().and_then(|text| text.parse().ok()).unwrap_or(500);
    for connections in [1, 2, 4, 8] {
        let relay = FakeRelay::start().await.encrypted().offering("PIPELINING").only_counting();
        let bench = with_many_readers(Bench::on(9), readers);
        let jobs = bench.folder.path().join("own-jobs").display().to_string();
        let url = format!("smtps://localhost:{}?ca={}", relay.port, crate::peers::smtp::certificate().display());
        let mut bench = bench.reopen(|environment| {
            environment.insert("SCOREPOST_JOBS".to_owned(), jobs.clone());
            environment.insert("SCOREPOST_MAIL_URL".to_owned(), url.clone());
        });
        bench.pipeline.settings.mail.connections = connections;
        let run = bench.run(bench.october()).await.run;
        let all = deliveries(&bench, &run.id);
        let bytes: u64 = all
            .iter()
            .map(|one| std::fs::metadata(bench.pipeline.folders.letter(&one.mime_hash)))
            .map(|file| file.expect("a letter").len())
            .sum();
        let begun = std::time::Instant::now();
        pipeline::release(&bench.pipeline, &run.id, "hr", &|_| {}).await.expect("released");
        let took = begun.elapsed();
        assert_eq!(relay.taken(), all.len());
        println!(
            "{connections} connections: {} letters of {} KB in {took:.2?}, {:.0} a second",
            all.len(),
            bytes / all.len() as u64 / 1000,
            all.len() as f64 / took.as_secs_f64()
        );
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
