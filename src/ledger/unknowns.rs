//! The mails of which nobody knows whether they arrived, over all runs, and how many went out lately.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::Ledger;
use super::deliveries::{Delivery, SELECT, read_delivery};
use super::store::{self, params};
use super::stored::At;

impl Ledger {
    /// Every mail that waits for a person's word, the longest in doubt first.
    pub fn unknown_deliveries(&self) -> Result<Vec<Delivery>> {
        self.read(|connection| {
            let sql = format!("{SELECT} WHERE deliveries.state = 'unknown' ORDER BY in_doubt_at, deliveries.id");
            let mut statement = connection.prepare_cached(&sql)?;
            let found = statement.query_map([], read_delivery)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// The address and instant of every mail that was put in doubt in the last `span`, by any worker.
    ///
    /// What a clock that was set back calls the future is left out: it says nothing about the last minute.
    pub fn doubted_within(&self, span: TimeDelta) -> Result<Vec<(String, DateTime<Utc>)>> {
        let now = self.now();
        self.read(|connection| {
            let sql = "SELECT address, in_doubt_at FROM deliveries WHERE in_doubt_at > ?1 AND in_doubt_at <= ?2 \
                       ORDER BY in_doubt_at";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map(params![At(now - span), At(now)], |row| {
                Ok((row.get("address")?, row.get::<_, At>("in_doubt_at")?.0))
            })?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}
