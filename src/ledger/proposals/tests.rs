use std::collections::BTreeSet;

use crate::exact::Exact;
use crate::finding::Finding;
use crate::ledger::bench::{card, ledger, new_run, user};
use crate::ledger::{
    Bar, Decision, Ledger, NewDocument, NewProposal, Proposal, ProposalState, Role, RunState, Through, Undecided, User,
    Verdict, WantedProposals,
};
use crate::words::Bilingual;

fn fine(amount: i64) -> NewProposal {
    NewProposal {
        rule: "late-reply".to_owned(),
        kind: "fine".to_owned(),
        text: Bilingual::new("扣款", "a fine"),
        evidence: Bilingual::new("超时 3 次", "late 3 times"),
        amount: Some(Exact::whole(amount)),
    }
}

fn demotion() -> NewProposal {
    let text = Bilingual::new("降职", "demotion");
    NewProposal { rule: "low".to_owned(), kind: "demote".to_owned(), text, amount: None, ..fine(0) }
}

/// Issues the card of A001 as a finished run would, and returns the run's id.
fn issue(ledger: &Ledger, content: &str, proposals: &[NewProposal]) -> String {
    let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
    let new = NewDocument { proposals: Some(proposals.to_vec()), ..card("A001", content) };
    ledger.issue(&run, &new).expect("issued");
    ledger.set_state(&run, RunState::Ready).expect("a state");
    run
}

fn all(ledger: &Ledger) -> Vec<Proposal> {
    ledger.proposals(&WantedProposals::default()).expect("proposals")
}

/// Number, yuan, state and the earlier one of each.
fn brief(ledger: &Ledger) -> Vec<(i64, Option<String>, ProposalState, Option<i64>)> {
    let one = |it: Proposal| (it.id, it.what.amount.map(|amount| amount.fixed(0)), it.state, it.earlier);
    all(ledger).into_iter().map(one).collect()
}

fn people(ledger: &Ledger) {
    let at = ledger.now();
    let lead = |name: &str, team: &str| User { teams: vec![team.to_owned()], ..user(name, Role::Manager, at) };
    for person in [
        user("hr", Role::Hr, at),
        user("op", Role::Operator, at),
        user("agent", Role::Agent, at),
        lead("lead", "T1"),
        lead("other", "T2"),
        lead("A001", "T1"),
        User { staff_number: Some("A001".to_owned()), ..lead("own", "T1") },
        User { staff_number: Some("A001".to_owned()), ..user("own-hr", Role::Hr, at) },
        User { disabled: true, ..user("gone", Role::Hr, at) },
    ] {
        ledger.put_user(&person).expect("a user");
    }
}

fn decide(ledger: &Ledger, ids: &[i64], verdict: Verdict, by: &str) -> Result<Vec<Proposal>, Undecided> {
    decide_where(ledger, ids, verdict, by, &BTreeSet::new())
}

fn decide_where(
    ledger: &Ledger,
    ids: &[i64],
    verdict: Verdict,
    by: &str,
    two_persons: &BTreeSet<String>,
) -> Result<Vec<Proposal>, Undecided> {
    say(ledger, ids, Decision { verdict, by, reason: "talked it over", through: Through::Console, two_persons })
}

fn say(ledger: &Ledger, ids: &[i64], decision: Decision<'_>) -> Result<Vec<Proposal>, Undecided> {
    ledger.decide_proposals(ids, decision).map_err(|error| error.downcast().expect("an undecided"))
}

#[test]
fn the_same_again_leaves_them_and_a_resumed_issue_doubles_none() {
    let (ledger, _) = ledger();
    let run = issue(&ledger, "v1", &[fine(50), demotion()]);
    let first = all(&ledger);
    assert_eq!(first.len(), 2);
    let new = NewDocument { proposals: Some(vec![fine(50), demotion()]), ..card("A001", "v1") };
    ledger.issue(&run, &new).expect("issued again by the same run");
    assert_eq!(all(&ledger), first);
    let second = issue(&ledger, "v1", &[demotion(), fine(50)]);
    let expected: Vec<Proposal> = first.into_iter().map(|one| Proposal { run_id: second.clone(), ..one }).collect();
    assert_eq!(all(&ledger), expected);
    assert_eq!(ledger.waiting_proposals(&run).expect("waiting").len(), 2);
    assert_eq!(ledger.audit_entries(9).expect("entries"), []);
}

