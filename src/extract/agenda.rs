//! What is missing of the days and ids that are wanted, and which walks stand for the rest.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};

use super::coverage::{Cell, Coverage, Gap};
use super::freshness::Freshness;
use super::keep::{Days as Span, KeptWalk, Used};
use super::plan::{Cut, Reach, Survey, Unit};
use crate::source::resource::By;

/// What is to be asked for, and what cannot be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agenda {
    /// What is to be asked for.
    pub gaps: Vec<Gap>,
    /// Days of the period that nobody has and that cannot be asked for.
    pub cuts: Vec<Cut>,
    /// Days of the period that stay as they are kept, because the source no longer answers for them.
    pub stayed: Vec<Span>,
}

impl Agenda {
    /// Looks for what is missing.
    pub fn of(survey: &Survey, coverage: &Coverage, freshness: &Freshness) -> Self {
        match &survey.reach {
            None => Self::of_the_present(survey, coverage, freshness),
            Some(reach) => Self::of_days(survey, reach, coverage, freshness),
        }
    }

    fn of_the_present(survey: &Survey, coverage: &Coverage, freshness: &Freshness) -> Self {
        let is_fresh = |walk: &KeptWalk| freshness.serves(walk.into(), None);
        let owners = coverage.owners(None, &is_fresh);
        let lacking = survey.cells.iter().zip(owners).filter(|(_, owner)| !owner.is_some_and(is_fresh));
        let cells: Vec<Cell> = lacking.map(|(cell, _)| cell.clone()).collect();
        let gaps = if cells.is_empty() { Vec::new() } else { vec![(Vec::new(), cells)] };
        Self { gaps, ..Self::default() }
    }

    fn of_days(survey: &Survey, reach: &Reach, coverage: &Coverage, freshness: &Freshness) -> Self {
        let mut lacking: Vec<BTreeSet<NaiveDate>> = vec![BTreeSet::new(); survey.cells.len()];
        let (mut nowhere, mut stayed) = (BTreeSet::new(), BTreeSet::new());
        for day in reach.days() {
            let is_fresh = at_day(reach, day, freshness);
            for (place, owner) in coverage.owners(Some(day), &is_fresh).into_iter().enumerate() {
                match owner {
                    Some(walk) if is_fresh(walk) => {}
                    _ if reach.is_answered(day) => drop(lacking[place].insert(day)),
                    Some(_) if reach.is_own(day) => drop(stayed.insert(day)),
                    None if reach.is_own(day) => drop(nowhere.insert(day)),
                    _ => {}
                }
            }
        }
        let mut cuts: Vec<Cut> = runs(nowhere).into_iter().map(|(from, to)| Cut::TooOld { from, to }).collect();
        cuts.extend(reach.not_yet());
        Self { gaps: grouped(&survey.cells, lacking, reach), cuts, stayed: runs(stayed) }
    }
}

/// What orders the walks of a resource: days, ids, name.
type Place<'a> = (Option<Span>, &'a [Vec<String>], &'a str);

/// The walks that stand for what is wanted, in the order of their days and ids, each with its days.
pub fn used(survey: &Survey, coverage: &Coverage, freshness: &Freshness) -> Vec<Used> {
    // By days and ids first, so that the order of rows does not depend on the order of pulls.
    let mut used: BTreeMap<Place, (&KeptWalk, BTreeSet<NaiveDate>)> = BTreeMap::new();
    for day in survey.reach.as_ref().map_or_else(|| vec![None], |reach| reach.days().map(Some).collect()) {
        for walk in standing(survey, coverage, freshness, day) {
            let key = (walk.errand.days, walk.errand.ids.as_slice(), walk.id.as_str());
            used.entry(key).or_insert_with(|| (walk, BTreeSet::new())).1.extend(day);
        }
    }
    let by_day = survey.reach.as_ref().is_some_and(|reach| reach.unit == Unit::Day);
    used.into_values().map(|(walk, days)| one_used(walk, if by_day { runs(days) } else { Vec::new() })).collect()
}

/// The walks that stand for a day: the newest; where records move to other windows when they change, all of them, because
/// an older one may have the newest version of a record.
fn standing<'a>(
    survey: &Survey,
    coverage: &Coverage<'a>,
    freshness: &Freshness,
    day: Option<NaiveDate>,
) -> Vec<&'a KeptWalk> {
    if survey.reach.as_ref().is_some_and(|reach| reach.by == By::Change) {
        return coverage.all(day).collect();
    }
    let final_at = day.and_then(|day| Some(survey.reach.as_ref()?.final_at(day)));
    let is_fresh = |walk: &KeptWalk| freshness.serves(walk.into(), final_at);
    coverage.owners(day, &is_fresh).into_iter().flatten().collect()
}

/// A walk that stands for all of its days is used whole.
fn one_used(walk: &KeptWalk, days: Vec<Span>) -> Used {
    let is_whole = walk.errand.days.is_some_and(|whole| days == [whole]);
    Used { walk: walk.id.clone(), days: if is_whole { Vec::new() } else { days } }
}

fn at_day<'a>(reach: &Reach, day: NaiveDate, freshness: &'a Freshness) -> impl Fn(&KeptWalk) -> bool + 'a {
    let final_at = Some(reach.final_at(day));
    move |walk| freshness.serves(walk.into(), final_at)
}

/// Cells that lack the same days are asked for together.
fn grouped(cells: &[Cell], lacking: Vec<BTreeSet<NaiveDate>>, reach: &Reach) -> Vec<Gap> {
    let mut groups: BTreeMap<Vec<Span>, Vec<Cell>> = BTreeMap::new();
    for (cell, days) in cells.iter().zip(lacking).filter(|(_, days)| !days.is_empty()) {
        groups.entry(spans(days, reach)).or_default().push(cell.clone());
    }
    groups.into_iter().collect()
}

/// Days as they can be asked for: joined, or the whole of what cannot be cut.
fn spans(days: BTreeSet<NaiveDate>, reach: &Reach) -> Vec<Span> {
    match reach.unit {
        Unit::Day => runs(days),
        Unit::Month => {
            let first = |day: NaiveDate| day.with_day(1).unwrap_or(day);
            let whole = |month: NaiveDate| month.iter_days().take_while(move |day| first(*day) == month);
            runs(days.into_iter().map(first).collect::<BTreeSet<_>>().into_iter().flat_map(whole).collect())
        }
        Unit::Period => runs(reach.days().collect()),
    }
}

/// Days that follow each other, joined.
pub fn runs(days: BTreeSet<NaiveDate>) -> Vec<Span> {
    let mut runs: Vec<Span> = Vec::new();
    for day in days {
        let next = day + Days::new(1);
        match runs.last_mut() {
            Some((_, to)) if *to == day => *to = next,
            _ => runs.push((day, next)),
        }
    }
    runs
}
