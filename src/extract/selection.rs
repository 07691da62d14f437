//! The rows of the walks that a reading uses, out of the lake.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::DataFrame;
use rayon::prelude::*;

use super::keep::{Facts, Load, Shelf, Used};
use super::lake::{self, Name};
use crate::source::resource::By;
use crate::source::{CHANGED_AT, Grain, Table};

/// Some rows of one table, all of one load.
#[derive(Clone, Debug)]
pub struct Part {
    /// The rows.
    pub frame: DataFrame,
    /// The pull that they belong to.
    pub pull: String,
    /// When it began to ask for them.
    pub begun: DateTime<Utc>,
}

/// Which columns of rows are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// All of them.
    All,
    /// Those that tell two rows apart, for somebody who only wants to know whether any meet.
    Key,
}

impl Columns {
    /// Their names in a table; none for all of them.
    pub fn names(self, table: Table) -> Option<Vec<&'static str>> {
        match (self, table.key()) {
            (Self::All, _) => None,
            // Rows that nothing tells apart are still counted.
            (Self::Key, []) => Some(table.columns().iter().take(1).map(|column| column.name).collect()),
            // Of two states of one row, the time of change says which is the newer.
            (Self::Key, key) => {
                let changed = table.columns().iter().map(|column| column.name).filter(|name| *name == CHANGED_AT);
                Some(key.iter().copied().chain(changed).collect())
            }
        }
    }
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

    /// The rows of the used walks, by table; in the order of their days, then of the walks.
    ///
    /// # Errors
    /// When a file of a load is damaged; the load's walks can be mapped anew.
    pub fn rows(&self, lake: &Path, used: &[Used], columns: Columns) -> Result<BTreeMap<Table, Vec<Part>>, Void> {
        let portions = self.portions(used);
        let places = portions.iter().flat_map(|(place, here)| here.iter().map(move |portion| (*place, portion)));
        let read = |((table, label), portion): ((Table, &str), &Portion<'_>)| {
            self.part((lake, columns), table, label, portion).map(|part| (table, part))
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

    fn part(
        &self,
        (lake, columns): (&Path, Columns),
        table: Table,
        label: &str,
        portion: &Portion,
    ) -> Result<Part, Void> {
        let load = portion.load;
        let path =
            Name { source: self.source, resource: self.resource, load: &load.id }.path(lake, table.name(), label);
        let walks = (portion.walks.len() < load.walks.len()).then_some(portion.walks.as_slice());
        let frame = lake::read(&path, portion.rows, walks, columns.names(table).as_deref());
        let frame = frame.map_err(|damaged| {
            tracing::warn!(file = %damaged.path.display(), "a file of the lake is missing or damaged");
            Void { load: load.id.clone() }
        })?;
        Ok(Part { frame, pull: load.pull.clone(), begun: load.begun })
    }
}
