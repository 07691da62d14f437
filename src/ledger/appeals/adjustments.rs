//! What was set by hand, as runs take it in.

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::exact::Exact;
use crate::ledger::Ledger;
use crate::ledger::store::{self, Row, params};
use crate::ledger::stored::{At, Fraction, Label, stored_words};
use crate::period::Period;

stored_words! {
    /// What an adjustment sets.
    pub enum Sets {
        /// The points of the line, whatever its rules give.
        Points = "points",
        /// The value that the line's rules judge.
        Value = "value",
        /// What was counted; the denominator and the rules stay.
        Numerator = "numerator",
    }
}

/// A dated row that sets one line of one agent in one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// The ledger's number for it.
    pub id: i64,
    /// The appeal from which it follows.
    pub appeal: i64,
    /// The agent's staff number.
    pub agent: String,
    /// The id of the line.
    pub line: String,
    /// What it sets.
    pub sets: Sets,
    /// To what.
    pub amount: Exact,
    /// The user who decided.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Ledger {
    /// Every adjustment of a job's period, the first one first.
    pub fn adjustments(&self, job: &str, period: &Period) -> Result<Vec<Adjustment>> {
        self.read(|connection| {
            let sql = "SELECT * FROM adjustments WHERE job = ?1 AND period = ?2 ORDER BY id";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map(params![job, Label(*period)], read)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// Pins the adjustments that a run took in, and none that came later.
    pub fn pin_adjustments(&self, run_id: &str, taken: &[Adjustment]) -> Result<()> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM run_adjustments WHERE run_id = ?1", [run_id])?;
            for one in taken {
                let sql = "INSERT INTO run_adjustments (run_id, adjustment_id) VALUES (?1, ?2)";
                transaction.execute(sql, params![run_id, one.id])?;
            }
            Ok(())
        })
    }

    /// The adjustments that a run took in, the first one first.
    pub fn run_adjustments(&self, run_id: &str) -> Result<Vec<Adjustment>> {
        self.read(|connection| {
            let sql = "SELECT adjustments.* FROM adjustments JOIN run_adjustments ON adjustment_id = adjustments.id \
                       WHERE run_adjustments.run_id = ?1 ORDER BY adjustments.id";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map([run_id], read)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

fn read(row: &Row<'_>) -> store::Result<Adjustment> {
    Ok(Adjustment {
        id: row.get("id")?,
        appeal: row.get("appeal_id")?,
        agent: row.get("agent")?,
        line: row.get("line")?,
        sets: row.get("sets")?,
        amount: row.get::<_, Fraction>("amount")?.0,
        author: row.get("author")?,
        reason: row.get("reason")?,
        at: row.get::<_, At>("at")?.0,
    })
}
