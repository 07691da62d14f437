//! The parts of metrics, by whom and by metric, close together: a month of days has tens of thousands of them.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::exact::Exact;
use crate::scheme::Level;

use super::appraisal::Measured;

/// What was counted, and what it is divided by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// Nothing where every value that was to be summed is missing.
    pub(super) numerator: Option<Exact>,
    pub(super) denominator: Option<Exact>,
}

impl Parts {
    /// What an aggregate gave, or a division of two; nothing where there was nothing to add up. A denominator of which
    /// every cell is blank is not nought, and nothing is divided by it.
    pub(super) fn of(numerator: Option<Exact>, denominator: Option<Option<Exact>>) -> Option<Self> {
        match denominator {
            None => Some(Self { numerator: Some(numerator?), denominator: None }),
            Some(denominator) => Some(Self { numerator, denominator: Some(denominator?) }),
        }
    }

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

    /// The value; none when the denominator is nought.
    pub(super) fn value(&self) -> Option<Exact> {
        match (&self.numerator, &self.denominator) {
            (Some(numerator), Some(denominator)) => numerator.checked_div(denominator),
            (numerator, _) => numerator.clone(),
        }
    }

    /// The value with its parts.
    pub(super) fn measured(&self) -> Measured {
        let numerator = self.numerator.clone().unwrap_or_else(Exact::zero);
        Measured { value: self.value(), numerator, denominator: self.denominator.clone() }
    }
}

/// The numbers under which subjects are looked up, shared by everything that was measured together.
type Places = Arc<FxHashMap<String, usize>>;

/// Parts by subject and metric; who has no rows has none.
#[derive(Clone, Debug, Default)]
pub(super) struct Measures {
    places: Places,
    /// By the metric's place in the scheme, then by the subject's number.
    columns: BTreeMap<usize, Column>,
}

/// The parts of one metric by the subject's number.
pub(super) type Column = Vec<Option<Parts>>;

/// Adds parts to those of a subject.
pub(super) fn put(column: &mut Column, place: usize, parts: Parts) {
    if column.len() <= place {
        column.resize(place + 1, None);
    }
    match &mut column[place] {
        Some(sum) => sum.add(&parts),
        empty => *empty = Some(parts),
    }
}

impl Measures {
    /// The parts of a subject.
    pub(super) fn get(&self, subject: &str, metric: usize) -> Option<&Parts> {
        self.at(*self.places.get(subject)?, metric)
    }

    /// The parts of the only subject there is.
    pub(super) fn only(&self, metric: usize) -> Option<&Parts> {
        match self.places.len() {
            1 => self.at(*self.places.values().next()?, metric),
            _ => None,
        }
    }

    fn at(&self, place: usize, metric: usize) -> Option<&Parts> {
        self.columns.get(&metric)?.get(place)?.as_ref()
    }

    fn put(&mut self, place: usize, metric: usize, parts: Parts) {
        put(self.columns.entry(metric).or_default(), place, parts);
    }

    /// Adds a whole column of a metric.
    fn fill(&mut self, metric: usize, column: Column) {
        match self.columns.entry(metric) {
            Entry::Vacant(empty) => {
                empty.insert(column);
            }
            Entry::Occupied(mut sums) => {
                let parts = column.into_iter().enumerate().filter_map(|(place, parts)| Some((place, parts?)));
                parts.for_each(|(place, parts)| put(sums.get_mut(), place, parts));
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        let subjects = Arc::make_mut(&mut self.places);
        let mut here = vec![0; other.places.len()];
        for (subject, place) in other.places.iter() {
            here[*place] = number(subjects, subject);
        }
        for (metric, column) in &other.columns {
            for (place, parts) in column.iter().enumerate() {
                if let Some(parts) = parts {
                    self.put(here[place], *metric, parts.clone());
                }
            }
        }
    }

    fn of_metrics(&self, metrics: &BTreeSet<usize>) -> Self {
        let columns = self.columns.iter().filter(|(metric, _)| metrics.contains(metric));
        Self { places: self.places.clone(), columns: columns.map(|(metric, own)| (*metric, own.clone())).collect() }
    }
}

/// The number of a subject, a new one for one that is met for the first time.
pub(super) fn number(subjects: &mut FxHashMap<String, usize>, subject: &str) -> usize {
    match subjects.get(subject) {
        Some(place) => *place,
        None => {
            let place = subjects.len();
            subjects.insert(subject.to_owned(), place);
            place
        }
    }
}

/// What was measured over one stretch of days.
#[derive(Clone, Debug, Default)]
pub(super) struct Slice {
    /// By whose rows they are: agents', or a group's own.
    measures: BTreeMap<Level, Measures>,
    /// Metrics some of whose rows were not final.
    pub(super) provisional: BTreeSet<usize>,
    /// Metrics whose table was there, so that no rows can mean nought.
    pub(super) counted: BTreeSet<usize>,
}

impl Slice {
    /// The parts of an agent.
    pub(super) fn of_agent(&self, agent: &str, metric: usize) -> Option<&Parts> {
        self.measures.get(&Level::Agent)?.get(agent, metric)
    }

    /// The parts of a group's own rows; a roster that names no such groups has one.
    pub(super) fn of_group(&self, level: Level, group: &str, metric: usize) -> Option<&Parts> {
        let measures = self.measures.get(&level)?;
        measures.get(group, metric).or_else(|| if group.is_empty() { measures.only(metric) } else { None })
    }

    /// Adds what was measured over other days.
    pub(super) fn merge(&mut self, other: &Slice) {
        for (level, measures) in &other.measures {
            self.measures.entry(*level).or_default().merge(measures);
        }
        self.provisional.extend(&other.provisional);
        self.counted.extend(&other.counted);
    }

    /// The numbers of agents among those who have rows.
    pub(super) fn numbers<'n>(&self, agents: impl Iterator<Item = &'n str>) -> Vec<Option<usize>> {
        let places = self.measures.get(&Level::Agent).map(|measures| &measures.places);
        agents.map(|agent| places?.get(agent).copied()).collect()
    }

    /// The parts of a metric by the numbers of agents; none where nobody has any.
    pub(super) fn column(&self, metric: usize) -> &[Option<Parts>] {
        let column = self.measures.get(&Level::Agent).and_then(|measures| measures.columns.get(&metric));
        column.map_or(&[], Vec::as_slice)
    }

    /// Lets go of what was measured at a level.
    pub(super) fn forget(&mut self, level: Level) {
        self.measures.remove(&level);
    }

    /// What was measured of some metrics.
    pub(super) fn only(&self, metrics: &BTreeSet<usize>) -> Self {
        let of = |(level, measures): (&Level, &Measures)| (*level, measures.of_metrics(metrics));
        Self {
            measures: self.measures.iter().map(of).collect(),
            provisional: &self.provisional & metrics,
            counted: &self.counted & metrics,
        }
    }
}

/// Slices that are filled together, so that each subject is named once.
#[derive(Debug)]
pub(super) struct Slices {
    slices: Vec<Slice>,
    subjects: BTreeMap<Level, FxHashMap<String, usize>>,
}

impl Slices {
    /// So many, all empty.
    pub(super) fn new(many: usize) -> Self {
        Self { slices: vec![Slice::default(); many], subjects: BTreeMap::new() }
    }

