//! Simulations: drafts that somebody wants tried on past periods. The console asks, the scheduler acts, the ledger keeps
//! what came of it for a while.

mod tried;

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};

use super::requests::RequestState;
use super::store::{self, Connection, OptionalExtension, Row, params};
use super::stored::At;
use super::{Ledger, touched};

pub use tried::{Tried, TriedAgent, TriedOutcome, TriedPeriod, TriedTotals};

/// For so long results are kept; they show people's pay.
const KEPT: TimeDelta = TimeDelta::days(31);

/// What somebody wants to see tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSimulation {
    /// Made by the asker once per intention: asking twice with the same key is asking once.
    pub key: String,
    /// The job whose kept tables are scored.
    pub job: String,
    /// The draft's id.
    pub scheme: String,
    /// The draft's version.
    pub version: String,
    /// The periods, with blanks between.
    pub periods: String,
    /// The user's name.
    pub requested_by: String,
}

/// A simulation as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// The ledger's number for it.
    pub id: i64,
    /// What was asked.
    pub asked: NewSimulation,
    /// How far it is.
    pub state: RequestState,
    /// What came of it, once it is over: why it failed, or which scheme was in force and of which periods nothing is kept.
    pub answer: Option<Tried>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
}

impl Ledger {
    /// Records what is asked; under a key that was used before, returns the first one. Old results go.
    pub fn ask_simulation(&self, new: &NewSimulation) -> Result<Simulation> {
        let now = self.now();
        self.write(|transaction| {
            remove_results(transaction, now - KEPT)?;
            transaction.execute(
                "INSERT INTO simulations (key, job, scheme, version, periods, requested_by, state, created_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'waiting', ?7) ON CONFLICT (key) DO NOTHING",
                params![new.key, new.job, new.scheme, new.version, new.periods, new.requested_by, At(now)],
            )?;
            Ok(transaction.query_row("SELECT * FROM simulations WHERE key = ?1", [&new.key], read)?)
        })
    }

