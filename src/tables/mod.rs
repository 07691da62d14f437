//! Canonical tables: what the sources gave, joined to people and days, ready to be scored.
//!
//! The way: raw rows by table in one shape (`shape`) → accounts become staff numbers (`identity`) → orders find their
//! agent (`attribution`) → daily tables (`daily`, `attendance`), unless a source gives them itself (`derived`) → minutes
//! online (`presence`) → columns
//! that follow from others (`columns`). Every fact keeps its `date`, on the clocks of its source. A folder of CSV files can stand for all sources (`story`).
//! A run has tables of many rows in memory only some parts at a time, one for each core: they are written while they are built (`bulk`), into a
//! folder that takes the place of the last one when all of them are whole (`store`). What is asked of kept tables is
//! counted a part at a time too (`parted`), once (`answers`), and what the sources give again as it was is not built again
//! (`origin`).

mod ahead;
mod answers;
mod attendance;
mod attribution;
mod build;
mod bulk;
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
mod origin;
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

use crate::period::Period;

use crate::source::Table;
use store::Kept;

pub use build::{build, lay};
pub use derived::can_have;
pub use difference::{Difference, difference};
pub use number::{exact, exacts};
pub use origin::Origin;
pub use roster::{Member, Role, Roster};
pub use rows::Rows;
pub use schema::{grain, names, schema};
pub use store::{Draft, write, write_text_table};
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
        let mut frames = store::read_some(folder, &["agents", "departments"])?;
        for (table, frame) in &mut frames {
            shape::complete(table, frame)?;
        }
        let mut scans = store::scan_all(folder)?;
        scans.retain(|table, _| !frames.contains_key(table));
        for (table, scan) in &mut scans {
            scan.rows = shape::completed(table, scan.rows.clone())?;
        }
        let members = |team: &OnlyTeam| match frames.get(&team.table) {
            Some(frame) => Some(frame.clone().lazy()),
            None => scans.get(&team.table).map(|kept| kept.rows.clone()),
        };
        let roster = roster_of(&frames, period, cut_off, only_team.map(|team| (team, members(team))))?;
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

    /// All tables, by name, ready for a query.
    fn all(&self) -> BTreeMap<String, LazyFrame> {
        let names = self.frames.keys().chain(self.scans.keys());
        names.filter_map(|name| Some((name.clone(), self.lazy(name)?))).collect()
    }

    /// How many rows all tables have.
    pub fn count(&self) -> anyhow::Result<u64> {
        self.all().into_values().map(count).sum()
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

/// Who is scored: the people of the roster; without one, a team of those who appear in a table, or the departments.
fn roster_of(
    frames: &BTreeMap<String, DataFrame>,
    period: &Period,
    cut_off: NaiveDate,
    only_team: Option<(&OnlyTeam, Option<LazyFrame>)>,
) -> anyhow::Result<Roster> {
    match only_team {
        Some((team, rows)) => Roster::of_table(rows, team),
        None if !frames.contains_key("agents") && frames.contains_key("departments") => {
            Roster::of_departments(frames, period, cut_off)
        }
        None => Roster::of_agents(frames, period, cut_off),
    }
}

/// How many rows a query gives.
fn count(rows: LazyFrame) -> anyhow::Result<u64> {
    let counted = streamed(rows.select([len().cast(DataType::UInt64).alias("rows")]))?;
    Ok(counted.column("rows")?.u64()?.get(0).unwrap_or(0))
}

/// What a query gives, of whose rows few are in memory at once.
fn streamed(query: LazyFrame) -> PolarsResult<DataFrame> {
    query.collect_with_engine(Engine::Streaming).map(|result| result.unwrap_single())
}

/// Frames of one shape as one; nothing where there are none.
fn stacked(frames: Vec<DataFrame>) -> PolarsResult<DataFrame> {
    let mut frames = frames.into_iter();
    let mut whole = frames.next().unwrap_or_default();
    frames.try_for_each(|frame| whole.vstack_mut_owned(frame).map(|_| ()))?;
    Ok(whole)
}
