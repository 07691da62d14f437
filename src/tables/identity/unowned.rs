//! The rows that count for nobody because their account is nobody's, with their volume.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::tables::streamed;
use crate::tables::volume::{self, Volume};

use super::book::{Book, Owner};
use super::{has_accounts, key, look_up};

/// Rows of one account in one table that have no agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unowned {
    /// The platform, where the rows name it.
    pub platform: Option<String>,
    /// The account as the rows write it.
    pub account: String,
    /// Why they have no agent.
    pub cause: Cause,
    /// The table.
    pub table: String,
    /// How many there are, and what they come to.
    pub volume: Volume,
}

/// Why the rows of an account have no agent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The account is not in the table `accounts`.
    Unknown,
    /// It has an owner, but not on those days.
    Gap,
    /// It has two owners or more on those days.
    Shared(BTreeSet<String>),
}

/// All of them, by table, then by platform and account.
pub fn unowned(tables: &BTreeMap<String, LazyFrame>, book: &Book) -> anyhow::Result<Vec<Unowned>> {
    let mut all = Vec::new();
    for (table, rows) in tables {
        let mut of_table: BTreeMap<(Option<String>, String, Cause), Volume> = BTreeMap::new();
        for ((platform, account, cause), volume) in groups(table, rows.clone(), book)? {
            of_table.entry((platform, account, cause)).or_default().add(&volume);
        }
        all.extend(of_table.into_iter().map(|((platform, account, cause), volume)| Unowned {
            platform,
            account,
            cause,
            table: table.clone(),
            volume,
        }));
    }
    Ok(all)
}

type Group = ((Option<String>, String, Cause), Volume);

/// The same account by account and day.
fn groups(table: &str, mut rows: LazyFrame, book: &Book) -> anyhow::Result<Vec<Group>> {
    let schema = rows.collect_schema()?;
    if !has_accounts(table, &schema) {
        return Ok(Vec::new());
    }
    let rows = rows.filter(col("agent_id").is_null().and(col("account").is_not_null()));
    let grouped = streamed(rows.group_by(key(&schema)).agg(volume::sums(table)))?;
    let owners = look_up(&grouped, book)?;
    let (platforms, accounts) = (grouped.column("platform")?.str()?, grouped.column("account")?.str()?);
    let mut groups = Vec::new();
    for (row, owner) in owners.into_iter().enumerate() {
        let cause = match owner {
            Owner::Unknown | Owner::One(_) => Cause::Unknown,
            Owner::Gap => Cause::Gap,
            Owner::Several(owners) => Cause::Shared(owners),
        };
        let name = accounts.get(row).unwrap_or_default().to_owned();
        let platform = platforms.get(row).map(str::to_owned);
        groups.push(((platform, name, cause), Volume::of_row(table, &grouped, row)?));
    }
    Ok(groups)
}
