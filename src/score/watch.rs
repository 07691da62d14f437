//! Watches (R22) and numbers that must agree: findings that people are told about, and cases that are opened.

use std::collections::{BTreeMap, BTreeSet};

use crate::exact::Exact;
use crate::finding::Finding;
use crate::scheme::consequence::{Reconcile, Watch};
use crate::scheme::formula::Value;
use crate::scheme::{Cadence, Direction, Formula, Level};
use crate::tables::{Member, Tables};
use crate::words::Bilingual;

use super::compile::Compiled;
use super::desk::Desk;
use super::facts::group_of;
use super::measure::{self, Slice};
use super::plan::{self, Cut, Stretch};

/// A value over a stretch, with its name.
struct Look {
    at: Bilingual,
    value: Option<Exact>,
    week: Option<usize>,
    /// The limit of a special day, in place of the watch's own.
    limit: Option<Exact>,
}

/// What every watch of the scheme sees.
pub(super) fn findings(
    compiled: &Compiled<'_>,
    desk: &Desk<'_>,
    tables: &Tables,
    as_of: chrono::NaiveDate,
) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let special = plan::special_days(compiled, tables, &desk.facts.period)?;
    let stretch = Stretch::whole(desk.facts.period, as_of, special);
    let daily: BTreeSet<usize> =
        compiled.scheme.watches.iter().filter(|watch| watch.per == Cadence::Day).map(|watch| watch.metric).collect();
    let days = match daily.is_empty() {
        true => Vec::new(),
        false => measure::slices(compiled, tables, &stretch, &daily, Cut::Days)?,
    };
    let days: Vec<(Stretch, Slice)> = stretch.days().into_iter().zip(days).collect();
    for watch in &compiled.scheme.watches {
        for member in desk.facts.roster.agents() {
            let looks = looks(desk, watch, member, &days);
            findings.extend(told(desk, watch, member, &looks));
        }
    }
    for reconcile in &compiled.scheme.reconciles {
        findings.extend(disagreements(desk, reconcile));
    }
    Ok(findings)
}

fn looks(desk: &Desk<'_>, watch: &Watch, member: &Member, days: &[(Stretch, Slice)]) -> Vec<Look> {
    let value = |week: Option<usize>| {
        let parts = desk.facts.parts(&member.id, watch.metric, week)?;
        desk.facts.value(watch.metric, &parts)
    };
    match watch.per {
        Cadence::Day => days
            .iter()
            .map(|(day, slice)| {
                let parts = slice.agents.get(&member.id).and_then(|own| own.get(&watch.metric));
                let value = parts.and_then(|parts| desk.facts.value(watch.metric, parts));
                let limit = special_limit(desk, watch, day);
                Look { at: Bilingual::same(day.first.to_string()), value, week: None, limit }
            })
            .collect(),
        Cadence::Week => (0..4)
            .map(|week| Look {
                at: Bilingual::new(format!("第 {} 周", week + 1), format!("week {}", week + 1)),
                value: value(Some(week)),
                week: Some(week),
                limit: None,
            })
            .collect(),
        Cadence::Period => {
            vec![Look { at: Bilingual::new("本期", "this period"), value: value(None), week: None, limit: None }]
        }
    }
}

/// What an override says of a watch on a day that is its own.
fn special_limit(desk: &Desk<'_>, watch: &Watch, day: &Stretch) -> Option<Exact> {
    let overrides = desk.facts.scheme.overrides.iter().zip(&day.special);
    let mut special = overrides.filter(|(_, days)| days.contains(&day.first));
    special.find_map(|(one, _)| one.limits.iter().find(|(id, _)| *id == watch.id)?.1.known().cloned())
}