    /// All of them.
    pub(super) fn each(&mut self) -> impl Iterator<Item = &mut Slice> {
        self.slices.iter_mut()
    }

    /// The number of a subject among all of its level.
    pub(super) fn number(&mut self, level: Level, subject: &str) -> usize {
        number(self.subjects.entry(level).or_default(), subject)
    }

    /// Adds parts of the subject of this number; a part of the stretch that is not among them is left out.
    pub(super) fn put(&mut self, part: usize, (level, place): (Level, usize), metric: usize, parts: Parts) {
        if let Some(slice) = self.slices.get_mut(part) {
            slice.measures.entry(level).or_default().put(place, metric, parts);
        }
    }

    /// Adds parts of a metric by the numbers of its subjects, a column for each slice.
    pub(super) fn fill(&mut self, level: Level, metric: usize, columns: Vec<Column>) {
        for (slice, column) in self.slices.iter_mut().zip(columns).filter(|(_, column)| !column.is_empty()) {
            slice.measures.entry(level).or_default().fill(metric, column);
        }
    }

    /// How many there are.
    pub(super) fn many(&self) -> usize {
        self.slices.len()
    }

    /// The slices, once everything is in them.
    pub(super) fn finish(mut self) -> Vec<Slice> {
        for (level, subjects) in self.subjects {
            let subjects: Places = Arc::new(subjects);
            for measures in self.slices.iter_mut().filter_map(|slice| slice.measures.get_mut(&level)) {
                measures.places = subjects.clone();
            }
        }
        self.slices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(numerator: i64, denominator: i64) -> Parts {
        Parts { numerator: Some(Exact::whole(numerator)), denominator: Some(Exact::whole(denominator)) }
    }

    /// One slice for each list of an agent's parts of the first metric.
    fn slices(lists: &[&[(&str, i64, i64)]]) -> Vec<Slice> {
        let mut slices = Slices::new(lists.len());
        for (part, list) in lists.iter().enumerate() {
            for (agent, numerator, denominator) in *list {
                let place = slices.number(Level::Agent, agent);
                slices.put(part, (Level::Agent, place), 0, parts(*numerator, *denominator));
            }
        }
        slices.finish()
    }

    #[test]
    fn days_that_name_their_people_in_another_order_add_up_to_the_month() {
        let days = slices(&[&[("A2", 1, 2), ("A1", 3, 4)], &[("A1", 5, 6)], &[("A3", 7, 8), ("A1", 1, 1)]]);
        let mut month = slices(&[&[("A3", 1, 1)]]).remove(0);
        days.iter().for_each(|day| month.merge(day));
        let found = |agent| month.of_agent(agent, 0).cloned();
        assert_eq!((found("A1"), found("A2"), found("A3")), (Some(parts(9, 11)), Some(parts(1, 2)), Some(parts(8, 9))));
        assert_eq!((found("A4"), month.of_agent("A1", 1)), (None, None));
        assert!(month.only(&BTreeSet::new()).of_agent("A1", 0).is_none());
    }

    #[test]
    fn a_group_without_a_name_is_the_only_one_there_is() {
        let mut one = Slices::new(1);
        let place = one.number(Level::Shop, "S1");
        one.put(0, (Level::Shop, place), 0, parts(1, 1));
        assert!(one.finish()[0].of_group(Level::Shop, "", 0).is_some());
        let mut two = Slices::new(1);
        for shop in ["S1", "S2"] {
            let place = two.number(Level::Shop, shop);
            two.put(0, (Level::Shop, place), 0, parts(1, 1));
        }
        assert!(two.finish()[0].of_group(Level::Shop, "", 0).is_none());
    }
}
