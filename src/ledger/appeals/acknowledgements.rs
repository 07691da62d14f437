//! That an agent said to have read a card.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::ledger::Ledger;
use crate::ledger::audit::append;
use crate::ledger::store::{self, OptionalExtension, params};
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

    /// The cards of a run that were read.
    pub fn acknowledged_of_run(&self, run_id: &str) -> Result<BTreeSet<i64>> {
        self.read(|connection| {
            let sql = "SELECT acknowledgements.document_id FROM acknowledgements JOIN run_documents \
                       ON run_documents.document_id = acknowledgements.document_id WHERE run_documents.run_id = ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map([run_id], |row| row.get("document_id"))?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}
