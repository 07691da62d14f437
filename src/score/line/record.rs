//! Points of recorded events (R07): allowances, cumulative steps, what zeroes the line.

use crate::exact::Exact;
use crate::scheme::formula::Value;
use crate::scheme::line::{Occurrence as Kind, OccurrencePoints};
use crate::scheme::{AllowanceMode, Amount};
use crate::tables::Member;
use crate::words::Bilingual;

use super::super::appraisal::{Measured, Occurrence};
use super::super::evidence::Event;
use super::{Reading, Scorer};

/// What one kind of event came to.
struct Tally {
    points: Value,
    count: Exact,
    zero: bool,
    shown: Vec<Occurrence>,
}

impl Scorer<'_> {
    pub(super) fn read_events(&self, member: &Member, week: Option<usize>, start: &Amount, kinds: &[Kind]) -> Reading {
        let mut sum = match start {
            Amount::Known(start) => Value::Number(start.clone()),
            Amount::Unset(name) => Value::Unset(name.clone()),
        };
        let (mut count, mut zero, mut shown, mut rules) = (Exact::zero(), false, Vec::new(), Vec::new());
        let mut unrecorded = 0;
        for (place, kind) in kinds.iter().enumerate() {
            if self.records.events.is_unrecorded(self.place, place) {
                unrecorded += 1;
                continue;
            }
            let events = self.events_in(self.records.events.of(self.place, place, &member.id), week);
            let tally = tally(kind, &events);
            rules.extend(rule(kind, &tally));
            zero |= tally.zero;
            count = count + tally.count;
            shown.extend(tally.shown);
            sum = added(sum, tally.points);
        }
        if zero {
            sum = Value::Number(Exact::zero());
        }
        // What begins with marks can lose them all, and no more.
        let begins_with_marks = start.known().is_some_and(|start| *start > 0);
        if let Value::Number(points) = &mut sum
            && begins_with_marks
            && points.is_negative()
        {
            *points = Exact::zero();
        }
        shown.sort_by(|one: &Occurrence, other: &Occurrence| (one.on, &one.what.zh).cmp(&(other.on, &other.what.zh)));
        let rule = match (rules.is_empty(), unrecorded == kinds.len()) {
            (_, true) => Bilingual::new("没有记录来源", "no source records them"),
            (true, false) => Bilingual::new("无记录", "none recorded"),
            (false, false) => Bilingual::new(
                rules.iter().map(|one| one.zh.as_str()).collect::<Vec<_>>().join("；"),
                rules.iter().map(|one| one.en.as_str()).collect::<Vec<_>>().join("; "),
            ),
        };
        let measured = Measured { value: Some(count.clone()), numerator: count, denominator: None };
        Reading { measured: Some(measured), occurrences: shown, ..Reading::decided(sum, rule) }
    }

    fn events_in(&self, events: &[Event], week: Option<usize>) -> Vec<Event> {
        let Some(week) = week else { return events.to_vec() };
        let period = &self.desk.facts.period;
        let of_week = |event: &&Event| {
            event.on.is_some_and(|day| ((day - period.start).num_days() / 7).clamp(0, 3) as usize == week)
        };
        events.iter().filter(of_week).cloned().collect()
    }
}

fn added(sum: Value, more: Value) -> Value {
    match (sum, more) {
        (Value::Unset(one), Value::Unset(other)) => Value::unset_both(&one, &other),
        (Value::Unset(name), _) | (_, Value::Unset(name)) => Value::Unset(name),
        (Value::Number(sum), Value::Number(more)) => Value::Number(sum + more),
        _ => Value::Missing,
    }
}

fn tally(kind: &Kind, events: &[Event]) -> Tally {
    let count: Exact = events.iter().map(|event| event.count.clone()).sum();
    let allowance = Exact::whole(kind.allowance.into());
    let exceeded = count > allowance;
    let free = match kind.allowance_mode {
        AllowanceMode::Excess => allowance,
        AllowanceMode::All if exceeded => Exact::zero(),
        AllowanceMode::All => count.clone(),
    };
    let mut shown = Vec::new();
    let mut points = match &kind.points {
        OccurrencePoints::Each(points) => each(kind, events, &free, points, &mut shown),
        OccurrencePoints::Column { between, .. } => column(kind, events, &free, between, &mut shown),
        OccurrencePoints::Cumulative(steps) => cumulative(kind, events, &count, steps, &mut shown),
        OccurrencePoints::Nothing => {
            shown.extend(events.iter().map(|event| occurrence(kind, event, Exact::zero())));
            Value::Number(Exact::zero())
        }
    };
    if count.is_zero()
        && let Some(none) = &kind.if_none
    {
        points = added(points, amount(none));
    }
    if let Some((at, extra)) = &kind.extra
        && count >= i64::from(*at)
    {
        points = added(points, amount(extra));
    }
    if let Value::Number(points) = &mut points {
        if let Some(least) = &kind.at_least {
            *points = points.clone().max(least.clone());
        }
        if let Some(most) = &kind.at_most {
            *points = points.clone().min(most.clone());
        }
    }
    let zero = kind.zero_at.is_some_and(|at| count >= i64::from(at));
    Tally { points, count, zero, shown }
}

