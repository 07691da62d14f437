//! What is known before anything is scored: the people of a period and what was counted for them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::exact::Exact;
use crate::period::Period;
use crate::scheme::formula::Scope;
use crate::scheme::{Average, Formula, FormulaRule, Indicator, Judged, Level, Per, Scheme, Scored, ZeroDenominator};
use crate::tables::{Member, Roster, Tables};

use super::compile::Compiled;
use super::groups::{GroupSums, Groups};
use super::insight;
use super::measure;
use super::measures::{Parts, Slice};
use super::plan::{self, Cut, Stretch};
use super::sums;

/// Whom a group's numbers are about.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd {
    /// Whose data is in averages.
    pub(super) averaged: FxHashSet<String>,
    /// Who is scored.
    pub(super) scored: FxHashSet<String>,
    /// Who takes places where points go by place.
    pub(super) ranked: FxHashSet<String>,
    /// Who is counted as a head.
    pub(super) heads: FxHashSet<String>,
}

/// What the scheme calls by an id, at its place there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Named {
    Metric(usize),
    Formula(usize),
    Parameter(usize),
}

/// The facts of one period.
pub(super) struct Facts<'a> {
    pub(super) scheme: &'a Scheme,
    pub(super) period: Period,
    pub(super) roster: Roster,
    pub(super) crowd: Crowd,
    /// Over the whole period.
    whole: Slice,
    /// Over the four parts of a month, where a line asks for them.
    weeks: Vec<Slice>,
    /// Over each day, of what charts and watches ask for.
    pub(super) days: Vec<Slice>,
    /// Sums over the averaged agents, for the whole period and then for each part, by the metric's place.
    sums: Vec<Vec<Option<GroupSums>>>,
    /// The same for each day, where what agents did on it is not kept beyond that.
    day_sums: Option<Vec<Vec<Option<GroupSums>>>>,
    groups: Groups,
    /// What no rows mean for metrics that only count.
    zero_without_rows: BTreeMap<usize, Parts>,
    /// Asked for with every name of every expression for every agent.
    names: FxHashMap<&'a str, Named>,
    /// Days of overrides / days of the period, by the override's place.
    pub(super) special_share: Vec<Exact>,
    /// The period before, if its tables are kept.
    pub(super) previous: Option<Box<Facts<'a>>>,
}

/// What facts are made from.
pub(super) struct Evidence<'a> {
    pub(super) tables: &'a Tables,
    pub(super) roster: Roster,
    pub(super) period: Period,
    pub(super) as_of: NaiveDate,
    /// The metrics that are asked for day by day.
    pub(super) by_day: BTreeSet<usize>,
    /// Tables of earlier periods.
    pub(super) earlier: &'a BTreeMap<Period, Tables>,
}

impl<'a> Facts<'a> {
    /// Counts everything that the scheme names.
    pub(super) fn count(compiled: &Compiled<'a>, evidence: Evidence<'a>) -> anyhow::Result<Self> {
        let scheme = compiled.scheme;
        let special = plan::special_days(compiled, evidence.tables, &evidence.period)?;
        let days = Exact::whole((evidence.period.end - evidence.period.start).num_days());
        let share = |days_of: &Vec<NaiveDate>| Exact::whole(days_of.len() as i64).checked_div(&days);
        let special_share = special.iter().map(|one| share(one).unwrap_or_else(Exact::zero)).collect();
        let stretch = Stretch::whole(evidence.period, evidence.as_of, special);
        let now: BTreeSet<usize> =
            (0..scheme.metrics.len()).filter(|index| reads_this_period(compiled, *index)).collect();
        let weekly: BTreeSet<usize> = weekly_metrics(scheme).intersection(&now).copied().collect();
        let mut asked = vec![(Cut::Whole, now)];
        asked.extend((!weekly.is_empty()).then_some((Cut::Weeks, weekly)));
        asked.push((Cut::Days, evidence.by_day.clone()));
        let mut counted = measure::tallies(compiled, evidence.tables, &stretch, asked)?;
        let days = counted.pop().unwrap_or_default();
        let mut whole = counted.swap_remove(0).into_iter().next().unwrap_or_default();
        let weeks = counted.pop().unwrap_or_default();
        add_earlier(compiled, &evidence, &mut whole)?;
        Ok(Self {
            scheme,
            period: evidence.period,
            groups: Groups::of(&evidence.roster),
            roster: evidence.roster,
            crowd: Crowd::default(),
            whole,
            weeks,
            days,
            sums: Vec::new(),
            day_sums: None,
            zero_without_rows: zeros(compiled),
            names: names(scheme),
            special_share,
            previous: None,
        })
    }

