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
        let theirs = led.commands(&proposal.job, &proposal.period, &proposal.team);
        Self::about(user, (&proposal.agent, &proposal.name), theirs)
    }

    /// The same for anything about an agent, by staff number and name, that is `theirs` if they are a manager.
    pub(in crate::ledger) fn about(user: &User, agent: (&str, &str), theirs: bool) -> Option<Self> {
        match user.role {
            _ if user.disabled => Some(Self::Disabled),
            _ if is_themself(user, agent) => Some(Self::AboutThemself),
            Role::Operator | Role::Hr => None,
            Role::Manager if theirs => None,
            Role::Manager | Role::Agent => Some(Self::NotTheirTeam),
        }
    }
}

/// A user without a staff number is known by the name they sign in with.
fn is_themself(user: &User, (agent, name): (&str, &str)) -> bool {
    match &user.staff_number {
        Some(number) => number == agent,
        None => user.name == agent || user.name == name,
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
