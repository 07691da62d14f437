//! The promise that nobody is mailed twice, as a table and as a race.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::*;
use crate::clock::Clock;
use crate::ledger::bench::{card, fresh_place, instant, ledger, mail, new_run, planned};
use crate::ledger::{AuditEntry, Note, Recovery, Report, Reported};

/// Everything that can be done to a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Claim,
    Unclaim,
    InDoubt,
    Sent,
    Deferred,
    Failed,
    Unknown,
    Retry,
    Arrived,
    SendAgain,
    RecoverDead,
    RecoverAlive,
    Withdraw,
    PlanAgain,
    ReportFailed,
    ReportTaken,
}

const ACTS: [Act; 16] = [
    Act::Claim,
    Act::Unclaim,
    Act::InDoubt,
    Act::Sent,
    Act::Deferred,
    Act::Failed,
    Act::Unknown,
    Act::Retry,
    Act::Arrived,
    Act::SendAgain,
    Act::RecoverDead,
    Act::RecoverAlive,
    Act::Withdraw,
    Act::PlanAgain,
    Act::ReportFailed,
    Act::ReportTaken,
];

/// The acts that lead from a new delivery to each state.
fn way_to(state: DeliveryState) -> &'static [Act] {
    match state {
        DeliveryState::Pending => &[],
        DeliveryState::Claimed => &[Act::Claim],
        DeliveryState::InDoubt => &[Act::Claim, Act::InDoubt],
        DeliveryState::Sent => &[Act::Claim, Act::InDoubt, Act::Sent],
        DeliveryState::Deferred => &[Act::Claim, Act::Deferred],
        DeliveryState::Failed => &[Act::Claim, Act::Failed],
        DeliveryState::Unknown => &[Act::Claim, Act::InDoubt, Act::Unknown],
        DeliveryState::ResolvedSent => &[Act::Claim, Act::InDoubt, Act::Unknown, Act::Arrived],
        DeliveryState::ResolvedResend => &[Act::Claim, Act::InDoubt, Act::Unknown, Act::SendAgain],
        DeliveryState::Withdrawn => &[Act::Withdraw],
        DeliveryState::Bounced => &[Act::Claim, Act::InDoubt, Act::Sent, Act::ReportFailed],
    }
}

/// Where an act leads; everything that is not written here must leave the delivery as it is.
const LEGAL: &[(DeliveryState, Act, DeliveryState)] = &[
    (DeliveryState::Pending, Act::Claim, DeliveryState::Claimed),
    (DeliveryState::Claimed, Act::Unclaim, DeliveryState::Pending),
    (DeliveryState::Claimed, Act::InDoubt, DeliveryState::InDoubt),
    (DeliveryState::Claimed, Act::Deferred, DeliveryState::Deferred),
    (DeliveryState::Claimed, Act::Failed, DeliveryState::Failed),
    (DeliveryState::Claimed, Act::RecoverDead, DeliveryState::Pending),
    (DeliveryState::InDoubt, Act::Sent, DeliveryState::Sent),
    (DeliveryState::InDoubt, Act::Deferred, DeliveryState::Deferred),
    (DeliveryState::InDoubt, Act::Failed, DeliveryState::Failed),
    (DeliveryState::InDoubt, Act::Unknown, DeliveryState::Unknown),
    (DeliveryState::InDoubt, Act::RecoverDead, DeliveryState::Unknown),
    (DeliveryState::Deferred, Act::Claim, DeliveryState::Claimed),
    (DeliveryState::Deferred, Act::Failed, DeliveryState::Failed),
    (DeliveryState::Failed, Act::Retry, DeliveryState::Pending),
    (DeliveryState::Unknown, Act::Arrived, DeliveryState::ResolvedSent),
    (DeliveryState::Unknown, Act::SendAgain, DeliveryState::ResolvedResend),
    (DeliveryState::ResolvedResend, Act::Claim, DeliveryState::Claimed),
    (DeliveryState::Pending, Act::Withdraw, DeliveryState::Withdrawn),
    (DeliveryState::Deferred, Act::Withdraw, DeliveryState::Withdrawn),
    (DeliveryState::Failed, Act::Withdraw, DeliveryState::Withdrawn),
    (DeliveryState::ResolvedResend, Act::Withdraw, DeliveryState::Withdrawn),
    (DeliveryState::Withdrawn, Act::PlanAgain, DeliveryState::Pending),
    (DeliveryState::Sent, Act::ReportFailed, DeliveryState::Bounced),
    (DeliveryState::ResolvedSent, Act::ReportFailed, DeliveryState::Bounced),
    (DeliveryState::Unknown, Act::ReportFailed, DeliveryState::Bounced),
    (DeliveryState::Unknown, Act::ReportTaken, DeliveryState::Sent),
    (DeliveryState::Bounced, Act::Retry, DeliveryState::Pending),
    (DeliveryState::Bounced, Act::Withdraw, DeliveryState::Withdrawn),
];

