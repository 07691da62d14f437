//! The values of every metric, as exact parts by subject.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use polars::prelude::*;

use crate::exact::Exact;
use crate::scheme::Level;
use crate::tables::{Tables, exact};

use super::appraisal::Measured;
use super::compile::{Compiled, Ratio};
use super::plan::{self, Cut, Piece, Stretch};
use super::sums;

/// What was counted, and what it is divided by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// Nothing where every value that was to be summed is missing.
    pub(super) numerator: Option<Exact>,
    pub(super) denominator: Option<Exact>,
}

impl Parts {
    /// Adds others; sums of numerators over sums of denominators make a team's value.
    pub(super) fn add(&mut self, other: &Parts) {
        self.numerator = match (self.numerator.take(), &other.numerator) {
            (Some(mine), Some(theirs)) => Some(mine + theirs.clone()),
            (mine, theirs) => mine.or_else(|| theirs.clone()),
        };
        self.denominator = match (self.denominator.take(), &other.denominator) {
            (Some(mine), Some(theirs)) => Some(mine + theirs.clone()),
            (mine, _) => mine,
        };
    }

    /// The value with its parts; without one when the denominator is nought.
    pub(super) fn measured(&self) -> Measured {
        let value = match (&self.numerator, &self.denominator) {
            (Some(numerator), Some(denominator)) => numerator.checked_div(denominator),
            (numerator, _) => numerator.clone(),
        };
        let numerator = self.numerator.clone().unwrap_or_else(Exact::zero);
        Measured { value, numerator, denominator: self.denominator.clone() }
    }
}

/// Parts by subject, then by the metric's place in the scheme; who has no rows has none.
pub(super) type Measures = BTreeMap<String, BTreeMap<usize, Parts>>;

/// What was measured over one stretch of days.
#[derive(Clone, Debug, Default)]
pub(super) struct Slice {
    /// By agent.
    pub(super) agents: Measures,
    /// By the group whose rows they are.
    pub(super) groups: BTreeMap<Level, Measures>,
    /// Metrics some of whose rows were not final.
    pub(super) provisional: BTreeSet<usize>,
    /// Metrics whose table was there, so that no rows can mean nought.
    pub(super) counted: BTreeSet<usize>,
}

impl Slice {
    /// Adds what was measured over other days.
    pub(super) fn merge(&mut self, other: Slice) {
        for (subject, own) in other.agents {
            own.into_iter().for_each(|(metric, parts)| self.put(Level::Agent, &subject, metric, parts));
        }
        for (level, measures) in other.groups {
            for (subject, own) in measures {
                own.into_iter().for_each(|(metric, parts)| self.put(level, &subject, metric, parts));
            }
        }
        self.provisional.extend(other.provisional);
        self.counted.extend(other.counted);
    }

    /// What was measured of some metrics.
    pub(super) fn only(&self, metrics: &BTreeSet<usize>) -> Self {
        let of = |own: &BTreeMap<usize, Parts>| -> BTreeMap<usize, Parts> {
            own.iter()
                .filter(|(metric, _)| metrics.contains(metric))
                .map(|(metric, parts)| (*metric, parts.clone()))
                .collect()
        };
        let all = |measures: &Measures| -> Measures {
            measures.iter().map(|(subject, own)| (subject.clone(), of(own))).collect()
        };
        Self {
            agents: all(&self.agents),
            groups: self.groups.iter().map(|(level, measures)| (*level, all(measures))).collect(),
            provisional: &self.provisional & metrics,
            counted: &self.counted & metrics,
        }
    }

    fn put(&mut self, level: Level, subject: &str, metric: usize, parts: Parts) {
        let measures = match level {
            Level::Agent => &mut self.agents,
            group => self.groups.entry(group).or_default(),
        };
        let own = measures.entry(subject.to_owned()).or_default();
        match own.get_mut(&metric) {
            Some(sum) => sum.add(&parts),
            None => {
                own.insert(metric, parts);
            }
        }
    }
}

