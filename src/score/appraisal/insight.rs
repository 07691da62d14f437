//! What a team's manager is shown for information (R25): courses over days, fields of agents by days, distributions.
//! Nothing of it counts.

use chrono::NaiveDate;

use super::*;

/// One chart about one team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insight {
    /// Its id in the scheme, or the metric's where the scheme asked for none.
    pub id: String,
    /// The team that it is about.
    pub team_id: String,
    /// What it says.
    pub title: Bilingual,
    /// The value that it shows.
    pub label: Bilingual,
    /// How the value is printed.
    pub unit: Unit,
    /// Decimals of the printed value.
    pub decimals: u32,
    /// Whether more is better.
    pub direction: Direction,
    /// Whether rows behind it were not final.
    pub provisional: bool,
    /// What is drawn.
    pub picture: Picture,
}

/// What a chart shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// The team's value over the days of the period.
    Course(Course),
    /// Each agent's value on each day.
    Field(Field),
    /// How often which values came.
    Spread(Spread),
}

/// Some days in a row: one, or seven where a period is too long for days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

/// A value over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Every part of the period with its value; `None` without data, which is a gap and not nought.
    pub points: Vec<(Span, Option<Measured>)>,
    /// The team's value over the whole period.
    pub whole: Option<Exact>,
    /// The shop's, where it is more than this team.
    pub shop: Option<Exact>,
    /// The team's in the period before, where the scheme keeps it.
    pub before: Option<Exact>,
}

/// A value by agent and day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The parts of the period.
    pub spans: Vec<Span>,
    /// The agents who have any value, by staff number: the whole period's value, then one for each part.
    pub rows: Vec<(Person, Option<Exact>, Vec<Option<Exact>>)>,
}

/// What a distribution counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedThing {
    /// Conversations, each by its mean wait.
    Conversations,
    /// Telephone calls.
    Calls,
    /// Days of agents.
    AgentDays,
}

/// How values are distributed over ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    /// What is counted.
    pub counted: CountedThing,
    /// The limits between the ranges, rising; one range more than limits. Where less is better a limit belongs to the
    /// range below it, else to the one above.
    pub limits: Vec<Exact>,
    /// How many of the team lie in each range.
    pub team: Vec<u64>,
    /// How many of the shop, where it is more than this team.
    pub shop: Option<Vec<u64>>,
    /// The value that earns full marks, where the scheme scores the metric.
    pub target: Option<Exact>,
}
