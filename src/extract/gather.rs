//! What the resources of a source gave, put together: one lot for each table, and what people should know.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use chrono::{DateTime, Utc};
use polars::prelude::DataFrame;

use super::dedup::join;
use super::keep::{Facts, Reading, Use};
use super::manifest::{Manifest, ReadResource};
use super::plan::Circumstance;
use super::report::{self, Tally};
use super::selection::Part;
use super::stock::Stock;
use super::work::{Asked, Work};
use super::{Ask, Lot, Pulled};
use crate::finding::Finding;
use crate::source::template::Parent;
use crate::source::{Resource, Source, Table};

/// What has been gathered so far.
pub struct Gathering<'a> {
    source: &'a Source,
    ask: &'a Ask,
    parts: BTreeMap<Table, Vec<Part>>,
    /// Tables that at least one resource has, or may have.
    present: BTreeSet<Table>,
    tallies: Vec<Tally>,
    findings: Vec<Finding>,
    /// Records of resources that later ones ask for each of, by resource, in the order of the walks.
    parents: BTreeMap<String, Vec<Parent>>,
    read: Vec<ReadResource>,
}

impl<'a> Gathering<'a> {
    /// Nothing yet.
    pub fn new(source: &'a Source, ask: &'a Ask) -> Self {
        Self {
            source,
            ask,
            parts: BTreeMap::new(),
            present: BTreeSet::new(),
            tallies: Vec::new(),
            findings: Vec::new(),
            parents: BTreeMap::new(),
            read: Vec::new(),
        }
    }

    /// Takes what a resource gave.
    pub fn take(&mut self, work: &Work, part: &Use, rows: BTreeMap<Table, Vec<Part>>, asked: Asked) {
        let resource = work.resource;
        self.read.push(ReadResource::of(work, part));
        let mut tally = Tally::new(resource);
        let facts = work.selection().facts(&part.walks);
        let pages: BTreeMap<&str, u64> = work.shelf.walks.iter().map(|walk| (walk.id.as_str(), walk.pages)).collect();
        for (used, facts) in part.walks.iter().zip(&facts) {
            tally.add(pages.get(used.walk.as_str()).copied().unwrap_or(0), facts);
        }
        tally.asked(asked.pages);
        self.findings.extend(report::unplanned(&self.source.id, resource, part));
        self.take_parents(resource, &facts);
        if !tally.is_absent() {
            self.present.extend(resource.mapping.rows.iter().map(|row| row.table));
        }
        self.findings.extend(tally.findings(&self.source.id, resource));
        self.tallies.push(tally);
        for (table, parts) in rows {
            self.parts.entry(table).or_default().extend(parts);
        }
    }

    fn take_parents(&mut self, resource: &Resource, facts: &[&Facts]) {
        if !resource.gives.is_empty() {
            let parents = facts.iter().flat_map(|facts| facts.parents.iter().cloned()).collect();
            self.parents.insert(resource.id.clone(), parents);
        }
    }

    /// The clock, the tables and the records that the next resource depends on.
    ///
    /// # Errors
    /// When rows of the lake do not fit together.
    pub fn circumstance<'c>(
        &'c self,
        begun: DateTime<Utc>,
        tables: &'c BTreeMap<Table, Vec<DataFrame>>,
    ) -> Circumstance<'c> {
        Circumstance {
            period: self.ask.period,
            job: &self.ask.job,
            zone: self.source.zone,
            begun,
            tables,
            parents: Some(&self.parents),
        }
    }

    /// The tables for the fan-outs of a resource: those that were given, and what this source gave so far.
    ///
    /// # Errors
    /// When rows of the lake cannot be read.
    pub fn tables(&self, resource: &Resource) -> Result<BTreeMap<Table, Vec<DataFrame>>> {
        let mut tables = BTreeMap::new();
        for table in resource.fan_outs.iter().filter_map(|fan_out| fan_out.over.table()) {
            let given = self.ask.tables.get(&table).cloned();
            let own = self.parts.get(&table).into_iter().flatten();
            let own = own.map(|part| Stock::Lake { table, strips: vec![part.strip.clone()] }.read());
            let frames: Vec<DataFrame> = given.into_iter().map(Ok).chain(own).collect::<Result<_>>()?;
            if !frames.is_empty() || self.present.contains(&table) {
                tables.insert(table, frames);
            }
        }
        Ok(tables)
    }

    /// One lot for each table, without rows that come twice.
    ///
    /// # Errors
    /// When the source has none of its tables.
    pub fn finish(mut self, reading: &Reading) -> Result<Pulled> {
        if self.present.is_empty() {
            let period = self.ask.period;
            bail!("the source has none of its tables for {period}; put them there and pull with `--refresh`");
        }
        let fills = self.source.fills();
        let absent: BTreeSet<Table> = fills.iter().filter(|table| !self.present.contains(table)).copied().collect();
        self.findings.extend(report::absent(&self.source.id, &absent));
        let mut lots = Vec::new();
        for table in fills.difference(&absent) {
            let parts = self.parts.remove(table).unwrap_or_default();
            let (stock, duplicates) = join(*table, parts)?;
            self.findings.extend(report::duplicates(&self.source.id, *table, duplicates));
            lots.push(Lot { table: *table, stock, duplicates });
        }
        Ok(Pulled {
            source: self.source.id.clone(),
            lots,
            findings: self.findings,
            counts: self.tallies.into_iter().map(Tally::count).collect(),
            raw_hash: reading.raw_hash.clone(),
            cut_off: reading.begun,
            manifest: Manifest {
                source: self.source.id.clone(),
                pull: reading.name(&self.ask.period.to_string()),
                begun: reading.begun,
                raw_hash: reading.raw_hash.clone(),
                resources: self.read,
            },
        })
    }
}
