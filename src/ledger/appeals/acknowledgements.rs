//! That an agent said to have read a card.

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::ledger::Ledger;
use crate::ledger::audit::append;
use crate::ledger::store::{OptionalExtension, params};
use crate::ledger::stored::At;

impl Ledger {
    /// Notes that the agent read a card; the first word counts.
    pub fn acknowledge(&self, document_id: i64, by: &str, through: &str) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            let sql =
                "INSERT INTO acknowledgements (document_id, at) VALUES (?1, ?2) ON CONFLICT (document_id) DO NOTHING";
            if transaction.execute(sql, params![document_id, At(now)])? == 0 {
                return Ok(());
            }
            let detail = format!("through {through}");
            append(transaction, now, by, "acknowledge-card", &format!("document {document_id}"), &detail)
        })
    }

    /// When the agent said so.
    pub fn acknowledged_at(&self, document_id: i64) -> Result<Option<DateTime<Utc>>> {
        self.read(|connection| {
            let sql = "SELECT at FROM acknowledgements WHERE document_id = ?1";
            let found = connection.query_row(sql, [document_id], |row| row.get::<_, At>("at")).optional()?;
            Ok(found.map(|at| at.0))
        })
    }
}
