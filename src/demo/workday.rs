//! What a day comes to for an agent, in the quantities that attendance systems report.

use chrono::{NaiveDate, NaiveDateTime};

use super::people::Agent;
use super::rota::{Duty, Punch, PunchResult, Shift};
use super::shop::Shop;

/// The break in a shift of nine hours, which is no work.
const BREAK_MINUTES: i64 = 60;

/// A day of an employed agent; times under a minute are left away, as the platforms do.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Workday {
    /// The day.
    pub day: NaiveDate,
    /// What it is, with the punches.
    pub duty: Duty,
}

impl Shop {
    /// The day of an agent; `None` when the agent is not employed or the day is over the end of the shop.
    pub(super) fn workday(&self, agent: &Agent, day: NaiveDate) -> Option<Workday> {
        Some(Workday { day, duty: self.duty(agent, day)? })
    }
}

impl Workday {
    /// The planned shift, also of a day of leave.
    pub fn shift(&self) -> Option<&Shift> {
        match &self.duty {
            Duty::Rest => None,
            Duty::Leave(shift) | Duty::Absent(shift) | Duty::Work(shift) => Some(shift),
        }
    }

    /// Whether the agent was at work; who came so late that it counts as absence was not.
    pub fn is_present(&self) -> bool {
        matches!(self.duty, Duty::Work(_))
    }

    /// Whether it counts as absence (旷工).
    pub fn is_absent(&self) -> bool {
        matches!(self.duty, Duty::Absent(_))
    }

    /// The number of the approved leave, with the shift that it covers.
    pub fn leave(&self) -> Option<(u64, &Shift)> {
        match &self.duty {
            Duty::Leave(shift) => Some((shift.on.approval?, shift)),
            _ => None,
        }
    }

    /// Whole minutes late.
    pub fn late_minutes(&self) -> i64 {
        self.shift().map_or(0, |shift| match shift.on.result {
            PunchResult::Late(at) => (at - shift.on.planned).num_minutes(),
            _ => 0,
        })
    }

    /// Whole minutes left early.
    pub fn early_minutes(&self) -> i64 {
        self.shift().map_or(0, |shift| match shift.off.result {
            PunchResult::Early(at) => (shift.off.planned - at).num_minutes(),
            _ => 0,
        })
    }

    /// Planned punches that nobody made and nothing excuses.
    pub fn missed(&self) -> usize {
        let punches = self.shift().into_iter().flat_map(|shift| [&shift.on, &shift.off]);
        punches.filter(|punch| punch.result == PunchResult::NotSigned && punch.approval.is_none()).count()
    }

    /// The minutes of the plan without the break.
    pub fn planned_minutes(&self) -> i64 {
        self.shift().map_or(0, |shift| (shift.off.planned - shift.on.planned).num_minutes() - BREAK_MINUTES)
    }

    /// The minutes at work inside the plan without the break; none for who was not present.
    pub fn worked_minutes(&self) -> i64 {
        match &self.duty {
            Duty::Work(shift) => {
                let (from, to) = shift.presence();
                (to - from).num_minutes() - BREAK_MINUTES
            }
            _ => 0,
        }
    }

    /// When the agent punched in and out; `None` where nobody punched or an approval stands for the punch.
    pub fn punched(&self) -> (Option<NaiveDateTime>, Option<NaiveDateTime>) {
        self.shift().map_or((None, None), |shift| (shift.on.made_at(), shift.off.made_at()))
    }
}

impl Punch {
    /// When somebody really punched.
    pub fn made_at(&self) -> Option<NaiveDateTime> {
        match self.result {
            PunchResult::Normal(at) | PunchResult::Late(at) | PunchResult::Early(at) | PunchResult::Absenteeism(at) => {
                Some(at)
            }
            PunchResult::MadeUp | PunchResult::NotSigned => None,
        }
    }
}
