//! The values of every metric, as exact parts by subject.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use polars::prelude::*;
use rayon::prelude::*;

use crate::scheme::Level;
use crate::tables::{Tables, exacts};

use super::compile::{Compiled, Ratio};
use super::measures::{Parts, Slice, Slices};
use super::plan::{self, Cut, Piece, Plan, Stretch};
use super::question::{Counter, Question, Sum};
use super::scan::{Scan, Tally};
use super::sums;

/// Counts metrics of a scheme over a stretch of days, for each cut those that are asked for at it. What adds up over the
/// rows of a table is one scan for all cuts; a metric that knows no days is in no part.
pub(super) fn tallies(
    compiled: &Compiled<'_>,
    tables: &Tables,
    stretch: &Stretch,
    asked: Vec<(Cut, BTreeSet<usize>)>,
) -> anyhow::Result<Vec<Vec<Slice>>> {
    let tally =
        |(cut, metrics): (Cut, BTreeSet<usize>)| Tally { cut, metrics, slices: Slices::new(cut.parts(stretch)) };
    let mut tallies: Vec<Tally> = asked.into_iter().map(tally).collect();
    let (mut scans, mut scanned): (BTreeMap<String, Scan>, BTreeSet<usize>) = Default::default();
    for tally in &mut tallies {
        let mut queries: BTreeMap<String, Query> = BTreeMap::new();
        for index in &tally.metrics {
            let plan = plan::pieces(compiled, *index, tables, stretch, tally.cut);
            note(&mut tally.slices, *index, &plan);
            let summed = matches!(compiled.counter, Counter::Here) && compiled.is_summed(*index);
            let again = summed && !scanned.insert(*index);
            let pieces = plan.pieces.into_iter().filter(|(piece, _)| !again && tables.has(&piece.table));
            for (piece, ratio) in pieces {
                if summed {
                    scans.entry(piece.source()).or_insert_with(|| Scan::new(piece.clone())).add(*index, &piece, ratio);
                } else {
                    let query = queries.entry(piece.key()).or_insert_with(|| Query { piece, ratios: Vec::new() });
                    query.ratios.push((*index, ratio));
                }
            }
        }
        let queries: Vec<Query> = queries.into_values().collect();
        let frames = match &compiled.counter {
            Counter::Here => answers(&queries, tables, (stretch, tally.cut))?,
            elsewhere => elsewhere.answers(questions(compiled, &queries, tables, (stretch, tally.cut))?)?,
        };
        for (query, frame) in queries.iter().zip(frames) {
            query.read(&frame, tally.cut, &mut tally.slices)?;
        }
    }
    read_scans(&scans.into_values().collect::<Vec<Scan>>(), tables, stretch, &mut tallies)?;
    Ok(tallies.into_iter().map(|tally| tally.slices.finish()).collect())
}

/// The same queries for another engine.
fn questions(
    compiled: &Compiled<'_>,
    queries: &[Query],
    tables: &Tables,
    cut: (&Stretch, Cut),
) -> anyhow::Result<Vec<Question>> {
    let sum = |(metric, ratio): &(usize, Ratio)| Sum::of(&compiled.scheme.metrics[*metric].id, ratio);
    let question = |query: &Query| Question::of(&query.piece, query.ratios.iter().map(sum).collect(), tables, cut);
    queries.iter().map(question).collect()
}

/// Notes that a metric is counted, and whether all of its rows are final.
fn note(slices: &mut Slices, metric: usize, plan: &Plan) {
    for slice in slices.each().filter(|_| plan.present) {
        slice.counted.insert(metric);
        if plan.provisional {
            slice.provisional.insert(metric);
        }
    }
}

/// Reads every table that is asked for once, tables and their parts side by side.
fn read_scans(scans: &[Scan], tables: &Tables, stretch: &Stretch, tallies: &mut [Tally]) -> anyhow::Result<()> {
    let finest: Vec<Cut> = scans.iter().map(|scan| scan.finest(tallies)).collect();
    let answer = |(scan, finest): (&Scan, &Cut)| {
        let about = || format!("computing metrics over `{}`", scan.table());
        scan.answer(tables, *finest, stretch).with_context(about)
    };
    let answers: Vec<anyhow::Result<DataFrame>> = scans.par_iter().zip(&finest).map(answer).collect();
    for ((scan, finest), answer) in scans.iter().zip(finest).zip(answers) {
        scan.read(&answer?, finest, stretch, tallies)?;
    }
    Ok(())
}

/// Counts metrics over a stretch, cut into parts.
pub(super) fn slices(
    compiled: &Compiled<'_>,
    tables: &Tables,
    stretch: &Stretch,
    metrics: &BTreeSet<usize>,
    cut: Cut,
) -> anyhow::Result<Vec<Slice>> {
    let tallies = tallies(compiled, tables, stretch, vec![(cut, metrics.clone())])?;
    Ok(tallies.into_iter().next().unwrap_or_default())
}