/// Does it, and says whether the ledger did something.
fn act(ledger: &Ledger, run: &str, act: Act) -> bool {
    let id = 1;
    match act {
        Act::Claim => ledger.claim_delivery(run, "w1").expect("a claim").is_some(),
        Act::Unclaim => ledger.unclaim(id).is_ok(),
        Act::InDoubt => ledger.mark_in_doubt(id, "w1").is_ok(),
        Act::Sent => ledger.mark_sent(id, "250 queued").is_ok(),
        Act::Deferred => ledger.mark_deferred(id, instant("2026-11-09T00:00:00Z"), "451").is_ok(),
        Act::Failed => ledger.mark_failed(id, "550").is_ok(),
        Act::Unknown => ledger.mark_unknown(id, "the line broke").is_ok(),
        Act::Retry => ledger.retry_failed(run, None, "hr").expect("a retry") > 0,
        Act::Arrived => ledger.resolve_unknown(id, Resolution::Arrived, "hr", "seen").is_ok(),
        Act::SendAgain => ledger.resolve_unknown(id, Resolution::SendAgain, "hr", "not seen").is_ok(),
        Act::RecoverDead => ledger.recover_deliveries(|_| false).expect("recovered") != Recovery::default(),
        Act::RecoverAlive => ledger.recover_deliveries(|_| true).expect("recovered") != Recovery::default(),
        Act::Withdraw => amended(ledger, run, &[]),
        Act::ReportFailed => reported(ledger, &Report::Failed { diagnostic: "5.1.1".to_owned() }),
        Act::ReportTaken => reported(ledger, &Report::Taken { diagnostic: "2.0.0".to_owned() }),
        Act::PlanAgain => {
            let before = ledger.delivery(id).expect("a read").expect("the delivery");
            amended(ledger, run, &[as_planned(&before)])
        }
    }
}

/// Notes what the mail system says, and says whether the first delivery moved.
fn reported(ledger: &Ledger, report: &Report) -> bool {
    let message_id = ledger.delivery(1).expect("a read").expect("the delivery").message_id;
    matches!(ledger.record_report(&message_id, report).expect("noted"), Reported::Moved { .. })
}

/// Plans these and nothing else, and says whether the first delivery changed.
fn amended(ledger: &Ledger, run: &str, planned: &[NewDelivery]) -> bool {
    let before = ledger.delivery(1).expect("a read");
    ledger.amend_deliveries(run, planned, &HashSet::new()).expect("amended");
    ledger.delivery(1).expect("a read") != before
}

fn as_planned(delivery: &Delivery) -> NewDelivery {
    NewDelivery {
        document_id: delivery.document_id,
        run_id: delivery.run_id.clone(),
        recipient: delivery.recipient.clone(),
        role: delivery.role,
        address: delivery.address.clone(),
        message_id: delivery.message_id.clone(),
        mime_hash: delivery.mime_hash.clone(),
    }
}

#[test]
fn every_legal_step_works_and_every_other_changes_nothing() {
    for from in DeliveryState::ALL {
        for what in ACTS {
            let (ledger, _) = ledger();
            let run = planned(&ledger, &["A001"]);
            assert!(way_to(*from).iter().all(|step| act(&ledger, &run, *step)), "the way to {from}");
            let before = ledger.delivery(1).expect("a read").expect("the delivery");
            assert_eq!(before.state, *from);
            let done = act(&ledger, &run, what);
            let after = ledger.delivery(1).expect("a read").expect("the delivery");
            match LEGAL.iter().find(|(state, step, _)| state == from && *step == what) {
                Some((_, _, to)) => assert_eq!((done, after.state), (true, *to), "{from}, {what:?}"),
                None => assert_eq!((done, after), (false, before), "{from}, {what:?}"),
            }
        }
    }
}

