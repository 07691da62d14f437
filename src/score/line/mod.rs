//! One indicator of one agent: what was judged, the rule that fired, points.

mod adjusted;
mod origins;
mod places;
mod points;
mod read;
mod record;
mod words;

use std::sync::Arc;

use crate::exact::Exact;
use crate::scheme::formula::Value;
use crate::scheme::{Amount, Counts, Direction, Indicator, Missing, Per, Scheme, Unit};
use crate::tables::Member;
use crate::words::Bilingual;

use super::adjustments::Adjustments;
use super::appraisal::{Asked, Line, LineKind, Measured, Occurrence, Reached, Reference, Status, Unmet, WeekPoints};
use super::desk::Desk;
use super::evidence::{Events, Ratings, Sheets};
use super::facts::metrics_behind;

pub(super) use places::Places;
pub(super) use points::most;

/// What people recorded, for lines that judge it.
pub(super) struct Records {
    pub(super) events: Events,
    pub(super) ratings: Ratings,
    pub(super) sheets: Sheets,
    pub(super) adjustments: Adjustments,
}

/// One indicator, ready to score one agent after the other.
pub(super) struct Scorer<'d> {
    desk: &'d Desk<'d>,
    records: &'d Records,
    scheme: &'d Scheme,
    /// The indicator's place in the scheme.
    place: usize,
    indicator: &'d Indicator,
    /// Its effective weight, after overrides.
    weight: Amount,
    /// Places among others, for the period or for each week.
    places: Vec<Places>,
    provisional: bool,
    /// What its lines say of everybody.
    asked: Arc<Asked>,
}

/// What was read for one agent over one stretch.
#[derive(Clone, Debug)]
struct Reading {
    /// What the curve sees.
    judged: Value,
    measured: Option<Measured>,
    reference: Option<Reference>,
    /// Points that need no curve, with the rule.
    points: Option<(Value, Bilingual)>,
    occurrences: Vec<Occurrence>,
    unmet: Vec<Unmet>,
    /// Why there is no value, where there is more to say than that.
    reason: Option<Bilingual>,
    /// Whether a person set the value.
    is_set: bool,
}

/// Points over one stretch.
#[derive(Clone, Debug)]
struct Outcome {
    points: Value,
    rule: Bilingual,
    level: Option<usize>,
    reading: Option<Reading>,
}

impl<'d> Scorer<'d> {
    /// Prepares an indicator; places among others are worked out once for everybody.
    pub(super) fn new(desk: &'d Desk<'d>, records: &'d Records, place: usize, weight: Amount) -> Self {
        let scheme = desk.facts.scheme;
        let indicator = &scheme.indicators[place];
        let behind = metrics_behind(scheme, indicator);
        Self {
            desk,
            records,
            scheme,
            place,
            indicator,
            places: Places::of(desk, indicator, &records.adjustments),
            provisional: behind.into_iter().any(|metric| desk.facts.is_provisional(metric)),
            asked: Arc::new(asked(scheme, indicator, &weight)),
            weight,
        }
    }

    /// Scores one agent; the contribution is filled in when all lines of the card are known.
    pub(super) fn line(&self, member: &Member) -> Line {
        let (outcome, weeks) = match self.indicator.per {
            Per::Period => (self.outcome(member, None), Vec::new()),
            Per::Week => self.weekly(member),
        };
        let outcome = self.without_data(outcome);
        match self.adjustment(member) {
            None => self.finish(outcome, weeks),
            Some(adjustment) => self.finish_set(outcome, weeks, adjustment),
        }
    }

