//! Rating forms and check sheets in the browser: item by item across agents, as a draft until it is handed in; as a workbook to take away
//! and bring back; and who has not handed in.

mod check;
mod hand_in;
mod item;
mod list;
mod named;
mod overview;
mod upload;

pub use hand_in::hand_in;
pub use item::{save, show as item};
pub use list::show as list;
pub use overview::{show as overview, workbook};
pub use upload::{show as uploaded, take, upload};

use crate::ledger::Given;
use crate::period::Period;
use crate::words::{Bilingual, Locale};

/// Where the forms of a period are listed.
const LIST: &str = "/forms";

/// Knows the forms of a period and brings what was handed in to the next run; the console only asks.
pub trait Forms: Send + Sync {
    /// The forms of a period; none while nobody is known, or where the scheme asks nobody.
    fn sheets(&self, job: &str, period: &Period, locale: Locale) -> anyhow::Result<Vec<Sheet>>;

    /// The workbook of a form with what is filled in already.
    fn workbook(&self, job: &str, period: &Period, form: &str, given: &[Given]) -> anyhow::Result<Vec<u8>>;

    /// What a workbook that came back says, cell by cell.
    ///
    /// Errors when the bytes are no such workbook.
    fn read(&self, bytes: &[u8]) -> anyhow::Result<Vec<UploadedCell>>;

    /// Brings what a rater handed in to where the job collects forms.
    fn collect(&self, job: &str, period: &Period, form: &str, rater: Rater<'_>, given: &[Given]) -> anyhow::Result<()>;
}

/// Who hands in.
#[derive(Clone, Copy, Debug)]
pub struct Rater<'a> {
    /// The staff number, or the name they sign in with.
    pub id: &'a str,
    /// What the form calls them.
    pub name: &'a str,
}

/// One form, as it is filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name, such as `rating-supervisor-T1`.
    pub name: String,
    /// As what its raters rate, such as `supervisor`.
    pub role: String,
    /// The same in words.
    pub role_name: Bilingual,
    /// The team's id.
    pub team: String,
    /// What people call the team.
    pub team_name: String,
    /// The staff number and name of the one who rates, where only one person can.
    pub rater: Option<(String, String)>,
    /// The staff numbers of all of the team.
    pub members: Vec<String>,
    /// Whether what is handed in comes to a run.
    pub is_collected: bool,
    /// The items, in the order of the card.
    pub items: Vec<Item>,
}

/// One item and everybody who is rated on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// The chapter of a check sheet in which it stands.
    pub chapter: Option<String>,
    /// What a rater should know about it.
    pub about: Option<String>,
    /// The best score; not looked at where there are levels.
    pub most: String,
    /// The levels to choose from, by id and label; none where a score is given.
    pub levels: Vec<(String, String)>,
    /// The level that says nothing without a word beside it, such as a verdict of not met.
    pub reasoned: Option<String>,
    /// Who is rated, by staff number and name.
    pub people: Vec<(String, String)>,
}

/// One row of a workbook that came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadedCell {
    /// The sheet.
    pub sheet: String,
    /// The cell of the answer, such as `L9`.
    pub cell: String,
    /// The role of raters that the row carries.
    pub role: String,
    /// What was filled in: item, agent, the score or a level's label or id, a comment.
    pub given: Given,
}

impl Sheet {
    /// What people call its team.
    fn team_called(&self) -> &str {
        if self.team_name.is_empty() { &self.team } else { &self.team_name }
    }

    /// How many people are to hand it in.
    fn raters(&self) -> usize {
        if self.role == named::PEER { self.members.len() } else { 1 }
    }

    /// How many cells it asks for.
    fn asked(&self) -> usize {
        self.items.iter().map(|item| item.people.len()).sum()
    }
}
