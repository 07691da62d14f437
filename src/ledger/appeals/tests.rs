use chrono::TimeDelta;

use super::*;
use crate::clock::Clock;
use crate::ledger::bench::{card, instant, ledger, new_run, period, user};
use crate::ledger::{Document, RequestState, Role};

/// A card of A001 that can be questioned for five days, and its manager.
fn questioned() -> (Ledger, Clock, Document) {
    let (ledger, clock) = ledger();
    let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
    let (card, _) = ledger.issue(&run, &card("A001", "v1")).expect("issued");
    ledger.open_windows(&[card.id], instant("2026-11-14T16:00:00Z")).expect("a window");
    let lead = User { teams: vec!["T1".to_owned()], ..user("lead1", Role::Manager, clock.now()) };
    ledger.put_user(&lead).expect("a user");
    (ledger, clock, card)
}

fn dispute<'a>(card: &Document, line: &'a str, reason: &'a str) -> NewAppeal<'a> {
    NewAppeal { document_id: card.id, line, label: "Reply time", reason, by: "A001", through: "link" }
}

fn accept(points: i64) -> Answer<'static> {
    let correction = Correction { sets: Sets::Points, amount: Exact::whole(points) };
    let ruling = Ruling::Accept(correction);
    Answer { ruling, by: "lead1", reason: "the day was on leave", through: "console", send: false }
}

fn refusal(error: anyhow::Error) -> NotAnswered {
    error.downcast::<NotAnswered>().expect("a refusal")
}

#[test]
fn a_line_has_one_open_appeal() {
    let (ledger, clock, card) = questioned();
    let first = ledger.open_appeal(dispute(&card, "reply", "on leave\u{202e}\n")).expect("opened");
    assert_eq!((first.reason.as_str(), first.state, first.opened_at), ("on leave", AppealState::Open, clock.now()));
    let again = ledger.open_appeal(dispute(&card, "reply", "something else")).expect("the first");
    assert_eq!(again, first);
    let other = ledger.open_appeal(dispute(&card, "paid", "refunds of others")).expect("another line");
    assert_ne!(other.id, first.id);
    let withdrawn = ledger.withdraw_appeal(first.id, "A001", "link").expect("taken back");
    assert_eq!(withdrawn.state, AppealState::Withdrawn);
    assert_eq!(ledger.withdraw_appeal(first.id, "A001", "link").expect("as it is"), withdrawn);
    let second = ledger.open_appeal(dispute(&card, "reply", "after all")).expect("opened again");
    assert_ne!(second.id, first.id);
    let actions: Vec<String> = ledger.audit_entries(9).expect("entries").into_iter().map(|one| one.action).collect();
    assert_eq!(actions, ["open-appeal", "withdraw-appeal", "open-appeal", "open-appeal"]);
}

#[test]
fn nothing_is_opened_after_the_window_or_without_a_word() {
    let (ledger, clock, card) = questioned();
    let not_opened = |new| ledger.open_appeal(new).expect_err("refused").downcast::<NotOpened>().expect("why");
    assert_eq!(not_opened(dispute(&card, "reply", " \n")), NotOpened::NoReason);
    let unnamed = NewAppeal { document_id: card.id + 1, ..dispute(&card, "reply", "x") };
    assert_eq!(not_opened(unnamed), NotOpened::NoWindow);
    ledger.open_windows(&[card.id], instant("2027-11-14T16:00:00Z")).expect("said again");
    clock.set(instant("2026-11-14T16:00:00Z"));
    let end = instant("2026-11-14T16:00:00Z");
    assert_eq!(not_opened(dispute(&card, "reply", "late")), NotOpened::TooLate(end), "what was said first stands");
}

