//! Charts for information (R25): those that the scheme declares, or the distribution of its response time; they count nothing.

mod day;
mod spread;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::exact::Exact;
use crate::scheme::consequence;
use crate::scheme::formula::{Name, Scope};
use crate::scheme::{Chart, Formula, FormulaRule, Indicator, Judged, Level, Scheme};
use crate::tables::{Member, Tables};
use crate::words::Bilingual;

use super::appraisal::{Course, Direction, Field, Insight, Person, Picture, Unit};
use super::compile::Compiled;
use super::desk::Desk;
use super::facts;
use super::groups::group_of;

pub(super) use day::shows_days;
use day::{Day, OnDay, Who};
use spread::{AgentDays, Waits};

/// What is drawn of one value, whoever it is about.
struct Subject<'s> {
    id: &'s str,
    chart: Chart,
    formula: Formula,
    title: Option<&'s Bilingual>,
    label: Bilingual,
    unit: Unit,
    decimals: u32,
    direction: Direction,
    /// The metric that it is, if it is just one.
    metric: Option<usize>,
}

/// Every chart of every team.
pub(super) fn drawn(compiled: &Compiled<'_>, desk: &Desk<'_>, tables: &Tables) -> anyhow::Result<Vec<Insight>> {
    let subjects = subjects(compiled, tables);
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let mut spreads = BTreeMap::new();
    for (place, subject) in subjects.iter().enumerate() {
        if let Some(waits) = single_waits(compiled, subject, tables) {
            spreads.insert(place, waits.count(desk, tables, spread::limits(desk, subject))?);
        }
    }
    let by_day = (0..subjects.len()).any(|place| !spreads.contains_key(&place));
    let days = if by_day { day::spans(compiled, desk.facts) } else { Vec::new() };
    let of_days = |(place, subject): (usize, &Subject<'_>)| match subject.chart {
        Chart::Histogram if !spreads.contains_key(&place) => AgentDays::count(desk, subject, &days),
        Chart::Histogram | Chart::Trend | Chart::Heatmap => AgentDays::default(),
    };
    let agent_days: Vec<AgentDays> = subjects.iter().enumerate().map(of_days).collect();
    let of_team = |team: &&str| {
        let of = |(place, subject): (usize, &Subject<'_>)| {
            let maker = Maker { desk, subject, days: &days, team };
            let picture = match (subject.chart, spreads.get(&place)) {
                (Chart::Trend, _) => maker.course().map(Picture::Course),
                (Chart::Heatmap, _) => maker.field().map(Picture::Field),
                (Chart::Histogram, Some(counts)) => maker.spread_of(counts).map(Picture::Spread),
                (Chart::Histogram, None) => maker.spread_of_days(&agent_days[place]).map(Picture::Spread),
            };
            picture.map(|picture| maker.insight(picture))
        };
        subjects.iter().enumerate().filter_map(of).collect::<Vec<Insight>>()
    };
    let teams: Vec<&str> = teams(desk).into_iter().collect();
    Ok(teams.par_iter().map(of_team).collect::<Vec<_>>().into_iter().flatten().collect())
}

/// The metrics that charts show day by day.
pub(super) fn by_day(compiled: &Compiled<'_>, tables: &Tables) -> BTreeSet<usize> {
    let subjects = subjects(compiled, tables);
    let by_day = subjects.iter().filter(|subject| single_waits(compiled, subject, tables).is_none());
    by_day.flat_map(|subject| behind(compiled.scheme, &subject.formula)).collect()
}

/// Whether charts need what single agents reached on single days: they show it, or a group's formula runs over agents.
pub(super) fn by_day_of_agents(compiled: &Compiled<'_>, tables: &Tables) -> bool {
    let shows = |subject: &Subject<'_>| match subject.chart {
        Chart::Trend => runs_over_agents(compiled.scheme, &subject.formula),
        Chart::Heatmap => true,
        Chart::Histogram => single_waits(compiled, subject, tables).is_none(),
    };
    subjects(compiled, tables).iter().any(shows)
}

/// The single waits that a histogram shows, where they are known.
fn single_waits(compiled: &Compiled<'_>, subject: &Subject<'_>, tables: &Tables) -> Option<&'static Waits> {
    let metric = subject.metric.filter(|_| subject.chart == Chart::Histogram)?;
    spread::waits(compiled, metric, tables)
}

/// What the scheme declares; without any word of charts its response time, where waits are known one by one.
fn subjects<'s>(compiled: &Compiled<'s>, tables: &Tables) -> Vec<Subject<'s>> {
    let scheme = compiled.scheme;
    if !scheme.insights.is_empty() {
        return scheme.insights.iter().map(|insight| declared(scheme, insight)).collect();
    }
    let judged = scheme.indicators.iter().filter_map(|line| match line.judged {
        Judged::Value { metric: Some(metric), .. } => Some(metric),
        _ => None,
    });
    let mut waits = judged.filter(|metric| spread::waits(compiled, *metric, tables).is_some());
    waits.next().map(|metric| of_metric(scheme, metric)).into_iter().collect()
}

fn declared<'s>(scheme: &'s Scheme, insight: &'s consequence::Insight) -> Subject<'s> {
    let named = insight.value.as_name().filter(|name| name.scope == Scope::Own);
    let metric = named.and_then(|name| scheme.metrics.iter().position(|metric| metric.id == name.id));
    let formula = named.and_then(|name| scheme.formulas.iter().find(|one| one.id == name.id));
    let known = match (metric.map(|metric| &scheme.metrics[metric]), formula) {
        (Some(metric), _) => Some((&metric.label, metric.unit, metric.decimals, metric.direction)),
        (None, Some(one)) => Some((&one.label, one.unit, one.decimals, one.direction)),
        (None, None) => None,
    };
    let unit = insight.unit.or(known.map(|(_, unit, ..)| unit)).unwrap_or_default();
    Subject {
        id: &insight.id,
        chart: insight.chart,
        formula: insight.value.clone(),
        title: insight.text.as_ref(),
        label: known.map_or_else(|| insight.text.clone().unwrap_or_default(), |(label, ..)| label.clone()),
        unit,
        decimals: known.map_or(unit.decimals(), |(_, _, decimals, _)| decimals),
        direction: known.map_or(Direction::Higher, |(.., direction)| direction),
        metric,
    }
}

