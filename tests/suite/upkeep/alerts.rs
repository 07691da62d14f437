//! The operator is told once of what needs them, on every way, and of nobody's name.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::post;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use scorepost::job::Job;
use scorepost::ledger::RunState;
use scorepost::upkeep::{Vitals, look};
use serde_json::Value;
use sha2::Sha256;

use crate::bench::Bench;

/// Messages that arrived: timestamp, signature, body.
type Arrived = Arc<Mutex<Vec<(String, String, String)>>>;

/// A web address that keeps what it gets.
async fn hook() -> (String, Arrived) {
    let arrived = Arrived::default();
    let kept = arrived.clone();
    let take = move |headers: HeaderMap, body: String| async move {
        let header = |name: &str| headers[name].to_str().expect("text").to_owned();
        let message = (header("x-scorepost-timestamp"), header("x-scorepost-signature"), body);
        kept.lock().expect("a list").push(message);
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}/hook", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", post(take))).await });
    (address, arrived)
}

/// A bench whose operator is told by mail and by message.
fn told_by(url: &str) -> Bench {
    let mut bench = Bench::with(9, |environment| drop(environment.insert("SCOREPOST_ALERT_SECRET".into(), "k".into())));
    bench.pipeline.settings.alerts.mail = vec!["ops@example.invalid".to_owned()];
    bench.pipeline.settings.alerts.webhook = Some(url.parse().expect("an address"));
    bench
}

fn never(_: &Job, _: DateTime<Utc>, _: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    Vec::new()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_run_is_told_once_by_mail_and_signed_message_and_again_after_a_day() {
    let (url, arrived) = hook().await;
    let bench = told_by(&url);
    let run = bench.run(bench.october()).await.run.id;
    bench.pipeline.ledger.set_state(&run, RunState::Held).expect("a held run");
    bench.pipeline.ledger.note_looks(&["monthly-scorecard"], bench.clock.now()).expect("a look");
    let (place, pipeline) = bench.give();
    let vitals = Vitals::new(pipeline.clone());
    let letters = || crate::bench::files(&place.folder.path().join("outbox")).len();
    for _ in 0..3 {
        let seen = look(&vitals, &never, place.clock.now()).await.expect("a look");
        assert_eq!(seen.iter().map(|cause| cause.kind).collect::<Vec<_>>(), ["run-held"]);
    }
    assert_eq!((letters(), arrived.lock().expect("a list").len()), (1, 1));
    let (timestamp, signature, body) = arrived.lock().expect("a list")[0].clone();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"k").expect("a key");
    mac.update(format!("{timestamp}.{body}").as_bytes());
    assert_eq!(signature, format!("sha256={}", hex::encode(mac.finalize().into_bytes())));
    let message: Value = serde_json::from_str(&body).expect("a message");
    assert_eq!(message["alerts"][0]["run"], run);
    assert!(message["alerts"][0]["next"]["en"].as_str().expect("text").contains(&format!("scorepost show {run}")));
    place.clock.set(place.clock.now() + TimeDelta::hours(24));
    pipeline.ledger.note_looks(&["monthly-scorecard"], place.clock.now()).expect("a look");
    look(&vitals, &never, place.clock.now()).await.expect("a look");
    assert_eq!((letters(), arrived.lock().expect("a list").len()), (2, 2), "it still stands");
    pipeline.ledger.finish_run(&run, RunState::Cancelled, None).expect("an end");
    assert!(look(&vitals, &never, place.clock.now()).await.expect("a look").is_empty());
    assert!(pipeline.ledger.open_alerts().expect("alerts").is_empty());
    let agents = pipeline.ledger.run_heads(&run).expect("documents");
    for name in agents.iter().flat_map(|one| [&one.name, &one.subject]).filter(|name| name.len() > 2) {
        assert!(!body.contains(name.as_str()), "{name} is in the message");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_occasion_that_nobody_noted_is_told_after_its_grace() {
    let (url, arrived) = hook().await;
    let bench = told_by(&url);
    let due = bench.clock.now() - TimeDelta::minutes(31);
    bench.pipeline.ledger.note_looks(&["monthly-scorecard"], bench.clock.now()).expect("a look");
    let (place, pipeline) = bench.give();
    let vitals = Vitals::new(pipeline);
    let expected = move |job: &Job, _: DateTime<Utc>, until: DateTime<Utc>| {
        let is_due = job.id == "monthly-scorecard" && due <= until;
        if is_due { vec![due] } else { Vec::new() }
    };
    let seen = look(&vitals, &expected, place.clock.now()).await.expect("a look");
    assert_eq!(seen.iter().map(|cause| cause.kind).collect::<Vec<_>>(), ["no-run"]);
    assert!(arrived.lock().expect("a list")[0].2.contains("monthly-scorecard"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_copy_of_the_ledger_is_told_until_there_is_a_new_one() {
    let (url, _) = hook().await;
    let mut bench = told_by(&url);
    bench.pipeline.settings.alerts.backup_after = Some(TimeDelta::hours(48));
    bench.run(bench.october()).await;
    let (place, pipeline) = bench.give();
    let vitals = Vitals::new(pipeline.clone());
    let seen = async || -> Vec<String> {
        pipeline.ledger.note_looks(&["monthly-scorecard"], place.clock.now()).expect("a look");
        let causes = look(&vitals, &never, place.clock.now()).await.expect("a look");
        causes.into_iter().filter(|one| one.kind == "backup-old").map(|one| one.what.en).collect()
    };
    assert!(seen().await.is_empty(), "there was little to lose yet");
    place.clock.set(place.clock.now() + TimeDelta::hours(49));
    assert_eq!(seen().await, ["no copy of the ledger was ever noted"]);
    pipeline.ledger.note_backup("ops").expect("noted");
    assert!(seen().await.is_empty());
    place.clock.set(place.clock.now() + TimeDelta::hours(49));
    assert_eq!(seen().await, ["the ledger was last copied on 2026-11-11"]);
}