    /// Adds up over the averaged agents, which must be known by then.
    pub(super) fn sum_up(&mut self) {
        let slices: Vec<&Slice> = std::iter::once(&self.whole).chain(&self.weeks).collect();
        let sums = slices.into_par_iter().map(|slice| self.sums_of(slice)).collect();
        self.sums = sums;
    }

    /// The sums of each metric that is agents' own, by the metric's place.
    fn sums_of(&self, slice: &Slice) -> Vec<Option<GroupSums>> {
        self.sums_with(slice, |metric| self.nothing_counted(slice, metric))
    }

    /// The same of some days, on which no rows are no count at all.
    pub(super) fn sums_of_days(&self, slice: &Slice) -> Vec<Option<GroupSums>> {
        self.sums_with(slice, |_| None)
    }

    /// The same of the day at that place of the period.
    pub(super) fn sums_of_day(&self, place: usize) -> Vec<Option<GroupSums>> {
        match self.day_sums.as_ref().and_then(|sums| sums.get(place)) {
            Some(sums) => sums.clone(),
            None => self.days.get(place).map(|slice| self.sums_of_days(slice)).unwrap_or_default(),
        }
    }

    /// Adds up each day and lets go of what single agents did on it, which for many agents is more than all else: only
    /// for schemes that show and watch none of it. A period that is drawn by weeks keeps it, for its weeks are added up.
    pub(super) fn forget_agents_days(&mut self) {
        if !insight::shows_days(self.days.len()) {
            return;
        }
        self.day_sums = Some(self.days.par_iter().map(|slice| self.sums_of_days(slice)).collect());
        self.days.iter_mut().for_each(|slice| slice.forget(Level::Agent));
    }

