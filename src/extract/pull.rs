//! One pull: every resource in the order of the file, its walks a few at a time.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use polars::prelude::DataFrame;
use sha2::{Digest, Sha256};

use super::dedup::dedupe;
use super::freshness::{Freshness, would_lose};
use super::http::Fetcher;
use super::keep::{Kept, Manifest};
use super::map::frame::frame;
use super::map::rows::Rows;
use super::plan::{Circumstance, Cut, Plan, plan};
use super::report::{self, Tally};
use super::walk::{Ground, Walked, walk};
use super::{Ask, Batch, Extraction, KeptPage, Progress, Pulled};
use crate::finding::Finding;
use crate::source::{Resource, Source, Table};

/// How many walks of a resource go at the same time.
const ABREAST: usize = 4;

/// Pulls a source for a period; pages that are kept are not asked for again.
///
/// # Errors
/// When a variable has no value, a table for a fan-out is missing, or the source or the disk fails; names the source,
/// the request and the next step, never a secret. What was fetched before is kept, and the next pull goes on from it.
pub async fn pull(source: &Source, ask: &Ask, world: &Extraction<'_>) -> Result<Pulled> {
    let deadline = source.client.deadline;
    match tokio::time::timeout(deadline, pull_all(source, ask, world)).await {
        Ok(pulled) => pulled.with_context(|| format!("cannot pull `{}` for {}", source.id, ask.period)),
        Err(_) => bail!(
            "cannot pull `{}` for {}: not through after {} s; pull again to go on where it stopped, or raise `deadline`",
            source.id,
            ask.period,
            deadline.as_secs()
        ),
    }
}

async fn pull_all(source: &Source, ask: &Ask, world: &Extraction<'_>) -> Result<Pulled> {
    if let Some(name) = source.unresolved.first() {
        bail!("`{name}` has no value; set it in the environment or the secrets file");
    }
    let manifest = open_manifest(source, ask, world)?;
    let fetcher = Fetcher::new(source, world.clock.clone(), world.progress)?;
    let folder = source.client.folder();
    let ground = Ground {
        source: &source.id,
        zone: source.zone,
        fetcher: &fetcher,
        raw: &world.raw,
        manifest: &manifest,
        clock: &world.clock,
        limit: source.client.max_response,
        folder: folder.as_deref(),
        progress: world.progress,
    };
    let mut gathering = Gathering::new(source, ask);
    for resource in &source.resources {
        gathering.resource(&ground, resource).await.with_context(|| format!("resource `{}`", resource.id))?;
    }
    gathering.finish(&manifest, world)
}

/// The list of pages that this pull goes on with, or a new one; what is kept is never given up for less.
fn open_manifest(source: &Source, ask: &Ask, world: &Extraction<'_>) -> Result<Manifest> {
    let (raw, id, now) = (&world.raw, source.id.as_str(), world.clock.now());
    let old = match raw.kept(id, ask.period, &Freshness::of(source, ask, now))? {
        Kept::Nothing | Kept::Serves(_) => return raw.open_current(id, ask.period, now),
        Kept::GoesOn(_) => return raw.open_next(id, ask.period, now),
        Kept::Unreadable => return raw.begin_next(id, ask.period, now),
        Kept::Old(old) => old,
    };
    match (would_lose(source, ask, old.begun(), now), ask.refresh_since) {
        (None, _) => raw.begin_next(id, ask.period, now),
        (Some((resource, Cut::TooOld { from, to } | Cut::NotYet { from, to })), Some(_)) => bail!(
            "the source no longer answers for {from} up to, not with, {to} (resource `{resource}`), so a refresh would \
             lose days; the pages kept since {} stay, run again without `--refresh` to use them",
            old.begun().format("%Y-%m-%d %H:%MZ")
        ),
        (Some(_), None) => raw.open_current(id, ask.period, now),
    }
}

/// What has been gathered so far.
struct Gathering<'a> {
    source: &'a Source,
    ask: &'a Ask,
    rows: BTreeMap<Table, Rows>,
    /// Tables that at least one resource has, or may have.
    present: BTreeSet<Table>,
    pages: Vec<KeptPage>,
    tallies: Vec<Tally>,
    findings: Vec<Finding>,
}

