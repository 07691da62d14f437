//! The product of scoring: every card and team of one period, with the explanation of each number as data.

mod card;
mod follow;
mod insight;
mod line;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use crate::exact::Exact;
use crate::finding::Finding;
use crate::period::Period;
use crate::words::Bilingual;

pub use crate::scheme::{Direction, Level, Unit};

pub use card::*;
pub use follow::*;
pub use insight::*;
pub use line::*;

/// All cards of one scheme and period.
#[derive(Clone, Debug)]
pub struct Appraisal {
    /// Which scheme, which version.
    pub scheme: SchemeIdentity,
    /// The days that counted.
    pub period: Period,
    /// When the data was pulled; later changes at the source are not in it.
    pub cut_off: DateTime<Utc>,
    /// The day of that instant on the job's clocks: what lies on it or after it is not over.
    pub as_of: NaiveDate,
    /// One per agent of the population, ordered by team, rank and staff number.
    pub cards: Vec<Card>,
    /// The teams, ordered by id.
    pub teams: Vec<Team>,
    /// Numbers of teams, departments and shops: formulas of their own, and pools.
    pub groups: Arc<Vec<GroupFigures>>,
    /// What was due for whom, and what was watched.
    pub duties: Arc<Vec<DutyDue>>,
    /// What the scheme asks for in every period.
    pub asked: Vec<DutyAsked>,
    /// Watched numbers that went beyond their limits, in the scheme's order.
    pub alerts: Arc<Vec<Alert>>,
    /// Who does what by when in this period, in order of time.
    pub milestones: Vec<MilestoneDue>,
    /// Charts for information, team by team in the scheme's order.
    pub insights: Vec<Insight>,
    /// What scoring noticed.
    pub findings: Vec<Finding>,
}

/// The numbers of one team, department or shop.
#[derive(Clone, Debug)]
pub struct GroupFigures {
    /// What it is.
    pub level: Level,
    /// Its id; empty where the roster names none.
    pub id: String,
    /// The staff numbers of its agents.
    pub members: Vec<String>,
    /// Formulas of this level with their values.
    pub figures: Vec<Figure>,
    /// Pools of this level.
    pub pools: Vec<PoolFigures>,
}

/// A named number.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// How it is printed.
    pub unit: Unit,
    /// Decimals of the printed value.
    pub decimals: u32,
    /// The number, `None` without data.
    pub value: Option<Exact>,
    /// How it came about, with the numbers that stood in it.
    pub worked: Bilingual,
}

/// A pool of one group.
#[derive(Clone, Debug)]
pub struct PoolFigures {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// Yuan in it, unrounded, before a pot below nought is clipped; `None` while it cannot be worked out.
    pub base: Option<Exact>,
    /// Yuan that its parts and prizes sum to; `None` while they cannot be worked out.
    pub paid: Option<Exact>,
    /// Yuan that nobody gets, to the fen.
    pub left: Option<Exact>,
}

/// Which scheme was applied.
#[derive(Clone, Debug)]
pub struct SchemeIdentity {
    /// The file's id, such as `presale-weighted`.
    pub id: String,
    /// What people call it.
    pub title: Bilingual,
    /// The version as its author wrote it.
    pub version: String,
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
    /// Every value that its author assumed, in reading order.
    pub assumed: Vec<Bilingual>,
    /// The full mark of the total, usually 100; for schemes without one a round number that no total exceeds.
    pub full_marks: Exact,
    /// Whether there is a total; without one every line stands for itself.
    pub has_total: bool,
    /// Whether the scheme declares that full mark.
    pub has_full_marks: bool,
    /// The named levels of lines from best to worst; empty for schemes without any.
    pub levels: Vec<Reached>,
    /// The grades from best to worst, with their lower limits (`None` for the last).
    pub grades: Vec<(Bilingual, Option<Exact>)>,
}

/// A person with a staff number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Staff number (工号).
    pub id: String,
    /// The name as people write it.
    pub name: String,
    /// The mail address of the roster, if there is one.
    pub email: Option<String>,
}

impl Person {
    /// Name and staff number, or the one where they are the same.
    pub fn called(&self) -> Bilingual {
        if self.name == self.id {
            return Bilingual::same(&self.id);
        }
        Bilingual::new(format!("{}（{}）", self.name, self.id), format!("{} ({})", self.name, self.id))
    }
}

/// A team and who leads it.
#[derive(Clone, Debug)]
pub struct Team {
    /// The team's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its manager, if the roster names one.
    pub manager: Option<Person>,
    /// The mean total of its scored agents, with how many they are.
    pub mean_total: Option<Exact>,
}
