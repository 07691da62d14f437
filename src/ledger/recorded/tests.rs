use super::*;
use crate::ledger::bench::{ledger, period, user};
use crate::ledger::{Role, User};

fn new(key: &str, author: &str) -> NewRecordedEvent {
    NewRecordedEvent {
        key: key.into(),
        job: "monthly".into(),
        period: period("2026-10"),
        team: "T1".into(),
        agent: "A001".into(),
        name: "Agent 001".into(),
        day: "2026-10-05".parse().expect("a day"),
        kind: "quarrel".into(),
        cause: None,
        points: Some(Exact::whole(-3)),
        count: 2,
        evidence: "chat 77\r\n ".into(),
        author: author.into(),
    }
}

fn shop() -> Ledger {
    let (ledger, clock) = ledger();
    for (name, role, number, teams) in [
        ("hr", Role::Hr, None, vec![]),
        ("lead1", Role::Manager, Some("M1"), vec!["T1"]),
        ("lead2", Role::Manager, Some("M2"), vec!["T2"]),
        ("self", Role::Manager, Some("A001"), vec!["T1"]),
    ] {
        let teams = teams.into_iter().map(str::to_owned).collect();
        let user = User { staff_number: number.map(str::to_owned), teams, ..user(name, role, clock.now()) };
        ledger.put_user(&user).expect("a user");
    }
    ledger
}

fn withdrawn<'a>(by: &'a str, reason: &'a str, team: &'a str) -> Withdrawal<'a> {
    Withdrawal { by, reason, team }
}

fn count(ledger: &Ledger) -> usize {
    let tallies = ledger.recorded_tallies("monthly", &period("2026-10")).expect("tallies");
    tallies.iter().map(|one| one.counting).sum()
}

#[test]
fn an_event_counts_once_until_somebody_withdraws_it() {
    let ledger = shop();
    let event = ledger.record_event(&new("a", "lead1")).expect("recorded");
    assert_eq!(ledger.record_event(&new("a", "lead1")).expect("the same").id, event.id);
    assert_eq!((event.what.evidence.as_str(), event.what.day.to_string().as_str()), ("chat 77", "2026-10-05"));
    assert_eq!(event.what.points, Some(Exact::whole(-3)));
    assert_eq!(count(&ledger), 1);
    let gone = ledger.withdraw_event(event.id, withdrawn("hr", "the chat was another's", "T1")).expect("withdrawn");
    assert_eq!(gone.withdrawn.map(|one| (one.by, one.reason)), Some(("hr".into(), "the chat was another's".into())));
    let again = ledger.withdraw_event(event.id, withdrawn("lead1", "no", "T1")).expect("as it is");
    assert_eq!(again.withdrawn.map(|one| one.by), Some("hr".to_owned()));
    assert_eq!(count(&ledger), 0);
    assert_eq!(ledger.recorded_events("monthly", &period("2026-10")).expect("events").len(), 1);
    assert_eq!(ledger.recorded_about("A001").expect("events").len(), 1);
}

#[test]
fn the_audit_names_the_event_and_keeps_nothing_that_was_said_of_it() {
    let ledger = shop();
    let event = ledger.record_event(&new("a", "lead1")).expect("recorded");
    ledger.withdraw_event(event.id, withdrawn("hr", "the chat was another's", "T1")).expect("withdrawn");
    let told = ledger.audit_entries(2).expect("entries");
    let brief = |one: &crate::ledger::AuditEntry| (one.action.clone(), one.subject.clone(), one.detail.clone());
    let (subject, detail) =
        (format!("event {}", event.id), "monthly 2026-10 A001: 2 × quarrel -3 points on 2026-10-05");
    let expected = ["withdraw-event", "record-event"].map(|one| (one.into(), subject.clone(), detail.into()));
    assert_eq!(told.iter().map(brief).collect::<Vec<_>>(), expected);
}

