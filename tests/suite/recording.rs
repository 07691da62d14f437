//! What a leader writes down comes to the next run as if a table had told it, and what was withdrawn does not.

use std::collections::BTreeMap;
use std::path::PathBuf;

use calamine::{Reader, Xlsx, open_workbook};
use scorepost::exact::Exact;
use scorepost::ledger::{NewRecordedEvent, RecordedEvent, Role, User, Withdrawal};
use scorepost::period::Period;
use scorepost::pipeline::{self, Collection, FormDesk, Outcome, Pipeline};
use scorepost::score::appraisal::{Card, Line};
use scorepost::settings::Retention;
use scorepost::upkeep::{Person, Purge};

use crate::bench::morning;
use crate::forms::Desk;

const TEAM: &str = "T1";

/// Whether an event of the story counts by the rules when a named person vouches for it.
fn counts(told: &BTreeMap<String, String>, kinds: &[&str]) -> bool {
    let verified = told.get("verified").map(String::as_str).unwrap_or_default();
    let needs_proof = ["attitude_complaint", "service_refusal"].contains(&told["type"].as_str());
    kinds.contains(&told["type"].as_str()) && verified != "false" && (!needs_proof || verified == "true")
}

fn write_down(desk: &Desk, told: &BTreeMap<String, String>) -> RecordedEvent {
    write_down_for(desk, "desk", told)
}

fn write_down_for(desk: &Desk, job: &str, told: &BTreeMap<String, String>) -> RecordedEvent {
    desk.pipeline.ledger.record_event(&new(job, desk.period, told)).expect("an event")
}

fn new(job: &str, period: Period, told: &BTreeMap<String, String>) -> NewRecordedEvent {
    let text = |name: &str| told.get(name).filter(|text| !text.is_empty());
    NewRecordedEvent {
        key: told["event_id"].clone(),
        job: job.to_owned(),
        period,
        team: TEAM.to_owned(),
        agent: told["agent_id"].clone(),
        name: "测试".to_owned(),
        day: told["date"].parse().expect("a day"),
        kind: told["type"].clone(),
        cause: None,
        points: text("points_override").and_then(|points| Exact::parse(points)),
        count: text("count").map_or(1, |count| count.parse().expect("a count")),
        evidence: "=会话 <1>".to_owned(),
        author: "hr".to_owned(),
    }
}

pub fn add_hr(desk: &Desk) {
    let hr = User {
        name: "hr".to_owned(),
        role: Role::Hr,
        staff_number: None,
        teams: Vec::new(),
        disabled: false,
        password_hash: None,
        created_at: morning(9),
    };
    desk.pipeline.ledger.put_user(&hr).expect("a user");
}

/// Writes down about an agent what is shown by this.
pub fn about(desk: &Desk, agent: &str, evidence: &str) {
    let told = [("event_id", evidence), ("agent_id", agent), ("type", "quarrel"), ("date", "2026-10-05")];
    let told = told.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let new = NewRecordedEvent { evidence: evidence.to_owned(), ..new("desk", desk.period, &BTreeMap::from(told)) };
    // A text of nothing but signs that steer is none.
    let _ = desk.pipeline.ledger.record_event(&new);
}

fn withdraw(desk: &Desk, event: &RecordedEvent, reason: &str) {
    let word = Withdrawal { by: "hr", reason, team: TEAM };
    desk.pipeline.ledger.withdraw_event(event.id, word).expect("withdrawn");
}

/// Where the events of the job are collected.
pub fn workbook(desk: &Desk) -> PathBuf {
    desk.folder.path().join("forms").join(desk.period.name()).join("events-desk.xlsx")
}

/// Every cell of that file.
fn cells(desk: &Desk) -> Vec<String> {
    let mut book: Xlsx<_> = open_workbook(workbook(desk)).expect("a workbook");
    let sheets = book.worksheets();
    sheets.iter().flat_map(|(_, range)| range.used_cells().map(|(.., cell)| cell.to_string())).collect()
}

fn collection(desk: &Desk, pipeline: &Pipeline) -> Collection {
    FormDesk::open(pipeline, "desk", &desk.period).expect("a desk").expect("people").collection()
}

/// A line of the card of an agent.
fn line_of<'a>(outcome: &'a Outcome, agent: &str, line: &str) -> &'a Line {
    let cards = &outcome.appraisal.as_ref().expect("scores").cards;
    let card = cards.iter().find(|card| card.agent.id == agent).expect("a card");
    card.lines.iter().find(|one| one.id == line).expect("the line")
}