#[test]
fn what_had_gone_out_when_the_plan_was_made_stays_as_it_is() {
    let (ledger, _) = ledger();
    let run = planned(&ledger, &["A001"]);
    let before = ledger.delivery(1).expect("a read").expect("the delivery");
    let left = HashSet::from([(before.document_id, before.recipient.clone())]);
    ledger.amend_deliveries(&run, &[], &left).expect("amended");
    assert_eq!(ledger.delivery(1).expect("a read").expect("the delivery"), before);
    assert!(amended(&ledger, &run, &[]), "one that is not planned any more is withdrawn");
}

#[test]
fn the_table_is_the_one_in_the_code() {
    for from in DeliveryState::ALL {
        let mut reached: Vec<DeliveryState> =
            LEGAL.iter().filter(|(state, ..)| state == from).map(|(_, _, to)| *to).collect();
        reached.sort();
        reached.dedup();
        let mut followers = from.followers().to_vec();
        followers.sort();
        assert_eq!(reached, followers, "{from}");
    }
}

#[test]
fn a_delivery_is_kept_whole_through_its_life() {
    let (ledger, clock) = ledger();
    let run = planned(&ledger, &["A001"]);
    let now = clock.now();
    let claimed = ledger.claim_delivery(&run, "w1").expect("a claim").expect("a delivery");
    assert_eq!((claimed.attempts, claimed.claimed_by.as_deref()), (1, Some("w1")));
    assert_eq!((claimed.job.as_str(), claimed.subject.as_str(), claimed.edition), ("monthly", "A001", 1));
    assert_eq!((claimed.kind, claimed.period), (DocumentKind::Card, card("A001", "").period));
    ledger.mark_deferred(1, now + TimeDelta::minutes(15), "451 greylisted").expect("deferred");
    assert_eq!(ledger.next_due(&run).expect("a time"), Some(now + TimeDelta::minutes(15)));
    assert_eq!(ledger.claim_delivery(&run, "w1").expect("a claim"), None, "not due yet");
    clock.set(now + TimeDelta::minutes(15));
    let again = ledger.claim_delivery(&run, "w2").expect("a claim").expect("due");
    assert_eq!((again.attempts, again.not_before), (2, None));
    ledger.mark_in_doubt(1, "w1").expect_err("claimed by another worker");
    ledger.mark_in_doubt(1, "w2").expect("in doubt");
    ledger.mark_sent(1, "250 2.0.0 Ok: queued as Q31").expect("sent");
    let expected = Delivery {
        state: DeliveryState::Sent,
        reply: Some("250 2.0.0 Ok: queued as Q31".to_owned()),
        reason: None,
        claimed_by: None,
        in_doubt_at: Some(clock.now()),
        sent_at: Some(clock.now()),
        ..again
    };
    assert_eq!(ledger.deliveries(&run).expect("deliveries"), [expected]);
    assert_eq!(ledger.next_due(&run).expect("a time"), None);
}

#[test]
fn an_edition_is_planned_once_for_ever_and_a_new_one_anew() {
    let (ledger, _) = ledger();
    let run = planned(&ledger, &["A001"]);
    for step in way_to(DeliveryState::Sent) {
        act(&ledger, &run, *step);
    }
    let again = ledger.start_run(&new_run("2026-10")).expect("a run").id;
    let (same, _) = ledger.issue(&again, &card("A001", "v1")).expect("issued");
    assert_eq!(ledger.plan_deliveries(&[mail(same.id, &again, "A001")]).expect("planned"), 0);
    assert_eq!(ledger.claim_delivery(&again, "w1").expect("a claim"), None, "sent by the earlier run");
    let listed = ledger.deliveries(&again).expect("deliveries");
    assert_eq!(
        listed.iter().map(|one| (one.state, one.run_id.as_str())).collect::<Vec<_>>(),
        [(DeliveryState::Sent, run.as_str())]
    );
    let manager = NewDelivery { role: RecipientRole::Manager, ..mail(same.id, &again, "M01") };
    assert_eq!(ledger.plan_deliveries(&[manager]).expect("planned"), 1, "another recipient");
    let (changed, _) = ledger.issue(&again, &card("A001", "v2")).expect("issued");
    assert_eq!(ledger.plan_deliveries(&[mail(changed.id, &again, "A001")]).expect("planned"), 1, "another edition");
    let claimed = ledger.claim_delivery(&again, "w1").expect("a claim").expect("a delivery");
    assert_eq!((claimed.edition, claimed.latest_edition), (2, 2));
    let first = &ledger.deliveries(&run).expect("deliveries")[0];
    assert_eq!((first.edition, first.latest_edition), (1, 2), "the first edition is seen to be out of date");
}