#[test]
fn a_key_stands_for_one_event() {
    let ledger = shop();
    ledger.record_event(&new("a", "lead1")).expect("recorded");
    let other = NewRecordedEvent { count: 3, ..new("a", "lead1") };
    let refused = ledger.record_event(&other).expect_err("another event");
    assert_eq!(refused.downcast_ref(), Some(&NotRecorded::OtherUnderKey));
    let refused = ledger.record_event(&new("", "lead1")).expect_err("no key");
    assert_eq!(refused.downcast_ref(), Some(&NotRecorded::NoKey));
    assert_eq!(count(&ledger), 1);
}

#[test]
fn only_those_who_act_for_the_team_write_and_nobody_about_themself() {
    let ledger = shop();
    for (author, bar) in [("lead2", Bar::NotTheirTeam), ("self", Bar::AboutThemself)] {
        let refused = ledger.record_event(&new("b", author)).expect_err("barred");
        assert_eq!(refused.downcast_ref(), Some(&NotRecorded::Barred(bar)), "{author}");
    }
    let silent = NewRecordedEvent { evidence: " ".into(), ..new("c", "hr") };
    let refused = ledger.record_event(&silent).expect_err("nothing shows it");
    assert_eq!(refused.downcast_ref(), Some(&NotRecorded::NoReason));
    let event = ledger.record_event(&new("d", "hr")).expect("recorded");
    let refused = ledger.withdraw_event(event.id, withdrawn("lead2", "no", "T1")).expect_err("barred");
    assert_eq!(refused.downcast_ref(), Some(&NotRecorded::Barred(Bar::NotTheirTeam)));
}

#[test]
fn whoever_leads_the_agent_now_withdraws_and_no_earlier_leader() {
    let ledger = shop();
    let event = ledger.record_event(&new("a", "lead1")).expect("recorded");
    let refused = ledger.withdraw_event(event.id, withdrawn("lead1", "no", "T2")).expect_err("moved away");
    assert_eq!(refused.downcast_ref(), Some(&NotRecorded::Barred(Bar::NotTheirTeam)));
    ledger.withdraw_event(event.id, withdrawn("lead2", "another's chat", "T2")).expect("withdrawn");
    assert_eq!(count(&ledger), 0);
}

#[test]
fn the_events_of_some_are_leafed_through_newest_first() {
    let ledger = shop();
    let about = |agent: &str, team: &str, key: usize| {
        let new = NewRecordedEvent { agent: agent.into(), team: team.into(), ..new(&key.to_string(), "hr") };
        ledger.record_event(&new).expect("recorded").id
    };
    let places = [("A001", "T1"), ("A002", "T1"), ("A003", "T2"), ("A001", "T2"), ("A001", "T1")];
    let ids: Vec<i64> = places.iter().zip(1..).map(|((agent, team), key)| about(agent, team, key)).collect();
    ledger.withdraw_event(ids[4], withdrawn("hr", "twice", "T1")).expect("withdrawn");
    let october = period("2026-10");
    let tallies = ledger.recorded_tallies("monthly", &october).expect("tallies");
    let told: Vec<(&str, &str, usize, usize)> =
        tallies.iter().map(|one| (one.team.as_str(), one.agent.as_str(), one.events, one.counting)).collect();
    assert_eq!(told, [("T1", "A001", 2, 1), ("T1", "A002", 1, 1), ("T2", "A001", 1, 1), ("T2", "A003", 1, 1)]);
    let found = |of: &[RecordedTally], range: std::ops::Range<usize>| -> Vec<i64> {
        let found = ledger.find_recorded("monthly", &october, of, range).expect("events");
        found.iter().map(|event| event.id).collect()
    };
    assert_eq!(found(&tallies, 0..9), [ids[4], ids[3], ids[2], ids[1], ids[0]]);
    assert_eq!(found(&tallies, 1..3), [ids[3], ids[2]]);
    assert_eq!(found(&tallies[..1], 0..9), [ids[4], ids[0]], "of A001 only what was written down in T1");
    assert!(found(&tallies, 9..9).is_empty() && found(&[], 0..9).is_empty());
    assert!(ledger.recorded_tallies("monthly", &period("2026-09")).expect("tallies").is_empty());
}
