//! Reminders go by mail: to each person once, never on their own when nobody knows whether they arrived.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use mail_parser::MessageParser;
use scorepost::job::Jobs;
use scorepost::ledger::{DeliveryState, RecipientRole, RunState};
use scorepost::pipeline::{self, Owed, Pipeline};
use scorepost::score::appraisal::Person;
use scorepost::words::Bilingual;
use serde_json::Value;

use crate::bench::{Bench, files};
use crate::peers::smtp::{Act, FakeRelay, Step};
use crate::scheduler::{JOB, Served};

const ALLOWED: &str = "allow-domains = [\"example.test\"]";
const REMINDED: &str = "allow-domains = [\"example.test\"]\nremind-to = [\"hr@example.test\"]";

/// The monthly job whose release waits for a person, and an address that is reminded.
fn waiting(text: &str) -> String {
    text.replace(ALLOWED, REMINDED).replace("by = \"automatic\"", "by = \"manager\"\nremind-after = \"1d\"")
}

/// Who a letter is to, its subject and its text.
fn read(bytes: &[u8]) -> (String, String, String) {
    let mail = MessageParser::default().parse(bytes).expect("a mail");
    let to = mail.to().and_then(|to| to.first()).and_then(|one| one.address()).expect("a reader").to_owned();
    let text = mail.body_text(0).expect("a text").into_owned();
    (to, mail.subject().unwrap_or_default().to_owned(), text)
}

fn rater(id: &str, email: Option<&str>) -> Option<Person> {
    Some(Person { id: id.to_owned(), name: format!("Agent {id}"), email: email.map(str::to_owned) })
}

fn owed(team: &str, rater: Option<Person>) -> Owed {
    Owed {
        role: "supervisor".to_owned(),
        team: team.to_owned(),
        team_name: format!("Team {team}"),
        rater,
        missing: 3,
        asked: 4,
    }
}