impl<'a> Gathering<'a> {
    fn new(source: &'a Source, ask: &'a Ask) -> Self {
        let rows = source.fills().into_iter().map(|table| (table, Rows::new(table))).collect();
        Self {
            source,
            ask,
            rows,
            present: BTreeSet::new(),
            pages: Vec::new(),
            tallies: Vec::new(),
            findings: Vec::new(),
        }
    }

    async fn resource(&mut self, ground: &Ground<'_>, resource: &Resource) -> Result<()> {
        let plan = self.plan(ground, resource)?;
        self.findings.extend(report::unplanned(&self.source.id, resource, &plan));
        (ground.progress)(Progress::Begun {
            source: self.source.id.clone(),
            resource: resource.id.clone(),
            walks: plan.walks.len(),
        });
        let walks = plan.walks.iter().map(|one| step(ground, resource, one));
        let walked: Vec<Walked> = stream::iter(walks).buffered(ABREAST).try_collect().await?;
        let mut tally = Tally::new(resource);
        for one in walked {
            self.take(one, &mut tally);
        }
        if !tally.is_absent() {
            self.present.extend(resource.mapping.rows.iter().map(|row| row.table));
        }
        self.findings.extend(tally.findings(&self.source.id, resource));
        self.tallies.push(tally);
        Ok(())
    }

    fn plan(&self, ground: &Ground<'_>, resource: &Resource) -> Result<Plan> {
        let tables = self.tables(resource)?;
        let begun = ground.manifest.begun();
        plan(resource, &Circumstance { period: self.ask.period, zone: self.source.zone, begun, tables: &tables })
    }

    /// The tables for a fan-out: those that were given, and what this source gave so far.
    fn tables(&self, resource: &Resource) -> Result<BTreeMap<Table, Vec<DataFrame>>> {
        let mut tables = BTreeMap::new();
        if let Some(fan_out) = &resource.fan_out {
            let table = fan_out.over.table();
            let given = self.ask.tables.get(&table).cloned();
            let own = self.rows.get(&table).map(|rows| frame(rows.clone(), &self.source.id)).transpose()?;
            let frames: Vec<DataFrame> = given.into_iter().chain(own).collect();
            if !frames.is_empty() {
                tables.insert(table, frames);
            }
        }
        Ok(tables)
    }

    fn take(&mut self, walked: Walked, tally: &mut Tally) {
        tally.add(&walked);
        self.pages.extend(walked.pages);
        for rows in walked.mapped.rows {
            if let Some(all) = self.rows.get_mut(&rows.table) {
                all.append(rows);
            }
        }
        tally.aside.merge(walked.mapped.aside);
    }

    fn finish(mut self, manifest: &Manifest, world: &Extraction<'_>) -> Result<Pulled> {
        if self.present.is_empty() {
            bail!(
                "the source has none of its tables for {}; put them there and pull with `--refresh`",
                self.ask.period
            );
        }
        let mut batches = Vec::new();
        let absent: BTreeSet<Table> = self.rows.keys().filter(|table| !self.present.contains(table)).copied().collect();
        self.findings.extend(report::absent(&self.source.id, &absent));
        for (table, mut rows) in self.rows.into_iter().filter(|(table, _)| !absent.contains(table)) {
            let duplicates = dedupe(&mut rows);
            self.findings.extend(report::duplicates(&self.source.id, table, duplicates));
            batches.push(Batch { table, frame: frame(rows, &self.source.id)? });
        }
        let raw_hash = raw_hash(&self.pages);
        manifest.finish(world.clock.now(), self.pages.len(), &raw_hash)?;
        Ok(Pulled {
            source: self.source.id.clone(),
            batches,
            findings: self.findings,
            pages: self.pages,
            counts: self.tallies.into_iter().map(|tally| tally.count()).collect(),
            raw_hash,
            cut_off: manifest.begun(),
        })
    }
}

async fn step(ground: &Ground<'_>, resource: &Resource, one: &super::plan::Walk) -> Result<Walked> {
    let walked = walk(ground, resource, one).await?;
    (ground.progress)(Progress::WalkDone { source: ground.source.to_owned(), resource: resource.id.clone() });
    Ok(walked)
}

fn raw_hash(pages: &[KeptPage]) -> String {
    let mut hash = Sha256::new();
    for page in pages {
        hash.update(page.sha256.as_bytes());
        hash.update(b"\n");
    }
    hex::encode(hash.finalize())
}