    fn sums_with<'p>(
        &self,
        slice: &'p Slice,
        nothing: impl Fn(usize) -> Option<&'p Parts> + Sync,
    ) -> Vec<Option<GroupSums>> {
        let members = self.roster.members();
        let numbers = slice.numbers(members.iter().map(|member| member.id.as_str()));
        let averaged: Vec<bool> = members.iter().map(|member| self.crowd.averaged.contains(&member.id)).collect();
        let sums = |metric: usize| {
            let (column, nothing) = (slice.column(metric), nothing(metric));
            if column.is_empty() && nothing.is_none() {
                return None;
            }
            let own = |number: &Option<usize>| number.and_then(|number| column.get(number)?.as_ref());
            let given = |(number, averaged): (&Option<usize>, &bool)| {
                let parts = own(number).or(nothing).filter(|_| *averaged)?;
                self.share_of(metric, parts)
            };
            let given: Vec<Option<Parts>> = numbers.iter().zip(&averaged).map(given).collect();
            Some(self.groups.sums(&given))
        };
        let is_own = |metric: &usize| self.scheme.metrics[*metric].of == Level::Agent;
        let metrics = (0..self.scheme.metrics.len()).into_par_iter();
        metrics.map(|metric| Some(metric).filter(is_own).and_then(sums)).collect()
    }

    /// What one agent adds to a group's value: the parts, or for a mean of agents the value and one head.
    pub(super) fn share_of(&self, metric: usize, parts: &Parts) -> Option<Parts> {
        match self.scheme.metrics[metric].average {
            Average::RatioOfSums => Some(parts.clone()),
            Average::MeanOfAgents => {
                Some(Parts { numerator: Some(self.value(metric, parts)?), denominator: Some(Exact::whole(1)) })
            }
        }
    }

    fn slice(&self, week: Option<usize>, metric: usize) -> &Slice {
        // A metric that knows no weeks, such as a monthly plan, is the month's in every week.
        let monthly = |slice: &&Slice| slice.counted.contains(&metric);
        week.and_then(|week| self.weeks.get(week)).filter(monthly).unwrap_or(&self.whole)
    }

    /// The parts of a metric whose rows are agents'.
    pub(super) fn parts(&self, agent: &str, metric: usize, week: Option<usize>) -> Option<Parts> {
        self.own_parts(self.slice(week, metric), agent, metric)
    }

    fn own_parts(&self, slice: &Slice, agent: &str, metric: usize) -> Option<Parts> {
        slice.of_agent(agent, metric).or_else(|| self.nothing_counted(slice, metric)).cloned()
    }

    /// No rows in a table that was given are a count of nought.
    fn nothing_counted(&self, slice: &Slice, metric: usize) -> Option<&Parts> {
        self.zero_without_rows.get(&metric).filter(|_| slice.counted.contains(&metric))
    }

    /// The parts of a metric for a group: those of its own rows, or the sums over its averaged agents.
    pub(super) fn group_parts(&self, level: Level, group: &str, metric: usize, week: Option<usize>) -> Option<Parts> {
        let of = self.scheme.metrics[metric].of;
        if of == Level::Agent {
            let monthly = self.slice(week, metric);
            let place = match week {
                Some(week) if !std::ptr::eq(monthly, &self.whole) => week + 1,
                _ => 0,
            };
            return self.sum(self.sums.get(place)?, (level, group), metric).cloned();
        }
        self.slice(week, metric).of_group(of, group, metric).cloned()
    }

    /// Whether rows of the metric were not final.
    pub(super) fn is_provisional(&self, metric: usize) -> bool {
        self.whole.provisional.contains(&metric)
    }

    /// A metric's value from its parts, with the author's word for a denominator of nought.
    pub(super) fn value(&self, metric: usize, parts: &Parts) -> Option<Exact> {
        let nought = parts.denominator.as_ref().is_some_and(Exact::is_zero);
        match self.scheme.metrics[metric].zero_denominator {
            ZeroDenominator::Zero if nought => Some(Exact::zero()),
            ZeroDenominator::Full if nought => Some(Exact::whole(1)),
            _ => parts.value(),
        }
    }

    /// The sum of a metric over the averaged agents of a group.
    pub(super) fn sum<'s>(
        &self,
        sums: &'s [Option<GroupSums>],
        (level, group): (Level, &str),
        metric: usize,
    ) -> Option<&'s Parts> {
        self.groups.sum(sums.get(metric)?.as_ref()?, level, group)
    }

    /// What an id names.
    pub(super) fn named(&self, id: &str) -> Option<Named> {
        self.names.get(id).copied()
    }

    /// The agents of a group.
    pub(super) fn of_group(&self, level: Level, group: &str) -> impl Iterator<Item = &Member> {
        self.groups.members(level, group).iter().filter_map(|place| self.roster.members().get(*place))
    }
}

/// Everything that has a value of its own; of two with one id the metric is meant, then the formula.
fn names(scheme: &Scheme) -> FxHashMap<&str, Named> {
    let parameters =
        scheme.parameters.iter().enumerate().map(|(place, one)| (one.id.as_str(), Named::Parameter(place)));
    let formulas = scheme.formulas.iter().enumerate().map(|(place, one)| (one.id.as_str(), Named::Formula(place)));
    let metrics = scheme.metrics.iter().enumerate().map(|(place, one)| (one.id.as_str(), Named::Metric(place)));
    // Later ones take the place of earlier ones.
    parameters.chain(formulas).chain(metrics).collect()
}

/// Metrics that only count, with what no rows are worth.
fn zeros(compiled: &Compiled<'_>) -> BTreeMap<usize, Parts> {
    let zero = |ratio: &super::compile::Ratio| {
        let counts = std::iter::once(&ratio.numerator).chain(&ratio.denominator).all(sums::only_counts);
        counts.then(|| Parts {
            numerator: Some(Exact::zero()),
            denominator: ratio.denominator.as_ref().map(|_| Exact::zero()),
        })
    };
    let metrics = compiled.metrics.iter().enumerate();
    metrics.filter_map(|(index, counted)| Some((index, zero(&counted.ratio)?))).collect()
}

