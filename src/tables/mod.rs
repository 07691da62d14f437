//! Canonical tables: what the sources gave, joined to people and days, ready to be scored.
//!
//! The way: raw frames by table → accounts become staff numbers (`identity`) → orders find their agent
//! (`attribution`) → daily tables (`daily`, `attendance`). Every row keeps its `date`, on the clocks of its source.

mod attendance;
mod attribution;
mod daily;
mod identity;
mod roster;
mod rows;
mod schema;
mod spelling;
mod store;
mod strangers;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use chrono::NaiveDate;
use polars::prelude::*;

use crate::finding::Finding;
use crate::period::Period;

pub use roster::{Member, Role, Roster};
pub use rows::Rows;
pub use schema::{names, schema};
pub use store::{write, write_text_table};

/// The canonical tables of one period, by name, and who is who.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Frames by table name; each fact has `agent_id` and `date`.
    pub frames: BTreeMap<String, DataFrame>,
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
        let frames = store::read_all(folder)?;
        let roster = match only_team {
            Some(team) => Roster::of_table(&frames, team)?,
            None => Roster::of_agents(&frames, period, cut_off)?,
        };
        Ok(Self { frames, roster })
    }

    /// A table, ready for a query.
    pub fn lazy(&self, name: &str) -> Option<LazyFrame> {
        self.frames.get(name).map(|frame| frame.clone().lazy())
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
    identity::resolve(&mut frames, &mut findings)?;
    attribution::attribute(&mut frames)?;
    daily::derive(&mut frames)?;
    attendance::derive(&mut frames)?;
    let roster = match only_team {
        Some(team) => Roster::of_table(&frames, team)?,
        None => Roster::of_agents(&frames, period, cut_off)?,
    };
    keep_period(&mut frames, period)?;
    findings.extend(roster.findings());
    findings.extend(strangers::strangers(&frames, &roster)?);
    Ok((Tables { frames, roster }, findings))
}

/// One frame per table; several sources may fill the same one.
fn gather(pulled: Vec<(String, DataFrame)>) -> anyhow::Result<BTreeMap<String, DataFrame>> {
    let mut frames: BTreeMap<String, DataFrame> = BTreeMap::new();
    for (table, mut frame) in pulled {
        spelling::clean_ids(&mut frame)?;
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

/// Facts outside the period were needed only to find others (a chat on the eve of an order).
fn keep_period(frames: &mut BTreeMap<String, DataFrame>, period: &Period) -> anyhow::Result<()> {
    let inside = col("date").gt_eq(lit(period.start)).and(col("date").lt(lit(period.end)));
    for frame in frames.values_mut() {
        if frame.schema().contains("date") {
            *frame = frame.clone().lazy().filter(inside.clone()).collect()?;
        }
    }
    let month = period.start.format("%Y-%m").to_string();
    if let Some(plans) = frames.get_mut("plans") {
        *plans = plans.clone().lazy().filter(col("month").eq(lit(month))).collect()?;
    }
    Ok(())
}