#[test]
fn a_plan_is_all_or_nothing() {
    let (ledger, _) = ledger();
    let run = planned(&ledger, &["A001"]);
    let (document, _) = ledger.issue(&run, &card("A002", "v1")).expect("issued");
    let wrong = [mail(document.id, &run, "A002"), mail(999, &run, "A003")];
    ledger.plan_deliveries(&wrong).expect_err("there is no document 999");
    assert_eq!(ledger.deliveries(&run).expect("deliveries").len(), 1);
}

#[test]
fn only_what_dead_workers_left_is_given_back() {
    let (ledger, _) = ledger();
    let run = planned(&ledger, &["A001", "A002", "A003", "A004"]);
    for worker in ["dead", "dead", "alive", "alive"] {
        ledger.claim_delivery(&run, worker).expect("a claim").expect("a delivery");
    }
    ledger.mark_in_doubt(2, "dead").expect("in doubt");
    ledger.mark_in_doubt(4, "alive").expect("in doubt");
    let recovery = ledger.recover_deliveries(|worker| worker == "alive").expect("recovered");
    assert_eq!(recovery, Recovery { to_pending: 1, to_unknown: 1 });
    let states: Vec<DeliveryState> = ledger.deliveries(&run).expect("deliveries").iter().map(|one| one.state).collect();
    use DeliveryState::{Claimed, InDoubt, Pending, Unknown};
    assert_eq!(states, [Pending, Unknown, Claimed, InDoubt]);
    assert!(ledger.delivery(2).expect("a read").expect("the delivery").reason.is_some(), "it says why");
    ledger.mark_in_doubt(1, "dead").expect_err("the dead worker's claim is gone");
}

#[test]
fn a_retry_touches_the_failed_ones_of_the_agent_and_is_audited() {
    let (ledger, _) = ledger();
    let run = planned(&ledger, &["A001", "A002", "A003", "A004"]);
    for id in 1..=4 {
        ledger.claim_delivery(&run, "w1").expect("a claim").expect("a delivery");
        match id {
            1 | 2 => ledger.mark_failed(id, "550").expect("failed"),
            _ => ledger.mark_in_doubt(id, "w1").expect("in doubt"),
        }
    }
    ledger.mark_sent(3, "250").expect("sent");
    ledger.mark_unknown(4, "the line broke").expect("unknown");
    assert_eq!(ledger.retry_failed(&run, Some("A003"), "hr").expect("a retry"), 0);
    assert_eq!(ledger.retry_failed(&run, Some("A002"), "hr").expect("a retry"), 1);
    assert_eq!(ledger.retry_failed(&run, None, "hr").expect("a retry"), 1);
    assert_eq!(ledger.retry_failed("monthly-2026-10-9", None, "hr").expect("a retry"), 0);
    let again = ledger.claim_delivery(&run, "w1").expect("a claim").expect("a delivery");
    assert_eq!((again.id, again.attempts), (1, 1), "it gets a whole round of attempts again");
    ledger.claim_delivery(&run, "w1").expect("a claim").expect("a delivery");
    assert_eq!(ledger.claim_delivery(&run, "w1").expect("a claim"), None, "neither sent nor unknown is touched");
    assert_eq!(audited(&ledger), ["retry-delivery delivery 2", "retry-delivery delivery 1"]);
}

#[test]
fn a_resolution_needs_a_name_and_a_reason_and_is_audited() {
    let (ledger, _) = ledger();
    let run = planned(&ledger, &["A001"]);
    for step in way_to(DeliveryState::Unknown) {
        act(&ledger, &run, *step);
    }
    ledger.resolve_unknown(1, Resolution::SendAgain, "", "not seen").expect_err("nobody");
    ledger.resolve_unknown(1, Resolution::SendAgain, "hr", " ").expect_err("no reason");
    let before = ledger.delivery(1).expect("a read").expect("the delivery");
    ledger.resolve_unknown(1, Resolution::SendAgain, "hr", "not in her mailbox").expect("resolved");
    assert_eq!(audited(&ledger), ["resolve-delivery delivery 1"]);
    assert!(ledger.verify_audit().expect("a verdict"));
    let again = ledger.claim_delivery(&run, "w2").expect("a claim").expect("to be sent again");
    assert_eq!(again.message_id, before.message_id);
}