    /// Takes the oldest that waits for `worker`.
    pub fn take_simulation(&self, worker: &str) -> Result<Option<Simulation>> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "UPDATE simulations SET state = 'taken', taken_by = ?1 \
                 WHERE id = (SELECT min(id) FROM simulations WHERE state = 'waiting') RETURNING *",
            )?;
            Ok(statement.query_row([worker], read).optional()?)
        })
    }

    /// Lets those wait again that a worker took which is gone.
    pub fn recover_simulations(&self, alive: impl Fn(&str) -> bool) -> Result<()> {
        let taken = self.read(|connection| {
            let sql = "SELECT id, taken_by FROM simulations WHERE state = 'taken' ORDER BY id";
            let mut statement = connection.prepare_cached(sql)?;
            let taken = statement.query_map([], |row| Ok((row.get("id")?, row.get("taken_by")?)))?;
            Ok(taken.collect::<store::Result<Vec<(i64, Option<String>)>>>()?)
        })?;
        for (id, _) in taken.iter().filter(|(_, worker)| !worker.as_deref().is_some_and(&alive)) {
            self.write(|transaction| {
                let sql = "UPDATE simulations SET state = 'waiting', taken_by = NULL WHERE id = ?1 AND state = 'taken'";
                transaction.execute(sql, [*id])?;
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Leaves what came of a simulation, period by period; one that failed has none.
    pub fn end_simulation(&self, id: i64, answer: &Tried, periods: &[TriedPeriod]) -> Result<()> {
        let state = if answer.why.is_some() { RequestState::Failed } else { RequestState::Done };
        let answer = serde_json::to_string(answer)?;
        self.write(|transaction| {
            let sql = "UPDATE simulations SET state = ?2, answer = ?3 WHERE id = ?1 AND state = 'taken'";
            touched(transaction.execute(sql, params![id, state, answer])?, "simulation at work", id)?;
            for one in periods {
                let (summary, agents) = (serde_json::to_string(&one.totals)?, serde_json::to_string(&one.agents)?);
                let sql =
                    "INSERT INTO simulated_periods (simulation_id, period, summary, agents) VALUES (?1, ?2, ?3, ?4)";
                transaction.execute(sql, params![id, one.period, summary, agents])?;
            }
            Ok(())
        })
    }

    /// The simulation of that number.
    pub fn simulation(&self, id: i64) -> Result<Option<Simulation>> {
        self.read(|connection| {
            Ok(connection.query_row("SELECT * FROM simulations WHERE id = ?1", [id], read).optional()?)
        })
    }

    /// The newest first, at most `limit`.
    pub fn simulations(&self, limit: u32) -> Result<Vec<Simulation>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM simulations ORDER BY id DESC LIMIT ?1")?;
            let found = statement.query_map([limit], read)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// The totals of every period of a simulation, the first one first.
    pub fn simulated_totals(&self, id: i64) -> Result<Vec<(String, [TriedTotals; 2])>> {
        let rows = self.read(|connection| {
            let sql = "SELECT period, summary FROM simulated_periods WHERE simulation_id = ?1 ORDER BY period";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map([id], |row| Ok((row.get("period")?, row.get("summary")?)))?;
            Ok(found.collect::<store::Result<Vec<(String, String)>>>()?)
        })?;
        rows.into_iter().map(|(period, summary)| Ok((period, serde_json::from_str(&summary)?))).collect()
    }

    /// Everybody of one period of a simulation; empty where nothing of it is kept.
    pub fn simulated_agents(&self, id: i64, period: &str) -> Result<Vec<TriedAgent>> {
        let text = self.read(|connection| {
            let sql = "SELECT agents FROM simulated_periods WHERE simulation_id = ?1 AND period = ?2";
            Ok(connection.query_row(sql, params![id, period], |row| row.get::<_, String>("agents")).optional()?)
        })?;
        text.map_or_else(|| Ok(Vec::new()), |text| serde_json::from_str(&text).context("a simulation cannot be read"))
    }
}

/// Removes the results of what was asked before an instant; that it was asked stays.
pub(super) fn remove_results(connection: &Connection, before: DateTime<Utc>) -> Result<()> {
    let sql = "DELETE FROM simulated_periods WHERE simulation_id IN (SELECT id FROM simulations WHERE created_at < ?1)";
    connection.execute(sql, [At(before)])?;
    Ok(())
}

fn read(row: &Row<'_>) -> store::Result<Simulation> {
    let answer: Option<String> = row.get("answer")?;
    Ok(Simulation {
        id: row.get("id")?,
        asked: NewSimulation {
            key: row.get("key")?,
            job: row.get("job")?,
            scheme: row.get("scheme")?,
            version: row.get("version")?,
            periods: row.get("periods")?,
            requested_by: row.get("requested_by")?,
        },
        state: row.get("state")?,
        answer: answer.and_then(|text| serde_json::from_str(&text).ok()),
        created_at: row.get::<_, At>("created_at")?.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::ledger;

    fn new(key: &str) -> NewSimulation {
        NewSimulation {
            key: key.to_owned(),
            job: "monthly".to_owned(),
            scheme: "s".to_owned(),
            version: "2".to_owned(),
            periods: "2026-09 2026-10".to_owned(),
            requested_by: "hr".to_owned(),
        }
    }

    fn period(label: &str) -> TriedPeriod {
        let agent = TriedAgent { agent: "A001".to_owned(), name: "Agent 001".to_owned(), ..TriedAgent::default() };
        TriedPeriod { period: label.to_owned(), totals: Default::default(), agents: vec![agent] }
    }

    #[test]
    fn one_key_is_one_simulation_taken_once_and_ended_once() {
        let (ledger, _) = ledger();
        let id = ledger.ask_simulation(&new("k")).expect("asked").id;
        assert_eq!(ledger.ask_simulation(&new("k")).expect("asked").id, id);
        assert_eq!(ledger.take_simulation("w").expect("a take").expect("one").id, id);
        assert_eq!(ledger.take_simulation("w").expect("a take"), None);
        let tried = Tried { in_force: Some(("s".to_owned(), "1".to_owned())), ..Tried::default() };
        ledger.end_simulation(id, &tried, &[period("2026-09")]).expect("ended");
        assert!(ledger.end_simulation(id, &tried, &[]).is_err(), "it is over");
        let kept = ledger.simulation(id).expect("a read").expect("one");
        assert_eq!((kept.state, kept.answer, kept.asked), (RequestState::Done, Some(tried), new("k")));
        assert_eq!(ledger.simulated_agents(id, "2026-09").expect("agents")[0].agent, "A001");
        assert_eq!(ledger.simulated_agents(id, "2026-10").expect("agents"), []);
        assert_eq!(ledger.simulated_totals(id).expect("totals").len(), 1);
    }

    #[test]
    fn what_a_dead_worker_took_waits_again_and_failures_say_why() {
        let (ledger, _) = ledger();
        let id = ledger.ask_simulation(&new("k")).expect("asked").id;
        ledger.take_simulation("w").expect("a take");
        ledger.recover_simulations(|worker| worker == "w").expect("recovered");
        assert_eq!(ledger.take_simulation("w2").expect("a take"), None);
        ledger.recover_simulations(|_| false).expect("recovered");
        assert_eq!(ledger.take_simulation("w2").expect("a take").expect("one").id, id);
        let why = Tried { why: Some("no tables".to_owned()), ..Tried::default() };
        ledger.end_simulation(id, &why, &[]).expect("ended");
        assert_eq!(ledger.simulation(id).expect("a read").expect("one").state, RequestState::Failed);
    }

    #[test]
    fn results_go_after_a_month() {
        let (ledger, clock) = ledger();
        let id = ledger.ask_simulation(&new("k")).expect("asked").id;
        ledger.take_simulation("w").expect("a take");
        ledger.end_simulation(id, &Tried::default(), &[period("2026-09")]).expect("ended");
        clock.set(clock.now() + KEPT + TimeDelta::days(1));
        ledger.ask_simulation(&new("other")).expect("asked");
        assert_eq!(ledger.simulated_agents(id, "2026-09").expect("agents"), []);
        assert!(ledger.simulation(id).expect("a read").is_some());
    }
}
