//! What is kept of a source, day by day, for people.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};

use super::agenda;
use super::coverage::{Cell, Coverage, product};
use super::freshness::Freshness;
use super::keep::{Failure, KeptWalk};
use super::plan::{Circumstance, Reach, Survey};
use super::work::Work;
use super::{Ask, Extraction};
use crate::source::{Resource, Source};

/// How a day of a resource stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is kept and no longer changes.
    Final,
    /// It is kept and is asked for again, because it may still change.
    Open,
    /// It is not kept, or not for all ids.
    Missing,
    /// It is not there yet, or no longer to be had.
    Unwanted,
}

/// What is kept of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its id.
    pub source: String,
    /// Its resources, in the order of the file.
    pub resources: Vec<ResourceStatus>,
    /// The last pull that failed.
    pub last_failure: Option<Failure>,
    /// The last pull that came to its end: the period, and when it was begun.
    pub last_pull: Option<(String, DateTime<Utc>)>,
}

/// What is kept of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceStatus {
    /// Its id.
    pub resource: String,
    /// The days that were looked at; empty for a resource that knows no time.
    pub days: Vec<(NaiveDate, Mark)>,
    /// How many ids are asked for; `None` where it asks for none.
    pub ids: Option<usize>,
    /// How many finished walks stand for these days.
    pub walks: usize,
    /// How many pages they have.
    pub pages: u64,
    /// How many records they gave.
    pub records: u64,
    /// When the oldest and the newest of them were begun.
    pub begun: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// Looks at what is kept for the days of a period; nothing is sent and nothing is written.
///
/// # Errors
/// When a list cannot be read.
pub fn status(source: &Source, ask: &Ask, world: &Extraction<'_>) -> Result<Status> {
    let desk = world.raw.desk(&source.id);
    let readings = desk.readings().all()?;
    let last = readings.into_iter().max_by_key(|(_, reading)| reading.begun);
    Ok(Status {
        source: source.id.clone(),
        resources: source.resources.iter().map(|one| resource(source, one, ask, world)).collect::<Result<_>>()?,
        last_failure: desk.last_failure()?,
        last_pull: last.map(|(period, reading)| (period, reading.begun)),
    })
}

fn resource(source: &Source, resource: &Resource, ask: &Ask, world: &Extraction<'_>) -> Result<ResourceStatus> {
    let work = Work::new(source, resource, world)?;
    let tables = ask.tables.iter().map(|(table, frame)| (*table, vec![frame.clone()])).collect();
    let circumstance = Circumstance {
        period: ask.period,
        job: &ask.job,
        zone: source.zone,
        begun: world.clock.now(),
        tables: &tables,
        parents: None,
    };
    let survey = Survey::of(resource, &circumstance).unwrap_or_else(|_| Survey::without_ids(resource, &circumstance));
    let survey = survey.within_period();
    let walks = work.walks(&survey);
    // Ids that are not known now are those that were ever asked for.
    let cells = if survey.cells.is_empty() { ever(&walks) } else { survey.cells.clone() };
    let coverage = Coverage::of(walks.iter().copied(), &cells);
    let used: BTreeSet<String> = {
        let all = agenda::used(&survey.with_cells(cells.clone()), &coverage, &Freshness::Any);
        all.into_iter().map(|used| used.walk).collect()
    };
    let stand: Vec<&KeptWalk> = walks.iter().filter(|walk| used.contains(&walk.id)).copied().collect();
    let begun = stand.iter().map(|walk| walk.begun);
    Ok(ResourceStatus {
        resource: resource.id.clone(),
        days: survey.reach.as_ref().map_or_else(Vec::new, |reach| marks(reach, ask, &coverage)),
        ids: (!resource.fan_outs.is_empty()).then_some(cells.len()),
        walks: stand.len(),
        pages: stand.iter().map(|walk| walk.pages).sum(),
        records: work.records(&stand),
        begun: begun.clone().min().zip(begun.max()),
    })
}

fn ever(walks: &[&KeptWalk]) -> Vec<Cell> {
    let all: BTreeSet<Cell> = walks.iter().flat_map(|walk| product(&walk.errand.ids)).collect();
    all.into_iter().collect()
}

/// The mark of every day of the period.
fn marks(reach: &Reach, ask: &Ask, coverage: &Coverage) -> Vec<(NaiveDate, Mark)> {
    let (from, to) = (ask.period.start, ask.period.end);
    from.iter_days().take_while(|day| *day < to).map(|day| (day, mark(reach, day, coverage))).collect()
}

fn mark(reach: &Reach, day: NaiveDate, coverage: &Coverage) -> Mark {
    let owners = coverage.owners(Some(day), &|_| true);
    let is_final = |walk: &KeptWalk| Freshness::Final.serves(walk.into(), Some(reach.final_at(day)));
    let is_wanted = day < reach.wanted.1;
    match () {
        () if !is_wanted => Mark::Unwanted,
        () if owners.is_empty() || owners.iter().any(Option::is_none) => match reach.is_answered(day) {
            true => Mark::Missing,
            false if owners.iter().all(Option::is_none) => Mark::Unwanted,
            false => Mark::Missing,
        },
        () if owners.into_iter().flatten().all(is_final) => Mark::Final,
        () => Mark::Open,
    }
}