#[test]
fn a_resumed_run_that_comes_to_another_card_replaces_its_own() {
    let (ledger, _) = ledger();
    let run = issue(&ledger, "v1", &[fine(50)]);
    let other = NewDocument { proposals: Some(vec![fine(80)]), ..card("A001", "v2") };
    ledger.issue(&run, &other).expect("issued");
    let (pending, withdrawn) = (ProposalState::Pending, ProposalState::Withdrawn);
    let yuan = |amount: &str| Some(amount.to_owned());
    assert_eq!(brief(&ledger), [(1, yuan("50"), withdrawn, None), (2, yuan("80"), pending, Some(1))]);
}

#[test]
fn two_of_one_rule_are_two_and_stay_two() {
    let (ledger, _) = ledger();
    issue(&ledger, "v1", &[fine(50), fine(50), fine(60)]);
    issue(&ledger, "v2", &[fine(60), fine(50), fine(50)]);
    let kept = brief(&ledger);
    assert_eq!(kept.len(), 3);
    assert!(kept.iter().all(|one| one.2 == ProposalState::Pending), "{kept:?}");
}

#[test]
fn what_is_no_longer_proposed_is_withdrawn_and_another_amount_replaces() {
    let (ledger, _) = ledger();
    issue(&ledger, "v1", &[fine(50), demotion()]);
    let run = issue(&ledger, "v2", &[fine(80)]);
    let (pending, withdrawn) = (ProposalState::Pending, ProposalState::Withdrawn);
    let fifty = Some("50".to_owned());
    assert_eq!(
        brief(&ledger),
        [(1, fifty, withdrawn, None), (2, None, withdrawn, None), (3, Some("80".to_owned()), pending, Some(1))]
    );
    let ended = all(&ledger)[0].ended.clone().expect("an end");
    assert_eq!(ended.by, "hr");
    assert!(ended.reason.contains(&run) && ended.reason.contains("edition 2"), "{}", ended.reason);
    let entries = ledger.audit_entries(9).expect("entries");
    assert_eq!(entries.iter().map(|one| one.subject.as_str()).collect::<Vec<_>>(), ["proposal 2", "proposal 1"]);
    assert!(entries[1].detail.contains("fine of ¥50.00 by rule late-reply"), "{}", entries[1].detail);
    assert!(ledger.verify_audit().expect("a verdict"));
}

#[test]
fn an_unchanged_one_moves_on_with_the_edition_until_it_is_decided() {
    let (ledger, _) = ledger();
    people(&ledger);
    issue(&ledger, "v1", &[fine(50)]);
    issue(&ledger, "v2", &[fine(50)]);
    assert_eq!(all(&ledger)[0].edition, 2);
    decide(&ledger, &[1], Verdict::Refuse, "hr").expect("refused");
    issue(&ledger, "v3", &[fine(50)]);
    let kept = all(&ledger);
    assert_eq!((kept.len(), kept[0].edition, kept[0].state), (1, 2, ProposalState::Refused));
}

#[test]
fn decided_ones_stay_and_a_differing_one_waits_beside_them() {
    let (ledger, _) = ledger();
    people(&ledger);
    issue(&ledger, "v1", &[fine(50)]);
    decide(&ledger, &[1], Verdict::Approve, "hr").expect("approved");
    issue(&ledger, "v2", &[fine(80)]);
    issue(&ledger, "v3", &[fine(90)]);
    let (approved, withdrawn, pending) = (ProposalState::Approved, ProposalState::Withdrawn, ProposalState::Pending);
    let yuan = |amount: &str| Some(amount.to_owned());
    let (one, two) = ((1, yuan("50"), approved, None), (2, yuan("80"), withdrawn, Some(1)));
    assert_eq!(brief(&ledger), [one.clone(), two.clone(), (3, yuan("90"), pending, Some(1))]);
    // Back to what was approved: that stands, and nothing waits.
    issue(&ledger, "v4", &[fine(50)]);
    assert_eq!(brief(&ledger), [one, two, (3, yuan("90"), withdrawn, Some(1))]);
}

#[test]
fn a_document_that_says_nothing_of_proposals_leaves_them() {
    let (ledger, _) = ledger();
    let run = issue(&ledger, "v1", &[fine(50)]);
    ledger.issue(&run, &card("A001", "v2")).expect("issued");
    assert_eq!(brief(&ledger), [(1, Some("50".to_owned()), ProposalState::Pending, None)]);
}

