//! When a job runs on its own: cron lines, day rules, milestones, and what happens to occasions that cannot be kept.

mod check;

use std::path::PathBuf;

use chrono::{NaiveTime, TimeDelta};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::diag::Place;

pub(super) use check::{MilestoneTable, ScheduleTable, milestones, schedule};

/// When a job runs on its own.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Its occasions.
    pub when: When,
    /// What happens to occasions that were missed while the process was down.
    pub catch_up: CatchUp,
    /// How late an occasion may still be caught up.
    pub start_deadline: TimeDelta,
    /// What happens to an occasion while a run of the job is at work.
    pub overlap: Overlap,
    /// Whether an occasion waits for its data to be final.
    pub earliest: Earliest,
    /// Where it is written.
    pub place: Place,
}

/// A rule that gives occasions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// Five fields: minute, hour, day of month, month, day of week.
    Cron(String),
    /// A day of each month.
    Day(DayRule),
}

/// A day of each month, at an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRule {
    /// Which day.
    pub on: OnDay,
    /// At which time on the clocks of the job.
    pub at: NaiveTime,
    /// In which months, 1 to 12; all where it is empty.
    pub months: Vec<u32>,
    /// What happens when people do not work on that day.
    pub holidays: Holidays,
}

/// Which day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDay {
    /// The n-th, 1 to 28.
    Day(u32),
    /// The last.
    Last,
    /// The n-th on which people work, 1 to 15.
    Working(u32),
    /// The last on which people work.
    LastWorking,
}

/// What happens when people do not work on the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Holidays {
    /// Nothing: it is that day.
    #[default]
    AsIs,
    /// It is the working day before.
    Before,
    /// It is the working day after.
    After,
}

/// What happens to occasions that were missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CatchUp {
    /// Only the latest is made up for.
    #[default]
    Latest,
    /// Each is made up for, oldest first.
    All,
    /// None is.
    None,
}

/// What happens to an occasion while a run of its job is at work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Overlap {
    /// It waits, as long as the start deadline allows.
    #[default]
    Queue,
    /// It is left out.
    Skip,
}

/// Whether an occasion waits for its data to be final.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Earliest {
    /// It does not: what is not final yet is marked as provisional on the cards.
    #[default]
    Provisional,
    /// It waits until every number of the scheme is final.
    Mature,
}

/// One of several things that a job does for one period, each on a day of its own.
#[derive(Clone, Debug)]
pub struct Milestone {
    /// Its name within the job.
    pub id: String,
    /// Its occasions.
    pub when: When,
    /// What is done.
    pub does: Does,
    /// Where forms go.
    pub folder: Option<PathBuf>,
}

/// What a milestone does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Does {
    /// Pulls the data of the period ahead, so that the run has it.
    Pull,
    /// Writes the forms that people fill in.
    Forms,
    /// Lists who still owes which forms.
    Remind,
    /// Makes cards to look at; nobody is mailed.
    Draft,
    /// Lets the letters of the period's ready run go.
    Release,
}

impl Does {
    /// The word in jobs and in lists.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Forms => "forms",
            Self::Remind => "remind",
            Self::Draft => "draft",
            Self::Release => "release",
        }
    }
}
