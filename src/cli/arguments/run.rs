//! What is typed about runs: which, how far, and what becomes of their letters.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(in crate::cli) struct OrderOptions {
    /// The job's id: the name of its file without `.toml`.
    pub(in crate::cli) job: String,
    /// `2026-10`, `2026-Q3`, `2026-W41`, `2026-10-05` or `last`.
    #[arg(long, default_value = "last", value_name = "P")]
    pub(in crate::cli) period: String,
    /// Only this team, by its id.
    #[arg(long, value_name = "T")]
    pub(in crate::cli) team: Option<String>,
    /// Only these agents, by staff number; several with commas between them.
    #[arg(long, value_name = "A", value_delimiter = ',')]
    pub(in crate::cli) agent: Vec<String>,
    /// Score by this version of the job's scheme instead of the one in force at the period's end.
    #[arg(long, value_name = "V")]
    pub(in crate::cli) scheme_version: Option<String>,
    /// Pull again, although raw data is kept.
    #[arg(long)]
    pub(in crate::cli) refresh: bool,
    /// Mail new editions when nothing holds the run.
    #[arg(long)]
    pub(in crate::cli) send: bool,
    /// Send every letter to this address instead, marked as a test; nothing counts as sent.
    #[arg(long, requires = "send", value_name = "ADDRESS")]
    pub(in crate::cli) test_to: Option<String>,
    /// Count `last` from this instant instead of now, such as 2026-11-09T09:00:00+08:00.
    #[arg(long, value_name = "INSTANT")]
    pub(in crate::cli) as_of: Option<DateTime<Utc>>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PlanOptions {
    #[command(flatten)]
    pub(in crate::cli) order: OrderOptions,
    /// Print what this engine would be asked to count, and nothing else.
    #[arg(long, value_enum, value_name = "ENGINE")]
    pub(in crate::cli) engine: Option<Counting>,
}

/// An engine that counts elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Counting {
    /// Apache Spark.
    Spark,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RunOptions {
    #[command(flatten)]
    pub(in crate::cli) order: OrderOptions,
    /// Why it is run again: stands on every document that is issued anew, in its letter and in the audit trail.
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) reason: Option<String>,
    /// Also write cards and amounts for finance as JSON, CSV, XLSX and Parquet, packs.json, run.json and the PDFs into this folder.
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) export: Option<PathBuf>,
    /// Also print where the time went: stage by stage, with rows, pages and letters a second, and the peak of memory.
    #[arg(long)]
    pub(in crate::cli) timings: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ExplainOptions {
    /// Staff number.
    pub(in crate::cli) agent: String,
    /// The job's id.
    #[arg(long, short, value_name = "J")]
    pub(in crate::cli) job: String,
    /// The period, or `last`.
    #[arg(long, short, default_value = "last", value_name = "P")]
    pub(in crate::cli) period: String,
    /// Rows to show behind each number.
    #[arg(long, default_value_t = 5)]
    pub(in crate::cli) rows: usize,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  scorepost release monthly-scorecard-2026-10-1 --look             what stands out, and what would go\n  scorepost release monthly-scorecard-2026-10-1                    let it go, in your name\n  scorepost release monthly-scorecard-2026-10-1 --except A0007     all but one, which stays back\n\nYour name is that of the account, or SCOREPOST_USER. Where the job asks for two persons, the first word is kept and the second must be another person's."
)]
pub(in crate::cli) struct ReleaseOptions {
    /// The run's id.
    pub(in crate::cli) run: String,
    /// Only say what would go out and what stands out; change nothing.
    #[arg(long, conflicts_with_all = ["accept", "except"])]
    pub(in crate::cli) look: bool,
    /// Keep back the letters about this agent or team; may be repeated.
    #[arg(long, value_name = "AGENT", value_delimiter = ',')]
    pub(in crate::cli) except: Vec<String>,
    /// Answer, by your name, for what gates of the job hold; a short pull stays held.
    #[arg(long, requires = "reason")]
    pub(in crate::cli) accept: bool,
    /// Why.
    #[arg(long, requires = "accept", value_name = "TEXT")]
    pub(in crate::cli) reason: Option<String>,
    /// Send every letter to this address instead, marked as a test; the run stays ready and nothing counts as sent.
    #[arg(long, conflicts_with = "accept", value_name = "ADDRESS")]
    pub(in crate::cli) test_to: Option<String>,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("which").required(true)))]
pub(in crate::cli) struct ResendOptions {
    /// The run's id.
    pub(in crate::cli) run: String,
    /// All failed letters of the run.
    #[arg(long, group = "which")]
    pub(in crate::cli) failed: bool,
    /// The failed letters about this agent.
    #[arg(long, group = "which", value_name = "A")]
    pub(in crate::cli) agent: Option<String>,
}

/// What may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum Unknown {
    /// A letter with a document.
    Letter,
    /// What a robot was to say in a chat.
    Notice,
    /// A letter that reminds somebody.
    Reminder,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("verdict").required(true)))]
pub(in crate::cli) struct ResolveOptions {
    /// The number, as `show` and `unknowns` list it.
    pub(in crate::cli) delivery: i64,
    /// What it is the number of.
    #[arg(long, value_enum, default_value_t = Unknown::Letter)]
    pub(in crate::cli) of: Unknown,
    /// It arrived; it is not sent again.
    #[arg(long, group = "verdict")]
    pub(in crate::cli) arrived: bool,
    /// It did not arrive; `resend` or the next run sends it again under the same Message-ID.
    #[arg(long, group = "verdict")]
    pub(in crate::cli) send_again: bool,
    /// How you know.
    #[arg(long)]
    pub(in crate::cli) reason: String,
}