    /// The four parts of the month and their sum; a part without data adds nothing.
    fn weekly(&self, member: &Member) -> (Outcome, Vec<WeekPoints>) {
        let outcomes: Vec<Outcome> = (0..4).map(|week| self.outcome(member, Some(week))).collect();
        let unset = outcomes.iter().find_map(|one| one.points.lacking().map(str::to_owned));
        let numbers: Vec<Exact> = outcomes.iter().filter_map(|one| one.points.number().cloned()).collect();
        let points = match (unset, numbers.is_empty()) {
            (Some(name), _) => Value::Unset(name),
            (None, true) => Value::Missing,
            (None, false) => Value::Number(numbers.into_iter().sum()),
        };
        let reading = self.read(member, None);
        let parts: Vec<String> =
            outcomes.iter().map(|one| one.points.number().map_or("-".to_owned(), |one| one.trimmed(2))).collect();
        let joined = parts.join(" / ");
        let weeks = outcomes.iter().zip(1..).map(|(one, week)| WeekPoints {
            week,
            measured: one.reading.as_ref().and_then(|reading| reading.measured.clone()),
            points: one.points.number().cloned(),
            rule: one.rule.clone(),
        });
        let weeks = weeks.collect();
        let not_applicable = outcomes.iter().all(|one| one.reading.is_none());
        let outcome = Outcome {
            points,
            rule: Bilingual::new(format!("四周 {joined}"), format!("four weeks {joined}")),
            level: None,
            reading: (!not_applicable).then_some(reading),
        };
        (outcome, weeks)
    }

    fn outcome(&self, member: &Member, week: Option<usize>) -> Outcome {
        if let Some(when) = &self.indicator.when {
            match self.desk.in_week(when, member, week) {
                Value::Truth(true) => {}
                Value::Unset(name) => {
                    return Outcome {
                        points: Value::Unset(name),
                        rule: Bilingual::default(),
                        level: None,
                        reading: None,
                    };
                }
                _ => return not_applicable(),
            }
        }
        let reading = self.read(member, week);
        let mut outcome = self.points(member, week, &reading);
        if let Value::Number(points) = &mut outcome.points {
            if let Some(least) = &self.indicator.at_least {
                *points = points.clone().max(least.clone());
            }
            if let Some(most) = &self.indicator.at_most {
                *points = points.clone().min(most.clone());
            }
        }
        outcome.reading = Some(reading);
        outcome
    }

    /// What the author's word for missing data makes of a line.
    fn without_data(&self, mut outcome: Outcome) -> Outcome {
        if let Value::Unset(names) = &outcome.points {
            outcome.rule = Bilingual::new(format!("尚未设定：{names}"), format!("not set yet: {names}"));
        }
        let is_plain =
            outcome.reading.as_ref().is_none_or(|reading| reading.judged.is_there() && reading.points.is_none());
        if outcome.points != Value::Missing || is_plain {
            return outcome;
        }
        let reason = outcome.reading.as_ref().and_then(|reading| reading.reason.clone());
        let (points, rule) = match self.indicator.missing {
            Missing::Full => {
                (Value::of(full_points(self.indicator)), Bilingual::new("无数据，按满分计", "no data, counted as full"))
            }
            Missing::Zero => {
                (Value::Number(Exact::zero()), Bilingual::new("无数据，按 0 分计", "no data, counted as nought"))
            }
            Missing::Renormalise => {
                (Value::Missing, Bilingual::new("无数据，不计入总分", "no data, left out of the total"))
            }
            Missing::Hold => (Value::Missing, Bilingual::new("无数据，待补", "no data, waiting for it")),
        };
        outcome.points = points;
        outcome.rule = match reason {
            Some(reason) => {
                Bilingual::new(format!("{}；{}", reason.zh, rule.zh), format!("{}; {}", reason.en, rule.en))
            }
            None => rule,
        };
        outcome
    }

    fn finish(&self, outcome: Outcome, weeks: Vec<WeekPoints>) -> Line {
        let (indicator, scheme) = (self.indicator, self.scheme);
        let status = self.status(&outcome);
        let format = words::Format::of(scheme, indicator);
        let reading = outcome.reading;
        let measured = reading.as_ref().and_then(|reading| reading.measured.clone());
        let scale = words::scale(indicator, reading.as_ref().and_then(|reading| reading.reference.as_ref()));
        let target = full_marks(indicator)
            .as_ref()
            .zip(scale)
            .and_then(|(full, scale)| Some(points::target(indicator, full)? * scale));
        Line {
            asked: self.asked.clone(),
            level: outcome.level.and_then(|level| scheme.levels.get(level)).map(|level| reached(level).into()),
            weeks,
            decimals: words::honest_decimals(indicator, &format, measured.as_ref().and_then(|one| one.value.as_ref())),
            reference: reading.as_ref().and_then(|reading| reading.reference.clone()).map(Box::new),
            occurrences: reading.as_ref().map(|reading| reading.occurrences.clone()).unwrap_or_default(),
            unmet: reading.map(|reading| reading.unmet).unwrap_or_default(),
            measured,
            target,
            points: outcome.points.number().cloned(),
            effective_weight: Exact::zero(),
            contribution: None,
            status,
            lacking: outcome.points.lacking().or_else(|| self.weight.lacking()).map(str::to_owned),
            rule: outcome.rule,
            adjusted: None,
        }
    }

