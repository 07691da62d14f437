//! What is typed about appeals.

use clap::{Args, Subcommand, ValueEnum};

use crate::ledger::AppealState;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum AppealsCommand {
    /// The appeals, as they came.
    List(WhichAppeals),
    /// One appeal: what is disputed, what the card says, the answer.
    Show {
        /// The number, as `appeals list` prints it.
        id: i64,
    },
    /// Set the line anew; the agent is scored again and gets a new edition.
    Accept(Accepting),
    /// Let the line stand.
    Refuse(WordOnAppeal),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct WhichAppeals {
    /// Only those of this job.
    #[arg(long, value_name = "J")]
    pub(in crate::cli) job: Option<String>,
    /// Only those of this period, such as `2026-10`.
    #[arg(long, value_name = "P")]
    pub(in crate::cli) period: Option<String>,
    /// Only those in this state.
    #[arg(long)]
    pub(in crate::cli) state: Option<StateOfAppeal>,
}

/// How far an appeal is.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum StateOfAppeal {
    /// Nobody answered it yet.
    Open,
    /// The line was set anew.
    Accepted,
    /// The line stands.
    Refused,
    /// The agent took it back.
    Withdrawn,
}

impl From<StateOfAppeal> for AppealState {
    fn from(typed: StateOfAppeal) -> Self {
        match typed {
            StateOfAppeal::Open => Self::Open,
            StateOfAppeal::Accepted => Self::Accepted,
            StateOfAppeal::Refused => Self::Refused,
            StateOfAppeal::Withdrawn => Self::Withdrawn,
        }
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Accepting {
    #[command(flatten)]
    pub(in crate::cli) word: WordOnAppeal,
    #[command(flatten)]
    pub(in crate::cli) set: WhatIsSet,
}

/// One of three things that can be set on a line.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(in crate::cli) struct WhatIsSet {
    /// The points of the line, whatever its rules give.
    #[arg(long, value_name = "N")]
    pub(in crate::cli) points: Option<String>,
    /// The value that its rules judge, written as the card prints it, such as `95.3%`.
    #[arg(long, value_name = "V")]
    pub(in crate::cli) value: Option<String>,
    /// What was counted; the denominator and the rules stay.
    #[arg(long, value_name = "N")]
    pub(in crate::cli) numerator: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct WordOnAppeal {
    /// The number, as `appeals list` prints it.
    #[arg(value_name = "ID")]
    pub(in crate::cli) id: i64,
    /// Who answers: a manager of that team, HR or an operator, by the name in `user list`.
    #[arg(long, value_name = "PERSON")]
    pub(in crate::cli) by: String,
    /// Why; the agent reads it.
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) reason: String,
}
