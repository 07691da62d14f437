//! From platform accounts to staff numbers: who owned an account on the day of a row.
//!
//! Every table with a column `account` is resolved. A row that names its `agent_id` keeps it; another gets the owner of its
//! account on its `date`. Rows of accounts that are nobody's, or two people's on one day, stay without an agent and are
//! told with their volume.

mod book;
mod findings;
mod spelling;
mod unowned;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use polars::prelude::*;

use crate::tables::cells::Cells;

pub use book::{Book, Owner};
pub use findings::findings;
pub use unowned::{Unowned, unowned};

/// The table that says whose accounts are; it is not resolved itself.
const ACCOUNTS: &str = "accounts";

/// The columns by which a row's owner is looked up.
const KEY: [&str; 3] = ["platform", "account", "date"];

/// Gives rows with an account the `agent_id` of its owner on their day.
pub fn resolve(frames: &mut BTreeMap<String, DataFrame>, book: &Book) -> anyhow::Result<()> {
    frames.iter_mut().try_for_each(|(table, frame)| resolve_one(table, frame, book))
}

/// The same for rows of one table.
pub fn resolve_one(table: &str, frame: &mut DataFrame, book: &Book) -> anyhow::Result<()> {
    if !has_accounts(table, frame.schema()) {
        return Ok(());
    }
    let owners = owners(frame, book)?;
    if owners.height() == 0 {
        return Ok(());
    }
    let join = JoinArgs { nulls_equal: true, maintain_order: MaintainOrderJoin::Left, ..JoinArgs::new(JoinType::Left) };
    let keyed = frame.clone().lazy().with_columns(key(frame.schema()));
    let resolved = keyed.join(owners.lazy(), KEY.map(col), KEY.map(col), join);
    let agent = coalesce(&[col("agent_id"), col("owner")]).alias("agent_id");
    *frame = resolved.with_column(agent).select(columns_of(frame)).collect()?;
    Ok(())
}

/// Whether the rows of a table may be known by their accounts.
fn has_accounts(table: &str, schema: &Schema) -> bool {
    table != ACCOUNTS && schema.contains("account") && schema.contains("agent_id")
}

/// The key of rows; what they have no column for is unknown.
fn key(schema: &Schema) -> [Expr; 3] {
    KEY.map(|name| match schema.contains(name) {
        true => col(name),
        false if name == "date" => lit(NULL).cast(DataType::Date).alias(name),
        false => lit(NULL).cast(DataType::String).alias(name),
    })
}

fn columns_of(frame: &DataFrame) -> Vec<Expr> {
    frame.get_column_names_owned().into_iter().map(col).collect()
}

/// `platform`, `account`, `date` and `owner` of every account and day of which rows ask for an owner.
fn owners(frame: &DataFrame, book: &Book) -> anyhow::Result<DataFrame> {
    let asking = frame
        .clone()
        .lazy()
        .filter(col("agent_id").is_null().and(col("account").is_not_null()))
        .select(key(frame.schema()))
        .unique_stable(None, UniqueKeepStrategy::First)
        .collect()?;
    let owners: Vec<Option<String>> = look_up(&asking, book)?
        .into_iter()
        .map(|owner| match owner {
            Owner::One(agent) => Some(agent),
            Owner::Unknown | Owner::Gap | Owner::Several(_) => None,
        })
        .collect();
    let mut asking = asking;
    asking.with_column(Column::new("owner".into(), owners))?;
    Ok(asking)
}

/// The owner of each row of a frame with the columns of the key.
fn look_up(frame: &DataFrame, book: &Book) -> anyhow::Result<Vec<Owner>> {
    let cells = Cells::of(frame);
    let (platforms, accounts) = (cells.texts("platform")?, cells.texts("account")?);
    let days: Vec<Option<NaiveDate>> = cells.days("date")?;
    let owner = |row: usize| match &accounts[row] {
        Some(account) => book.owner(platforms[row].as_deref(), account, days[row]),
        None => Owner::Unknown,
    };
    Ok((0..frame.height()).map(owner).collect())
}

#[cfg(test)]
mod tests;