    fn status(&self, outcome: &Outcome) -> Status {
        let weight_lacks = matches!(self.indicator.counts, Counts::Weighted { .. }) && self.weight.known().is_none();
        match &outcome.points {
            _ if outcome.reading.is_none() && outcome.points == Value::Missing => Status::NotApplicable,
            Value::Unset(_) => Status::Unset,
            _ if weight_lacks => Status::Unset,
            // What nobody has set might be needed once the data is there.
            Value::Number(_)
                if outcome
                    .reading
                    .as_ref()
                    .is_some_and(|reading| reading.judged == Value::Missing && reading.points.is_none()) =>
            {
                Status::Missing
            }
            _ if self.provisional && outcome.reading.as_ref().is_some_and(|reading| reading.judged.is_there()) => {
                Status::Provisional
            }
            Value::Missing
                if outcome
                    .reading
                    .as_ref()
                    .is_some_and(|reading| reading.judged.is_there() && reading.points.is_none()) =>
            {
                Status::Final
            }
            Value::Number(_) if self.indicator.assumed.is_some() => Status::Assumed,
            Value::Number(_) => Status::Final,
            _ => Status::Missing,
        }
    }
}

/// What a line asks, whoever it is about.
fn asked(scheme: &Scheme, indicator: &Indicator, weight: &Amount) -> Asked {
    let kind = match &indicator.counts {
        _ if scheme.is_apart(indicator) => LineKind::Shown,
        Counts::Weighted { .. } => LineKind::Weighted,
        Counts::Added => LineKind::Added,
        Counts::Shown => LineKind::Shown,
    };
    let format = words::Format::of(scheme, indicator);
    Asked {
        id: indicator.id.clone(),
        label: indicator.label.clone(),
        about: indicator.about.clone(),
        group: indicator.group.as_ref().and_then(|id| scheme.group(id)).map(|group| group.label.clone()),
        apart: scheme.is_apart(indicator),
        kind,
        unit: format.unit,
        direction: format.direction,
        full_marks: full_marks(indicator).unwrap_or_else(Exact::zero),
        weight: match kind {
            LineKind::Weighted => weight.known().cloned().unwrap_or_else(Exact::zero),
            _ => Exact::zero(),
        },
        assumed: indicator.assumed.clone(),
        origins: origins::of(scheme, indicator),
    }
}

/// Points at best over one stretch: as declared, else the most that the rules give.
fn full_points(indicator: &Indicator) -> Option<Exact> {
    match &indicator.counts {
        Counts::Weighted { full_points, .. } => full_points.known().cloned(),
        Counts::Added | Counts::Shown => indicator.full_points.clone().or_else(|| points::most(indicator)),
    }
}

/// Points at best over the period. Those of a weekly line are the sum of four weeks, each of which has full points.
fn full_marks(indicator: &Indicator) -> Option<Exact> {
    let full = full_points(indicator)?;
    let is_weekly = matches!(indicator.counts, Counts::Weighted { .. }) && indicator.per == Per::Week;
    Some(if is_weekly { full * Exact::whole(4) } else { full })
}

fn not_applicable() -> Outcome {
    Outcome {
        points: Value::Missing,
        rule: Bilingual::new("本期不适用，不计入总分", "does not apply this period, left out of the total"),
        level: None,
        reading: None,
    }
}

pub(super) fn reached(level: &crate::scheme::NamedLevel) -> Reached {
    Reached { id: level.id.clone(), label: level.label.clone() }
}

/// How a value is printed when nothing says otherwise.
fn plain_unit() -> (Unit, u32, Direction) {
    (Unit::Points, 2, Direction::Higher)
}
