//! What is typed about files that people fill in, read elsewhere, or write themselves.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::render::Shape;

#[derive(Debug, Args)]
pub(in crate::cli) struct ExportOptions {
    /// The run's id, as `runs` lists it.
    pub(in crate::cli) run: String,
    /// The format; may be repeated (default: everything, or xlsx for `--what`).
    #[arg(long, value_name = "FORMAT")]
    pub(in crate::cli) format: Vec<ExportFormat>,
    /// What to write.
    #[arg(long, value_name = "WHAT")]
    pub(in crate::cli) what: Option<ExportWhat>,
    /// The folder (default: export/RUN).
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) out: Option<PathBuf>,
}

/// The format of an exported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ExportFormat {
    /// For programs; amounts are texts of decimals.
    Json,
    /// UTF-8 with a byte order mark.
    Csv,
    /// A workbook with typed cells.
    Xlsx,
    /// Columns of text, for cards alone.
    Parquet,
}

/// What is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ExportWhat {
    /// Cards with their lines.
    Cards,
    /// Amounts by agent and component, and the proposals behind them.
    Finance,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct InitOptions {
    /// The folder; it is made when it is not there.
    #[arg(value_name = "DIR")]
    pub(in crate::cli) folder: PathBuf,
    /// Write every template of documents and letters, not only the card's.
    #[arg(long)]
    pub(in crate::cli) all_templates: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct FormOptions {
    /// The job's id.
    pub(in crate::cli) job: String,
    /// The period, or `last`.
    #[arg(long, short, default_value = "last", value_name = "P")]
    pub(in crate::cli) period: String,
    /// Only this team, by its id.
    #[arg(long, value_name = "T")]
    pub(in crate::cli) team: Option<String>,
    /// Only this role of raters, such as `supervisor`; for items that anybody may rate, the role to write.
    #[arg(long, value_name = "ROLE")]
    pub(in crate::cli) rater: Option<String>,
    /// The folder; a folder of the period is made in it (default: forms).
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Write forms again that are there already; what was filled in is lost.
    #[arg(long)]
    pub(in crate::cli) overwrite: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorepost preview card                                     the card of the last run's first agent, or an invented one\n  scorepost preview card --agent A0001 --watch               again at every change of the template folder\n  scorepost preview pack.typ --fixture overflowing           a team of forty with long names\n  scorepost preview letters/card.zh-CN.html.j2 --out l.html  the letter as a page and as a mail"
)]
pub(in crate::cli) struct PreviewOptions {
    /// `card`, `pack.typ`, a path to a template, or `letters/card.zh-CN.html.j2`.
    pub(in crate::cli) template: String,
    /// Show the document of this agent, by staff number.
    #[arg(long, value_name = "A", conflicts_with_all = ["team", "fixture"])]
    pub(in crate::cli) agent: Option<String>,
    /// Show the document of this team, by its id.
    #[arg(long, value_name = "T", conflicts_with = "fixture")]
    pub(in crate::cli) team: Option<String>,
    /// Only documents of this job.
    #[arg(long, value_name = "J", conflicts_with = "fixture")]
    pub(in crate::cli) job: Option<String>,
    /// Only documents of this period, such as `2026-10`.
    #[arg(long, value_name = "P", requires = "job")]
    pub(in crate::cli) period: Option<String>,
    /// Invented data instead of issued.
    #[arg(long)]
    pub(in crate::cli) fixture: Option<Fixture>,
    /// Render again whenever a template changes, until Ctrl-C.
    #[arg(long)]
    pub(in crate::cli) watch: bool,
    /// Where the result goes (default: `card.preview.pdf` in this folder, by the template's name).
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
}

/// Invented data.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum Fixture {
    /// A team of seven.
    Usual,
    /// One agent, one line, the first period of all.
    Minimal,
    /// Forty agents, twelve lines, everything long.
    Overflowing,
    /// Texts that look like markup or never end.
    Hostile,
    /// Nobody scored, values without data.
    Missing,
    /// Headings, additions, events, money, proposals; no grades.
    Ledger,
    /// No total: every line has a level.
    Levels,
}

impl From<Fixture> for Shape {
    fn from(typed: Fixture) -> Self {
        match typed {
            Fixture::Usual => Self::Usual,
            Fixture::Minimal => Self::Minimal,
            Fixture::Overflowing => Self::Overflowing,
            Fixture::Hostile => Self::Hostile,
            Fixture::Missing => Self::Missing,
            Fixture::Ledger => Self::Ledger,
            Fixture::Levels => Self::Levels,
        }
    }
}

/// A kind of file that a person writes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum AuthoredKind {
    /// `jobs/*.toml`.
    Job,
    /// `jobs/calendars/*.toml`.
    Calendar,
    /// `jobs/sources/*.toml`.
    Source,
    /// `jobs/schemes/*.toml`.
    Scheme,
}
