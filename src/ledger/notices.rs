//! Notices: one message of a robot about one team of a run, claimed and in doubt like a mail.

use anyhow::{Result, bail};
use chrono::{DateTime, TimeDelta, Utc};

use super::Ledger;
use super::delivery_state::DeliveryState;
use super::outcomes::Note;
use super::store::{self, Connection, OptionalExtension, Row, params};
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
            let sql = "SELECT id FROM notices WHERE (state = 'pending' OR (state = 'deferred' AND not_before <= ?1)) \
                       AND (SELECT count(*) FROM notices AS said WHERE said.channel = notices.channel \
                            AND said.in_doubt_at > ?2 AND said.in_doubt_at <= ?1) < ?3 ORDER BY id LIMIT 1";
            let minute_ago = At(now - TimeDelta::minutes(1));
            let next = transaction
                .query_row(sql, params![At(now), minute_ago, most], |row| row.get::<_, i64>(0))
                .optional()?;
            let Some(id) = next else { return Ok(None) };
            move_notice(transaction, id, DeliveryState::Claimed)?;
            let sql = "UPDATE notices SET claimed_by = ?2, attempts = attempts + 1, not_before = NULL WHERE id = ?1";
            transaction.execute(sql, params![id, worker])?;
            let found = transaction.query_row("SELECT * FROM notices WHERE id = ?1", [id], read_notice)?;
            Ok(Some(found))
        })
    }

    /// Notes what happened to a claimed notice; on the disk when this returns.
    pub fn note_notice(&self, id: i64, note: &Note) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            match note {
                Note::InDoubt => {
                    move_notice(transaction, id, DeliveryState::InDoubt)?;
                    let sql = "UPDATE notices SET in_doubt_at = ?2 WHERE id = ?1";
                    transaction.execute(sql, params![id, At(now)])?;
                    return Ok(());
                }
                Note::Sent { reply } => end(transaction, id, DeliveryState::Sent, Some(reply))?,
                Note::Failed { reason } => end(transaction, id, DeliveryState::Failed, Some(reason))?,
                Note::Unknown { reason } => end(transaction, id, DeliveryState::Unknown, Some(reason))?,
                Note::GivenBack => end(transaction, id, DeliveryState::Pending, None)?,
                Note::Deferred { not_before, reason } => {
                    end(transaction, id, DeliveryState::Deferred, Some(reason))?;
                    let sql = "UPDATE notices SET not_before = ?2 WHERE id = ?1";
                    transaction.execute(sql, params![id, At(*not_before)])?;
                }
            }
            Ok(())
        })
    }

    /// Gives back what workers left for which `alive` is false: claimed ones wait again, those in doubt are unknown.
    pub fn recover_notices(&self, alive: impl Fn(&str) -> bool) -> Result<()> {
        self.write(|transaction| {
            let sql = "SELECT id, state, claimed_by FROM notices WHERE state IN ('claimed', 'in-doubt') ORDER BY id";
            let mut statement = transaction.prepare_cached(sql)?;
            let held = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            let held = held.collect::<store::Result<Vec<(i64, DeliveryState, String)>>>()?;
            for (id, state, _) in held.into_iter().filter(|(_, _, worker)| !alive(worker)) {
                match state {
                    DeliveryState::Claimed => end(transaction, id, DeliveryState::Pending, None)?,
                    _ => end(
                        transaction,
                        id,
                        DeliveryState::Unknown,
                        Some("the sender stopped before the robot answered"),
                    )?,
                }
            }
            Ok(())
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

/// Ends a claim.
fn end(connection: &Connection, id: i64, next: DeliveryState, reason: Option<&str>) -> Result<()> {
    move_notice(connection, id, next)?;
    let sql = "UPDATE notices SET claimed_by = NULL, reason = ?2 WHERE id = ?1";
    connection.execute(sql, params![id, reason])?;
    Ok(())
}

fn move_notice(connection: &Connection, id: i64, next: DeliveryState) -> Result<()> {
    let sql = "SELECT state FROM notices WHERE id = ?1";
    let state: DeliveryState = connection.query_row(sql, [id], |row| row.get(0))?;
    if !state.followers().contains(&next) {
        bail!("notice `{id}` is {state} and cannot become {next}");
    }
    connection.execute("UPDATE notices SET state = ?2 WHERE id = ?1", params![id, next])?;
    Ok(())
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
            ledger.note_notice(notice.id, &Note::InDoubt).expect("marked");
            ledger.note_notice(notice.id, &Note::Sent { reply: "0".to_owned() }).expect("sent");
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
        ledger.note_notice(first.id, &Note::InDoubt).expect("marked");
        ledger.recover_notices(|_| true).expect("all live");
        ledger.recover_notices(|_| false).expect("none lives");
        let states: Vec<_> = ledger.notices(&run).expect("notices").into_iter().map(|one| one.state).collect();
        assert_eq!(states, [DeliveryState::Unknown, DeliveryState::Pending]);
        assert!(ledger.note_notice(first.id, &Note::InDoubt).is_err(), "an unknown one is never said again");
    }
}
