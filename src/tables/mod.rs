//! Canonical tables: what the sources gave, joined to people and days, ready to be scored.
//!
//! The way: raw frames by table in one shape (`shape`) → accounts become staff numbers (`identity`) → orders find their
//! agent (`attribution`) → daily tables (`daily`, `attendance`), unless a source gives them itself (`derived`) → minutes
//! online (`presence`) → columns
//! that follow from others (`columns`). Every fact keeps its `date`, on the clocks of its source. A folder of CSV files can stand for all sources (`story`).
//! What is asked of kept tables is counted a part at a time (`parted`), once (`answers`).

mod answers;
mod attendance;
mod attribution;
mod cells;
mod columns;
mod daily;
mod derived;
mod difference;
mod digests;
pub mod gate;
mod identity;
mod items;
mod number;
mod parted;
pub mod person;
mod presence;
mod roster;
mod rows;
mod schema;
mod sessions;
mod shape;
mod spelling;
mod store;
mod story;
mod strangers;
mod volume;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::NaiveDate;
use polars::prelude::*;

use crate::finding::Finding;
use crate::period::Period;

use crate::source::Table;
use identity::Book;
use store::Kept;

pub use derived::can_have;
pub use difference::{Difference, difference};
pub use number::{exact, exacts};
pub use roster::{Member, Role, Roster};
pub use rows::Rows;
pub use schema::{grain, names, schema};
pub use store::{write, write_text_table};
pub use story::read_story;

/// The canonical tables of one period, by name, and who is who.
#[derive(Clone)]
pub struct Tables {
    /// Frames by table name, each with every column of its table; those with a `date` have days of the period only.
    pub frames: BTreeMap<String, DataFrame>,
    /// Tables on the disk that are read when a query asks for them.
    scans: BTreeMap<String, Kept>,
    /// The folder in which they are kept, once they are.
    folder: Option<PathBuf>,
    /// The people of the period.
    pub roster: Roster,
}

impl Tables {
    /// Opens the tables that [`write()`] left in a folder; `cut_off` is the day on which managers must be in office.
    pub fn open(
        folder: &Path,
        period: &Period,
        cut_off: NaiveDate,
        only_team: Option<&OnlyTeam>,
    ) -> anyhow::Result<Self> {
        // People are few and are needed whole; facts may be millions of rows of which a query wants some columns.
        let needed = ["agents", "departments"].into_iter().chain(only_team.map(|team| team.table.as_str()));
        let mut frames = store::read_some(folder, &needed.collect::<Vec<&str>>())?;
        for (table, frame) in &mut frames {
            shape::complete(table, frame)?;
        }
        let roster = roster_of(&frames, period, cut_off, only_team)?;
        let mut scans = store::scan_all(folder)?;
        scans.retain(|table, _| !frames.contains_key(table));
        for (table, scan) in &mut scans {
            scan.rows = shape::completed(table, scan.rows.clone())?;
        }
        Ok(Self { frames, scans, folder: Some(folder.to_owned()), roster })
    }

    /// Every table without a row, as if they were kept in a folder: what is asked of them can be known before they are.
    pub fn without_rows(folder: &Path, period: &Period) -> anyhow::Result<Self> {
        let empty = |table: Table| (table.name().to_owned(), crate::extract::empty(table));
        let frames: BTreeMap<String, DataFrame> = Table::all().map(empty).collect();
        let roster = roster_of(&frames, period, period.last_day(), None)?;
        Ok(Self { frames, scans: BTreeMap::new(), folder: Some(folder.to_owned()), roster })
    }

