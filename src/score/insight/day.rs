//! Values of one day, or of seven where the period is too long for days.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::exact::Exact;
use crate::scheme::formula::{Env, Name, Scope, Value};
use crate::scheme::{Formula, Level};
use crate::score::appraisal::{Measured, Span};
use crate::score::compile::Compiled;
use crate::score::desk::{Desk, work_out};
use crate::score::facts::{Facts, Named};
use crate::score::groups::{GroupSums, group_of};
use crate::score::measures::{Parts, Slice};
use crate::tables::Member;

use super::Subject;

/// Days beyond which a chart shows weeks.
const MOST_DAYS: usize = 45;
/// Days of a week.
const WEEK: usize = 7;

/// Whether charts of a period of so many days show each of them.
pub(in crate::score) fn shows_days(days: usize) -> bool {
    days <= MOST_DAYS
}

/// What was counted on a day, or on seven.
pub(super) struct Day<'d> {
    pub(super) span: Span,
    slice: Cow<'d, Slice>,
    /// The sums over the averaged agents of every group, by the metric's place.
    sums: Vec<Option<GroupSums>>,
}

/// The same before anything is summed up.
type Counted<'d> = (Span, Cow<'d, Slice>);

/// What was counted on each day of the period; of a long one in each seven days, where that is the sum of the days.
pub(super) fn spans<'d>(compiled: &Compiled<'_>, facts: &'d Facts<'_>) -> Vec<Day<'d>> {
    let days = facts.period.start.iter_days().zip(&facts.days);
    let days: Vec<Counted<'d>> =
        days.map(|(day, slice)| (Span { first: day, last: day }, Cow::Borrowed(slice))).collect();
    if shows_days(days.len()) {
        let one = |(place, (span, slice)): (usize, Counted<'d>)| Day { span, slice, sums: facts.sums_of_day(place) };
        return days.into_par_iter().enumerate().map(one).collect();
    }
    let metrics = days.iter().flat_map(|(_, slice)| slice.counted.iter().copied());
    let added: BTreeSet<usize> = metrics.filter(|index| compiled.adds_up_over_weeks(*index)).collect();
    let weeks: Vec<Counted<'d>> = days.chunks(WEEK).filter_map(|week| together(week, &added)).collect();
    let summed_up = |(span, slice): Counted<'d>| Day { span, sums: facts.sums_of_days(&slice), slice };
    weeks.into_par_iter().map(summed_up).collect()
}

fn together<'d>(days: &[Counted<'d>], metrics: &BTreeSet<usize>) -> Option<Counted<'d>> {
    let (first, last) = (days.first()?.0.first, days.last()?.0.last);
    let mut sum = Slice::default();
    days.iter().for_each(|(_, slice)| sum.merge(&slice.only(metrics)));
    Some((Span { first, last }, Cow::Owned(sum)))
}

/// About whom a value is.
pub(super) enum Who<'d> {
    /// An agent.
    Agent(&'d Member),
    /// A group by its id.
    Group(Level, String),
}

/// The named values of a day, for an agent or a group.
pub(super) struct OnDay<'d> {
    desk: &'d Desk<'d>,
    day: &'d Day<'d>,
    who: Who<'d>,
}

impl<'d> OnDay<'d> {
    pub(super) fn new(desk: &'d Desk<'d>, day: &'d Day<'d>, who: Who<'d>) -> Self {
        Self { desk, day, who }
    }

    /// The value of an expression.
    pub(super) fn value_of(&self, formula: &Formula) -> Value {
        formula.evaluate(self)
    }

    /// The same with what it was made of, where it is just one metric.
    pub(super) fn measured(&self, formula: &Formula, metric: Option<usize>) -> Option<Measured> {
        let value = self.value_of(formula).number().cloned()?;
        let parts = metric.and_then(|metric| self.parts(metric)).map(|parts| parts.measured());
        Some(match parts {
            Some(parts) => Measured { value: Some(value), ..parts },
            None => Measured { numerator: value.clone(), value: Some(value), denominator: None },
        })
    }