/// The same over a stretch as a whole.
pub(super) fn slice(
    compiled: &Compiled<'_>,
    tables: &Tables,
    stretch: &Stretch,
    metrics: &BTreeSet<usize>,
) -> anyhow::Result<Slice> {
    let slices = slices(compiled, tables, stretch, metrics, Cut::Whole)?;
    Ok(slices.into_iter().next().unwrap_or_default())
}

/// What is counted over the same rows.
struct Query {
    piece: Piece,
    ratios: Vec<(usize, Ratio)>,
}

impl Query {
    fn rows(&self, table: LazyFrame, (stretch, cut): (&Stretch, Cut)) -> LazyFrame {
        let ratios = self.ratios.iter().enumerate();
        let columns: Vec<Expr> = ratios.flat_map(|(place, (_, ratio))| ratio.columns(place)).collect();
        let subject = [self.piece.subject().alias("subject")].into_iter();
        let keys: Vec<Expr> = subject.chain(cut.part(stretch).map(|part| part.alias("part"))).collect();
        self.piece.rows(table, cut.part(stretch)).group_by(keys).agg(columns)
    }

    /// Sums are taken while the rows are read; what needs all rows of a group at once is left to the engine that has them.
    fn engine(&self) -> Engine {
        let ratios = self.ratios.iter().map(|(_, ratio)| ratio);
        let mut sides = ratios.flat_map(|ratio| std::iter::once(&ratio.numerator).chain(&ratio.denominator));
        if sides.all(sums::adds_up) { Engine::Streaming } else { Engine::InMemory }
    }

    /// Puts an answer into the slices.
    fn read(&self, frame: &DataFrame, cut: Cut, slices: &mut Slices) -> anyhow::Result<()> {
        let whose = self.whose(frame, slices)?;
        let parts = parts(frame, cut)?;
        for (place, (metric, ratio)) in self.ratios.iter().enumerate() {
            let numerators = exacts(frame.column(&format!("n{place}"))?)?;
            let denominators = match ratio.denominator {
                Some(_) => exacts(frame.column(&format!("d{place}"))?)?,
                None => Vec::new(),
            };
            let mut denominators = denominators.into_iter();
            for (row, numerator) in numerators.into_iter().enumerate() {
                let denominator = denominators.next();
                let (Some(subject), Some(part)) = (whose[row], parts[row]) else { continue };
                if let Some(found) = Parts::of(numerator, denominator) {
                    slices.put(part, (self.piece.level, subject), *metric, found);
                }
            }
        }
        Ok(())
    }

    /// The number of the subject of each row. Rows of nobody are nobody's; a table that names no group is of the only one.
    fn whose(&self, frame: &DataFrame, slices: &mut Slices) -> anyhow::Result<Vec<Option<usize>>> {
        let subjects = frame.column("subject")?.cast(&DataType::String)?;
        let level = self.piece.level;
        let number = |subject: Option<&str>| match (subject, level) {
            (None, Level::Agent) => None,
            (subject, _) => Some(slices.number(level, subject.unwrap_or_default())),
        };
        Ok(subjects.str()?.iter().map(number).collect())
    }
}

/// The part of the stretch to which each row belongs.
fn parts(frame: &DataFrame, cut: Cut) -> anyhow::Result<Vec<Option<usize>>> {
    if cut == Cut::Whole {
        return Ok(vec![Some(0); frame.height()]);
    }
    let parts = frame.column("part")?.cast(&DataType::Int64)?;
    Ok(parts.i64()?.iter().map(|part| usize::try_from(part?).ok()).collect())
}

/// The answers to queries, in their order; those that take sums while they read are asked together.
fn answers(queries: &[Query], tables: &Tables, cut: (&Stretch, Cut)) -> anyhow::Result<Vec<DataFrame>> {
    let mut answers = vec![DataFrame::empty(); queries.len()];
    for engine in [Engine::Streaming, Engine::InMemory] {
        let asked: Vec<usize> = (0..queries.len()).filter(|place| queries[*place].engine() == engine).collect();
        let rows = |place: &usize| Some(queries[*place].rows(tables.lazy(&queries[*place].piece.table)?, cut));
        let plans: Vec<LazyFrame> = asked.iter().filter_map(rows).collect();
        let names =
            asked.iter().map(|place| format!("`{}`", queries[*place].piece.table)).collect::<BTreeSet<String>>();
        let about = || format!("computing metrics over {}", names.into_iter().collect::<Vec<String>>().join(", "));
        let frames = together(plans, engine).with_context(about)?;
        asked.into_iter().zip(frames).for_each(|(place, frame)| answers[place] = frame);
    }
    Ok(answers)
}

fn together(plans: Vec<LazyFrame>, engine: Engine) -> anyhow::Result<Vec<DataFrame>> {
    let plans = plans.into_iter().map(|plan| plan.logical_plan).collect();
    Ok(LazyFrame::collect_all_with_engine(plans, engine, OptFlags::default())?)
}
