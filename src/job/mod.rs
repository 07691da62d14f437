//! What `jobs/*.toml` say: what to pull, when, which scheme, to whom, and how it is released.

mod check;
mod folder;
pub mod gate;
mod password;
mod report;

use chrono::{Days, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::diag::{AuthoredFile, Diagnostics};
use crate::period::{Cycle, Period};
use crate::words::Bilingual;

pub use folder::Jobs;
pub use gate::{Gate, GateKind, Severity};
pub use password::PdfPassword;
pub use report::{Of, Reader, Report, ReportKind, Shown};

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
    /// To whom its letters go.
    pub letters: Letters,
    /// Who lets the letters go.
    pub release: Release,
    /// Which of cards and packs become PDFs.
    pub prints: Vec<Print>,
    /// The documents beside cards and packs.
    pub reports: Vec<Report>,
    /// What its data must stand up to.
    pub gates: Vec<Gate>,
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

/// When a job runs on its own.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Five fields: minute, hour, day of month, month, day of week.
    pub cron: String,
    /// What happens to occasions that were missed while the process was down.
    pub catch_up: CatchUp,
    /// How late an occasion may still be caught up.
    pub start_deadline: TimeDelta,
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

/// Who lets the letters of a scheduled run go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Release {
    /// They go as soon as the run is ready and nothing holds it.
    Automatic,
    /// A manager or HR looks first.
    #[default]
    Manager,
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

    /// Whether anything of it goes to anybody.
    pub fn mails(&self) -> bool {
        !self.letters.to.is_empty() || self.reports.iter().any(|report| !report.to.is_empty())
    }
}

/// The JSON Schema of a job file, generated from the types that read it.
pub fn schema() -> schemars::Schema {
    check::schema()
}