fn told(desk: &Desk<'_>, watch: &Watch, member: &Member, looks: &[Look]) -> Option<Finding> {
    let metric = &desk.facts.scheme.metrics[watch.metric];
    let mut seen = Vec::new();
    for (place, look) in looks.iter().enumerate() {
        let Some(value) = &look.value else { continue };
        // A special day has one limit: that of `above`, or of `below` where there is no other.
        let special = |is_above: bool| look.limit.clone().filter(|_| is_above == watch.above.is_some());
        let beyond = |limit: &Option<Formula>, wrong: fn(&Exact, &Exact) -> bool, special: Option<Exact>| {
            let limit = limit.as_ref().map(|limit| desk.in_week(limit, member, look.week));
            let limit = limit.map(|limit| special.map_or(limit, Value::Number));
            limit.iter().for_each(|limit| desk.note(limit));
            limit.as_ref().and_then(Value::number).is_some_and(|limit| wrong(value, limit))
        };
        let above = beyond(&watch.above, |value, limit| value > limit, special(true));
        let below = beyond(&watch.below, |value, limit| value < limit, special(false));
        let worse = watch.worse_by.as_ref().is_some_and(|part| {
            is_worse(value, trailing(looks, place, watch.trailing).as_ref(), part, metric.direction)
        });
        if above || below || worse {
            let printed = metric.unit.print(value, metric.decimals);
            seen.push(Bilingual::new(format!("{} {printed}", look.at.zh), format!("{} {printed}", look.at.en)));
        }
    }
    if seen.is_empty() {
        return None;
    }
    let join = |text: fn(&Bilingual) -> &String, by: &str| {
        seen.iter().map(|one| text(one).as_str()).collect::<Vec<_>>().join(by)
    };
    let code = if watch.open_case.is_some() { "case-opened" } else { "watch" };
    let text = Bilingual::new(
        format!("{}（{}）：{}", watch.label.zh, member.name, join(|one| &one.zh, "、")),
        format!("{} ({}): {}", watch.label.en, member.name, join(|one| &one.en, ", ")),
    );
    let text = match &watch.open_case {
        Some(question) => Bilingual::new(
            format!("{}。请核查：{}", text.zh, question.zh),
            format!("{}. To be looked into: {}", text.en, question.en),
        ),
        None => text,
    };
    Some(Finding::note(code, text).about(&member.id))
}

/// The mean of the days before, those without data left out.
fn trailing(looks: &[Look], place: usize, days: u32) -> Option<Exact> {
    let first = place.saturating_sub(days as usize);
    let values: Vec<Exact> = looks[first..place].iter().filter_map(|look| look.value.clone()).collect();
    let many = Exact::whole(values.len() as i64);
    values.into_iter().sum::<Exact>().checked_div(&many)
}

fn is_worse(value: &Exact, mean: Option<&Exact>, part: &Exact, direction: Direction) -> bool {
    let Some(mean) = mean else { return false };
    let one = Exact::whole(1);
    match direction {
        Direction::Higher => value < mean && *value <= mean.clone() * (one - part.clone()),
        Direction::Lower => value > mean && *value >= mean.clone() * (one + part.clone()),
    }
}

fn disagreements(desk: &Desk<'_>, reconcile: &Reconcile) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut pairs: BTreeMap<String, (Value, Value)> = BTreeMap::new();
    for member in desk.facts.roster.agents() {
        let group = group_of(member, reconcile.of);
        if pairs.contains_key(&group) {
            continue;
        }
        let value = |formula: &Formula| match reconcile.of {
            Level::Agent => desk.of_agent(formula, member),
            level => desk.of_group(formula, level, &group),
        };
        let pair = (value(&reconcile.value), value(&reconcile.with));
        pairs.insert(group, pair);
    }
    for (group, pair) in pairs {
        let (Value::Number(value), Value::Number(with)) = pair else { continue };
        if (value.clone() - with.clone()).abs() > value.abs() * reconcile.within.clone() {
            let name = if group.is_empty() { String::new() } else { format!(" {group}") };
            found.push(Finding::note(
                "sources-disagree",
                Bilingual::new(
                    format!(
                        "{}{name}：{} 与 {} 相差超过允许范围，以前者为准",
                        reconcile.label.zh,
                        value.trimmed(4),
                        with.trimmed(4)
                    ),
                    format!(
                        "{}{name}: {} and {} differ by more than allowed; the first stands",
                        reconcile.label.en,
                        value.trimmed(4),
                        with.trimmed(4)
                    ),
                ),
            ));
        }
    }
    found
}
