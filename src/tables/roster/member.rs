//! One person, or one department, whose work is scored.

use chrono::NaiveDate;

use crate::period::Period;

/// What a person does in the shop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Serves customers and is scored.
    #[default]
    Agent,
    /// Leads a team.
    Manager,
}

/// One person of the roster; for schemes about departments, one department.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// Staff number, or the department's id.
    pub id: String,
    /// Name in Unicode form NFC.
    pub name: String,
    /// The team's id.
    pub team_id: String,
    /// The team's name.
    pub team_name: String,
    /// What they do.
    pub role: Role,
    /// The same in the roster's own word, such as `presale`.
    pub role_word: String,
    /// The mail address, if there is one.
    pub email: Option<String>,
    /// The first day of work.
    pub hired_on: Option<NaiveDate>,
    /// The last day of work.
    pub left_on: Option<NaiveDate>,
    /// The roster's word for their gender.
    pub gender: Option<String>,
    /// The roster's word for their standing, such as `probation`.
    pub employment_status: Option<String>,
    /// The department's id.
    pub dept_id: Option<String>,
    /// The department's name, from the table `departments`.
    pub dept_name: Option<String>,
    /// The department's class, from the table `departments`.
    pub dept_class: Option<String>,
    /// The shop's id.
    pub shop_id: Option<String>,
    /// Their title, such as `junior`.
    pub title: Option<String>,
    /// The day since which they have it.
    pub title_since: Option<NaiveDate>,
    /// Whether they receive customers.
    pub is_reception_staff: Option<bool>,
    /// The first day on which this row of the roster holds.
    pub active_from: Option<NaiveDate>,
    /// The last day on which it holds.
    pub active_to: Option<NaiveDate>,
}

impl Member {
    /// Whether they work on some day of the period by this row.
    pub(super) fn works_in(&self, period: &Period) -> bool {
        spans(self.hired_on, self.left_on, period.start, period.last_day())
            && spans(self.active_from, self.active_to, period.start, period.last_day())
    }

    /// Whether this row names a manager in office on a day; a period that is over says nothing about who leads now.
    pub(super) fn leads_on(&self, day: NaiveDate) -> bool {
        self.role == Role::Manager && spans(self.hired_on, self.left_on, day, day) && self.holds_on(day)
    }

    /// Whether this row of a history holds on a day.
    pub(super) fn holds_on(&self, day: NaiveDate) -> bool {
        spans(self.active_from, self.active_to, day, day)
    }

    /// Whether two rows of one number hold on the same day, so that nobody can say which is right.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        let end = other.active_to.unwrap_or(NaiveDate::MAX);
        spans(self.active_from, self.active_to, other.active_from.unwrap_or(NaiveDate::MIN), end)
    }
}

/// Whether the days from `from` to `to`, open where there is none, meet those from `first` to `last`.
fn spans(from: Option<NaiveDate>, to: Option<NaiveDate>, first: NaiveDate, last: NaiveDate) -> bool {
    from.is_none_or(|from| from <= last) && to.is_none_or(|to| to >= first)
}