    fn own(&self, id: &str) -> Value {
        let scheme = self.desk.facts.scheme;
        match self.desk.facts.named(id) {
            Some(Named::Metric(index)) => {
                Value::of(self.parts(index).and_then(|parts| self.desk.facts.value(index, &parts)))
            }
            Some(Named::Formula(place)) => match &scheme.formulas[place] {
                named if named.of == Level::Agent => work_out(named, self),
                named => self.level(named.of).map_or(Value::Missing, |group| work_out(named, &group)),
            },
            // A parameter or a headcount is the same on every day.
            Some(Named::Parameter(_)) | None => self.of_period(id),
        }
    }

    fn of_period(&self, id: &str) -> Value {
        let name = Formula::of_name(Name::own(id));
        match &self.who {
            Who::Agent(member) => self.desk.of_agent(&name, member),
            Who::Group(level, group) => self.desk.of_group(&name, *level, group),
        }
    }

    fn parts(&self, metric: usize) -> Option<Parts> {
        match (&self.who, self.desk.facts.scheme.metrics[metric].of) {
            (Who::Agent(member), Level::Agent) => self.day.slice.of_agent(&member.id, metric).cloned(),
            (Who::Group(level, group), Level::Agent) => {
                self.desk.facts.sum(&self.day.sums, (*level, group), metric).cloned()
            }
            (_, level) => self.day.slice.of_group(level, group_of(self.member()?, level), metric).cloned(),
        }
    }

    fn member(&self) -> Option<&'d Member> {
        match &self.who {
            Who::Agent(member) => Some(member),
            Who::Group(level, group) => self.desk.facts.of_group(*level, group).next(),
        }
    }

    /// The same day for the group of this level to which the one belongs.
    fn level(&self, level: Level) -> Option<Self> {
        let group = group_of(self.member()?, level).to_owned();
        Some(Self::new(self.desk, self.day, Who::Group(level, group)))
    }
}

impl Env for OnDay<'_> {
    fn value(&self, name: &Name) -> Value {
        let of = |level: Level| self.level(level).map_or(Value::Missing, |group| group.own(&name.id));
        match name.scope {
            Scope::Own => self.own(&name.id),
            Scope::Team => of(Level::Team),
            Scope::Department => of(Level::Department),
            Scope::Shop => of(Level::Shop),
            // What is known of a person, or only of a whole period, is no value of a day.
            _ => Value::Missing,
        }
    }

    fn members(&self, evaluate: &dyn Fn(&dyn Env) -> Value) -> Vec<Value> {
        let Who::Group(level, group) = &self.who else { return Vec::new() };
        let facts = self.desk.facts;
        let scored = facts.of_group(*level, group).filter(|member| facts.crowd.scored.contains(&member.id));
        scored.map(|member| evaluate(&OnDay::new(self.desk, self.day, Who::Agent(member)))).collect()
    }
}

/// The values that an agent has on single days, of those that have any.
pub(super) fn values_of(desk: &Desk<'_>, days: &[Day<'_>], member: &Member, subject: &Subject<'_>) -> Vec<Exact> {
    let facts = desk.facts;
    match subject.metric.filter(|metric| facts.scheme.metrics[*metric].of == Level::Agent) {
        // A plain metric needs no expression, and there may be tens of thousands of its days.
        Some(metric) => {
            let parts = days.iter().filter_map(|day| day.slice.of_agent(&member.id, metric));
            parts.filter_map(|parts| facts.value(metric, parts)).collect()
        }
        None => {
            let on = |day: &Day<'_>| OnDay::new(desk, day, Who::Agent(member)).value_of(&subject.formula);
            days.iter().filter_map(|day| on(day).number().cloned()).collect()
        }
    }
}
