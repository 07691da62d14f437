//! Sources by themselves, without a job: pulled ahead, looked at, tried.

use std::collections::BTreeMap;

use anyhow::Context;
use chrono::{DateTime, Utc};
use polars::prelude::DataFrame;

use crate::extract::{self, Ask, Count, Extraction, Probed, Progress, SourceStatus};
use crate::finding::Finding;
use crate::period::Period;
use crate::source::{Source, Table};

use super::Pipeline;
use super::pull::raw_store;

/// What a pull of one source came to.
#[derive(Clone, Debug)]
pub struct SourcePulled {
    /// The source's id.
    pub source: String,
    /// What was counted, by resource.
    pub counts: Vec<Count>,
    /// How many rows each table got, by name.
    pub rows: Vec<(&'static str, usize)>,
    /// What was noticed.
    pub findings: Vec<Finding>,
    /// The instant as of which it is true.
    pub cut_off: DateTime<Utc>,
}

/// Hears how a pull goes.
pub type Listener<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// Pulls one source for a period; people are the newest kept ones.
///
/// # Errors
/// When nobody is kept to ask for, or the pull fails.
pub async fn pull_source(
    pipeline: &Pipeline,
    source: &Source,
    period: Period,
    refresh: bool,
    listener: Listener<'_>,
) -> anyhow::Result<SourcePulled> {
    let world = world(pipeline, listener);
    let tables = people(pipeline, source, period, &world).await?;
    if let Some(lacking) = source.needs().into_iter().find(|table| !tables.contains_key(table)) {
        let name = lacking.name();
        let who = fillers(pipeline, source, lacking).map(|one| format!("`{}`", one.id)).collect::<Vec<_>>().join(", ");
        anyhow::ensure!(!who.is_empty(), "`{}` asks for each of `{name}`, which no source here fills", source.id);
        anyhow::bail!(
            "`{}` asks for each of `{name}`, and none is kept; pull one that fills it first: {who}",
            source.id
        );
    }
    let refresh_since = refresh.then(|| world.clock.now());
    let pulled = extract::pull(source, &ask(pipeline, source, period, tables, refresh_since), &world).await?;
    Ok(SourcePulled {
        source: pulled.source,
        counts: pulled.counts,
        rows: pulled.lots.iter().map(|lot| (lot.table.name(), lot.stock.height())).collect(),
        findings: pulled.findings,
        cut_off: pulled.cut_off,
    })
}

/// What is kept of a source for the days of a period.
///
/// # Errors
/// When a list cannot be read.
pub async fn source_status(pipeline: &Pipeline, source: &Source, period: Period) -> anyhow::Result<SourceStatus> {
    let world = world(pipeline, &|_| {});
    let tables = people(pipeline, source, period, &world).await?;
    extract::status(source, &ask(pipeline, source, period, tables, None), &world)
}

/// Sends one cheap request to a source, for a period.
///
/// # Errors
/// When it does not answer well.
pub async fn probe_source(pipeline: &Pipeline, source: &Source, period: Period) -> anyhow::Result<Probed> {
    let world = world(pipeline, &|_| {});
    let tables = people(pipeline, source, period, &world).await?;
    let probed = extract::probe(source, &ask(pipeline, source, period, tables, None), &world).await;
    probed.with_context(|| format!("source `{}` cannot be used", source.id))
}

/// What is wanted of a source by itself: for the job that reads it, if only one does.
fn ask(
    pipeline: &Pipeline,
    source: &Source,
    period: Period,
    tables: BTreeMap<Table, DataFrame>,
    refresh_since: Option<DateTime<Utc>>,
) -> Ask {
    let mut readers = pipeline.jobs.all().iter().filter(|job| job.sources.contains(&source.id));
    let job = readers.next().filter(|_| readers.next().is_none()).map(|job| job.id.clone()).unwrap_or_default();
    Ask { period, job, tables, refresh_since }
}

/// All sources, those first that others need people from.
pub fn in_order(pipeline: &Pipeline) -> Vec<&Source> {
    let mut sources: Vec<&Source> = pipeline.sources.values().collect();
    sources.sort_by_key(|source| !source.needs().is_empty());
    sources
}

/// The tables that a source asks by, as the other sources gave them last; more than one may fill the same.
async fn people(
    pipeline: &Pipeline,
    source: &Source,
    period: Period,
    world: &Extraction<'_>,
) -> anyhow::Result<BTreeMap<Table, DataFrame>> {
    let mut tables: BTreeMap<Table, DataFrame> = BTreeMap::new();
    for table in source.needs() {
        for filler in fillers(pipeline, source, table) {
            let Some(frame) = extract::newest(filler, table, period, world).await? else { continue };
            match tables.get_mut(&table) {
                Some(whole) => drop(whole.vstack_mut_owned(frame).context("people of two shapes")?),
                None => drop(tables.insert(table, frame)),
            }
        }
    }
    Ok(tables)
}

fn fillers<'a>(pipeline: &'a Pipeline, source: &'a Source, table: Table) -> impl Iterator<Item = &'a Source> {
    let others = pipeline.sources.values().filter(|other| other.id != source.id);
    others.filter(move |other| other.fills().contains(&table))
}

fn world<'a>(pipeline: &Pipeline, progress: Listener<'a>) -> Extraction<'a> {
    Extraction {
        clock: pipeline.settings.clock.clone(),
        raw: raw_store(pipeline),
        hosts: pipeline.hosts.clone(),
        progress,
    }
}
