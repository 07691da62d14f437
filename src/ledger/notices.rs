//! Notices: one message of a robot about one team of a run, claimed and in doubt like a mail.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::Ledger;
use super::delivery_state::DeliveryState;
use super::errands::{Errand, claim};
use super::store::{self, OptionalExtension, Row, params};
use super::stored::At;

/// A notice as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The ledger's number for it.
    pub id: i64,
    /// The run that it is about.
    pub run_id: String,
    /// The robot, as the job names it.
    pub channel: String,
    /// The team's id.
    pub team: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was claimed.
    pub attempts: u32,
    /// Why it was deferred, failed or is unknown.
    pub reason: Option<String>,
}

impl Ledger {
    /// Plans a notice about each of these teams, where there is none yet; returns how many are new.
    pub fn plan_notices(&self, run_id: &str, channel: &str, teams: &[String]) -> Result<usize> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO notices (run_id, channel, team, state) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (run_id, channel, team) DO NOTHING",
            )?;
            let mut planned = 0;
            for team in teams {
                planned += statement.execute(params![run_id, channel, team, DeliveryState::Pending])?;
            }
            Ok(planned)
        })
    }

    /// Claims the next notice of any run that is pending, or deferred and due, of a channel that has said fewer than
    /// `most` in the last minute.
    pub fn claim_notice(&self, worker: &str, most: u32) -> Result<Option<Notice>> {
        let now = self.now();
        self.write(|transaction| {
            let sql = "SELECT id FROM notices WHERE (state IN ('pending', 'resolved-resend') OR (state = 'deferred' AND not_before <= ?1)) \
                       AND (SELECT count(*) FROM notices AS said WHERE said.channel = notices.channel \
                            AND said.in_doubt_at > ?2 AND said.in_doubt_at <= ?1) < ?3 ORDER BY id LIMIT 1";
            let minute_ago = At(now - TimeDelta::minutes(1));
            let next = transaction
                .query_row(sql, params![At(now), minute_ago, most], |row| row.get::<_, i64>(0))
                .optional()?;
            let Some(id) = next else { return Ok(None) };
            claim(transaction, Errand::Notice, id, worker)?;
            let found = transaction.query_row("SELECT * FROM notices WHERE id = ?1", [id], read_notice)?;
            Ok(Some(found))
        })
    }

    /// The notices of a run, by channel and team.
    pub fn notices(&self, run_id: &str) -> Result<Vec<Notice>> {
        self.read(|connection| {
            let sql = "SELECT * FROM notices WHERE run_id = ?1 ORDER BY channel, team";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map([run_id], read_notice)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// When the next deferred notice may be said again.
    pub fn next_notice_due(&self) -> Result<Option<DateTime<Utc>>> {
        self.read(|connection| {
            let sql = "SELECT min(not_before) FROM notices WHERE state = 'deferred'";
            let due: Option<At> = connection.query_row(sql, [], |row| row.get(0))?;
            Ok(due.map(|at| at.0))
        })
    }
}

fn read_notice(row: &Row<'_>) -> store::Result<Notice> {
    Ok(Notice {
        id: row.get("id")?,
        run_id: row.get("run_id")?,
        channel: row.get("channel")?,
        team: row.get("team")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        reason: row.get("reason")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{ledger, new_run};
    use crate::ledger::{Note, Resolution};

    fn planned(teams: &[&str]) -> (Ledger, crate::clock::Clock, String) {
        let (ledger, clock) = ledger();
        let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        let teams: Vec<String> = teams.iter().map(|team| team.to_string()).collect();
        assert_eq!(ledger.plan_notices(&run, "leads", &teams).expect("planned"), teams.len());
        assert_eq!(ledger.plan_notices(&run, "leads", &teams).expect("planned"), 0, "each once");
        (ledger, clock, run)
    }

    #[test]
    fn a_channel_says_so_many_a_minute() {
        let (ledger, clock, _) = planned(&["T1", "T2", "T3"]);
        for _ in 0..2 {
            let notice = ledger.claim_notice("w", 2).expect("a claim").expect("a notice");
            ledger.note_errand(Errand::Notice, notice.id, &Note::InDoubt).expect("marked");
            ledger.note_errand(Errand::Notice, notice.id, &Note::Sent { reply: "0".to_owned() }).expect("sent");
        }
        assert_eq!(ledger.claim_notice("w", 2).expect("a claim"), None);
        clock.set(clock.now() + TimeDelta::seconds(61));
        assert!(ledger.claim_notice("w", 2).expect("a claim").is_some());
    }

    #[test]
    fn what_a_dead_worker_had_is_pending_or_unknown() {
        let (ledger, _, run) = planned(&["T1", "T2"]);
        let first = ledger.claim_notice("w", 20).expect("a claim").expect("a notice");
        ledger.claim_notice("w", 20).expect("a claim").expect("a notice");
        ledger.note_errand(Errand::Notice, first.id, &Note::InDoubt).expect("marked");
        ledger.recover_errands(Errand::Notice, |_| true).expect("all live");
        ledger.recover_errands(Errand::Notice, |_| false).expect("none lives");
        let states: Vec<_> = ledger.notices(&run).expect("notices").into_iter().map(|one| one.state).collect();
        assert_eq!(states, [DeliveryState::Unknown, DeliveryState::Pending]);
        assert!(
            ledger.note_errand(Errand::Notice, first.id, &Note::InDoubt).is_err(),
            "an unknown one is never said again"
        );
    }

    #[test]
    fn a_person_says_what_became_of_an_unknown_one() {
        let (ledger, _, run) = planned(&["T1", "T2"]);
        for _ in 0..2 {
            let notice = ledger.claim_notice("w", 20).expect("a claim").expect("a notice");
            ledger.note_errand(Errand::Notice, notice.id, &Note::InDoubt).expect("marked");
        }
        ledger.recover_errands(Errand::Notice, |_| false).expect("none lives");
        let unknown = ledger.unknown_errands().expect("unknown ones");
        assert_eq!(unknown.iter().map(|one| one.to.as_str()).collect::<Vec<_>>(), ["leads T1", "leads T2"]);
        let say = |id: i64, verdict, reason| ledger.resolve_errand(Errand::Notice, id, verdict, "hr", reason);
        say(unknown[0].id, Resolution::Arrived, " ").expect_err("a reason is asked for");
        say(unknown[0].id, Resolution::Arrived, "it is in the chat").expect("resolved");
        say(unknown[0].id, Resolution::SendAgain, "once more").expect_err("it is not unknown any more");
        say(unknown[1].id, Resolution::SendAgain, "nobody saw it").expect("resolved");
        say(99, Resolution::Arrived, "?").expect_err("there is none");
        assert_eq!(ledger.unknown_errands().expect("unknown ones"), []);
        let again = ledger.claim_notice("w", 20).expect("a claim").map(|one| (one.team, one.run_id, one.attempts));
        assert_eq!(again, Some(("T2".to_owned(), run, 1)));
        assert_eq!(ledger.claim_notice("w", 20).expect("a claim"), None);
    }
}
