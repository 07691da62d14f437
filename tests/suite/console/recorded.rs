//! Events are written down with what shows them, counted once, and withdrawn with a reason; each leader writes about their own.

use axum::http::StatusCode;
use scorepost::ledger::{NewRecordedEvent, RecordedEvent, Role};
use scorepost::period::Period;

use super::bench::{Bench, MEMBERS};

const TEAM: &str = "/recorded/monthly/2026-10/T1";

/// An event about this agent, written down by HR.
pub fn recorded(bench: &Bench, agent: &str) -> i64 {
    let (_, name, team, ..) = MEMBERS.into_iter().find(|member| member.0 == agent).expect("a member");
    let events = kept(bench, team).len();
    let new = NewRecordedEvent {
        key: format!("{agent} {events}"),
        job: "monthly".to_owned(),
        period: Period::parse("2026-10").expect("a period"),
        team: team.to_owned(),
        agent: agent.to_owned(),
        name: name.to_owned(),
        day: "2026-10-05".parse().expect("a day"),
        kind: "quarrel".to_owned(),
        cause: None,
        points: None,
        count: 1,
        evidence: "会话 1".to_owned(),
        author: "hr".to_owned(),
    };
    bench.ledger.record_event(&new).expect("an event").id
}

fn kept(bench: &Bench, team: &str) -> Vec<RecordedEvent> {
    let period = Period::parse("2026-10").expect("a period");
    let mut events = bench.ledger.recorded_events("monthly", &period).expect("events");
    events.retain(|event| event.what.team == team);
    events
}

fn collected(bench: &Bench) -> usize {
    bench.collected.lock().expect("a lock").len()
}

const RIGHT: [(&str, &str); 6] = [
    ("key", "k1"),
    ("agent", "A001"),
    ("kind", "quarrel"),
    ("day", "2026-10-31"),
    ("count", "2"),
    ("evidence", "会话 77 <script>alert(1)</script>"),
];

fn with(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    let other = RIGHT.into_iter().filter(|(known, _)| *known != name);
    other.chain([(name, value)]).collect()
}