fn of_metric(scheme: &Scheme, index: usize) -> Subject<'_> {
    let metric = &scheme.metrics[index];
    Subject {
        id: &metric.id,
        chart: Chart::Histogram,
        formula: Formula::of_name(Name::own(&metric.id)),
        title: None,
        label: metric.label.clone(),
        unit: metric.unit,
        decimals: metric.decimals,
        direction: metric.direction,
        metric: Some(index),
    }
}

fn behind(scheme: &Scheme, formula: &Formula) -> BTreeSet<usize> {
    let (mut seen, mut metrics) = (BTreeSet::new(), BTreeSet::new());
    facts::behind(scheme, formula, &mut seen, &mut metrics);
    metrics
}

fn runs_over_agents(scheme: &Scheme, formula: &Formula) -> bool {
    let (mut seen, mut metrics) = (BTreeSet::new(), BTreeSet::new());
    facts::behind(scheme, formula, &mut seen, &mut metrics);
    let on_the_way = scheme.formulas.iter().filter(|one| seen.contains(one.id.as_str()));
    let rules = on_the_way.map(|one| match &one.rule {
        FormulaRule::Expression(rule) | FormulaRule::Lookup { value: rule, .. } => rule,
    });
    rules.chain([formula]).any(Formula::has_aggregate)
}

fn teams<'d>(desk: &'d Desk<'_>) -> BTreeSet<&'d str> {
    desk.facts.roster.agents().map(|member| member.team_id.as_str()).collect()
}

/// The lines that judge just this metric, not in proportion to another.
fn judging(scheme: &Scheme, metric: Option<usize>) -> impl Iterator<Item = &Indicator> {
    scheme.indicators.iter().filter(move |line| {
        matches!(&line.judged, Judged::Value { metric: judged, relative_to: None, .. } if judged.is_some() && *judged == metric)
    })
}

/// One subject about one team.
struct Maker<'m> {
    desk: &'m Desk<'m>,
    subject: &'m Subject<'m>,
    days: &'m [Day<'m>],
    team: &'m str,
}

impl Maker<'_> {
    fn insight(&self, picture: Picture) -> Insight {
        let subject = self.subject;
        let mut metrics = behind(self.desk.facts.scheme, &subject.formula).into_iter();
        Insight {
            id: subject.id.to_owned(),
            team_id: self.team.to_owned(),
            title: subject.title.unwrap_or(&subject.label).clone(),
            label: subject.label.clone(),
            unit: subject.unit,
            decimals: subject.decimals,
            direction: subject.direction,
            provisional: metrics.any(|metric| self.desk.facts.is_provisional(metric)),
            picture,
        }
    }

    fn members(&self) -> impl Iterator<Item = &Member> {
        self.desk.facts.of_group(Level::Team, self.team)
    }

    /// The id of the team's shop, where others belong to it too.
    fn shop(&self) -> Option<String> {
        let shop = group_of(self.members().next()?, Level::Shop).to_owned();
        let elsewhere = self.desk.facts.of_group(Level::Shop, &shop).any(|member| member.team_id != self.team);
        elsewhere.then_some(shop)
    }

    fn of_group(&self, level: Level, group: &str) -> Option<Exact> {
        self.desk.of_group(&self.subject.formula, level, group).number().cloned()
    }

    /// The value of the period before; only a name can be asked for it.
    fn before(&self) -> Option<Exact> {
        let name = self.subject.formula.as_name().filter(|name| name.scope == Scope::Own)?;
        let then = Formula::of_name(Name { scope: Scope::Previous, id: name.id.clone() });
        self.desk.of_group(&then, Level::Team, self.team).number().cloned()
    }

    /// The team's value day by day; nothing where fewer than two days have any.
    fn course(&self) -> Option<Course> {
        let on = |day: &Day<'_>| {
            let span = day.span;
            let day = OnDay::new(self.desk, day, Who::Group(Level::Team, self.team.to_owned()));
            (span, day.measured(&self.subject.formula, self.subject.metric))
        };
        let points: Vec<_> = self.days.iter().map(on).collect();
        if points.iter().filter(|(_, measured)| measured.is_some()).count() < 2 {
            return None;
        }
        let shop = self.shop().and_then(|shop| self.of_group(Level::Shop, &shop));
        Some(Course { points, whole: self.of_group(Level::Team, self.team), shop, before: self.before() })
    }

    /// Each agent's value day by day.
    fn field(&self) -> Option<Field> {
        let row = |member: &Member| {
            let on = |day: &Day<'_>| {
                let day = OnDay::new(self.desk, day, Who::Agent(member));
                day.value_of(&self.subject.formula).number().cloned()
            };
            let values: Vec<Option<Exact>> = self.days.iter().map(on).collect();
            let whole = self.desk.of_agent(&self.subject.formula, member).number().cloned();
            let person = Person { id: member.id.clone(), name: member.name.clone(), email: None };
            values.iter().any(Option::is_some).then_some((person, whole, values))
        };
        let rows: Vec<_> = self.members().filter_map(row).collect();
        (!rows.is_empty()).then(|| Field { spans: self.days.iter().map(|day| day.span).collect(), rows })
    }
}
