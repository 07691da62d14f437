//! Watches (R22): numbers beyond their limits, which people are told about, and the cases that are opened for them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use crate::exact::Exact;
use crate::finding::Finding;
use crate::scheme::consequence::Watch;
use crate::scheme::formula::Value;
use crate::scheme::{Cadence, Direction, Formula, Scheme};
use crate::tables::Member;
use crate::words::Bilingual;

use super::Input;
use super::appraisal::{Alert, Beyond, Measured, Sighting};
use super::compile::Compiled;
use super::desk::Desk;
use super::measure;
use super::measures::Slice;
use super::plan::{self, Cut, Stretch};

/// The metrics of daily watches, day by day.
struct Daily<'d> {
    /// The days of the period.
    days: Vec<(Stretch, &'d Slice)>,
    /// The days before it that trailing means reach back to, as far as their tables are kept.
    before: BTreeMap<NaiveDate, Slice>,
}

/// A value over a stretch, with its name.
struct Look {
    at: Bilingual,
    /// The day, for daily watches.
    day: Option<NaiveDate>,
    measured: Option<Measured>,
    week: Option<usize>,
    /// The limit of a special day, in place of the watch's own.
    limit: Option<Exact>,
}

impl Look {
    fn value(&self) -> Option<&Exact> {
        self.measured.as_ref()?.value.as_ref()
    }
}

/// What every watch of the scheme sees, in the order of the scheme and then of the roster.
pub(super) fn alerts(compiled: &Compiled<'_>, desk: &Desk<'_>, input: &Input<'_>) -> anyhow::Result<Vec<Alert>> {
    let daily = daily(compiled, desk, input)?;
    let mut alerts = Vec::new();
    for watch in &compiled.scheme.watches {
        for member in desk.facts.roster.agents() {
            let looks = looks(desk, watch, member, &daily);
            let earlier = earlier(desk, watch, member, &daily);
            alerts.extend(alert(desk, watch, member, &looks, &earlier));
        }
    }
    Ok(alerts)
}

/// The metrics that are watched day by day.
pub(super) fn by_day(scheme: &Scheme) -> BTreeSet<usize> {
    scheme.watches.iter().filter(|watch| watch.per == Cadence::Day).map(|watch| watch.metric).collect()
}

fn daily<'d>(compiled: &Compiled<'_>, desk: &Desk<'d>, input: &Input<'_>) -> anyhow::Result<Daily<'d>> {
    let metrics = by_day(compiled.scheme);
    if metrics.is_empty() {
        return Ok(Daily { days: Vec::new(), before: BTreeMap::new() });
    }
    let special = plan::special_days(compiled, input.tables, &desk.facts.period)?;
    let stretch = Stretch::whole(desk.facts.period, input.as_of, special);
    let days = stretch.days().into_iter().zip(&desk.facts.days).collect();
    Ok(Daily { days, before: before(compiled, input, &metrics)? })
}

/// Counts, or has it noted, what trailing means reach back to.
pub(super) fn reach_back(compiled: &Compiled<'_>, input: &Input<'_>) -> anyhow::Result<()> {
    let metrics = by_day(compiled.scheme);
    if metrics.is_empty() { Ok(()) } else { before(compiled, input, &metrics).map(drop) }
}

/// The days of the periods before to which trailing means reach back, as their kept tables tell them.
fn before(
    compiled: &Compiled<'_>,
    input: &Input<'_>,
    metrics: &BTreeSet<usize>,
) -> anyhow::Result<BTreeMap<NaiveDate, Slice>> {
    let watches = compiled.scheme.watches.iter().filter(|watch| watch.per == Cadence::Day);
    let trailing = watches.filter(|watch| watch.worse_by.is_some()).map(|watch| watch.trailing).max().unwrap_or(0);
    let first = input.period.start - Days::new(trailing.into());
    let mut found = BTreeMap::new();
    for (period, tables) in input.earlier.iter().filter(|(period, _)| period.end > first) {
        let special = plan::special_days(compiled, tables, period)?;
        // What was pulled for an earlier period has long been final.
        let whole = Stretch::whole(*period, NaiveDate::MAX, special);
        let stretch = Stretch { first: whole.first.max(first), ..whole };
        let slices = measure::slices(compiled, tables, &stretch, metrics, Cut::Days)?;
        found.extend(stretch.days().into_iter().map(|day| day.first).zip(slices));
    }
    Ok(found)
}

fn looks(desk: &Desk<'_>, watch: &Watch, member: &Member, daily: &Daily<'_>) -> Vec<Look> {
    let over = |at: Bilingual, week: Option<usize>| {
        let parts = desk.facts.parts(&member.id, watch.metric, week);
        let measured =
            parts.map(|parts| Measured { value: desk.facts.value(watch.metric, &parts), ..parts.measured() });
        Look { at, day: None, measured, week, limit: None }
    };
    match watch.per {
        Cadence::Day => daily.days.iter().filter_map(|(day, slice)| on_day(desk, watch, member, day, slice)).collect(),
        Cadence::Week => (0..4)
            .map(|week| over(Bilingual::new(format!("第 {} 周", week + 1), format!("week {}", week + 1)), Some(week)))
            .collect(),
        Cadence::Period => vec![over(Bilingual::new("本期", "this period"), None)],
    }
}

/// Nothing on a day without rows.
fn on_day(desk: &Desk<'_>, watch: &Watch, member: &Member, day: &Stretch, slice: &Slice) -> Option<Look> {
    let measured = measured(desk, watch, member, slice)?;
    Some(Look {
        at: Bilingual::same(day.first.to_string()),
        day: Some(day.first),
        measured: Some(measured),
        week: None,
        limit: special_limit(desk, watch, day),
    })
}