#[test]
fn only_those_may_decide_who_answer_for_the_agent() {
    for (who, bar) in [
        ("hr", None),
        ("op", None),
        ("lead", None),
        ("agent", Some(Bar::NotTheirTeam)),
        ("other", Some(Bar::NotTheirTeam)),
        ("own", Some(Bar::AboutThemself)),
        ("A001", Some(Bar::AboutThemself)),
        ("own-hr", Some(Bar::AboutThemself)),
        ("gone", Some(Bar::Disabled)),
    ] {
        let (ledger, _) = ledger();
        people(&ledger);
        issue(&ledger, "v1", &[fine(50)]);
        let decided = decide(&ledger, &[1], Verdict::Approve, who);
        assert_eq!(decided.err(), bar.map(|bar| Undecided::Barred(1, bar)), "{who}");
        let state = if bar.is_none() { ProposalState::Approved } else { ProposalState::Pending };
        assert_eq!(all(&ledger)[0].state, state, "{who}");
    }
}

#[test]
fn a_decision_is_audited_with_its_reason_and_taken_for_all_or_none() {
    let (ledger, clock) = ledger();
    people(&ledger);
    issue(&ledger, "v1", &[fine(50), demotion()]);
    assert_eq!(decide(&ledger, &[1, 9], Verdict::Approve, "hr").err(), Some(Undecided::NoSuchProposal(9)));
    assert_eq!(
        decide(&ledger, &[1], Verdict::Approve, "nobody").err(),
        Some(Undecided::NoSuchPerson("nobody".to_owned()))
    );
    assert!(all(&ledger).iter().all(|one| one.ended.is_none()));
    assert_eq!(ledger.audit_entries(9).expect("entries"), []);
    let decided = decide(&ledger, &[2, 1, 1], Verdict::Approve, "lead").expect("approved");
    let ended = decided[0].ended.clone().expect("an end");
    assert_eq!((ended.by.as_str(), ended.at, ended.reason.as_str()), ("lead", clock.now(), "talked it over"));
    let entries = ledger.audit_entries(9).expect("entries");
    assert_eq!(entries.len(), 2, "a number given twice counts once");
    assert_eq!((entries[1].who.as_str(), entries[1].action.as_str()), ("lead", "approve-proposal"));
    assert!(entries[1].detail.ends_with("; talked it over; through console"), "{}", entries[1].detail);
    let again = decide(&ledger, &[1], Verdict::Refuse, "hr");
    assert_eq!(again.err(), Some(Undecided::Over(1, ProposalState::Approved)));
    let (verdict, through, two_persons) = (Verdict::Refuse, Through::Console, &BTreeSet::new());
    let nothing = Decision { verdict, by: "hr", reason: " ", through, two_persons };
    assert!(ledger.decide_proposals(&[1], nothing).is_err());
}

#[test]
fn nothing_is_decided_on_a_run_that_is_held_or_did_not_finish() {
    let (ledger, _) = ledger();
    people(&ledger);
    let run = issue(&ledger, "v1", &[fine(50)]);
    for state in [RunState::Rendering, RunState::Held] {
        ledger.set_state(&run, state).expect("a state");
        assert_eq!(decide(&ledger, &[1], Verdict::Approve, "hr").err(), Some(Undecided::Unsettled(1, run.clone())));
    }
    // The next run finds the same card and finishes, but holds the one agent.
    let next = issue(&ledger, "v1", &[fine(50)]);
    let text = || Bilingual::same("x");
    let held = Finding::hold_subject("x", "A001", text(), text());
    ledger.record_findings(&next, &[held]).expect("findings");
    assert_eq!(decide(&ledger, &[1], Verdict::Approve, "hr").err(), Some(Undecided::Unsettled(1, next.clone())));
    ledger.record_findings(&next, &[]).expect("findings");
    decide(&ledger, &[1], Verdict::Approve, "hr").expect("approved");
}

#[test]
fn proposals_are_found_by_job_period_and_state() {
    let (ledger, _) = ledger();
    people(&ledger);
    issue(&ledger, "v1", &[fine(50), demotion()]);
    decide(&ledger, &[2], Verdict::Refuse, "hr").expect("refused");
    let count = |wanted: WantedProposals| ledger.proposals(&wanted).expect("proposals").len();
    let of = |job: &str| WantedProposals { job: Some(job.to_owned()), ..WantedProposals::default() };
    assert_eq!((count(of("monthly")), count(of("weekly"))), (2, 0));
    let period = |label| WantedProposals { period: crate::period::Period::parse(label), ..of("monthly") };
    assert_eq!((count(period("2026-10")), count(period("2026-09"))), (2, 0));
    let state = |state| WantedProposals { state: Some(state), ..WantedProposals::default() };
    assert_eq!((count(state(ProposalState::Pending)), count(state(ProposalState::Refused))), (1, 1));
    assert_eq!(count(state(ProposalState::Approved)), 0);
}

