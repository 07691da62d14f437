//! What a pull would ask for, computed without asking.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, Utc};
use polars::prelude::DataFrame;

use super::freshness::Freshness;
use super::keep::Reading;
use super::one::One;
use super::plan::{Circumstance, Survey, Walk};
use super::walk::first_request;
use super::work::Work;
use super::{Ask, Extraction, Hosts, RawStore};
use crate::clock::Clock;
use crate::source::{Resource, Source, Table};

/// What a pull would ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// The source's id.
    pub source: String,
    /// When the pull that would be repeated or gone on with was begun; `None` when there is none.
    pub kept_since: Option<DateTime<Utc>>,
    /// Whether it came to its end and would be reused.
    pub complete: bool,
    /// Its resources.
    pub resources: Vec<ResourceOutlook>,
}

/// What a pull would ask one resource for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceOutlook {
    /// The resource's id.
    pub resource: String,
    /// How many windows and batches would be asked for, each of a page or more; `None` when the ids are not known before
    /// another source is pulled.
    pub walks: Option<usize>,
    /// How many of them have their first page kept.
    pub begun: usize,
    /// How many pages are kept of what is wanted.
    pub kept_pages: u64,
    /// The first request, for people.
    pub first: Option<String>,
}

/// Computes what [`super::pull()`] would ask for; nothing is sent and nothing is written.
///
/// # Errors
/// When a list cannot be read.
pub fn describe(source: &Source, ask: &Ask, clock: &Clock, raw: &RawStore) -> Result<Outlook> {
    let world = Extraction { clock: clock.clone(), raw: raw.clone(), hosts: Hosts::default(), progress: &|_| {} };
    let one = One::new(source, ask, &world);
    let tables = ask.tables.iter().map(|(table, frame)| (*table, vec![frame.clone()])).collect();
    let current = one.current()?;
    let reused = match current.as_ref().filter(|reading| one.is_to_be_repeated(reading)) {
        Some(reading) if reuses(&one, reading, &tables)? => Some(reading),
        _ => None,
    };
    let reading = one.reading(current.as_ref());
    let is_left = one.desk.readings().unfinished(&one.period).is_some_and(|left| left.number == reading.number);
    let resource = |resource| describe_one(&one, resource, &reading, &tables, reused.is_some());
    Ok(Outlook {
        source: source.id.clone(),
        kept_since: reused.or(is_left.then_some(&reading)).map(|reading| reading.begun),
        complete: reused.is_some(),
        resources: source.resources.iter().map(resource).collect::<Result<_>>()?,
    })
}

/// Whether what the period used last serves again, as far as is known before other sources are pulled.
fn reuses(one: &One, reading: &Reading, tables: &BTreeMap<Table, Vec<DataFrame>>) -> Result<bool> {
    for resource in &one.source.resources {
        let Some(part) = reading.uses.get(&resource.id) else { return Ok(false) };
        let mut work = Work::new(one.source, resource, one.world)?;
        work.only(&part.walks);
        let survey = survey(one, resource, one.world.clock.now(), tables);
        if survey.is_some_and(|survey| !one.serves(&work, &survey)) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn describe_one(
    one: &One,
    resource: &Resource,
    reading: &Reading,
    tables: &BTreeMap<Table, Vec<DataFrame>>,
    is_reused: bool,
) -> Result<ResourceOutlook> {
    let work = Work::new(one.source, resource, one.world)?;
    let survey = survey(one, resource, reading.begun, tables);
    let pull = reading.name(&one.period);
    let freshness = one.freshness(&pull, reading);
    let walks = survey.as_ref().map(|survey| match is_reused {
        true => Vec::new(),
        false => survey.walks(&work.agenda(survey, &freshness).gaps),
    });
    let left = |walk: &Walk| work.unfinished(walk, survey.as_ref()?, &freshness);
    let left: Vec<usize> = walks.iter().flatten().filter_map(left).collect();
    let used = survey.as_ref().map(|survey| work.used(survey, &Freshness::Any)).unwrap_or_default();
    let kept = work.shelf.walks.iter().filter(|walk| used.iter().any(|used| used.walk == walk.id));
    Ok(ResourceOutlook {
        resource: resource.id.clone(),
        first: walks.iter().flatten().next().map(|walk| first_request(resource, walk).label()),
        begun: left.len(),
        kept_pages: kept.map(|walk| walk.pages).sum::<u64>() + left.iter().sum::<usize>() as u64,
        walks: walks.map(|walks| walks.len()),
    })
}

fn survey(
    one: &One,
    resource: &Resource,
    begun: DateTime<Utc>,
    tables: &BTreeMap<Table, Vec<DataFrame>>,
) -> Option<Survey> {
    let circumstance =
        Circumstance { period: one.ask.period, job: &one.ask.job, zone: one.source.zone, begun, tables, parents: None };
    Survey::of(resource, &circumstance).ok()
}
