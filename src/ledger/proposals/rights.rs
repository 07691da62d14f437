//! Who may decide about a proposal.

use std::fmt;

use super::Proposal;
use crate::ledger::leads::Led;
use crate::ledger::people::{Role, User};

/// Why a person may not decide about a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// They may not sign in any more.
    Disabled,
    /// It is about an agent of a team that is not theirs, or they lead none.
    NotTheirTeam,
    /// It is about themself.
    AboutThemself,
}

impl Bar {
    /// What keeps `user`, who leads what `led` says, from deciding about `proposal`: operators and HR decide about all,
    /// managers about the teams for which they act in its period, and nobody about themself.
    pub fn of(user: &User, led: &Led, proposal: &Proposal) -> Option<Self> {
        match user.role {
            _ if user.disabled => Some(Self::Disabled),
            _ if is_about(user, proposal) => Some(Self::AboutThemself),
            Role::Operator | Role::Hr => None,
            Role::Manager if led.commands(&proposal.job, &proposal.period, &proposal.team) => None,
            Role::Manager | Role::Agent => Some(Self::NotTheirTeam),
        }
    }
}

/// A user without a staff number is known by the name they sign in with.
fn is_about(user: &User, proposal: &Proposal) -> bool {
    let named = |name: &str| name == proposal.agent || name == proposal.name;
    match &user.staff_number {
        Some(number) => *number == proposal.agent,
        None => named(&user.name),
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Disabled => "they can no longer sign in: name a person who can",
            Self::NotTheirTeam => "only a manager of that team, HR or an operator decides",
            Self::AboutThemself => "nobody decides about themself: ask HR or another manager",
        })
    }
}