#[test]
fn two_persons_approve_where_a_job_asks_for_two_and_one_refuses() {
    let (ledger, _) = ledger();
    people(&ledger);
    issue(&ledger, "v1", &[fine(50), demotion()]);
    let two = BTreeSet::from(["monthly".to_owned()]);
    let say = |id, verdict, by| decide_where(&ledger, &[id], verdict, by, &two);
    let first = say(1, Verdict::Approve, "hr").expect("the first word").remove(0);
    assert_eq!(
        (first.state, first.first_word.map(|word| word.said.by)),
        (ProposalState::Pending, Some("hr".to_owned()))
    );
    assert_eq!(say(1, Verdict::Approve, "hr"), Err(Undecided::SamePerson(1, "hr".to_owned())));
    issue(&ledger, "v2", &[fine(50), demotion()]);
    let second = say(1, Verdict::Approve, "lead").expect("the second word").remove(0);
    assert_eq!((second.state, second.ended.map(|end| end.by)), (ProposalState::Approved, Some("lead".to_owned())));
    say(2, Verdict::Approve, "op").expect("the first word");
    assert_eq!(say(2, Verdict::Refuse, "op").expect("one refuses")[0].state, ProposalState::Refused);
    let told: Vec<String> = ledger.audit_entries(9).expect("entries").into_iter().map(|one| one.action).collect();
    assert_eq!(told, ["refuse-proposal", "approve-proposal-first", "approve-proposal", "approve-proposal-first"]);
}

/// A proposal of a job that asks for two, whose first word HR said in the console.
fn half_approved() -> (Ledger, BTreeSet<String>) {
    let (ledger, _) = ledger();
    people(&ledger);
    issue(&ledger, "v1", &[fine(50)]);
    let two = BTreeSet::from(["monthly".to_owned()]);
    decide_where(&ledger, &[1], Verdict::Approve, "hr", &two).expect("the first word");
    (ledger, two)
}

#[test]
fn two_accounts_of_one_person_are_one_person() {
    let (ledger, two) = half_approved();
    let at = ledger.now();
    let numbered = |name: &str| User { staff_number: Some("H001".to_owned()), ..user(name, Role::Hr, at) };
    for person in [numbered("hr"), numbered("hr-too"), user("hr-other", Role::Hr, at)] {
        ledger.put_user(&person).expect("a user");
    }
    let same = decide_where(&ledger, &[1], Verdict::Approve, "hr-too", &two);
    assert_eq!(same.err(), Some(Undecided::SamePerson(1, "hr".to_owned())));
    let other = decide_where(&ledger, &[1], Verdict::Approve, "hr-other", &two).expect("another person");
    assert_eq!(other[0].state, ProposalState::Approved);
}

#[test]
fn one_account_of_a_machine_is_one_person() {
    let (ledger, two) = half_approved();
    issue(&ledger, "v2", &[fine(60)]);
    let word = |by, account| {
        let through = Through::Shell(account);
        let decision = Decision { verdict: Verdict::Approve, by, reason: "seen", through, two_persons: &two };
        say(&ledger, &[2], decision)
    };
    word("hr", "root").expect("the first word");
    assert_eq!(word("lead", "root").err(), Some(Undecided::SamePerson(2, "hr".to_owned())));
    assert_eq!(word("lead", "lead").expect("the second word")[0].state, ProposalState::Approved);
    let told = ledger.audit_entries(1).expect("entries").remove(0).detail;
    assert!(
        told.contains("through command line of lead; the second of two, the first was hr through command line of root"),
        "{told}"
    );
}

#[test]
fn the_word_of_somebody_who_may_speak_no_more_counts_no_more() {
    let (ledger, two) = half_approved();
    ledger.put_user(&User { disabled: true, ..user("hr", Role::Hr, ledger.now()) }).expect("a user");
    let first = decide_where(&ledger, &[1], Verdict::Approve, "lead", &two).expect("a first word again").remove(0);
    assert_eq!((first.state, first.first_word.map(|word| word.said.by)), (ProposalState::Pending, Some("lead".into())));
    ledger.put_user(&user("lead", Role::Agent, ledger.now())).expect("demoted");
    let first = decide_where(&ledger, &[1], Verdict::Approve, "op", &two).expect("a first word again").remove(0);
    assert_eq!(first.state, ProposalState::Pending);
    let second = decide_where(&ledger, &[1], Verdict::Approve, "own-hr", &two);
    assert_eq!(second.err(), Some(Undecided::Barred(1, Bar::AboutThemself)));
}