#[test]
fn what_is_accepted_becomes_an_adjustment_and_asks_for_one_run() {
    let (ledger, clock, card) = questioned();
    let appeal = ledger.open_appeal(dispute(&card, "reply", "on leave")).expect("opened");
    clock.set(clock.now() + TimeDelta::days(2));
    let answered = ledger.answer_appeal(appeal.id, &accept(9)).expect("answered");
    assert_eq!(answered.state, AppealState::Accepted);
    let end = answered.answered.expect("an answer");
    assert_eq!((end.by.as_str(), end.at, end.reason.as_str()), ("lead1", clock.now(), "the day was on leave"));
    let set = ledger.adjustments("monthly", &period("2026-10")).expect("adjustments");
    assert_eq!(set.len(), 1);
    assert_eq!(
        (set[0].agent.as_str(), set[0].line.as_str(), set[0].amount.clone()),
        ("A001", "reply", Exact::whole(9))
    );
    assert_eq!(ledger.adjustments("monthly", &period("2026-09")).expect("none"), []);
    let asked = ledger.requests(9).expect("requests");
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].scope.agent.as_deref(), asked[0].state), (Some("A001"), RequestState::Waiting));
    let over = refusal(ledger.answer_appeal(appeal.id, &accept(10)).expect_err("over"));
    assert_eq!(over, NotAnswered::Over(appeal.id, AppealState::Accepted));
    assert_eq!(ledger.adjustments("monthly", &period("2026-10")).expect("adjustments"), set);
    assert!(ledger.verify_audit().expect("a chain"));
    let waits = rates(&ledger.appeals(&Wanted::default()).expect("appeals"), |one| one.line.clone());
    assert_eq!((waits[0].opened, waits[0].accepted, waits[0].median), (1, 1, Some(TimeDelta::days(2))));
}

#[test]
fn only_those_who_may_answer_with_a_reason() {
    let (ledger, clock, card) = questioned();
    let appeal = ledger.open_appeal(dispute(&card, "reply", "on leave")).expect("opened");
    let own = User { staff_number: Some("A001".to_owned()), ..user("boss", Role::Hr, clock.now()) };
    let foreign = User { teams: vec!["T2".to_owned()], ..user("lead2", Role::Manager, clock.now()) };
    ledger.put_user(&own).and_then(|()| ledger.put_user(&foreign)).expect("users");
    let said = |answer: Answer<'_>| refusal(ledger.answer_appeal(appeal.id, &answer).expect_err("refused"));
    assert_eq!(said(Answer { by: "boss", ..accept(9) }), NotAnswered::Barred(appeal.id, Bar::AboutThemself));
    assert_eq!(said(Answer { by: "lead2", ..accept(9) }), NotAnswered::Barred(appeal.id, Bar::NotTheirTeam));
    assert_eq!(said(Answer { by: "nobody", ..accept(9) }), NotAnswered::NoSuchPerson("nobody".to_owned()));
    assert_eq!(said(Answer { reason: " ", ..accept(9) }), NotAnswered::NoReason);
    assert_eq!(refusal(ledger.answer_appeal(99, &accept(9)).expect_err("none")), NotAnswered::NoSuchAppeal(99));
    assert!(ledger.requests(9).expect("requests").is_empty());
}

#[test]
fn a_link_names_one_card_until_its_window_closes() {
    let (ledger, clock, card) = questioned();
    let word = ledger.sign_link(&card).expect("signed").expect("a link");
    assert_eq!(ledger.sign_link(&card).expect("signed"), Some(word.clone()), "the same whenever it is made");
    assert_eq!(ledger.linked_card(&word).expect("read").map(|card| card.id), Some(card.id));
    let (head, seal) = word.rsplit_once('.').expect("parts");
    let (_, until) = head.split_once('.').expect("parts");
    let flipped = format!("{head}.{}{}", if seal.starts_with('A') { 'B' } else { 'A' }, &seal[1..]);
    let longer = format!("{}.{:x}.{seal}", card.id, instant("2027-01-01T00:00:00Z").timestamp());
    let other = format!("{}.{until}.{seal}", card.id + 1);
    for forged in [flipped, longer, other, format!("{word}.x"), format!("{head}."), String::new(), "1.2".to_owned()] {
        assert_eq!(ledger.linked_card(&forged).expect("read"), None, "{forged}");
    }
    clock.set(instant("2026-11-14T16:00:00Z"));
    assert_eq!(ledger.linked_card(&word).expect("read"), None, "the window closed");
}

#[test]
fn the_first_word_of_receipt_counts() {
    let (ledger, clock, card) = questioned();
    assert_eq!(ledger.acknowledged_at(card.id).expect("read"), None);
    ledger.acknowledge(card.id, "A001", "link").expect("said");
    let at = clock.now();
    clock.set(at + TimeDelta::days(1));
    ledger.acknowledge(card.id, "A001", "link").expect("said again");
    assert_eq!(ledger.acknowledged_at(card.id).expect("read"), Some(at));
    assert_eq!(ledger.count_acknowledged(&card.run_id).expect("read"), [(card.team.clone(), 1)]);
    assert_eq!(ledger.audit_entries(9).expect("entries").len(), 1);
}
