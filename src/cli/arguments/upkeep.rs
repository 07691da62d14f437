//! What is typed to keep the house in order.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum LedgerCommand {
    /// Write a whole, checked copy of the ledger, also while it is in use.
    Backup {
        /// The file; it must not be there yet.
        file: PathBuf,
    },
    /// Note that another tool has copied the ledger just now, such as `pg_dump`; an old copy is told of.
    BackedUp,
    /// Look whether every page, reference and audit entry is as it was written.
    Check,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum AlertsCommand {
    /// What needs somebody now, and since when.
    List,
    /// Send a trial on every way that `[alerts]` names.
    Test,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ServiceUnitOptions {
    /// The folder with `scorepost.toml`, jobs and data; the only one to which the service may write.
    #[arg(long, default_value = "/var/lib/scorepost", value_name = "DIR")]
    pub(in crate::cli) folder: PathBuf,
    /// The account under which it runs.
    #[arg(long, default_value = "scorepost", value_name = "NAME")]
    pub(in crate::cli) user: String,
    /// Where the program lies (default: this one).
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) program: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyOptions {
    /// Only what this run stands on.
    #[arg(long, value_name = "RUN")]
    pub(in crate::cli) run: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PurgeOptions {
    /// Only list what would go.
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Do not ask.
    #[arg(long, conflicts_with = "dry_run")]
    pub(in crate::cli) yes: bool,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PersonCommand {
    /// Write everything that is kept of an agent into a new folder: rows, cards, PDFs, letters, what was done.
    Export {
        /// Staff number.
        agent: String,
        /// The folder; it must not be there yet.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Erase an agent: rows, scores, PDFs and letters that show them; a pseudonym keeps counts and audit chain whole.
    Erase {
        /// Staff number.
        agent: String,
        /// Why, for the audit.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Do it; it cannot be undone.
        #[arg(long)]
        yes: bool,
    },
}
