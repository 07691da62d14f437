//! What is typed about people and what is proposed for them.

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

use crate::ledger::{Ability, ProposalState};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::cli) struct ProposalsOptions {
    #[command(subcommand)]
    pub(in crate::cli) command: Option<ProposalsCommand>,
    #[command(flatten)]
    pub(in crate::cli) which: WhichProposals,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct WhichProposals {
    /// Only those of this job.
    #[arg(long, value_name = "J")]
    pub(in crate::cli) job: Option<String>,
    /// Only those of this period, such as `2026-10`.
    #[arg(long, value_name = "P")]
    pub(in crate::cli) period: Option<String>,
    /// Only those in this state.
    #[arg(long)]
    pub(in crate::cli) state: Option<StateOfProposal>,
}

/// How far a proposal is.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum StateOfProposal {
    /// Nobody has decided.
    Pending,
    /// A person agreed.
    Approved,
    /// A person said no.
    Refused,
    /// A later edition no longer proposes it.
    Withdrawn,
}

impl From<StateOfProposal> for ProposalState {
    fn from(typed: StateOfProposal) -> Self {
        match typed {
            StateOfProposal::Pending => Self::Pending,
            StateOfProposal::Approved => Self::Approved,
            StateOfProposal::Refused => Self::Refused,
            StateOfProposal::Withdrawn => Self::Withdrawn,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ProposalsCommand {
    /// Agree: it is to happen; exports then count its amount as money.
    Approve(WordOnProposals),
    /// Say no: it is not to happen.
    Refuse(WordOnProposals),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct WordOnProposals {
    /// Numbers of proposals, as `proposals` lists them; all are decided or none.
    #[arg(required = true, value_name = "ID")]
    pub(in crate::cli) ids: Vec<i64>,
    /// Who decides: a manager of that team, HR or an operator, by the name in `user list`.
    #[arg(long, value_name = "PERSON")]
    pub(in crate::cli) by: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) reason: String,
}

/// What a person may see and do in the console.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum UserRole {
    /// Runs jobs.
    Operator,
    /// Sees every card.
    Hr,
    /// Sees the cards of their teams.
    Manager,
    /// Sees their own card.
    Agent,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum UserCommand {
    /// Add a person, or change one; the password is read from the terminal or one line of stdin.
    Add {
        /// The name to sign in with.
        name: String,
        /// What the person may see and do.
        #[arg(long)]
        role: UserRole,
        /// The person's own staff number.
        #[arg(long)]
        staff_number: Option<String>,
        /// A team that a manager sees beside those that the roster names, for good; may be repeated.
        #[arg(long)]
        team: Vec<String>,
        /// Where links to sign in with are mailed.
        #[arg(long, value_name = "ADDRESS")]
        mail: Option<String>,
        /// No password: they come in by a link, a proxy or a provider of identities.
        #[arg(long)]
        no_password: bool,
    },
    /// Everybody who may sign in.
    List,
    /// Change a person's role, staff number or mail address; a new role ends their sessions.
    Change {
        /// The name.
        name: String,
        /// Another role.
        #[arg(long)]
        role: Option<UserRole>,
        /// Another staff number.
        #[arg(long)]
        staff_number: Option<String>,
        /// Where links to sign in with are mailed.
        #[arg(long, value_name = "ADDRESS")]
        mail: Option<String>,
    },
    /// Give a manager a team beside those that the roster names, for a time or for good.
    Grant {
        /// The name.
        name: String,
        /// The team's id.
        #[arg(long)]
        team: String,
        /// The first day, such as `2026-10-01`; every period before it stays closed.
        #[arg(long, value_name = "DAY")]
        from: Option<NaiveDate>,
        /// The last day.
        #[arg(long, value_name = "DAY")]
        until: Option<NaiveDate>,
    },
    /// Take a granted team away; what the roster says stays.
    Revoke {
        /// The name.
        name: String,
        /// The team's id.
        #[arg(long)]
        team: String,
    },
    /// End all sessions of a person, who may sign in again.
    EndSessions {
        /// The name.
        name: String,
    },
    /// Take away a person's access at once.
    Disable {
        /// The name.
        name: String,
    },
    /// Let a person in again.
    Enable {
        /// The name.
        name: String,
    },
}

/// What a program may do at most.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum TokenAbility {
    /// Look at runs, cards and requests.
    Read,
    /// Ask for plans and runs, and cancel runs.
    Request,
    /// Let mails go out.
    Release,
}

impl From<TokenAbility> for Ability {
    fn from(typed: TokenAbility) -> Self {
        match typed {
            TokenAbility::Read => Self::Read,
            TokenAbility::Request => Self::Request,
            TokenAbility::Release => Self::Release,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum TokenCommand {
    /// Make a token; it is shown once.
    Add {
        /// What the program is called.
        name: String,
        /// The person in whose name it asks; it sees what they see.
        #[arg(long)]
        user: String,
        /// What it may do at most; may be repeated.
        #[arg(long, required = true)]
        may: Vec<TokenAbility>,
        /// For how many days.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=730))]
        days: u16,
    },
    /// Every token, with its last use and its end.
    List,
    /// Take a token back at once.
    Revoke {
        /// Its number, as `token list` shows it.
        id: i64,
    },
}