fn amount(amount: &Amount) -> Value {
    match amount {
        Amount::Known(points) => Value::Number(points.clone()),
        Amount::Unset(name) => Value::Unset(name.clone()),
    }
}

/// The same for each beyond the free ones, the earliest being free.
fn each(kind: &Kind, events: &[Event], free: &Exact, points: &Amount, shown: &mut Vec<Occurrence>) -> Value {
    let mut left = free.clone();
    let mut sum = Exact::zero();
    for event in events {
        let spared = event.count.clone().min(left.clone());
        left = left - spared.clone();
        let charged = event.count.clone() - spared;
        let moved = match points {
            _ if charged.is_zero() => Exact::zero(),
            Amount::Known(points) => points.clone() * charged,
            Amount::Unset(name) => return Value::Unset(name.clone()),
        };
        shown.push(occurrence(kind, event, moved.clone()));
        sum = sum + moved;
    }
    Value::Number(sum)
}

/// What somebody decided for each; one that nobody has decided yet leaves the line open.
fn column(kind: &Kind, events: &[Event], free: &Exact, between: &(Exact, Exact), shown: &mut Vec<Occurrence>) -> Value {
    let mut left = free.clone();
    let mut sum = Exact::zero();
    for event in events {
        if left > 0 {
            left = left - event.count.clone();
            shown.push(occurrence(kind, event, Exact::zero()));
            continue;
        }
        let Some(points) = &event.points else { return Value::Missing };
        let moved = points.clone().max(between.0.clone()).min(between.1.clone());
        shown.push(occurrence(kind, event, moved.clone()));
        sum = sum + moved;
    }
    Value::Number(sum)
}

/// The step that the count has reached.
fn cumulative(kind: &Kind, events: &[Event], count: &Exact, steps: &[Amount], shown: &mut Vec<Occurrence>) -> Value {
    let beyond = |seen: &Exact| {
        let charged = match kind.allowance_mode {
            AllowanceMode::Excess => seen.clone() - Exact::whole(kind.allowance.into()),
            AllowanceMode::All if *count > i64::from(kind.allowance) => seen.clone(),
            AllowanceMode::All => Exact::zero(),
        };
        (charged.max(Exact::zero()).floor().to_f64() as usize).min(steps.len())
    };
    let reached = beyond(count);
    let value = match reached.checked_sub(1).map(|last| &steps[last]) {
        None => Value::Number(Exact::zero()),
        Some(step) => amount(step),
    };
    let mut before = Exact::zero();
    let mut seen = Exact::zero();
    for event in events {
        seen = seen + event.count.clone();
        let place = beyond(&seen);
        let so_far = place.checked_sub(1).and_then(|last| steps[last].known().cloned()).unwrap_or_else(Exact::zero);
        shown.push(occurrence(kind, event, so_far.clone() - before));
        before = so_far;
    }
    value
}

fn occurrence(kind: &Kind, event: &Event, points: Exact) -> Occurrence {
    let what = match &event.note {
        Some(note) if !note.is_empty() => {
            Bilingual::new(format!("{}：{note}", kind.what.zh), format!("{}: {note}", kind.what.en))
        }
        _ => kind.what.clone(),
    };
    Occurrence { on: event.on, what, points }
}

fn rule(kind: &Kind, tally: &Tally) -> Option<Bilingual> {
    let moved = tally.points.number().filter(|points| !points.is_zero());
    if tally.count.is_zero() && moved.is_none() {
        return None;
    }
    let count = tally.count.trimmed(2);
    let points = match (&tally.points, tally.zero) {
        (_, true) => Bilingual::new("本项不得分", "the line is nought"),
        (Value::Number(points), _) => {
            Bilingual::new(format!("{} 分", signed(points)), format!("{} points", signed(points)))
        }
        (Value::Unset(_), _) => Bilingual::new("分值未设定", "points not set"),
        _ => Bilingual::new("待裁定", "to be decided"),
    };
    Some(Bilingual::new(
        format!("{} {count} 次，{}", kind.what.zh, points.zh),
        format!("{}: {count}, {}", kind.what.en, points.en),
    ))
}

fn signed(points: &Exact) -> String {
    if *points > 0 { format!("+{}", points.trimmed(4)) } else { points.trimmed(4) }
}
