//! What is typed about schemes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SchemeCommand {
    /// All schemes: title, version, cycle, and what is unset or assumed in them.
    List,
    /// One scheme as people read it: indicators, bands, money rules, and what is open.
    Show {
        /// The scheme's id or file.
        scheme: String,
    },
    /// Start a scheme file from a commented template, or from a scheme that is there.
    New(NewSchemeOptions),
    /// Run a draft over past periods beside the scheme in force: who changes, what is paid, how the totals lie.
    Simulate(SimulateOptions),
    /// Fill in a value that a scheme leaves unset, in your name; without a name, say what is unset and what was filled in.
    Fill(FillOptions),
    /// Check every scheme, or one: everything wrong, what is unset, what is assumed.
    Check {
        /// A scheme's id or file (default: all of the schemes folder).
        scheme: Option<String>,
    },
    /// Score a story by a scheme and compare with what its author worked out by hand.
    Try {
        /// The scheme's id or file.
        scheme: String,
        /// The story's folder, with `story.toml` and a folder of CSV tables per period.
        #[arg(long, value_name = "DIR")]
        story: PathBuf,
        /// Also write the cards and packs of the story into this folder, as the people of the story would get them.
        #[arg(long, value_name = "DIR")]
        cards: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct NewSchemeOptions {
    /// The new scheme's id, which names its file.
    pub(in crate::cli) id: String,
    /// What people call it.
    #[arg(long, value_name = "T")]
    pub(in crate::cli) title: Option<String>,
    /// The scheme to begin from, by id or file.
    #[arg(long, value_name = "SCHEME")]
    pub(in crate::cli) from: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct FillOptions {
    /// The scheme's id.
    pub(in crate::cli) scheme: String,
    /// The name under which `check` lists the value.
    #[arg(requires = "value")]
    pub(in crate::cli) name: Option<String>,
    /// The number, such as 45 or 2%.
    #[arg(requires = "reason", allow_hyphen_values = true)]
    pub(in crate::cli) value: Option<String>,
    /// Why this number.
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) reason: Option<String>,
    /// Of this version (default: the newest).
    #[arg(long = "scheme-version", value_name = "V")]
    pub(in crate::cli) version: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SimulateOptions {
    /// The draft's id or file.
    pub(in crate::cli) scheme: String,
    /// The job whose kept tables are scored.
    #[arg(long, value_name = "J")]
    pub(in crate::cli) job: String,
    /// The last so many full periods.
    #[arg(long, default_value_t = 6, value_name = "N", conflicts_with = "period")]
    pub(in crate::cli) periods: u32,
    /// This period; may be repeated.
    #[arg(long, value_name = "P")]
    pub(in crate::cli) period: Vec<String>,
    /// Also write one row per agent and period into this file.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) csv: Option<PathBuf>,
}
