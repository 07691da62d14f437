//! Batches of ids for a fan-out, sorted so that the same table always gives the same requests.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use polars::prelude::{DataFrame, StringChunked};

use crate::source::Table;
use crate::source::resource::{FanOut, FanOutTable};

pub(super) fn batches(fan_out: &FanOut, tables: &BTreeMap<Table, Vec<DataFrame>>) -> Result<Vec<Vec<String>>> {
    let table = fan_out.over.table();
    let Some(frames) = tables.get(&table) else {
        bail!("it asks for each of `{}`, which no source gave before; put a source that fills it first", table.name());
    };
    let mut ids = BTreeSet::new();
    for frame in frames {
        match &fan_out.over {
            FanOutTable::Accounts(platform) => collect_accounts(frame, platform, &mut ids)?,
            FanOutTable::Agents => ids.extend(text(frame, "agent_id")?.iter().flatten().map(str::to_owned)),
        }
    }
    let ids: Vec<String> = ids.into_iter().collect();
    Ok(ids.chunks(fan_out.batch).map(<[String]>::to_vec).collect())
}

fn collect_accounts(frame: &DataFrame, platform: &str, ids: &mut BTreeSet<String>) -> Result<()> {
    let pairs = text(frame, "platform")?.iter().zip(text(frame, "account")?.iter());
    let wanted = pairs.filter(|(of, _)| *of == Some(platform)).filter_map(|(_, account)| account);
    ids.extend(wanted.map(str::to_owned));
    Ok(())
}

fn text<'a>(frame: &'a DataFrame, column: &str) -> Result<&'a StringChunked> {
    let column = frame.column(column).and_then(|column| column.str());
    column.context("the table for the fan-out has other columns than it should")
}
