//! From what the sources gave to the tables of a period.

use std::collections::BTreeMap;

use anyhow::Context;
use chrono::NaiveDate;
use polars::prelude::*;

use crate::extract::Stock;
use crate::finding::Finding;
use crate::period::Period;

use super::bulk::{Bulk, Hall};
use super::columns::Turned;
use super::identity::Book;
use super::{Draft, OnlyTeam, Tables};
use super::{
    ahead, attendance, attribution, columns, daily, identity, presence, roster_of, shape, spelling, strangers,
};

/// The tables of a period while they are built.
pub struct Site {
    /// Those in memory, by name.
    pub frames: BTreeMap<String, DataFrame>,
    /// Those on the disk, by name.
    pub bulk: BTreeMap<String, Bulk>,
}

impl Site {
    /// The rows of a table, with those outside of the period.
    pub fn rows(&self, table: &str) -> PolarsResult<Option<LazyFrame>> {
        match (self.frames.get(table), self.bulk.get(table)) {
            (Some(frame), _) => Ok(Some(frame.clone().lazy())),
            (None, bulk) => bulk.map(Bulk::rows).transpose(),
        }
    }

    /// The same rows in portions of which no two have rows of one day.
    pub fn days(&self, table: &str) -> PolarsResult<Option<Vec<LazyFrame>>> {
        match (self.frames.get(table), self.bulk.get(table)) {
            (Some(frame), _) => Ok(Some(vec![frame.clone().lazy()])),
            (None, bulk) => bulk.map(Bulk::days).transpose(),
        }
    }
}

/// Builds the tables of a period in memory from what the sources gave, by table name; `cut_off` is the day on which
/// managers must be in office to get a pack.
pub fn build(
    pulled: Vec<(String, impl Into<Stock>)>,
    period: &Period,
    cut_off: NaiveDate,
    only_team: Option<&OnlyTeam>,
) -> anyhow::Result<(Tables, Vec<Finding>)> {
    let pulled = pulled.into_iter().map(|(table, stock)| (table, stock.into())).collect();
    built(pulled, None, period, cut_off, only_team)
}

/// The same with tables of many rows in the folder of a draft, so that memory does not grow with their rows.
pub fn lay(
    draft: &Draft,
    pulled: Vec<(String, Stock)>,
    period: &Period,
    cut_off: NaiveDate,
    only_team: Option<&OnlyTeam>,
) -> anyhow::Result<(Tables, Vec<Finding>)> {
    built(pulled, Some(draft), period, cut_off, only_team)
}

fn built(
    pulled: Vec<(String, Stock)>,
    draft: Option<&Draft>,
    period: &Period,
    cut_off: NaiveDate,
    only_team: Option<&OnlyTeam>,
) -> anyhow::Result<(Tables, Vec<Finding>)> {
    let (mut findings, mut turned) = (Vec::new(), Turned::default());
    let (bulky, few) = pulled.into_iter().partition(|(table, _)| draft.is_some() && Bulk::has(table));
    let mut frames = gather(few)?;
    shape::fill_dates(&mut frames)?;
    let book = Book::of(&frames)?;
    identity::resolve(&mut frames, &book)?;
    let mut site = Site { frames, bulk: BTreeMap::new() };
    if let Some(draft) = draft {
        Hall { draft, period, book: &book, turned: &mut turned }.lay_all(&mut site, bulky)?;
    }
    let given = strangers::facts(&site);
    findings.extend(ahead::findings(&site, period, cut_off)?);
    attribution::attribute(&mut site)?;
    daily::derive(&mut site, &mut findings)?;
    attendance::derive(&mut site.frames, &mut findings)?;
    presence::derive(&mut site.frames, &mut findings)?;
    columns::fill(&mut site.frames, turned, &mut findings)?;
    let team = only_team.map(|team| Ok::<_, PolarsError>((team, site.rows(&team.table)?))).transpose()?;
    let roster = roster_of(&site.frames, period, cut_off, team)?;
    keep_period(&mut site.frames, period)?;
    let scans = site.bulk.into_iter().map(|(table, bulk)| (table, bulk.kept)).collect();
    let tables = Tables { frames: site.frames, scans, folder: None, roster };
    findings.extend(tables.roster.findings());
    findings.extend(identity::findings(&book, &identity::unowned(&tables.all(), &book)?, &tables.roster, period));
    findings.extend(strangers::strangers(&tables, &given)?);
    Ok((tables, findings))
}

/// One frame per table; several sources may fill the same one.
fn gather(pulled: Vec<(String, Stock)>) -> anyhow::Result<BTreeMap<String, DataFrame>> {
    let mut frames: BTreeMap<String, DataFrame> = BTreeMap::new();
    for (table, stock) in pulled {
        let frame = shaped(&table, stock.read()?)?;
        match frames.get_mut(&table) {
            Some(whole) => {
                let frame = frame.select(whole.get_column_names_owned())?;
                whole
                    .vstack_mut_owned(frame)
                    .map_err(anyhow::Error::from)
                    .with_context(|| format!("rows of two shapes for table `{table}`"))?;
            }
            None => {
                frames.insert(table, frame);
            }
        }
    }
    Ok(frames)
}

/// Rows with every column of their table, and ids in one spelling.
pub fn shaped(table: &str, mut rows: DataFrame) -> PolarsResult<DataFrame> {
    shape::complete(table, &mut rows)?;
    spelling::clean_ids(table, &mut rows)?;
    Ok(rows)
}

/// Whether any row is not among those that a condition keeps; where none is, a table need not be copied.
pub fn strays(frame: &DataFrame, inside: &Expr) -> PolarsResult<bool> {
    let kept = frame.clone().lazy().select([inside.clone().sum().cast(DataType::UInt64).alias("kept")]).collect()?;
    Ok(kept.column("kept")?.u64()?.get(0) != Some(frame.height() as u64))
}

/// Whether a row is of a day of the period.
pub fn inside(period: &Period) -> Expr {
    col("date").gt_eq(lit(period.start)).and(col("date").lt(lit(period.end)))
}

/// Facts outside the period were needed only to find others (a chat on the eve of an order). Tables by month stay whole,
/// because rules compare with other months; only plans, which are summed as they lie, are cut.
fn keep_period(frames: &mut BTreeMap<String, DataFrame>, period: &Period) -> anyhow::Result<()> {
    let inside = inside(period);
    for frame in frames.values_mut() {
        if frame.schema().contains("date") && strays(frame, &inside)? {
            *frame = frame.clone().lazy().filter(inside.clone()).collect()?;
        }
    }
    if let Some(plans) = frames.get_mut("plans") {
        let named = period.months().into_iter().map(|month| col("month").eq(lit(month)));
        let named = named.reduce(Expr::or).unwrap_or_else(|| lit(false));
        *plans = plans.clone().lazy().filter(named).collect()?;
    }
    Ok(())
}
