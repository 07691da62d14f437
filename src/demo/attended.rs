//! The oracle for attendance: what every agent's days truly came to in a month, counted straight from the rota.

use chrono::NaiveDate;

use super::beijing::{days_of, month_of};
use super::clockings::Worth;
use super::people::Agent;
use super::shop::Shop;
use super::workday::Workday;

/// What one agent's days truly came to in one month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttendedRow {
    /// The 工号.
    pub agent: String,
    /// Days on which the agent was employed.
    pub days: u64,
    /// Days with a planned shift, leave included.
    pub planned: u64,
    /// Days at work.
    pub present: u64,
    /// Days that began late.
    pub late: u64,
    /// Whole minutes late, day by day.
    pub late_minutes: i64,
    /// Days that ended early.
    pub early: u64,
    /// Whole minutes left early, day by day.
    pub early_minutes: i64,
    /// Days that count as absence (旷工).
    pub absent: u64,
    /// Planned punches that nobody made and nothing excuses, those of days of absence included.
    pub missed: u64,
    /// Days of approved leave.
    pub leaves: u64,
    /// Minutes of the plan that leave covers, breaks left out.
    pub leave_minutes: i64,
    /// Minutes of the plan, breaks left out.
    pub planned_minutes: i64,
    /// Minutes at work inside the plan, breaks left out.
    pub worked_minutes: i64,
    /// Punches that count and were for a plan, those made up by an approval included.
    pub punches: u64,
    /// Punches that the platform says do not count.
    pub illegal: u64,
    /// Punches on free days.
    pub unplanned: u64,
}

impl Shop {
    /// The truth of the month in which `month` lies, one row for each agent in the order of their numbers.
    pub fn attended(&self, month: NaiveDate) -> Vec<AttendedRow> {
        self.agents().iter().map(|agent| self.attended_by(agent, month_of(month))).collect()
    }

    fn attended_by(&self, agent: &Agent, first: NaiveDate) -> AttendedRow {
        let mut row = AttendedRow { agent: agent.id.clone(), ..AttendedRow::default() };
        for workday in days_of(first).filter_map(|day| self.workday(agent, day)) {
            row.add(&workday);
            self.count_punches(agent, &workday, &mut row);
        }
        row
    }

    fn count_punches(&self, agent: &Agent, workday: &Workday, row: &mut AttendedRow) {
        for one in self.clockings(agent, workday) {
            match (one.worth, one.planned) {
                (Worth::Illegal, _) => row.illegal += 1,
                (_, Some(_)) => row.punches += 1,
                (_, None) => row.unplanned += 1,
            }
        }
    }
}

impl AttendedRow {
    fn add(&mut self, workday: &Workday) {
        self.days += 1;
        self.planned += u64::from(workday.shift().is_some());
        self.present += u64::from(workday.is_present());
        self.late += u64::from(workday.late_minutes() > 0);
        self.late_minutes += workday.late_minutes();
        self.early += u64::from(workday.early_minutes() > 0);
        self.early_minutes += workday.early_minutes();
        self.absent += u64::from(workday.is_absent());
        self.missed += workday.missed() as u64;
        self.planned_minutes += workday.planned_minutes();
        self.worked_minutes += workday.worked_minutes();
        if workday.leave().is_some() {
            self.leaves += 1;
            self.leave_minutes += workday.planned_minutes();
        }
    }
}