    /// Where the rows of a table lie as Parquet, if they are kept.
    pub fn place(&self, name: &str) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| store::path(folder, name))
    }

    /// A table, ready for a query.
    pub fn lazy(&self, name: &str) -> Option<LazyFrame> {
        self.frames.get(name).map(|frame| frame.clone().lazy()).or_else(|| Some(self.scans.get(name)?.rows.clone()))
    }

    /// Whether a table was given.
    pub fn has(&self, name: &str) -> bool {
        self.frames.contains_key(name) || self.scans.contains_key(name)
    }

    /// A whole table in memory.
    pub fn whole(&self, name: &str) -> anyhow::Result<Option<DataFrame>> {
        match self.lazy(name) {
            Some(rows) => Ok(Some(
                rows.collect().map_err(anyhow::Error::from).with_context(|| format!("reading table `{name}`"))?,
            )),
            None => Ok(None),
        }
    }
}

/// The names of the tables; what they hold is people's pay.
impl fmt::Debug for Tables {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.frames.keys().chain(self.scans.keys())).finish()
    }
}

/// The team of a shop whose sources know none.
#[derive(Clone, Debug)]
pub struct OnlyTeam {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The fact table whose agents are its members.
    pub table: String,
}

/// Builds the tables of a period from what the sources gave, by table name; `cut_off` is the day on which managers
/// must be in office to get a pack.
pub fn build(
    pulled: Vec<(String, DataFrame)>,
    period: &Period,
    cut_off: NaiveDate,
    only_team: Option<&OnlyTeam>,
) -> anyhow::Result<(Tables, Vec<Finding>)> {
    let mut findings = Vec::new();
    let mut frames = gather(pulled)?;
    shape::fill_dates(&mut frames)?;
    let book = Book::of(&frames)?;
    identity::resolve(&mut frames, &book)?;
    let given = strangers::facts(&frames);
    attribution::attribute(&mut frames)?;
    daily::derive(&mut frames, &mut findings)?;
    attendance::derive(&mut frames, &mut findings)?;
    presence::derive(&mut frames, &mut findings)?;
    columns::fill(&mut frames, &mut findings)?;
    let roster = roster_of(&frames, period, cut_off, only_team)?;
    keep_period(&mut frames, period)?;
    findings.extend(roster.findings());
    findings.extend(identity::findings(&book, &identity::unowned(&frames, &book)?, &roster, period));
    findings.extend(strangers::strangers(&frames, &given, &roster)?);
    Ok((Tables { frames, scans: BTreeMap::new(), folder: None, roster }, findings))
}

/// Who is scored: the people of the roster; without one, a team of those who appear in a table, or the departments.
fn roster_of(
    frames: &BTreeMap<String, DataFrame>,
    period: &Period,
    cut_off: NaiveDate,
    only_team: Option<&OnlyTeam>,
) -> anyhow::Result<Roster> {
    match only_team {
        Some(team) => Roster::of_table(frames, team),
        None if !frames.contains_key("agents") && frames.contains_key("departments") => {
            Roster::of_departments(frames, period, cut_off)
        }
        None => Roster::of_agents(frames, period, cut_off),
    }
}

/// One frame per table; several sources may fill the same one.
fn gather(pulled: Vec<(String, DataFrame)>) -> anyhow::Result<BTreeMap<String, DataFrame>> {
    let mut frames: BTreeMap<String, DataFrame> = BTreeMap::new();
    for (table, mut frame) in pulled {
        shape::complete(&table, &mut frame)?;
        spelling::clean_ids(&table, &mut frame)?;
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

/// Whether any row is not among those that a condition keeps; where none is, a table need not be copied.
fn strays(frame: &DataFrame, inside: &Expr) -> PolarsResult<bool> {
    let kept = frame.clone().lazy().select([inside.clone().sum().cast(DataType::UInt64).alias("kept")]).collect()?;
    Ok(kept.column("kept")?.u64()?.get(0) != Some(frame.height() as u64))
}

/// Facts outside the period were needed only to find others (a chat on the eve of an order). Tables by month stay whole,
/// because rules compare with other months; only plans, which are summed as they lie, are cut.
fn keep_period(frames: &mut BTreeMap<String, DataFrame>, period: &Period) -> anyhow::Result<()> {
    let inside = col("date").gt_eq(lit(period.start)).and(col("date").lt(lit(period.end)));
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