/// The points of these lines on every card.
fn points(cards: &[Card], lines: &[&str]) -> Vec<(String, String, Option<String>)> {
    let mut points = Vec::new();
    for card in cards {
        let counted = card.lines.iter().filter(|line| lines.contains(&line.id.as_str()));
        let told = |line: &Line| line.points.as_ref().map(|points| points.trimmed(9));
        points.extend(counted.map(|line| (card.agent.id.clone(), line.id.clone(), told(line))));
    }
    points
}

/// The lines that count events give what the story's own table of events gives.
async fn as_told(scheme: &'static str, story: &str, lines: &[&str]) {
    let desk = Desk::of(scheme, story, "2026-10");
    add_hr(&desk);
    desk.run().await;
    let forms = FormDesk::open(&desk.pipeline, "desk", &desk.period).expect("a desk").expect("people");
    let kinds: Vec<&str> = forms.noted().iter().map(|kind| kind.kind.as_str()).collect();
    let told: Vec<_> = desk.told("events").into_iter().filter(|one| counts(one, &kinds)).collect();
    assert!(told.len() > 3, "{kinds:?}");
    for one in &told {
        write_down(&desk, one);
    }
    let twice = BTreeMap::from([("event_id".to_owned(), "again".to_owned())]);
    let wrong = write_down(&desk, &told[0].clone().into_iter().chain(twice).collect());
    withdraw(&desk, &wrong, "written twice");
    desk.later();
    let outcome = desk.run().await;
    let cards = &outcome.appraisal.as_ref().expect("scores").cards;
    let expected = points(&desk.trial().appraisal.cards, lines);
    assert!(expected.iter().any(|(.., points)| points.as_deref() != Some("0")), "{expected:?}");
    assert_eq!(points(cards, lines), expected);
    let evidence = |line: &Line| format!("{line:?}").contains("=会话 <1>");
    assert!(cards.iter().flat_map(|card| &card.lines).any(evidence), "the card says what shows it");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_were_written_down_count_like_those_of_a_table() {
    as_told("presale-weighted", "additions", &["additions"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn points_that_were_written_down_with_an_event_count() {
    as_told("weekly-rank-pool", "behaviour", &["orders-handled", "discipline", "special-contribution"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_ledger_holds_counts_whatever_became_of_the_file() {
    let desk = Desk::of("presale-weighted", "additions", "2026-10");
    add_hr(&desk);
    desk.run().await;
    let told = desk.told("events").remove(0);
    let event = write_down(&desk, &told);
    pipeline::collect_events(&desk.pipeline, "desk", &desk.period).expect("a file");
    std::fs::remove_file(workbook(&desk)).expect("a file that was there");
    desk.later();
    let counted = desk.run().await;
    assert_eq!(line_of(&counted, &told["agent_id"], "additions").occurrences.len(), 1);
    // Nobody brings that it was withdrawn: the run does.
    withdraw(&desk, &event, "another's chat");
    desk.later();
    let outcome = desk.run().await;
    let line = line_of(&outcome, &told["agent_id"], "additions");
    assert_eq!(line.points, Some(Exact::zero()), "an empty workbook says that nothing happened");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_was_written_down_nothing_happened() {
    let desk = Desk::of("weekly-rank-pool", "behaviour", "2026-10");
    add_hr(&desk);
    let outcome = desk.run().await;
    let card = &outcome.appraisal.as_ref().expect("scores").cards[0];
    let line = line_of(&outcome, &card.agent.id, "orders-handled");
    assert_eq!(line.points, Some(Exact::whole(5)), "no error in an order: {line:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_one_job_count_in_that_job_alone() {
    let desk = Desk::of("presale-weighted", "additions", "2026-10");
    add_hr(&desk);
    desk.run().await;
    let told = desk.told("events").remove(0);
    write_down_for(&desk, "desk-two", &told);
    let both = desk.with_job("desk-two", &["csv-tables", "forms"]);
    for (job, count) in [("desk-two", 1), ("desk", 0), ("desk-two", 1)] {
        desk.later();
        both.settings.clock.set(desk.pipeline.settings.clock.now());
        let outcome = desk.run_job(&both, job).await;
        let line = line_of(&outcome, &told["agent_id"], "additions");
        assert_eq!(line.occurrences.len(), count, "{job}: {line:?}");
    }
    // Where the folder is away, no job takes what another one read there.
    let away = desk.folder.path().join("away");
    std::fs::rename(desk.folder.path().join("forms"), &away).expect("moved");
    desk.later();
    both.settings.clock.set(desk.pipeline.settings.clock.now());
    assert!(desk.try_job(&both, "desk").await.is_err(), "the last one that read was another job");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_go_only_where_a_path_reads_them() {
    let desk = Desk::of("presale-weighted", "additions", "2026-10");
    desk.run().await;
    std::fs::create_dir_all(desk.folder.path().join("sheets")).expect("a folder");
    assert_eq!(collection(&desk, &desk.pipeline), Collection::Works);
    let sheets = desk.with_job("desk", &["csv-tables", "sheets"]);
    assert_eq!(collection(&desk, &sheets), Collection::Nowhere, "its events come from another workbook");
    std::fs::remove_file(workbook(&desk)).expect("the run's own file");
    let both = desk.with_job("desk", &["csv-tables", "sheets", "forms"]);
    assert_eq!(collection(&desk, &both), Collection::Works);
    pipeline::collect_events(&both, "desk", &desk.period).expect("a file");
    assert!(workbook(&desk).is_file());
    assert!(std::fs::read_dir(desk.folder.path().join("sheets")).expect("a folder").next().is_none());
    let forms = desk.folder.path().join("jobs/sources/forms.toml");
    let text = std::fs::read_to_string(&forms).expect("a source");
    let old = text.split("# What leaders write down").next().expect("what was there before");
    let without = desk.with_job("desk", &["csv-tables", "forms"]);
    drop(without);
    std::fs::write(&forms, old).expect("a source");
    assert_eq!(collection(&desk, &desk.reopened()), Collection::WithoutEvents("forms".to_owned()));
}

/// A desk at which two events were written down, about two agents, and a run read them.
async fn two_events() -> (Desk, String, String) {
    let desk = Desk::of("presale-weighted", "additions", "2026-10");
    add_hr(&desk);
    desk.run().await;
    let told = desk.told("events");
    let one = told[0].clone();
    let other = told.into_iter().find(|other| other["agent_id"] != one["agent_id"]).expect("another agent");
    for told in [&one, &other] {
        write_down(&desk, told);
    }
    desk.later();
    desk.run().await;
    (desk, one["agent_id"].clone(), other["agent_id"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_down_about_an_agent_is_given_out_and_goes_with_them() {
    let (desk, one, other) = two_events().await;
    let has = |agent: &str| cells(&desk).iter().any(|cell| cell == agent);
    assert!(has(&one) && has(&other));
    let person = Person::find(&desk.pipeline, &one).expect("a person");
    let facts = person.export(&desk.folder.path().join("given-out")).expect("an export");
    assert_eq!(facts["agent"], one.as_str());
    let given = std::fs::read(desk.folder.path().join("given-out/person.json")).expect("a file");
    let given: serde_json::Value = serde_json::from_slice(&given).expect("facts");
    assert_eq!(given["recorded"].as_array().map(Vec::len), Some(1), "{given}");
    assert_eq!(given["recorded"][0]["evidence"], "=会话 <1>");
    for run in desk.pipeline.ledger.unfinished_runs().expect("runs") {
        pipeline::cancel(&desk.pipeline, &run.id, "hr", "over").expect("cancelled");
    }
    let erasure = desk.pipeline.ledger.last_erasure().expect("a read");
    person.erase("hr", "asked for it").unwrap_or_else(|error| panic!("{error:#}"));
    assert_ne!(desk.pipeline.ledger.last_erasure().expect("a read"), erasure, "what was worked out before is left");
    let left = desk.pipeline.ledger.recorded_events("desk", &desk.period).expect("events");
    assert_eq!(left.iter().map(|event| event.what.agent.as_str()).collect::<Vec<_>>(), [other.as_str()]);
    assert!(!has(&one) && has(&other), "the copy in the folder too");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_grown_old_leaves_the_folder_too() {
    let (mut desk, one, _) = two_events().await;
    desk.pipeline.settings.retention = Retention { scores: Some(1), ..Retention::default() };
    let clock = desk.pipeline.settings.clock.clone();
    clock.set(clock.now() + chrono::TimeDelta::days(90));
    for run in desk.pipeline.ledger.unfinished_runs().expect("runs") {
        pipeline::cancel(&desk.pipeline, &run.id, "hr", "over").expect("cancelled");
    }
    Purge::look(&desk.pipeline).expect("a look").carry_out("op").unwrap_or_else(|error| panic!("{error:#}"));
    assert!(desk.pipeline.ledger.recorded_events("desk", &desk.period).expect("events").is_empty());
    assert!(!cells(&desk).contains(&one));
}
