//! What the mail system reports of mails that a server took: that they came back, or that they arrived.

use anyhow::Result;

use super::Ledger;
use super::audit::append;
use super::deliveries::move_delivery;
use super::delivery_state::DeliveryState;
use super::store::{OptionalExtension, params};
use super::stored::At;

/// What the mail system says of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// It could not be delivered.
    Failed {
        /// The status and what the last server said.
        diagnostic: String,
    },
    /// It is delivered, handed on, or still being tried: the server has it.
    Taken {
        /// The status and what the last server said.
        diagnostic: String,
    },
}

/// What a report did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reported {
    /// No mail of ours has that name.
    Stranger,
    /// The mail is in this state already, or in one that the report says nothing about.
    NothingNew,
    /// The mail moved.
    Moved {
        /// The run that planned it.
        run_id: String,
        /// The ledger's number for it.
        delivery: i64,
        /// Where it is now.
        state: DeliveryState,
    },
}

impl Ledger {
    /// Notes what the mail system reports of the mail of this Message-ID, or of the one that begins with this token; done
    /// twice it changes nothing more.
    ///
    /// A report can only take a mail from sent or unknown to bounced, or settle an unknown one as sent: whoever forges
    /// one has nothing sent by it, because a mail that came back is sent again on a person's word alone.
    pub fn record_report(&self, message_id: &str, report: &Report) -> Result<Reported> {
        let now = self.now();
        self.write(|transaction| {
            let sql = match message_id.contains('@') {
                true => "SELECT id, run_id, state FROM deliveries WHERE message_id = ?1",
                // Behind `@` comes `A`, so these are those that begin with the token and `@`.
                false => {
                    "SELECT id, run_id, state FROM deliveries WHERE message_id >= ?1 || '@' AND message_id < ?1 || 'A'"
                }
            };
            let found = transaction
                .query_row(sql, [message_id], |row| Ok((row.get("id")?, row.get("run_id")?, row.get("state")?)))
                .optional()?;
            let Some((id, run_id, state)): Option<(i64, String, DeliveryState)> = found else {
                return Ok(Reported::Stranger);
            };
            let (next, diagnostic) = match (report, state) {
                (
                    Report::Failed { diagnostic },
                    DeliveryState::Sent | DeliveryState::ResolvedSent | DeliveryState::Unknown,
                ) => (DeliveryState::Bounced, diagnostic),
                (Report::Taken { diagnostic }, DeliveryState::Unknown) => (DeliveryState::Sent, diagnostic),
                _ => return Ok(Reported::NothingNew),
            };
            move_delivery(transaction, id, next)?;
            if next == DeliveryState::Bounced {
                transaction.execute("UPDATE deliveries SET reason = ?2 WHERE id = ?1", params![id, diagnostic])?;
            } else {
                let sql = "UPDATE deliveries SET reason = NULL, reply = ?2, sent_at = ?3 WHERE id = ?1";
                transaction.execute(sql, params![id, diagnostic, At(now)])?;
            }
            append(transaction, now, "mail-system", "report-delivery", &format!("delivery {id}"), next.word())?;
            Ok(Reported::Moved { run_id, delivery: id, state: next })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{ledger, planned};

    fn failed() -> Report {
        Report::Failed { diagnostic: "5.1.1 no such mailbox".to_owned() }
    }

    /// A ledger with one mail in `state`, and its Message-ID.
    fn with(state: DeliveryState) -> (Ledger, i64, String) {
        let (ledger, _) = ledger();
        let run = planned(&ledger, &["A1"]);
        let mail = ledger.claim_delivery(&run, "w").expect("a claim").expect("a mail");
        match state {
            DeliveryState::Sent | DeliveryState::Unknown => ledger.mark_in_doubt(mail.id, "w").expect("marked"),
            _ => {}
        }
        match state {
            DeliveryState::Sent => ledger.mark_sent(mail.id, "250 ok").expect("sent"),
            DeliveryState::Unknown => ledger.mark_unknown(mail.id, "no reply").expect("unknown"),
            DeliveryState::Failed => ledger.mark_failed(mail.id, "550").expect("failed"),
            _ => {}
        }
        (ledger, mail.id, mail.message_id)
    }

    fn state(ledger: &Ledger, id: i64) -> (DeliveryState, Option<String>) {
        let mail = ledger.delivery(id).expect("a read").expect("a mail");
        (mail.state, mail.reason)
    }

    #[test]
    fn a_report_moves_what_it_proves_and_nothing_else() {
        let taken = Report::Taken { diagnostic: "2.0.0 delivered".to_owned() };
        for (from, report, to) in [
            (DeliveryState::Sent, failed(), DeliveryState::Bounced),
            (DeliveryState::Unknown, failed(), DeliveryState::Bounced),
            (DeliveryState::Unknown, taken.clone(), DeliveryState::Sent),
            (DeliveryState::Sent, taken.clone(), DeliveryState::Sent),
            (DeliveryState::Failed, taken, DeliveryState::Failed),
            (DeliveryState::Claimed, failed(), DeliveryState::Claimed),
        ] {
            let (ledger, id, message_id) = with(from);
            let first = ledger.record_report(&message_id, &report).expect("noted");
            assert_eq!(state(&ledger, id).0, to, "{from} {report:?}");
            assert_eq!(matches!(first, Reported::Moved { .. }), from != to);
            assert_eq!(ledger.record_report(&message_id, &report).expect("noted"), Reported::NothingNew);
        }
    }

    #[test]
    fn a_bounced_mail_keeps_the_diagnostic_and_goes_again_on_a_persons_word_alone() {
        let (ledger, id, message_id) = with(DeliveryState::Sent);
        ledger.record_report(&message_id, &failed()).expect("noted");
        assert_eq!(state(&ledger, id), (DeliveryState::Bounced, Some("5.1.1 no such mailbox".to_owned())));
        let run = ledger.delivery(id).expect("a read").expect("a mail").run_id;
        assert_eq!(ledger.claim_delivery(&run, "w").expect("a claim"), None);
        assert_eq!(ledger.retry_failed(&run, None, "hr").expect("retried"), 1);
        assert_eq!(ledger.claim_delivery(&run, "w").expect("a claim").map(|mail| mail.id), Some(id));
    }

    #[test]
    fn a_strange_name_is_no_error() {
        let (ledger, ..) = with(DeliveryState::Sent);
        assert_eq!(ledger.record_report("x@y", &failed()).expect("noted"), Reported::Stranger);
    }
}
