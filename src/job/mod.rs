//! What `jobs/*.toml` say: what to pull, when, which scheme, to whom, and how it is released.

mod calendar;
mod check;
mod folder;
pub mod gate;
mod notice;
mod password;
mod release;
mod report;
mod schedule;

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::diag::{AuthoredFile, Diagnostics};
use crate::period::{Cycle, Period};
use crate::words::Bilingual;

pub use calendar::Calendar;
pub use folder::Jobs;
pub use gate::{Gate, GateKind, Severity};
pub use notice::{Notice, Robot};
pub use password::PdfPassword;
pub use release::{ApprovedBy, Deadline, Outliers, Release, ReleasedBy, Then};
pub use report::{Of, Reader, Report, ReportKind, Shown};
pub use schedule::{CatchUp, DayRule, Does, Earliest, Holidays, Milestone, OnDay, Overlap, Schedule, When};

/// A checked job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id; the file's name without `.toml`.
    pub id: String,
    /// What people call it.
    pub title: Bilingual,
    /// How long its periods are.
    pub cycle: Cycle,
    /// Whether it waits for the end of a period or follows it while it runs.
    pub periods: Periods,
    /// On whose clocks its days begin.
    pub time_zone: Tz,
    /// The sources it pulls, in order; later ones may need people of earlier ones.
    pub sources: Vec<String>,
    /// The scheme it applies.
    pub scheme: String,
    /// The team of a desk whose sources know no teams.
    pub only_team: Option<OnlyTeam>,
    /// When it runs on its own, if it does.
    pub schedule: Option<Schedule>,
    /// What else it does on its own for each period.
    pub milestones: Vec<Milestone>,
    /// Which days people work.
    pub calendar: Calendar,
    /// To whom its letters go.
    pub letters: Letters,
    /// How its letters are let go.
    pub release: Release,
    /// How many persons approve its proposals.
    pub proposals: ApprovedBy,
    /// Which of cards and packs become PDFs.
    pub prints: Vec<Print>,
    /// The documents beside cards and packs.
    pub reports: Vec<Report>,
    /// What its data must stand up to.
    pub gates: Vec<Gate>,
    /// The robots that tell managers.
    pub notices: Vec<Notice>,
    /// The file it was read from.
    pub file: AuthoredFile,
}

/// The team of a desk whose sources know none.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OnlyTeam {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The fact table whose agents are its members.
    pub agents_of: String,
}

/// To whom a run's letters go.
#[derive(Clone, Debug)]
pub struct Letters {
    /// The sender's address.
    pub from: String,
    /// The sender's name.
    pub from_name: Bilingual,
    /// Who gets one.
    pub to: Vec<Audience>,
    /// The only domains to which mail may go; empty means that nothing can be sent.
    pub allow_domains: Vec<String>,
    /// Whether the cards of the team follow its pack, in the same file.
    pub pack_cards: bool,
    /// How the mailed copies of PDFs are locked, if they are; the archive keeps plain ones.
    pub pdf_password: Option<PdfPassword>,
    /// Addresses that are reminded of what no one person of the roster is asked for.
    pub remind_to: Vec<String>,
}

/// Who gets a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Each agent their own card.
    Agents,
    /// Each manager their team's pack.
    Managers,
}

/// A document that every run can make as a PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Print {
    /// Each agent's card.
    Cards,
    /// Each team's pack.
    Packs,
}

/// Which periods a job is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Periods {
    /// Those that are over; a run of one that is not is held.
    #[default]
    Closed,
    /// The one that runs, up to the day of the run: its numbers are provisional and go out in reports alone.
    Running,
}

impl Job {
    /// Reads and checks one file.
    pub fn parse(file: &AuthoredFile) -> Result<Self, Diagnostics> {
        check::check(file)
    }

    /// The period that a run on `today` is about where nobody names one: the last that was over when the day began, or
    /// the one that yesterday lies in.
    pub fn period_on(&self, today: NaiveDate) -> Period {
        match self.periods {
            Periods::Closed => Period::last_before(self.cycle, today),
            Periods::Running => Period::containing(self.cycle, today - Days::new(1)),
        }
    }

    /// Whether the letters of a scheduled run go as soon as it is ready.
    pub fn releases_at_once(&self) -> bool {
        self.release.by == ReleasedBy::Automatic && !self.milestones.iter().any(|one| one.does == Does::Release)
    }

    /// The milestone of that name.
    pub fn milestone(&self, id: &str) -> Option<&Milestone> {
        self.milestones.iter().find(|one| one.id == id)
    }

    /// Whether anything of it goes to anybody.
    pub fn mails(&self) -> bool {
        !self.letters.to.is_empty() || self.reports.iter().any(|report| !report.to.is_empty())
    }
}

/// The JSON Schema of a job file, generated from the types that read it.
pub fn schema() -> schemars::Schema {
    check::schema()
}

/// The JSON Schema of a calendar file.
pub fn calendar_schema() -> schemars::Schema {
    calendar::schema()
}
