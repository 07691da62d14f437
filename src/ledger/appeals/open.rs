//! An agent opens an appeal, or takes it back.

use std::fmt;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};

use super::windows::find_window;
use super::{Appeal, AppealState, find};
use crate::ledger::audit::append;
use crate::ledger::store::{Connection, OptionalExtension, params};
use crate::ledger::stored::At;
use crate::ledger::{Ledger, said};

/// What an agent disputes.
#[derive(Clone, Copy, Debug)]
pub struct NewAppeal<'a> {
    /// The card.
    pub document_id: i64,
    /// The id of the line.
    pub line: &'a str,
    /// What the card calls it.
    pub label: &'a str,
    /// What the agent says.
    pub reason: &'a str,
    /// The agent's staff number, or the name they sign in with.
    pub by: &'a str,
    /// Where it was said, for the audit, such as `link`.
    pub through: &'a str,
}

/// Why an appeal was not opened; nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotOpened {
    /// The card names no day until which it can be questioned.
    NoWindow,
    /// The window closed.
    TooLate(DateTime<Utc>),
    /// Nothing was said, or too much.
    NoReason,
}

impl fmt::Display for NotOpened {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWindow => out.write_str("the card names no day until which it can be questioned"),
            Self::TooLate(until) => {
                write!(out, "the card could be questioned until {}", until.format("%Y-%m-%d %H:%M"))
            }
            Self::NoReason => write!(out, "an appeal needs a reason of at most {} letters", said::LONGEST),
        }
    }
}

impl std::error::Error for NotOpened {}

impl Ledger {
    /// Opens an appeal against one line of a card; where that line has an open one, returns it as it is.
    ///
    /// # Errors
    /// With a [`NotOpened`] when the window is closed or nothing was said.
    pub fn open_appeal(&self, new: NewAppeal<'_>) -> Result<Appeal> {
        let now = self.now();
        self.write(|transaction| {
            match find_window(transaction, new.document_id)? {
                None => bail!(NotOpened::NoWindow),
                Some(until) if now >= until => bail!(NotOpened::TooLate(until)),
                Some(_) => {}
            }
            let Some(reason) = said::said(new.reason) else { bail!(NotOpened::NoReason) };
            if let Some(open) = open_one(transaction, new.document_id, new.line)? {
                return Ok(open);
            }
            let sql = "INSERT INTO appeals (document_id, line, label, reason, opened_at, state) \
                       VALUES (?1, ?2, ?3, ?4, ?5, 'open') RETURNING id";
            let values = params![new.document_id, new.line, new.label, reason, At(now)];
            let id: i64 = transaction.query_row(sql, values, |row| row.get("id"))?;
            let appeal = written(transaction, id)?;
            let detail = format!("{}; through {}", appeal.called(), new.through);
            append(transaction, now, new.by, "open-appeal", &format!("appeal {id}"), &detail)?;
            Ok(appeal)
        })
    }

    /// Takes an open appeal back in the agent's name; one that has ended stays as it is.
    pub fn withdraw_appeal(&self, id: i64, by: &str, through: &str) -> Result<Appeal> {
        let now = self.now();
        self.write(|transaction| {
            let appeal = written(transaction, id)?;
            if appeal.state != AppealState::Open {
                return Ok(appeal);
            }
            let sql = "UPDATE appeals SET state = 'withdrawn', answer = '', answered_by = ?2, answered_at = ?3 \
                       WHERE id = ?1";
            transaction.execute(sql, params![id, by, At(now)])?;
            let detail = format!("{}; through {through}", appeal.called());
            append(transaction, now, by, "withdraw-appeal", &format!("appeal {id}"), &detail)?;
            written(transaction, id)
        })
    }
}

fn open_one(connection: &Connection, document_id: i64, line: &str) -> Result<Option<Appeal>> {
    let sql = "SELECT id FROM appeals WHERE document_id = ?1 AND line = ?2 AND state = 'open'";
    let id = connection.query_row(sql, params![document_id, line], |row| row.get::<_, i64>("id")).optional()?;
    id.map(|id| written(connection, id)).transpose()
}

/// The appeal of that number, which must be there.
pub(super) fn written(connection: &Connection, id: i64) -> Result<Appeal> {
    find(connection, id)?.with_context(|| format!("the ledger has no appeal `{id}`"))
}