fn measured(desk: &Desk<'_>, watch: &Watch, member: &Member, slice: &Slice) -> Option<Measured> {
    let parts = slice.of_agent(&member.id, watch.metric)?;
    Some(Measured { value: desk.facts.value(watch.metric, parts), ..parts.measured() })
}

/// What an override says of a watch on a day that is its own.
fn special_limit(desk: &Desk<'_>, watch: &Watch, day: &Stretch) -> Option<Exact> {
    let overrides = desk.facts.scheme.overrides.iter().zip(&day.special);
    let mut special = overrides.filter(|(_, days)| days.contains(&day.first));
    special.find_map(|(one, _)| one.limits.iter().find(|(id, _)| *id == watch.id)?.1.known().cloned())
}

/// The values of the days before the period that have any.
fn earlier(desk: &Desk<'_>, watch: &Watch, member: &Member, daily: &Daily<'_>) -> BTreeMap<NaiveDate, Exact> {
    let value = |slice: &Slice| measured(desk, watch, member, slice)?.value;
    daily.before.iter().filter_map(|(day, slice)| Some((*day, value(slice)?))).collect()
}

fn alert(
    desk: &Desk<'_>,
    watch: &Watch,
    member: &Member,
    looks: &[Look],
    earlier: &BTreeMap<NaiveDate, Exact>,
) -> Option<Alert> {
    let metric = &desk.facts.scheme.metrics[watch.metric];
    let mut known = earlier.clone();
    let mut sightings = Vec::new();
    for look in looks {
        let Some(value) = look.value() else { continue };
        let before = days_before(watch, look, &known);
        let mut beyond = limits(desk, watch, member, look, value);
        beyond.extend(worse(watch, value, &before, metric.direction));
        if let (false, Some(measured)) = (beyond.is_empty(), &look.measured) {
            sightings.push(Sighting { at: look.at.clone(), measured: measured.clone(), before, beyond });
        }
        known.extend(look.day.map(|day| (day, value.clone())));
    }
    (!sightings.is_empty()).then(|| Alert {
        watch: watch.id.clone(),
        label: watch.label.clone(),
        metric: metric.label.clone(),
        unit: metric.unit,
        decimals: metric.decimals,
        about: member.id.clone(),
        name: member.name.clone(),
        to: watch.to.clone(),
        question: watch.open_case.clone(),
        sightings,
    })
}

/// The limits that a value lies beyond; a special day has one limit: that of `above`, or of `below` without another.
fn limits(desk: &Desk<'_>, watch: &Watch, member: &Member, look: &Look, value: &Exact) -> Vec<Beyond> {
    let limit = |formula: &Option<Formula>, is_above: bool| {
        let own = desk.in_week(formula.as_ref()?, member, look.week);
        let special = look.limit.clone().filter(|_| is_above == watch.above.is_some());
        let limit = special.map_or(own, Value::Number);
        desk.note(&limit);
        limit.number().cloned()
    };
    let above = limit(&watch.above, true).filter(|limit| value > limit).map(Beyond::Above);
    let below = limit(&watch.below, false).filter(|limit| value < limit).map(Beyond::Below);
    above.into_iter().chain(below).collect()
}

/// The days before a day that its trailing mean takes in, those without data left out.
fn days_before(watch: &Watch, look: &Look, known: &BTreeMap<NaiveDate, Exact>) -> Vec<(NaiveDate, Exact)> {
    let Some(day) = look.day else { return Vec::new() };
    let first = day - Days::new(watch.trailing.into());
    known.range(first..day).map(|(day, value)| (*day, value.clone())).collect()
}

/// Whether a day is worse than the mean of the days before it.
fn worse(watch: &Watch, value: &Exact, before: &[(NaiveDate, Exact)], direction: Direction) -> Option<Beyond> {
    let (by, days) = (watch.worse_by.as_ref()?, before.len() as u32);
    let sum: Exact = before.iter().map(|(_, value)| value.clone()).sum();
    let mean = sum.checked_div(&Exact::whole(days.into()))?;
    is_worse(value, &mean, by, direction).then(|| Beyond::Worse { mean, days, by: by.clone() })
}

fn is_worse(value: &Exact, mean: &Exact, part: &Exact, direction: Direction) -> bool {
    let one = Exact::whole(1);
    match direction {
        Direction::Higher => value < mean && *value <= mean.clone() * (one - part.clone()),
        Direction::Lower => value > mean && *value >= mean.clone() * (one + part.clone()),
    }
}

/// An alert as the run's findings tell it.
pub(super) fn finding(alert: &Alert) -> Finding {
    let printed = |one: &Sighting| {
        let value = one.measured.value.as_ref().map(|value| alert.unit.print(value, alert.decimals));
        let value = value.unwrap_or_default();
        Bilingual::new(format!("{} {value}", one.at.zh), format!("{} {value}", one.at.en))
    };
    let seen: Vec<Bilingual> = alert.sightings.iter().map(printed).collect();
    let join = |text: fn(&Bilingual) -> &String, by: &str| {
        seen.iter().map(|one| text(one).as_str()).collect::<Vec<_>>().join(by)
    };
    let mut text = Bilingual::new(
        format!("{}（{}）：{}", alert.label.zh, alert.name, join(|one| &one.zh, "、")),
        format!("{} ({}): {}", alert.label.en, alert.name, join(|one| &one.en, ", ")),
    );
    if let Some(question) = &alert.question {
        text.zh.push_str(&format!("。请核查：{}", question.zh));
        text.en.push_str(&format!(". To be looked into: {}", question.en));
    }
    let code = if alert.question.is_some() { "case-opened" } else { "watch" };
    Finding::note(code, text).about(&alert.about)
}
