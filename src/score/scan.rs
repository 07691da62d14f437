//! One reading of a table for all metrics over it that add up: at the finest cut that any of them asks for, the coarser
//! ones being sums of its answer.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use polars::prelude::*;
use rayon::prelude::*;

use crate::scheme::Level;
use crate::tables::{Tables, exacts};

use super::compile::Ratio;
use super::fold;
use super::measures::{Column, Parts, Slices, put};
use super::plan::{Cut, Piece, Stretch};
use super::runs::{self, Asked};

/// Which metrics are counted at each cut, and where their parts go.
pub(super) struct Tally {
    pub(super) cut: Cut,
    pub(super) metrics: BTreeSet<usize>,
    pub(super) slices: Slices,
}

/// One query over the rows of one table by one subject.
pub(super) struct Scan {
    /// Any of its pieces; all have the same table and the same subject.
    piece: Piece,
    /// Conditions on rows by name, in the order in which they were met, and what they say; a row may fulfil several.
    conditions: Vec<(String, Option<Expr>)>,
    columns: Vec<Counted>,
}

/// What a metric counts under one of the conditions.
struct Counted {
    metric: usize,
    condition: usize,
    ratio: Ratio,
}

impl Scan {
    pub(super) fn new(piece: Piece) -> Self {
        Self { piece, conditions: Vec::new(), columns: Vec::new() }
    }

    /// Adds what a metric counts over the rows of a piece.
    pub(super) fn add(&mut self, metric: usize, piece: &Piece, ratio: Ratio) {
        let name = piece.condition();
        let condition = self.conditions.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            self.conditions.push((name, piece.kept()));
            self.conditions.len() - 1
        });
        self.columns.push(Counted { metric, condition, ratio });
    }

    /// The table that it reads.
    pub(super) fn table(&self) -> &str {
        &self.piece.table
    }

    /// The finest cut at which any of its metrics is asked for.
    pub(super) fn finest(&self, tallies: &[Tally]) -> Cut {
        let asked = |tally: &&Tally| self.columns.iter().any(|one| tally.metrics.contains(&one.metric));
        tallies.iter().filter(asked).map(|tally| tally.cut).max().unwrap_or(Cut::Whole)
    }

    /// What its metrics add up to at this cut: as it was kept, or from the rows.
    pub(super) fn answer(&self, tables: &Tables, cut: Cut, stretch: &Stretch) -> anyhow::Result<DataFrame> {
        let question = self.question(cut, stretch);
        tables.answered(self.table(), &question, || self.count(tables, cut, stretch))
    }

    /// All that the answer depends on beside the rows, in the order of its columns.
    fn question(&self, cut: Cut, stretch: &Stretch) -> String {
        let days = match cut {
            Cut::Weeks => format!("{}", stretch.first),
            Cut::Whole | Cut::Days => String::new(),
        };
        let mut question = format!("{}\n{cut:?} {days}\n", self.piece.source());
        for one in &self.columns {
            let condition = self.conditions.get(one.condition).map_or("", |(name, _)| name.as_str());
            question.push_str(&format!("{}: {condition} {:?}\n", one.condition, one.ratio.text));
        }
        question
    }

    fn count(&self, tables: &Tables, cut: Cut, stretch: &Stretch) -> anyhow::Result<DataFrame> {
        // A condition that all have in common keeps rows; several are decided once for each row, whoever asks for them.
        let (common, marks): (Option<&Expr>, Vec<(String, Expr)>) = match self.conditions.as_slice() {
            [(_, Some(keep))] => (Some(keep), Vec::new()),
            several => {
                let mark = |(place, (_, keep)): (usize, &(String, Option<Expr>))| Some((mark(place), keep.clone()?));
                (None, several.iter().enumerate().filter_map(mark).collect())
            }
        };
        let subject = [("subject", self.piece.subject())].into_iter();
        let keys: Vec<(&str, Expr)> = subject.chain(cut.key(stretch).map(|key| ("part", key))).collect();
        let sums = self.sums(&marks).context("a sum that cannot be folded")?;
        let asked = Asked { keep: common, marks: &marks, keys: &keys, sums: &sums };
        let whole = runs::over(tables, self.table(), &asked)?;
        let columns: Vec<(usize, &Counted)> = self.columns.iter().enumerate().collect();
        rolled_up(&whole, &columns, keys.get(1).map(|(part, _)| col(*part)))
    }

    fn sums(&self, marks: &[(String, Expr)]) -> Option<Vec<Expr>> {
        let marked =
            |place: usize| marks.iter().find(|(name, _)| *name == mark(place)).map(|(name, _)| col(name.as_str()));
        let kept = |place: usize| Some(marked(place)?.sum().alias(format!("kept{place}")));
        let mut sums: Vec<Expr> = (0..self.conditions.len()).filter_map(kept).collect();
        for (place, one) in self.columns.iter().enumerate() {
            let keep = marked(one.condition);
            sums.push(fold::over(&one.ratio.numerator, keep.as_ref())?.alias(format!("n{place}")));
            if let Some(denominator) = &one.ratio.denominator {
                sums.push(fold::over(denominator, keep.as_ref())?.alias(format!("d{place}")));
            }
        }
        Some(sums)
    }

    /// Puts an answer at the finest cut into every tally that asks for one of the metrics.
    pub(super) fn read(
        &self,
        answer: &DataFrame,
        finest: Cut,
        stretch: &Stretch,
        tallies: &mut [Tally],
    ) -> anyhow::Result<()> {
        for tally in tallies {
            let asked = |(_, one): &(usize, &Counted)| tally.metrics.contains(&one.metric);
            let columns: Vec<(usize, &Counted)> = self.columns.iter().enumerate().filter(asked).collect();
            if columns.is_empty() {
                continue;
            }
            let frame = match tally.cut == finest {
                true => answer.clone(),
                false => rolled_up(answer, &columns, tally.cut.of_finer(finest, stretch))?,
            };
            let parts = tally.cut.numbers(&frame, stretch)?;
            self.put(&frame, &columns, &parts, &mut tally.slices)?;
        }
        Ok(())
    }

    /// Puts columns of an answer into slices; each is read by itself, side by side.
    fn put(
        &self,
        frame: &DataFrame,
        columns: &[(usize, &Counted)],
        parts: &[Option<usize>],
        slices: &mut Slices,
    ) -> anyhow::Result<()> {
        let conditions: BTreeSet<usize> = columns.iter().map(|(_, one)| one.condition).collect();
        let kept = conditions.into_iter().map(|condition| Ok((condition, self.kept(frame, condition)?)));
        let kept: BTreeMap<usize, Option<Vec<bool>>> = kept.collect::<PolarsResult<_>>()?;
        let is_kept = |row: usize| kept.values().any(|kept| kept.as_ref().is_none_or(|kept| kept[row]));
        let whose = whose(frame, self.piece.level, is_kept, slices)?;
        let place_of = |row: usize| Some((parts[row]?, whose[row]?));
        let many = slices.many();
        let read = |(place, one): &(usize, &Counted)| {
            let kept = kept.get(&one.condition).and_then(Option::as_ref);
            let place_of = |row: usize| place_of(row).filter(|_| kept.is_none_or(|kept| kept[row]));
            column(frame, (*place, &one.ratio), place_of, many)
        };
        let found: Vec<Vec<Column>> = columns.par_iter().map(read).collect::<anyhow::Result<_>>()?;
        for ((_, one), found) in columns.iter().zip(found) {
            slices.fill(self.piece.level, one.metric, found);
        }
        Ok(())
    }

    /// Whether the condition keeps rows of each group; `None` where it surely does.
    fn kept(&self, frame: &DataFrame, condition: usize) -> PolarsResult<Option<Vec<bool>>> {
        let Ok(kept) = frame.column(&format!("kept{condition}")) else { return Ok(None) };
        let kept = kept.cast(&DataType::Int64)?;
        Ok(Some(kept.i64()?.iter().map(|rows| rows.is_some_and(|rows| rows > 0)).collect()))
    }
}

