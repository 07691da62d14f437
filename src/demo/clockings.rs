//! Every punch of a day, also those that no plan asked for: a second touch of the clock, one that does not count, one on a free day.

use chrono::{NaiveDateTime, TimeDelta};

use super::beijing;
use super::chance::{Chance, Stream};
use super::people::Agent;
use super::rota::{PunchResult, ordinal};
use super::shop::Shop;
use super::workday::Workday;

/// Coming or going.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// At the start of the shift.
    In,
    /// At its end.
    Out,
}

/// Whether a punch counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    /// Somebody was there.
    Good,
    /// It came from a place where nobody works; the platform says so and keeps it.
    Illegal,
    /// Nobody punched; an approval stands for it.
    Approved,
}

/// One touch of the clock.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clocking {
    pub way: Way,
    pub at: NaiveDateTime,
    /// The planned punch that it was for; `None` on a free day.
    pub planned: Option<NaiveDateTime>,
    /// What the platform says of the planned punch.
    pub result: Option<PunchResult>,
    pub worth: Worth,
}

impl Shop {
    /// Every punch of an agent's day, by time.
    pub(super) fn clockings(&self, agent: &Agent, workday: &Workday) -> Vec<Clocking> {
        let keys = [agent.number.into(), ordinal(workday.day)];
        let mut chance = Chance::of(self.plan().seed, Stream::Clock, &keys);
        let mut all = match workday.shift() {
            None => visit(&mut chance, workday),
            Some(_) => planned(workday),
        };
        let extra: Vec<Clocking> = all.iter().filter_map(|real| extra(&mut chance, real)).collect();
        all.extend(extra);
        all.sort_by_key(|one| (one.at, one.way));
        all
    }
}

/// The punches that the plan asked for and that were made or made up.
fn planned(workday: &Workday) -> Vec<Clocking> {
    let shift = workday.shift().into_iter();
    let both = shift.flat_map(|shift| [(Way::In, &shift.on), (Way::Out, &shift.off)]);
    let made = both.filter_map(|(way, punch)| {
        let (at, worth) = match (&punch.result, punch.made_at()) {
            (_, Some(at)) => (at, Worth::Good),
            (PunchResult::MadeUp, None) => (punch.planned, Worth::Approved),
            _ => return None,
        };
        Some(Clocking { way, at, planned: Some(punch.planned), result: Some(punch.result.clone()), worth })
    });
    made.collect()
}

/// One free day in fifty somebody comes by for an hour or three.
fn visit(chance: &mut Chance, workday: &Workday) -> Vec<Clocking> {
    if !chance.happens(0.02) {
        return Vec::new();
    }
    let from = beijing::at(workday.day, chance.between(10 * 3600, 15 * 3600));
    let to = from + TimeDelta::seconds(chance.between(3600, 3 * 3600));
    let free = |way, at| Clocking { way, at, planned: None, result: None, worth: Worth::Good };
    vec![free(Way::In, from), free(Way::Out, to)]
}

/// A second touch lies inside the shift, so that the first of coming and the last of going stay what they are; a touch
/// that does not count lies outside, where it would change them.
fn extra(chance: &mut Chance, real: &Clocking) -> Option<Clocking> {
    let apart = TimeDelta::seconds(chance.between(120, 1800));
    let inward = if real.way == Way::In { apart } else { -apart };
    let (at, worth) = match chance.unit() {
        x if x < 0.05 => (real.at + inward, Worth::Good),
        x if x < 0.07 => (real.at - inward, Worth::Illegal),
        _ => return None,
    };
    (real.planned.is_some() && real.worth == Worth::Good).then(|| Clocking { at, worth, ..real.clone() })
}