/// A metric that asks only for earlier months reads nothing of this period's days.
fn reads_this_period(compiled: &Compiled<'_>, index: usize) -> bool {
    let ago = &compiled.scheme.metrics[index].months_ago;
    ago.is_empty() || ago.contains(&0) || is_monthly(compiled, index)
}

fn is_monthly(compiled: &Compiled<'_>, index: usize) -> bool {
    crate::tables::grain(&compiled.metrics[index].table) == Some(crate::source::canonical::Grain::Month)
}

/// Earlier periods' days are read from their kept tables.
fn add_earlier(compiled: &Compiled<'_>, evidence: &Evidence<'_>, whole: &mut Slice) -> anyhow::Result<()> {
    let mut wanted: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
    for (index, metric) in compiled.scheme.metrics.iter().enumerate() {
        if !is_monthly(compiled, index) {
            for back in metric.months_ago.iter().filter(|back| **back > 0) {
                wanted.entry(*back).or_default().insert(index);
            }
        }
    }
    for (back, metrics) in wanted {
        let mut period = evidence.period;
        (0..back).for_each(|_| period = period.previous());
        let Some(tables) = evidence.earlier.get(&period) else { continue };
        let special = plan::special_days(compiled, tables, &period)?;
        let slice = measure::slice(compiled, tables, &Stretch::whole(period, evidence.as_of, special), &metrics)?;
        whole.merge(&slice);
    }
    Ok(())
}

/// The metrics behind the weekly lines, through every formula on the way.
fn weekly_metrics(scheme: &Scheme) -> BTreeSet<usize> {
    let weekly = scheme.indicators.iter().filter(|line| line.per == Per::Week);
    let mut metrics: BTreeSet<usize> = weekly.flat_map(|line| metrics_behind(scheme, line)).collect();
    for watch in scheme.watches.iter().filter(|watch| watch.per == crate::scheme::Cadence::Week) {
        metrics.insert(watch.metric);
    }
    metrics
}

/// The metrics behind one line, through every formula on the way.
pub(super) fn metrics_behind(scheme: &Scheme, line: &Indicator) -> BTreeSet<usize> {
    let mut formulas: Vec<&Formula> = line.when.iter().collect();
    match &line.judged {
        Judged::Value { value, relative_to, .. } => formulas.extend([value].into_iter().chain(relative_to)),
        Judged::Points(points) => formulas.push(points),
        Judged::Met(conditions) => formulas.extend(conditions),
        Judged::Rating(_) | Judged::Checklist(_) | Judged::Occurrences { .. } => {}
    }
    if let Scored::Ranks(ranks) = &line.scored {
        formulas.extend(ranks.reach.iter().chain(ranks.below.iter().map(|(than, _)| than)));
    }
    let (mut seen, mut metrics) = (BTreeSet::new(), BTreeSet::new());
    formulas.into_iter().for_each(|formula| behind(scheme, formula, &mut seen, &mut metrics));
    metrics
}

pub(super) fn behind<'s>(
    scheme: &'s Scheme,
    formula: &'s Formula,
    seen: &mut BTreeSet<&'s str>,
    metrics: &mut BTreeSet<usize>,
) {
    for (name, _) in formula.names() {
        if matches!(name.scope, Scope::Previous | Scope::PreviousTeam | Scope::PreviousDepartment | Scope::PreviousShop)
        {
            continue;
        }
        if let Some(index) = scheme.metrics.iter().position(|metric| metric.id == name.id) {
            metrics.insert(index);
        }
        let Some(named) = scheme.formulas.iter().find(|one| one.id == name.id) else { continue };
        if seen.insert(named.id.as_str()) {
            let (FormulaRule::Expression(inner) | FormulaRule::Lookup { value: inner, .. }) = &named.rule;
            behind(scheme, inner, seen, metrics);
        }
    }
}