/// The name under which a condition is decided for each row.
fn mark(condition: usize) -> String {
    format!("condition {condition} of the row")
}

/// The parts of one metric in each of so many slices, from the rows that have a slice and a subject.
fn column(
    frame: &DataFrame,
    (place, ratio): (usize, &Ratio),
    place_of: impl Fn(usize) -> Option<(usize, usize)>,
    many: usize,
) -> anyhow::Result<Vec<Column>> {
    let numerators = exacts(frame.column(&format!("n{place}"))?)?;
    let mut denominators = match ratio.denominator {
        Some(_) => exacts(frame.column(&format!("d{place}"))?)?,
        None => Vec::new(),
    };
    let mut found = vec![Column::new(); many];
    for (row, numerator) in numerators.into_iter().enumerate() {
        let Some((slice, subject)) = place_of(row) else { continue };
        let denominator = denominators.get_mut(row).map(Option::take);
        if let (Some(column), Some(parts)) = (found.get_mut(slice), Parts::of(numerator, denominator)) {
            put(column, subject, parts);
        }
    }
    Ok(found)
}

/// The number of the subject of each row that is kept. Rows of nobody are nobody's; a table that names no group is of the
/// only one.
fn whose(
    frame: &DataFrame,
    level: Level,
    is_kept: impl Fn(usize) -> bool,
    slices: &mut Slices,
) -> anyhow::Result<Vec<Option<usize>>> {
    let subjects = frame.column("subject")?.cast(&DataType::String)?;
    let number = |(row, subject): (usize, Option<&str>)| match (subject, level) {
        (None, Level::Agent) => None,
        (subject, _) => is_kept(row).then(|| slices.number(level, subject.unwrap_or_default())),
    };
    Ok(subjects.str()?.iter().enumerate().map(number).collect())
}

/// The sums of an answer over all its parts, or over those that lie in the same coarser one.
fn rolled_up(answer: &DataFrame, columns: &[(usize, &Counted)], part: Option<Expr>) -> anyhow::Result<DataFrame> {
    let mut sums: Vec<Expr> = Vec::new();
    let names = answer.get_column_names();
    sums.extend(names.iter().filter(|name| name.starts_with("kept")).map(|name| col((*name).clone()).sum()));
    for (place, one) in columns {
        sums.push(fold::sum(col(format!("n{place}"))).alias(format!("n{place}")));
        if one.ratio.denominator.is_some() {
            sums.push(fold::sum(col(format!("d{place}"))).alias(format!("d{place}")));
        }
    }
    let keys: Vec<Expr> = [col("subject")].into_iter().chain(part.map(|part| part.alias("part"))).collect();
    Ok(answer.clone().lazy().group_by(keys).agg(sums).collect()?)
}
