//! Rows of finished walks on their way into the lake.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::keep::{Facts, KeptWalk, Load, Mapped, Shelf, Told};
use super::lake::{self, Name, Sheet};
use super::map::Aside;
use super::outlet::{Own, strays};
use super::walk::Walked;
use crate::source::{Resource, Source, Table};

/// How many rows wait at most before they are written; a pull's memory does not grow beyond them.
const WAITING: usize = 20_000;

/// What lies in the lake until somebody changes this program's mapping: part of the hash of every mapping.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Gathers the rows of finished walks of one pull and writes them in turn.
pub struct Loader<'a> {
    source: &'a str,
    resource: &'a str,
    mapping: &'a str,
    lake: PathBuf,
    walks: Vec<Mapped>,
    /// The pull of the walks, and when the first of them was begun.
    of: Option<(String, chrono::DateTime<chrono::Utc>)>,
    sheets: BTreeMap<Table, Sheet>,
    done: Vec<Load>,
}

impl<'a> Loader<'a> {
    /// Nothing gathered yet.
    pub fn new(source: &'a str, resource: &'a str, mapping: &'a str, lake: PathBuf) -> Self {
        Self { source, resource, mapping, lake, walks: Vec::new(), of: None, sheets: BTreeMap::new(), done: Vec::new() }
    }

    /// Takes what a finished walk gave; walks of another pull, or many rows, are written first. A walk with a load of its
    /// own ends the one at hand, so that loads lie in the order of their walks.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn add(&mut self, shelf: &Shelf, walk: &KeptWalk, mut walked: Walked) -> Result<()> {
        if let Some(own) = walked.own.take() {
            self.flush(shelf).await?;
            return self.add_own(shelf, walk, &walked, own).await;
        }
        let is_other = self.of.as_ref().is_some_and(|(pull, _)| *pull != walk.pull);
        if is_other || self.sheets.values().map(|sheet| sheet.rows.height).sum::<usize>() >= WAITING {
            self.flush(shelf).await?;
        }
        self.of.get_or_insert_with(|| (walk.pull.clone(), walk.begun));
        let number = u32::try_from(self.walks.len()).context("too many walks for one load")?;
        self.walks.push(Mapped { walk: walk.id.clone(), facts: facts(walk, &walked) });
        for rows in walked.mapped.rows {
            self.sheets.entry(rows.table).or_insert_with(|| Sheet::new(rows.table)).add(rows, number);
        }
        Ok(())
    }

    /// Gives the files of a walk's own load their names, and then says so.
    async fn add_own(&mut self, shelf: &Shelf, walk: &KeptWalk, walked: &Walked, own: Own) -> Result<()> {
        let mut facts = facts(walk, walked);
        facts.strayed |= own.strayed;
        let id = own.growing.load.clone();
        let written = tokio::task::spawn_blocking(move || own.growing.finish()).await;
        let files = written.context("writing rows was interrupted")??;
        let walks = vec![Mapped { walk: walk.id.clone(), facts }];
        let (mapping, pull) = (self.mapping.to_owned(), walk.pull.clone());
        let load = Load { id, mapping, pull, begun: walk.begun, walks, files };
        shelf.list_load(&load)?;
        self.done.push(load);
        Ok(())
    }

    /// Writes what was gathered, and then says so.
    ///
    /// # Errors
    /// When the disk refuses.
    async fn flush(&mut self, shelf: &Shelf) -> Result<()> {
        let Some((pull, begun)) = self.of.take() else { return Ok(()) };
        let (walks, sheets) = (std::mem::take(&mut self.walks), std::mem::take(&mut self.sheets));
        let id = shelf.next_load(self.mapping, self.done.len());
        let (lake, source, resource) = (self.lake.clone(), self.source.to_owned(), self.resource.to_owned());
        let load = id.clone();
        let write = move || {
            let name = Name { source: &source, resource: &resource, load: &load };
            lake::write(&lake, name, sheets.into_values().filter(|sheet| sheet.rows.height > 0).collect())
        };
        let written = tokio::task::spawn_blocking(write).await;
        let files = written.context("writing rows was interrupted")??;
        let load = Load { id, mapping: self.mapping.to_owned(), pull, begun, walks, files };
        shelf.list_load(&load)?;
        self.done.push(load);
        Ok(())
    }

    /// Writes what is left and gives all that was listed.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn finish(mut self, shelf: &Shelf) -> Result<Vec<Load>> {
        self.flush(shelf).await?;
        Ok(self.done)
    }
}

/// The hash of everything that decides what becomes of a page.
pub fn mapping_hash(source: &Source, resource: &Resource) -> String {
    let text = format!(
        "{VERSION} {} {:?} {:?} {:?} {:?} {:?} {:?}",
        source.zone,
        resource.format,
        resource.mapping,
        resource.paginator,
        resource.when_missing,
        resource.window,
        resource.gives
    );
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn facts(walk: &KeptWalk, walked: &Walked) -> Facts {
    Facts {
        records: walked.mapped.records,
        declared: walked.declared,
        unsure: walked.unsure,
        missing: walked.missing,
        strayed: walked.mapped.rows.iter().any(|rows| strays(rows, walk.errand.days)),
        skipped: walked.mapped.skipped.clone(),
        aside: told(&walked.mapped.aside),
        notes: walked.mapped.notes.clone(),
        parents: walked.parents.clone(),
    }
}

fn told(aside: &Aside) -> Told {
    let reason =
        |(fault, (count, numbers)): (&super::map::Fault, &(u64, Vec<u64>))| (fault.describe(), *count, numbers.clone());
    Told { records: aside.records, reasons: aside.reasons.iter().map(reason).collect() }
}