#[test]
fn an_address_is_corrected_only_while_nothing_is_under_way() {
    for state in DeliveryState::ALL {
        let (ledger, _) = ledger();
        let run = planned(&ledger, &["A001"]);
        for step in way_to(*state) {
            act(&ledger, &run, *step);
        }
        let before = ledger.delivery(1).expect("a read").expect("the delivery");
        let (address, message_id, mime_hash) = ("new@example.invalid".to_owned(), "m9@x".to_owned(), "m2".to_owned());
        let corrected = NewDelivery { address, message_id, mime_hash, ..as_planned(&before) };
        ledger.amend_deliveries(&run, &[corrected], &HashSet::new()).expect("amended");
        let after = ledger.delivery(1).expect("a read").expect("the delivery");
        let changed = after.address == "new@example.invalid" && after.mime_hash == "m2" && after.message_id == "m9@x";
        assert_eq!(changed, state.is_at_rest(), "{state}");
        let again = matches!(state, DeliveryState::Failed | DeliveryState::Bounced | DeliveryState::Withdrawn);
        assert_eq!(after.state, if again { DeliveryState::Pending } else { *state });
    }
}

#[test]
fn two_ledgers_and_eight_threads_never_claim_the_same() {
    let (place, _folder) = fresh_place();
    let ledgers = [(); 2].map(|()| Ledger::open_at(&place, Clock::system()).expect("a ledger"));
    let agents: Vec<String> = (0..120).map(|number| format!("A{number:03}")).collect();
    let run = planned(&ledgers[0], &agents.iter().map(String::as_str).collect::<Vec<_>>());
    let mut claims: BTreeMap<i64, u32> = BTreeMap::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| {
                let (ledger, run) = (&ledgers[number % 2], &run);
                let worker = format!("w{number}");
                let claim = move || ledger.claim_delivery(run, &worker).expect("a claim").map(|one| one.id);
                scope.spawn(move || std::iter::from_fn(claim).collect::<Vec<i64>>())
            })
            .collect();
        for thread in threads {
            for id in thread.join().expect("a thread") {
                *claims.entry(id).or_default() += 1;
            }
        }
    });
    assert_eq!(claims.len(), agents.len());
    assert!(claims.values().all(|count| *count == 1), "{claims:?}");
}

#[test]
fn a_worker_that_was_taken_for_dead_changes_nothing_when_it_comes_back() {
    let (place, _folder) = fresh_place();
    let [late, next] = [(); 2].map(|()| Ledger::open_at(&place, Clock::system()).expect("a ledger"));
    let run = planned(&late, &["A001"]);
    let later = late.now() + TimeDelta::hours(1);
    late.claim_delivery(&run, "late").expect("a claim").expect("a delivery");
    assert_eq!(next.recover_deliveries(|_| false).expect("recovered").to_pending, 1);
    next.claim_delivery(&run, "next").expect("a claim").expect("a delivery");
    next.mark_in_doubt(1, "next").expect("in doubt");
    late.mark_in_doubt(1, "late").expect_err("nothing may be sent");
    late.mark_deferred(1, later, "the line broke").expect("not its letter any more");
    let kept = next.delivery(1).expect("a read").expect("the delivery");
    assert_eq!((kept.state, kept.claimed_by.as_deref()), (DeliveryState::InDoubt, Some("next")));
    next.mark_sent(1, "250").expect("sent");
}

#[test]
fn what_a_worker_forgot_of_a_run_is_given_back_and_no_other() {
    let (ledger, _) = ledger();
    let run = planned(&ledger, &["A001", "A002", "A003"]);
    for worker in ["w1", "w1", "w2"] {
        ledger.claim_delivery(&run, worker).expect("a claim").expect("a delivery");
    }
    ledger.mark_in_doubt(2, "w1").expect("in doubt");
    assert_eq!(ledger.give_back_forgotten("another", "w1").expect("given back"), Recovery::default());
    let given_back = ledger.give_back_forgotten(&run, "w1").expect("given back");
    assert_eq!(given_back, Recovery { to_pending: 1, to_unknown: 1 });
    assert_eq!(ledger.delivery(3).expect("a read").expect("the delivery").state, DeliveryState::Claimed);
}

