//! What a leader writes down comes to the next run as if a table had told it, and what was withdrawn does not.

use std::collections::BTreeMap;

use scorepost::exact::Exact;
use scorepost::ledger::{NewRecordedEvent, RecordedEvent, Role, User};
use scorepost::period::Period;
use scorepost::pipeline::FormDesk;
use scorepost::score::appraisal::{Card, Line};

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
    desk.pipeline.ledger.record_event(&event(&desk.period, told)).expect("an event")
}

fn event(period: &Period, told: &BTreeMap<String, String>) -> NewRecordedEvent {
    let text = |name: &str| told.get(name).filter(|text| !text.is_empty());
    NewRecordedEvent {
        key: told["event_id"].clone(),
        job: "desk".to_owned(),
        period: *period,
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

/// Somebody who writes events down, and did so in a month that nobody asks about.
pub fn begin(desk: &Desk) {
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
    let before = [("event_id", "before"), ("agent_id", "A01"), ("type", "quarrel"), ("date", "2026-09-01")];
    let before = before.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let new = event(&desk.period.previous(), &BTreeMap::from(before));
    desk.pipeline.ledger.record_event(&new).expect("an event");
}

fn collect(desk: &Desk) {
    let forms = FormDesk::open(&desk.pipeline, "desk", &desk.period).expect("a desk").expect("people");
    assert!(forms.collects_events());
    forms.collect_events(TEAM).expect("a file");
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
    begin(&desk);
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
    desk.pipeline.ledger.withdraw_event(wrong.id, "hr", "written twice").expect("withdrawn");
    collect(&desk);
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
async fn a_team_of_which_everything_was_withdrawn_has_no_event() {
    let desk = Desk::of("presale-weighted", "additions", "2026-10");
    begin(&desk);
    desk.run().await;
    let told = desk.told("events").remove(0);
    let event = write_down(&desk, &told);
    collect(&desk);
    desk.pipeline.ledger.withdraw_event(event.id, "hr", "another's chat").expect("withdrawn");
    collect(&desk);
    desk.later();
    let outcome = desk.run().await;
    let cards = &outcome.appraisal.as_ref().expect("scores").cards;
    let line = cards[1].lines.iter().find(|line| line.id == "additions").expect("the line");
    assert_eq!(line.points, Some(Exact::zero()), "an empty workbook says that nothing happened");
}
