//! What is typed about sources.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SourcesCommand {
    /// All sources: resources, tables, and variables that have no value yet.
    List,
    /// Find everything that is wrong with the files of sources.
    Check(CheckSourcesOptions),
    /// Pull a source for a period; days that are kept and no longer change are not asked for again.
    Pull(PullSourcesOptions),
    /// A calendar of what is kept, by day: final, still changing, missing.
    Status(StatusOptions),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckSourcesOptions {
    /// Only this source.
    #[arg(value_name = "ID")]
    pub(in crate::cli) source: Option<String>,
    /// Also send one cheap request to each.
    #[arg(long)]
    pub(in crate::cli) online: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PullSourcesOptions {
    /// The source's id: the name of its file without `.toml`.
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub(in crate::cli) source: Option<String>,
    /// Every source, those first that know the people.
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// `2026-10`, `2026-Q3`, `2026-W41`, `2026-10-05`, `yesterday` or `last` (the last full month).
    #[arg(long, default_value = "last", value_name = "P")]
    pub(in crate::cli) period: String,
    /// Ask for everything again for which the source still answers.
    #[arg(long)]
    pub(in crate::cli) refresh: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct StatusOptions {
    /// Only this source.
    #[arg(value_name = "ID")]
    pub(in crate::cli) source: Option<String>,
    /// `2026-10`, `2026-Q3`, `2026-W41`, `2026-10-05`, `yesterday` or `last` (the last full month).
    #[arg(long, default_value = "last", value_name = "P")]
    pub(in crate::cli) period: String,
}