fn states(pipeline: &Pipeline) -> Vec<(String, DeliveryState)> {
    let all = pipeline.ledger.reminders(JOB, 9).expect("reminders");
    let mut states: Vec<_> = all.into_iter().map(|one| (one.planned.recipient, one.state)).collect();
    states.sort_by(|one, other| one.0.cmp(&other.0));
    states
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_nobody_gives_is_asked_for_by_one_letter() {
    let (place, pipeline) = Bench::on(9).with_monthly_alone(waiting).give();
    let served = Served::start(pipeline);
    served.until("it is ready", |one| one.runs().first().is_some_and(|run| run.state == RunState::Ready)).await;
    served.later(TimeDelta::days(1) + TimeDelta::minutes(1));
    served.until("a letter is planned", |one| !one.ledger().reminders(JOB, 9).expect("reminders").is_empty()).await;
    served.later(TimeDelta::minutes(1));
    let run = served.runs()[0].id.clone();
    let pipeline = served.end().await;
    // Whoever stops begins no reminder.
    assert_eq!(pipeline::mail_reminders(&pipeline).await.expect("nothing is begun"), 0);
    pipeline.stopping.store(false, Ordering::SeqCst);
    pipeline::mail_reminders(&pipeline).await.expect("mailed");
    assert_eq!(pipeline::mail_reminders(&pipeline).await.expect("nothing is due"), 0);
    let letters: Vec<_> = files(&place.folder.path().join("outbox")).into_values().collect();
    assert_eq!(letters.len(), 1, "one letter, and no card");
    let (to, subject, text) = read(&letters[0]);
    assert_eq!(to, "hr@example.test");
    assert!(subject.contains("2026-10") && text.contains(&run), "{subject}: {text}");
    assert_eq!(states(&pipeline), [("hr@example.test".to_owned(), DeliveryState::Sent)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_one_team_asks_its_manager_too() {
    let bench = Bench::on(9).with_monthly_alone(waiting);
    let run = bench.run(bench.october().team("T2")).await.run;
    let job = bench.pipeline.jobs.get(JOB).expect("the job");
    let text = Bilingual::new("请放行", "please release it");
    let planned = pipeline::remind_of_release(&bench.pipeline, job, &run, "k", text.clone()).expect("planned");
    assert_eq!(planned, 2);
    assert_eq!(pipeline::remind_of_release(&bench.pipeline, job, &run, "k", text).expect("known"), 0);
    assert_eq!(pipeline::mail_reminders(&bench.pipeline).await.expect("mailed"), 2);
    let all = bench.pipeline.ledger.reminders(JOB, 9).expect("reminders");
    let manager = all.iter().find(|one| one.planned.recipient != "hr@example.test").expect("the manager");
    let pack = bench.pipeline.ledger.deliveries(&run.id).expect("letters");
    let pack = pack.iter().find(|one| one.role == RecipientRole::Manager).expect("the pack's reader");
    assert_eq!((&manager.planned.recipient, &manager.planned.address), (&pack.recipient, &pack.address));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rater_hears_of_their_own_forms_alone() {
    let bench = Bench::on(9).with_monthly_alone(waiting);
    let all = [
        owed("T1", rater("M1", Some("m1@example.test"))),
        owed("T2", rater("M1", Some("m1@example.test"))),
        owed("T3", rater("M3", Some("m3@elsewhere.test"))),
        owed("T4", None),
    ];
    let remind = || pipeline::remind_raters(&bench.pipeline, JOB, "forms", "2026-10", &all).expect("planned");
    assert_eq!((remind(), remind()), (2, 0), "nobody outside of the job's domains, and each once");
    assert_eq!(pipeline::mail_reminders(&bench.pipeline).await.expect("mailed"), 2);
    let letters: Vec<_> = bench.outbox().into_values().map(|bytes| read(&bytes)).collect();
    let of = |to: &str| letters.iter().find(|one| one.0 == to).expect("a letter").2.clone();
    let own = of("m1@example.test");
    assert!(own.contains("Team T1") && own.contains("Team T2") && !own.contains("Team T4"), "{own}");
    assert!(of("hr@example.test").contains("Team T4"), "what anybody may rate");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_whose_answer_was_lost_waits_for_a_person() {
    let relay = FakeRelay::start().await.once(Step::Dot, Act::close().storing());
    let url = format!("smtp://127.0.0.1:{}", relay.port);
    let bench = Bench::on(9).with_monthly_alone(waiting);
    let jobs = bench.folder.path().join("one-job").display().to_string();
    let bench = bench.reopen(|environment| {
        environment.insert("SCOREPOST_JOBS".to_owned(), jobs.clone());
        environment.insert("SCOREPOST_MAIL_URL".to_owned(), url.clone());
    });
    let owed = [owed("T1", rater("M1", Some("m1@example.test")))];
    pipeline::remind_raters(&bench.pipeline, JOB, "forms", "2026-10", &owed).expect("planned");
    assert_eq!(pipeline::mail_reminders(&bench.pipeline).await.expect("tried"), 0);
    assert_eq!(states(&bench.pipeline), [("M1".to_owned(), DeliveryState::Unknown)]);
    assert_eq!(pipeline::mail_reminders(&bench.pipeline).await.expect("nothing is due"), 0);
    assert_eq!(relay.stored_count(), 1, "what may have arrived is not sent again");
    let shown = verb(&bench, &["unknowns"]);
    assert_eq!((shown[0]["to"].as_str(), shown.as_array().map(Vec::len)), (Some("M1"), Some(1)));
    let number = shown[0]["reminder"].to_string();
    let told = verb(&bench, &["resolve", &number, "--of", "reminder", "--send-again", "--reason", "not there"]);
    assert_eq!(told["verdict"], "send-again");
    assert_eq!(pipeline::mail_reminders(&bench.pipeline).await.expect("mailed"), 1);
    let ids: Vec<_> = relay.stored().iter().map(|bytes| read_id(bytes)).collect();
    assert_eq!(ids[0], ids[1], "the same letter");
}

/// What a verb of the program says.
fn verb(bench: &Bench, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_scorepost"))
        .args(arguments)
        .arg("--json")
        .env("SCOREPOST_DATA", bench.folder.path())
        .env("SCOREPOST_JOBS", bench.folder.path().join("one-job"))
        .env("SHOP_URL", "http://127.0.0.1:9")
        .output()
        .expect("the program");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn read_id(bytes: &[u8]) -> String {
    let mail = MessageParser::default().parse(bytes).expect("a mail");
    mail.message_id().expect("a Message-ID").to_owned()
}

#[test]
fn a_job_reminds_nobody_to_whom_it_may_not_mail() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/monthly-scorecard.toml");
    let shipped = std::fs::read_to_string(shipped).expect("the job");
    let found = |to: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let text = shipped.replace(ALLOWED, &format!("{ALLOWED}\nremind-to = [\"{to}\"]"));
        std::fs::write(folder.path().join("monthly-scorecard.toml"), text).expect("the job");
        Jobs::review(folder.path()).1.to_string()
    };
    assert_eq!(found("hr@example.test"), "");
    assert!(found("hr@elsewhere.test").contains("`elsewhere.test`"));
    assert!(found("managers").contains("is not a mail address"));
}