#[test]
fn the_doubt_is_on_the_disk_when_the_mark_returns() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.sqlite");
    let ledger = Ledger::open(&path, Clock::system()).expect("a ledger");
    let run = planned(&ledger, &["A001"]);
    ledger.claim_delivery(&run, "w1").expect("a claim").expect("a delivery");
    ledger.mark_in_doubt(1, "w1").expect("in doubt");
    // The copy stands for the disk after a crash: nothing of this process's memory is in it.
    let copy = folder.path().join("copy.sqlite");
    std::fs::copy(&path, &copy).expect("a copy");
    std::fs::copy(folder.path().join("ledger.sqlite-wal"), folder.path().join("copy.sqlite-wal")).expect("a copy");
    for place in [&path, &copy] {
        let other = Ledger::open(place, Clock::system()).expect("a second connection");
        let state = other.delivery(1).expect("a read").expect("the delivery").state;
        assert_eq!(state, DeliveryState::InDoubt, "{}", place.display());
    }
}

#[test]
fn notes_of_several_share_a_commit_and_are_all_or_none() {
    let (ledger, clock) = ledger();
    let run = planned(&ledger, &["A001", "A002", "A003", "A004"]);
    let ids: Vec<i64> = ledger.claim_deliveries(&run, "w1", 3).expect("claims").iter().map(|one| one.id).collect();
    assert_eq!(ids.len(), 3);
    let doubts: Vec<(i64, Note)> = ids.iter().map(|id| (*id, Note::InDoubt)).collect();
    ledger.note_deliveries("w1", &doubts).expect("in doubt");
    let mut further = vec![(ids[0], Note::Sent { reply: "250".to_owned() }), (ids[1], Note::InDoubt)];
    assert!(ledger.note_deliveries("w1", &further).is_err(), "it is in doubt already");
    let state = |id| ledger.delivery(id).expect("a read").expect("it").state;
    assert_eq!(state(ids[0]), DeliveryState::InDoubt, "nothing of a refused group stays");
    further[1].1 = Note::Unknown { reason: "no reply".to_owned() };
    ledger.note_deliveries("w1", &further).expect("noted");
    assert_eq!((state(ids[0]), state(ids[1])), (DeliveryState::Sent, DeliveryState::Unknown));
    // Both ways to an end in one group, as an outbox folder takes them.
    let last = ledger.claim_deliveries(&run, "w1", 9).expect("claims").pop().expect("the fourth").id;
    let at_once = [(last, Note::InDoubt), (last, Note::Sent { reply: "written".to_owned() })];
    assert!(ledger.note_deliveries("w2", &at_once).is_err(), "another worker has it");
    ledger.note_deliveries("w1", &at_once).expect("taken");
    assert_eq!(ledger.unknown_deliveries().expect("unknowns").iter().map(|one| one.id).collect::<Vec<_>>(), [ids[1]]);
    let minute = TimeDelta::minutes(1);
    assert_eq!(ledger.doubted_within(minute).expect("the last minute").len(), 4);
    clock.set(clock.now() + TimeDelta::seconds(61));
    assert_eq!(ledger.doubted_within(minute).expect("the last minute"), []);
    clock.set(clock.now() - TimeDelta::days(14));
    assert_eq!(ledger.doubted_within(minute).expect("the last minute"), [], "what lies ahead is no last minute");
}

fn audited(ledger: &Ledger) -> Vec<String> {
    let told = |entry: AuditEntry| format!("{} {}", entry.action, entry.subject);
    let mut entries: Vec<String> = ledger.audit_entries(99).expect("entries").into_iter().map(told).collect();
    entries.reverse();
    entries
}

#[test]
fn an_older_edition_is_never_claimed() {
    let (ledger, _) = ledger();
    let run = planned(&ledger, &["A001"]);
    let newer = ledger.start_run(&new_run("2026-10")).expect("a run");
    ledger.issue(&newer.id, &card("A001", "other")).expect("an edition");
    assert!(ledger.claim_delivery(&run, "w1").expect("a claim").is_none(), "edition 2 is out");
    assert_eq!(ledger.delivery(1).expect("a read").expect("it").state, DeliveryState::Pending);
}

#[test]
fn a_deferred_mail_waits_but_not_for_a_clock_that_was_set_back() {
    let (ledger, clock) = ledger();
    let run = planned(&ledger, &["A1"]);
    let claimed = |ledger: &Ledger| ledger.claim_delivery(&run, "w").expect("an answer").map(|mail| mail.id);
    let right = clock.now();
    clock.set(right + TimeDelta::days(14));
    let mail = claimed(&ledger).expect("a mail");
    ledger.mark_deferred(mail, clock.now() + TimeDelta::hours(4), "451").expect("deferred");
    assert_eq!(claimed(&ledger), None, "it waits");
    clock.set(right);
    assert_eq!(claimed(&ledger), Some(mail), "no mail waits for two weeks");
}
