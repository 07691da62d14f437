//! The rows of the walks that a reading uses, out of the lake.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::{DataFrame, DataType, PolarsResult};
use rayon::prelude::*;
use rustc_hash::FxHasher;

use super::keep::{Facts, Load, Shelf, Used};
use super::lake::{self, Name};
use super::stock::{Met, Strip};
use crate::source::resource::By;
use crate::source::{Grain, Table};

/// Some rows of one table, all of one load: where they lie, and what tells them apart.
#[derive(Clone, Debug)]
pub struct Part {
    /// The rows.
    pub strip: Strip,
    /// For each row a number that stands for its key; none in a table without key.
    pub marks: Vec<u64>,
    /// The pull that they belong to.
    pub pull: String,
    /// When it began to ask for them.
    pub begun: DateTime<Utc>,
}

/// A file of the lake is not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Void {
    /// The load that it belongs to.
    pub load: String,
}

/// A file and the numbers of the walks whose rows are used.
struct Portion<'a> {
    load: &'a Load,
    rows: u64,
    walks: Vec<u32>,
}

/// Whose rows are wanted, and how they lie in time.
pub struct Selection<'a> {
    /// The source.
    pub source: &'a str,
    /// The resource.
    pub resource: &'a str,
    /// What is kept of it.
    pub shelf: &'a Shelf,
    /// The hash of its mapping.
    pub mapping: &'a str,
    /// What places a record in a window.
    pub by: By,
}

impl<'a> Selection<'a> {
    /// What mapping each used walk told; a walk that is not in the lake is left out.
    pub fn facts(&self, used: &[Used]) -> Vec<&'a Facts> {
        let rows = self.shelf.rows(self.mapping);
        let facts = |one: &Used| rows.get(one.walk.as_str()).map(|(load, number)| &load.walks[*number].facts);
        used.iter().filter_map(facts).collect()
    }

    /// Used walks whose rows are not in the lake.
    pub fn unmapped(&self, used: &[Used]) -> Vec<String> {
        let rows = self.shelf.rows(self.mapping);
        used.iter().filter(|one| !rows.contains_key(one.walk.as_str())).map(|one| one.walk.clone()).collect()
    }

    /// The rows of the used walks, by table; in the order of their days, then of the walks. Only their keys are read.
    ///
    /// # Errors
    /// When a file of a load is damaged; the load's walks can be mapped anew.
    pub fn rows(&self, lake: &Path, used: &[Used]) -> Result<BTreeMap<Table, Vec<Part>>, Void> {
        let portions = self.portions(used);
        let places = portions.iter().flat_map(|(place, here)| here.iter().map(move |portion| (*place, portion)));
        let read = |((table, label), portion): ((Table, &str), &Portion<'_>)| {
            self.part(lake, table, label, portion).map(|part| (table, part))
        };
        // Every file is looked at before the first damaged one is told, so that it is always the same.
        let read: Vec<Result<(Table, Part), Void>> = places.collect::<Vec<_>>().into_par_iter().map(read).collect();
        let mut parts: BTreeMap<Table, Vec<Part>> = BTreeMap::new();
        for part in read {
            let (table, part) = part?;
            parts.entry(table).or_default().push(part);
        }
        Ok(parts)
    }

    /// Which walks of which files are used.
    fn portions(&self, used: &[Used]) -> BTreeMap<(Table, &'a str), Vec<Portion<'a>>> {
        let rows = self.shelf.rows(self.mapping);
        let mut portions: BTreeMap<(Table, &str), Vec<Portion>> = BTreeMap::new();
        for one in used {
            let Some((load, number)) = rows.get(one.walk.as_str()) else { continue };
            let facts = &load.walks[*number].facts;
            let walk = u32::try_from(*number).unwrap_or(u32::MAX);
            for file in &load.files {
                let Some(table) = Table::from_name(&file.table) else { continue };
                if !self.stands(one, facts, table, &file.day) {
                    continue;
                }
                let here = portions.entry((table, file.day.as_str())).or_default();
                match here.iter_mut().find(|portion| portion.load.id == load.id) {
                    Some(portion) => portion.walks.push(walk),
                    None => here.push(Portion { load, rows: file.rows, walks: vec![walk] }),
                }
            }
        }
        portions
    }

    /// Whether the rows of a walk under a label are used. Where rows do not lie on the days that were asked for, all of
    /// them are: a newer row with the same key stands, and none is lost.
    fn stands(&self, used: &Used, facts: &Facts, table: Table, label: &str) -> bool {
        let is_dated = matches!(table.grain(), Grain::Day | Grain::DayOf(_));
        if used.days.is_empty() || self.by == By::Change || facts.strayed || !is_dated {
            return true;
        }
        let day: Option<NaiveDate> = label.parse().ok();
        day.is_none_or(|day| used.days.iter().any(|(from, to)| *from <= day && day < *to))
    }

    fn part(&self, lake: &Path, table: Table, label: &str, portion: &Portion) -> Result<Part, Void> {
        let load = portion.load;
        let path =
            Name { source: self.source, resource: self.resource, load: &load.id }.path(lake, table.name(), label);
        let walks = (portion.walks.len() < load.walks.len()).then(|| portion.walks.clone());
        let keys = lake::read(&path, portion.rows, walks.as_deref(), &told_apart_by(table)).map_err(|damaged| {
            tracing::warn!(file = %damaged.path.display(), "a file of the lake is missing or damaged");
            Void { load: load.id.clone() }
        })?;
        let marks = if table.key().is_empty() { Ok(Vec::new()) } else { marks(&keys) };
        let marks = marks.map_err(|_| Void { load: load.id.clone() })?;
        let strip = Strip { path, rows: portion.rows, walks, height: keys.height(), met: Met::default() };
        Ok(Part { strip, marks, pull: load.pull.clone(), begun: load.begun })
    }
}

/// The columns of a table that tell two rows apart. Rows that nothing tells apart are still counted.
fn told_apart_by(table: Table) -> Vec<&'static str> {
    match table.key() {
        [] => table.columns().iter().take(1).map(|column| column.name).collect(),
        key => key.to_vec(),
    }
}

/// A number for each row that two rows with the same cells share, and hardly two others.
pub fn marks(keys: &DataFrame) -> PolarsResult<Vec<u64>> {
    let mut marks = vec![0; keys.height()];
    for column in keys.columns() {
        match column.dtype() {
            DataType::String => mark(&mut marks, column.str()?.iter()),
            _ => mark(&mut marks, column.to_physical_repr().cast(&DataType::Int64)?.i64()?.iter()),
        }
    }
    Ok(marks)
}

fn mark(marks: &mut [u64], cells: impl Iterator<Item = impl Hash>) {
    for (mark, cell) in marks.iter_mut().zip(cells) {
        let mut hasher = FxHasher::default();
        (*mark, cell).hash(&mut hasher);
        *mark = hasher.finish();
    }
}
