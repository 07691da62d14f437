//! Recorded events, kind by kind (R07).

use std::collections::BTreeMap;

use anyhow::Context;
use chrono::NaiveDate;
use polars::prelude::*;

use crate::exact::Exact;
use crate::scheme::Judged;
use crate::scheme::line::Occurrence;
use crate::tables::Tables;

use super::super::compile::{Compiled, Recorded};
use crate::tables::exact;

/// One recorded event of one agent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::score) struct Event {
    /// The day, where the table has one.
    pub(in crate::score) on: Option<NaiveDate>,
    /// How many it stands for.
    pub(in crate::score) count: Exact,
    /// The points of its own column; `None` where it is empty.
    pub(in crate::score) points: Option<Exact>,
    /// What was noted.
    pub(in crate::score) note: Option<String>,
}

/// Events by indicator, kind and agent.
#[derive(Debug, Default)]
pub(in crate::score) struct Events {
    found: BTreeMap<(usize, usize), BTreeMap<String, Vec<Event>>>,
    /// Kinds whose table nobody filled.
    unrecorded: std::collections::BTreeSet<(usize, usize)>,
}

impl Events {
    /// Reads every kind of the scheme.
    pub(in crate::score) fn read(compiled: &Compiled<'_>, tables: &Tables) -> anyhow::Result<Self> {
        let mut events = Self::default();
        for (line, indicator) in compiled.scheme.indicators.iter().enumerate() {
            let Judged::Occurrences { kinds, .. } = &indicator.judged else { continue };
            for (place, (kind, recorded)) in kinds.iter().zip(&compiled.occurrences[line]).enumerate() {
                match tables.lazy(&kind.table) {
                    Some(table) => {
                        let found = read(kind, recorded, table)
                            .with_context(|| format!("reading `{}` from table `{}`", kind.what.en, kind.table))?;
                        events.found.insert((line, place), found);
                    }
                    None => {
                        events.unrecorded.insert((line, place));
                    }
                }
            }
        }
        Ok(events)
    }

    /// The events of one kind of an agent, by day.
    pub(in crate::score) fn of(&self, line: usize, kind: usize, agent: &str) -> &[Event] {
        self.found.get(&(line, kind)).and_then(|agents| agents.get(agent)).map_or(&[], Vec::as_slice)
    }

    /// Whether nobody fills the table of this kind.
    pub(in crate::score) fn is_unrecorded(&self, line: usize, kind: usize) -> bool {
        self.unrecorded.contains(&(line, kind))
    }
}

fn read(kind: &Occurrence, recorded: &Recorded, table: LazyFrame) -> anyhow::Result<BTreeMap<String, Vec<Event>>> {
    let mut rows = table;
    if let Some(keep) = &recorded.keep {
        rows = rows.filter(keep.clone());
    }
    let dated = rows.collect_schema()?.contains("date");
    let mut columns: Vec<Expr> =
        kind.agents.iter().enumerate().map(|(place, name)| col(name.as_str()).alias(format!("agent{place}"))).collect();
    columns.push(if dated { col("date") } else { lit(NULL).cast(DataType::Date).alias("date") });
    columns.push(recorded.count.clone().unwrap_or_else(|| lit(1)).alias("count"));
    columns.push(recorded.points.clone().unwrap_or_else(|| lit(NULL)).alias("points"));
    columns.push(
        kind.note.as_ref().map_or_else(|| lit(NULL), |note| col(note.as_str())).cast(DataType::String).alias("note"),
    );
    let frame = rows.select(columns).collect()?;
    let days = frame.column("date")?.cast(&DataType::Int32)?;
    let notes = frame.column("note")?.str()?;
    let mut found: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for row in 0..frame.height() {
        let event = Event {
            on: days.i32()?.get(row).and_then(since_epoch),
            count: exact(&frame.column("count")?.get(row)?)?.unwrap_or_else(Exact::zero),
            points: exact(&frame.column("points")?.get(row)?)?,
            note: notes.get(row).map(str::to_owned),
        };
        for place in 0..kind.agents.len() {
            if let Some(agent) = frame.column(&format!("agent{place}"))?.str()?.get(row) {
                found.entry(agent.to_owned()).or_default().push(event.clone());
            }
        }
    }
    // The order of rows in a file must not reach a card.
    found.values_mut().for_each(|events| events.sort());
    Ok(found)
}

fn since_epoch(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(1970, 1, 1)?.checked_add_signed(chrono::TimeDelta::days(days.into()))
}