#[tokio::test]
async fn a_leader_writes_an_event_down_once_and_withdraws_it() {
    let bench = Bench::shop();
    let lead = bench.browser("lead1");
    let list = bench.get(Some(&lead), "/recorded?job=monthly&period=2026-10").await.body;
    assert!(list.contains(TEAM) && !list.contains("T2"), "{list}");
    let page = bench.get(Some(&lead), TEAM).await.body;
    assert!(
        page.contains("安一喆 A001") && page.contains("与顾客 &#60;b&#62;争吵") && page.contains("1 – 5"),
        "{page}"
    );
    for _ in 0..2 {
        let sent = bench.post(Some(&lead), &format!("{TEAM}/add"), &RIGHT).await;
        assert_eq!(sent.location(), TEAM, "{}", sent.body);
    }
    assert_eq!((kept(&bench, "T1").len(), kept(&bench, "T1")[0].what.count), (1, 2), "sent twice it is one event");
    assert_eq!(bench.collected.lock().expect("a lock")[0], "events of monthly 2026-10");
    let page = bench.get(Some(&lead), TEAM).await.body;
    for shown in ["2026-10-31 · 安一喆 A001", "× 2", "会话 77 &#60;script&#62;", "lead1 ·"] {
        assert!(page.contains(shown), "{shown} is not on {page}");
    }
    let event = kept(&bench, "T1")[0].id.to_string();
    let silent = bench.post(Some(&lead), &format!("{TEAM}/withdraw"), &[("event", &event), ("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::CONFLICT);
    let before = collected(&bench);
    let sent = bench.post(Some(&lead), &format!("{TEAM}/withdraw"), &[("event", &event), ("reason", "记错了人")]).await;
    assert_eq!((sent.location(), collected(&bench)), (TEAM, before + 1));
    let page = bench.get(Some(&lead), TEAM).await.body;
    assert!(page.contains("已撤销") && page.contains("记错了人"), "{page}");
    let told = bench.ledger.audit_entries(2).expect("entries");
    assert_eq!(told.iter().map(|one| one.action.as_str()).collect::<Vec<_>>(), ["withdraw-event", "record-event"]);
    assert!(!told.iter().any(|one| one.detail.contains("会话") || one.detail.contains("记错")), "{told:?}");
    let english = bench.get(Some(&lead), &format!("{TEAM}?lang=en")).await.body;
    for shown in ["Recorded events", "withdrawn", "What shows it"] {
        assert!(english.contains(shown), "{shown} is not on {english}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_shown_again_and_written_nowhere() {
    let bench = Bench::shop();
    let lead = bench.browser("lead1");
    for (name, value) in [
        ("agent", "B001"),
        ("agent", ""),
        ("kind", "nothing"),
        ("day", "2026-11-01"),
        ("day", "yesterday"),
        ("count", "0"),
        ("count", "1001"),
        ("points", "3"),
        ("evidence", " "),
        ("kind", "contribution"),
    ] {
        let sent = bench.post(Some(&lead), &format!("{TEAM}/add"), &with(name, value)).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {value}");
        assert!(sent.body.contains("role=\"alert\"") && !sent.body.contains("<script>"), "{name} {value}");
    }
    let six = [with("kind", "contribution"), vec![("points", "6")]].concat();
    let sent = bench.post(Some(&lead), &format!("{TEAM}/add"), &six).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "beyond the scheme's limits");
    assert!(kept(&bench, "T1").is_empty() && collected(&bench) == 0);
    let three = [with("kind", "contribution"), vec![("points", "3")]].concat();
    assert_eq!(bench.post(Some(&lead), &format!("{TEAM}/add"), &three).await.location(), TEAM);
}

#[tokio::test]
async fn nobody_writes_about_themself_or_withdraws_through_another_team() {
    let bench = Bench::shop();
    bench.person("own", Role::Manager, Some("A001"), vec!["T1".to_owned()]);
    let own = bench.browser("own");
    let page = bench.get(Some(&own), TEAM).await.body;
    assert!(page.contains("安二犇 A002") && !page.contains("安一喆 A001"), "{page}");
    let sent = bench.post(Some(&own), &format!("{TEAM}/add"), &RIGHT).await;
    assert_eq!(sent.status, StatusCode::CONFLICT);
    assert!(sent.body.contains("不能登记或撤销关于您本人的事件"), "{}", sent.body);
    assert!(kept(&bench, "T1").is_empty());
    let foreign = recorded(&bench, "B001").to_string();
    let fields = [("event", foreign.as_str()), ("reason", "not mine")];
    let sent = bench.post(Some(&bench.browser("lead1")), &format!("{TEAM}/withdraw"), &fields).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
    assert!(kept(&bench, "T2")[0].withdrawn.is_none());
}

#[tokio::test]
async fn a_form_without_its_key_or_with_anothers_is_shown_again() {
    let bench = Bench::shop();
    let lead = bench.browser("lead1");
    let sent = bench.post(Some(&lead), &format!("{TEAM}/add"), &with("key", "")).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bench.post(Some(&lead), &format!("{TEAM}/add"), &RIGHT).await.location(), TEAM);
    let sent = bench.post(Some(&lead), &format!("{TEAM}/add"), &with("agent", "A002")).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "another event under the same key");
    assert!(sent.body.contains("再次提交") && !sent.body.contains("value=\"k1\""), "{}", sent.body);
    assert_eq!(kept(&bench, "T1").len(), 1);
}

#[tokio::test]
async fn nothing_is_written_down_that_has_not_happened() {
    let bench = Bench::shop();
    bench.clock.set("2026-10-20T02:00:00Z".parse().expect("an instant"));
    let lead = bench.browser("lead1");
    let page = bench.get(Some(&lead), TEAM).await.body;
    assert!(page.contains("max=\"2026-10-20\""), "{page}");
    let sent = bench.post(Some(&lead), &format!("{TEAM}/add"), &with("day", "2026-10-21")).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bench.post(Some(&lead), &format!("{TEAM}/add"), &with("day", "2026-10-20")).await.location(), TEAM);
    bench.clock.set("2026-09-20T02:00:00Z".parse().expect("an instant"));
    let lead = bench.browser("lead1");
    assert!(bench.get(Some(&lead), TEAM).await.body.contains("该周期尚未开始"));
    let sent = bench.post(Some(&lead), &format!("{TEAM}/add"), &with("day", "2026-10-01")).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(kept(&bench, "T1").len(), 1);
}

#[tokio::test]
async fn an_event_goes_with_its_agent_to_another_team() {
    let bench = Bench::shop();
    let id = moved(&bench);
    let [lead1, lead2] = ["lead1", "lead2"].map(|name| bench.browser(name));
    assert!(!bench.get(Some(&lead1), TEAM).await.body.contains("会话 9"));
    let theirs = "/recorded/monthly/2026-10/T2";
    assert!(bench.get(Some(&lead2), theirs).await.body.contains("会话 9"));
    let fields = [("event", id.as_str()), ("reason", "不在本组")];
    let sent = bench.post(Some(&lead1), &format!("{TEAM}/withdraw"), &fields).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND, "whoever led them before");
    assert_eq!(bench.post(Some(&lead2), &format!("{theirs}/withdraw"), &fields).await.location(), theirs);
    assert!(kept(&bench, "T1")[0].withdrawn.is_some());
}

/// An event that was written down about an agent of T2 while they were in T1.
fn moved(bench: &Bench) -> String {
    let new = NewRecordedEvent {
        key: "moved".to_owned(),
        job: "monthly".to_owned(),
        period: Period::parse("2026-10").expect("a period"),
        team: "T1".to_owned(),
        agent: "B001".to_owned(),
        name: "毕一昉".to_owned(),
        day: "2026-10-05".parse().expect("a day"),
        kind: "quarrel".to_owned(),
        cause: None,
        points: None,
        count: 1,
        evidence: "会话 9".to_owned(),
        author: "lead1".to_owned(),
    };
    bench.ledger.record_event(&new).expect("an event").id.to_string()
}

#[tokio::test]
async fn a_former_leader_writes_nothing_down() {
    let bench = Bench::shop();
    bench.person("former", Role::Manager, Some("M009"), Vec::new());
    let former = bench.browser("former");
    assert_eq!(bench.get(Some(&former), TEAM).await.status, StatusCode::NOT_FOUND);
    let sent = bench.post(Some(&former), &format!("{TEAM}/add"), &RIGHT).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
    assert!(kept(&bench, "T1").is_empty());
}
