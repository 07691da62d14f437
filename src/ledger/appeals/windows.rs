//! Until when a card can be questioned.

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::ledger::Ledger;
use crate::ledger::store::{Connection, OptionalExtension, params};
use crate::ledger::stored::At;

impl Ledger {
    /// Says until when cards can be questioned; what was said first stands, as it stands on the card.
    pub fn open_windows(&self, cards: &[i64], until: DateTime<Utc>) -> Result<()> {
        self.write(|transaction| {
            let sql = "INSERT INTO appeal_windows (document_id, until) VALUES (?1, ?2) \
                       ON CONFLICT (document_id) DO NOTHING";
            let mut statement = transaction.prepare_cached(sql)?;
            for card in cards {
                statement.execute(params![card, At(until)])?;
            }
            Ok(())
        })
    }

    /// The instant from which a card can be questioned no more; `None` for one that names none.
    pub fn window_of(&self, document_id: i64) -> Result<Option<DateTime<Utc>>> {
        self.read(|connection| find_window(connection, document_id))
    }
}

pub(super) fn find_window(connection: &Connection, document_id: i64) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT until FROM appeal_windows WHERE document_id = ?1";
    let found = connection.query_row(sql, [document_id], |row| row.get::<_, At>("until")).optional()?;
    Ok(found.map(|at| at.0))
}
