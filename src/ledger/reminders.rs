//! Reminders: letters without a document, one to each person about each thing, claimed and in doubt like all letters.

use anyhow::Result;

use super::Ledger;
use super::delivery_state::DeliveryState;
use super::errands::{Errand, claim};
use super::store::{self, OptionalExtension, Row, params};
use super::stored::At;

/// A reminder to be sent, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReminder {
    /// The same for the same thing, of which a person is then reminded once.
    pub key: String,
    /// The job's id.
    pub job: String,
    /// The staff number; the address itself of one who has none.
    pub recipient: String,
    /// The mail address.
    pub address: String,
    /// The Message-ID without brackets.
    pub message_id: String,
    /// The whole sealed letter, which is ASCII.
    pub letter: String,
}

/// A reminder as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// The ledger's number for it.
    pub id: i64,
    /// What was planned.
    pub planned: NewReminder,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was claimed.
    pub attempts: u32,
    /// The answer of the relay, or why it was deferred, failed or is unknown.
    pub reason: Option<String>,
}

impl Ledger {
    /// Plans these reminders where there are none yet; returns how many are new.
    pub fn plan_reminders(&self, planned: &[NewReminder]) -> Result<usize> {
        let now = self.now();
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO reminders (key, job, recipient, address, message_id, letter, planned_at, state) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (key, recipient) DO NOTHING",
            )?;
            let mut new = 0;
            for one in planned {
                new += statement.execute(params![
                    one.key,
                    one.job,
                    one.recipient,
                    one.address,
                    one.message_id,
                    one.letter,
                    At(now),
                    DeliveryState::Pending
                ])?;
            }
            Ok(new)
        })
    }

    /// Claims the next reminder that is pending, to be sent again, or deferred and due.
    pub fn claim_reminder(&self, worker: &str) -> Result<Option<Reminder>> {
        let now = self.now();
        self.write(|transaction| {
            let sql = "SELECT id FROM reminders WHERE state IN ('pending', 'resolved-resend') \
                       OR (state = 'deferred' AND not_before <= ?1) ORDER BY id LIMIT 1";
            let next = transaction.query_row(sql, [At(now)], |row| row.get::<_, i64>(0)).optional()?;
            let Some(id) = next else { return Ok(None) };
            claim(transaction, Errand::Reminder, id, worker)?;
            Ok(Some(transaction.query_row("SELECT * FROM reminders WHERE id = ?1", [id], read_reminder)?))
        })
    }

    /// The newest reminders of a job first, at most `limit`.
    pub fn reminders(&self, job: &str, limit: u32) -> Result<Vec<Reminder>> {
        self.read(|connection| {
            let sql = "SELECT * FROM reminders WHERE job = ?1 ORDER BY id DESC LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map(params![job, limit], read_reminder)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

fn read_reminder(row: &Row<'_>) -> store::Result<Reminder> {
    let planned = NewReminder {
        key: row.get("key")?,
        job: row.get("job")?,
        recipient: row.get("recipient")?,
        address: row.get("address")?,
        message_id: row.get("message_id")?,
        letter: row.get("letter")?,
    };
    Ok(Reminder {
        id: row.get("id")?,
        planned,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        reason: row.get("reason")?,
    })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::ledger::Note;
    use crate::ledger::bench::ledger;

    fn new(key: &str, recipient: &str) -> NewReminder {
        NewReminder {
            key: key.to_owned(),
            job: "monthly".to_owned(),
            recipient: recipient.to_owned(),
            address: format!("{recipient}@shop.example"),
            message_id: format!("{key}.{recipient}@shop.example"),
            letter: "m\r\n".to_owned(),
        }
    }

    #[test]
    fn a_person_is_reminded_of_a_thing_once() {
        let (ledger, _) = ledger();
        assert_eq!(ledger.plan_reminders(&[new("a", "m1"), new("a", "m2")]).expect("planned"), 2);
        assert_eq!(ledger.plan_reminders(&[new("a", "m1"), new("b", "m1")]).expect("planned"), 1);
        let mut claimed = 0;
        while let Some(one) = ledger.claim_reminder("w").expect("a claim") {
            ledger.note_errand(Errand::Reminder, one.id, &Note::InDoubt).expect("marked");
            ledger.note_errand(Errand::Reminder, one.id, &Note::Sent { reply: "250".to_owned() }).expect("sent");
            claimed += 1;
        }
        assert_eq!(claimed, 3);
        assert!(ledger.reminders("monthly", 9).expect("all").iter().all(|one| one.state == DeliveryState::Sent));
    }

    #[test]
    fn one_that_was_put_off_waits_and_one_in_doubt_is_never_sent_on_its_own() {
        let (ledger, clock) = ledger();
        ledger.plan_reminders(&[new("a", "m1"), new("a", "m2")]).expect("planned");
        let first = ledger.claim_reminder("w").expect("a claim").expect("a reminder");
        let not_before = clock.now() + TimeDelta::minutes(5);
        let put_off = Note::Deferred { not_before, reason: "full".to_owned() };
        ledger.note_errand(Errand::Reminder, first.id, &put_off).expect("put off");
        let second = ledger.claim_reminder("w").expect("a claim").expect("a reminder");
        ledger.note_errand(Errand::Reminder, second.id, &Note::InDoubt).expect("marked");
        ledger.recover_errands(Errand::Reminder, |_| false).expect("none lives");
        assert_eq!(ledger.claim_reminder("w").expect("a claim"), None);
        let unknown: Vec<_> = ledger.unknown_errands().expect("unknown").into_iter().map(|one| one.to).collect();
        assert_eq!(unknown, ["m2"]);
        clock.set(not_before);
        let again = ledger.claim_reminder("w").expect("a claim").map(|one| (one.id, one.attempts));
        assert_eq!(again, Some((first.id, 2)));
    }
}
