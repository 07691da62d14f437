//! When an agent works: the weekly rota, leave, and the punches of a day.

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};

use super::beijing;
use super::chance::{Chance, Stream};

/// What a day is for one agent.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Duty {
    /// No shift planned.
    Rest,
    /// Planned, but on approved leave; the number is the approval's.
    Leave(Shift),
    /// Planned, but came so late that it counts as absence.
    Absent(Shift),
    /// At work.
    Work(Shift),
}

/// A planned shift with its two punches.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shift {
    pub on: Punch,
    pub off: Punch,
}

/// One planned punch and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Punch {
    pub planned: NaiveDateTime,
    pub result: PunchResult,
    /// The number of the approval that covers it: leave or a forgotten punch made up later.
    pub approval: Option<u64>,
}

/// What became of a planned punch.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PunchResult {
    /// In time.
    Normal(NaiveDateTime),
    /// Came late.
    Late(NaiveDateTime),
    /// Left early.
    Early(NaiveDateTime),
    /// Came so late that it counts as absence.
    Absenteeism(NaiveDateTime),
    /// Made up by an approval.
    MadeUp,
    /// Nobody punched.
    NotSigned,
}

impl Shift {
    /// From when to when the agent sat at the desk.
    pub fn presence(&self) -> (NaiveDateTime, NaiveDateTime) {
        let from = match self.on.result {
            PunchResult::Late(at) => at,
            _ => self.on.planned,
        };
        let to = match self.off.result {
            PunchResult::Early(at) => at,
            _ => self.off.planned,
        };
        (from, to)
    }
}

/// Whether the rota plans a shift: five days on and two off, the free days differing from agent to agent.
pub(super) fn is_planned(number: u32, day: NaiveDate) -> bool {
    (day.num_days_from_ce() + number as i32 * 3).rem_euclid(7) < 5
}

/// The duty of an ordinary agent, who is late with the probability `late`.
pub(super) fn duty(seed: u64, number: u32, day: NaiveDate, late: f64) -> Duty {
    if !is_planned(number, day) {
        return Duty::Rest;
    }
    let mut chance = Chance::of(seed, Stream::Rota, &[number.into(), ordinal(day)]);
    let (on, off) = planned(number, day);
    if chance.happens(0.018) {
        return Duty::Leave(on_leave(on, off, approval(number, day)));
    }
    Duty::Work(Shift { on: arrival(&mut chance, on, late), off: departure(&mut chance, off, approval(number, day)) })
}

/// The day on which the agent comes after half of the shift.
pub(super) fn absence(seed: u64, number: u32, day: NaiveDate) -> Duty {
    let mut chance = Chance::of(seed, Stream::Rota, &[number.into(), ordinal(day), 1]);
    let (on, off) = planned(number, day);
    let came = on + TimeDelta::seconds(chance.between(5 * 3600, 6 * 3600));
    let on = Punch { planned: on, result: PunchResult::Absenteeism(came), approval: None };
    Duty::Absent(Shift { on, off: Punch { planned: off, result: PunchResult::NotSigned, approval: None } })
}

/// Early shift 09:00 to 18:00 and late shift 13:00 to 22:00 change weekly.
fn planned(number: u32, day: NaiveDate) -> (NaiveDateTime, NaiveDateTime) {
    let week = day.num_days_from_ce().div_euclid(7) + number as i32;
    let start = if week.rem_euclid(2) == 0 { 9 } else { 13 };
    (beijing::at(day, start * 3600), beijing::at(day, (start + 9) * 3600))
}

fn on_leave(on: NaiveDateTime, off: NaiveDateTime, approval: u64) -> Shift {
    let covered = |planned| Punch { planned, result: PunchResult::NotSigned, approval: Some(approval) };
    Shift { on: covered(on), off: covered(off) }
}

fn arrival(chance: &mut Chance, planned: NaiveDateTime, late: f64) -> Punch {
    let result = if chance.happens(late) {
        PunchResult::Late(planned + TimeDelta::seconds(chance.between(61, 25 * 60)))
    } else {
        PunchResult::Normal(planned - TimeDelta::seconds(chance.between(0, 900)))
    };
    Punch { planned, result, approval: None }
}

fn departure(chance: &mut Chance, planned: NaiveDateTime, approval: u64) -> Punch {
    let punch = |result, approval| Punch { planned, result, approval };
    match chance.unit() {
        x if x < 0.008 => punch(PunchResult::NotSigned, None),
        x if x < 0.016 => punch(PunchResult::MadeUp, Some(approval)),
        x if x < 0.026 => punch(PunchResult::Early(planned - TimeDelta::seconds(chance.between(61, 1800))), None),
        _ => punch(PunchResult::Normal(planned + TimeDelta::seconds(chance.between(0, 1500))), None),
    }
}

fn approval(number: u32, day: NaiveDate) -> u64 {
    ordinal(day) * 100_000 + u64::from(number)
}

/// The number of a day as a key.
pub(super) fn ordinal(day: NaiveDate) -> u64 {
    day.num_days_from_ce().unsigned_abs().into()
}
