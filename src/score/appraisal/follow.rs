//! What is followed up: watched numbers beyond their limits, and days by which somebody does something.

use chrono::NaiveDate;

use super::*;

/// A watched number of one agent that went beyond a limit (R22).
#[derive(Clone, Debug)]
pub struct Alert {
    /// The watch's id.
    pub watch: String,
    /// What people call it.
    pub label: Bilingual,
    /// What is watched.
    pub metric: Bilingual,
    /// How its numbers are printed.
    pub unit: Unit,
    /// Decimals of the printed numbers.
    pub decimals: u32,
    /// Whose number it is: a staff number.
    pub about: String,
    /// Their name.
    pub name: String,
    /// Who is told.
    pub to: Vec<String>,
    /// The question of the case that is opened, if one is.
    pub question: Option<Bilingual>,
    /// Where it went beyond, in order of time; at least once.
    pub sightings: Vec<Sighting>,
}

impl Alert {
    /// Whether one of these readers is told; a watch that names nobody tells managers.
    pub fn tells(&self, readers: &[&str]) -> bool {
        match self.to.is_empty() {
            true => readers.contains(&"managers"),
            false => self.to.iter().any(|to| readers.contains(&to.as_str())),
        }
    }
}

/// A watched number on one day, in one part of a month, or over a period.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// When: a day, a part of the month, or the period.
    pub at: Bilingual,
    /// The number with its parts; it has a value.
    pub measured: Measured,
    /// The days before it that have data, in order of time; only for daily watches.
    pub before: Vec<(NaiveDate, Exact)>,
    /// The limits that it went beyond; at least one.
    pub beyond: Vec<Beyond>,
}

/// A limit, and on which side of it a number was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// More than this.
    Above(Exact),
    /// Less than this.
    Below(Exact),
    /// Worse than the mean of earlier days.
    Worse {
        /// The mean of those days that have data.
        mean: Exact,
        /// How many days have data.
        days: u32,
        /// The part of the mean by which it is at least worse before anybody is told.
        by: Exact,
    },
}

/// A day by which somebody does something (R23).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MilestoneDue {
    /// The milestone's id.
    pub id: String,
    /// The day; `None` for what is done again and again.
    pub on: Option<NaiveDate>,
    /// How often; empty where there is a day.
    pub often: Bilingual,
    /// Who.
    pub who: Bilingual,
    /// What.
    pub what: Bilingual,
}

/// Something that the scheme asks for in every period, whoever did how well (R24).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyAsked {
    /// The duty's id.
    pub id: String,
    /// Its kind, such as `interview`.
    pub kind: String,
    /// Who gets it.
    pub to: Vec<String>,
    /// By when.
    pub due: Option<Bilingual>,
    /// What it is.
    pub text: Bilingual,
}
