//! Refused appeals of which the agent is still to be told.

use anyhow::Result;

use super::{Appeal, SELECT, read_appeal};
use crate::ledger::Ledger;
use crate::ledger::store::{self, params};
use crate::ledger::stored::At;

impl Ledger {
    /// The refused appeals whose agents no letter was planned for, as they came.
    pub fn refusals_to_tell(&self) -> Result<Vec<Appeal>> {
        self.read(|connection| {
            let sql =
                format!("{SELECT} WHERE appeals.state = 'refused' AND appeals.told_at IS NULL ORDER BY appeals.id");
            let mut statement = connection.prepare_cached(&sql)?;
            let found = statement.query_map([], read_appeal)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// Notes that the agent's letter is planned, or that there can be none.
    pub fn note_refusal_told(&self, id: i64) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            transaction.execute("UPDATE appeals SET told_at = ?2 WHERE id = ?1", params![id, At(now)])?;
            Ok(())
        })
    }
}