/// Counts the given metrics of a scheme over a stretch of days, cut into parts; all that read the same rows are one query,
/// and all parts of it are one scan. A metric that knows no days is in no part.
pub(super) fn slices(
    compiled: &Compiled<'_>,
    tables: &Tables,
    stretch: &Stretch,
    metrics: &BTreeSet<usize>,
    cut: Cut,
) -> anyhow::Result<Vec<Slice>> {
    let mut slices: Vec<Slice> = (0..cut.parts(stretch)).map(|_| Slice::default()).collect();
    let mut queries: BTreeMap<String, (Piece, Vec<(usize, Ratio)>)> = BTreeMap::new();
    for index in metrics {
        let plan = plan::pieces(compiled, *index, tables, stretch, cut);
        for slice in slices.iter_mut().filter(|_| plan.present) {
            slice.counted.insert(*index);
            if plan.provisional {
                slice.provisional.insert(*index);
            }
        }
        for (piece, ratio) in plan.pieces {
            queries.entry(piece.key()).or_insert_with(|| (piece, Vec::new())).1.push((*index, ratio));
        }
    }
    for (piece, ratios) in queries.into_values() {
        run(&piece, &ratios, tables, (stretch, cut), &mut slices)?;
    }
    Ok(slices)
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

fn run(
    piece: &Piece,
    ratios: &[(usize, Ratio)],
    tables: &Tables,
    (stretch, cut): (&Stretch, Cut),
    slices: &mut [Slice],
) -> anyhow::Result<()> {
    let Some(rows) = tables.lazy(&piece.table) else { return Ok(()) };
    let columns: Vec<Expr> = ratios.iter().enumerate().flat_map(|(place, (_, ratio))| ratio.columns(place)).collect();
    let keys: Vec<Expr> = [piece.subject().alias("subject")]
        .into_iter()
        .chain(cut.part(stretch).map(|part| part.alias("part")))
        .collect();
    let query = piece.rows(rows, cut.part(stretch)).group_by(keys).agg(columns);
    let frame = query.collect_with_engine(engine(ratios)).map(|found| found.unwrap_single());
    let frame = frame
        .map_err(anyhow::Error::from)
        .with_context(|| format!("computing metrics over table `{}`", piece.table))?;
    let subjects = frame.column("subject")?.cast(&DataType::String)?;
    let subjects = subjects.str()?;
    let parts = match cut {
        Cut::Whole => None,
        Cut::Weeks | Cut::Days => Some(frame.column("part")?.cast(&DataType::Int64)?),
    };
    for (place, (metric, ratio)) in ratios.iter().enumerate() {
        let numerators = frame.column(&format!("n{place}"))?;
        let denominators = match ratio.denominator {
            Some(_) => Some(frame.column(&format!("d{place}"))?),
            None => None,
        };
        for row in 0..frame.height() {
            let numerator = exact(&numerators.get(row)?)?;
            if numerator.is_none() && denominators.is_none() {
                continue;
            }
            let denominator = match denominators {
                Some(column) => Some(exact(&column.get(row)?)?.unwrap_or_else(Exact::zero)),
                None => None,
            };
            let subject = match (subjects.get(row), piece.level) {
                (Some(subject), _) => subject,
                // Rows of nobody are nobody's; a table that names no group is of the only one.
                (None, Level::Agent) => continue,
                (None, _) => "",
            };
            let part = match &parts {
                None => 0,
                Some(parts) => match parts.i64()?.get(row).and_then(|part| usize::try_from(part).ok()) {
                    Some(part) => part,
                    None => continue,
                },
            };
            if let Some(slice) = slices.get_mut(part) {
                slice.put(piece.level, subject, *metric, Parts { numerator, denominator });
            }
        }
    }
    Ok(())
}

/// Sums are taken while the rows are read; what needs all rows of a group at once is left to the engine that has them.
fn engine(ratios: &[(usize, Ratio)]) -> Engine {
    let mut sides = ratios.iter().flat_map(|(_, ratio)| std::iter::once(&ratio.numerator).chain(&ratio.denominator));
    if sides.all(sums::adds_up) { Engine::Streaming } else { Engine::InMemory }
}
