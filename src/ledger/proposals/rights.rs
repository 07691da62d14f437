//! Who may decide about a proposal.

use std::fmt;

use super::Proposal;
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
    /// What keeps `user` from deciding about `proposal`: operators and HR decide about all, managers about their
    /// teams, and nobody about themself.
    pub fn of(user: &User, proposal: &Proposal) -> Option<Self> {
        Self::about(user, (&proposal.agent, &proposal.name), &proposal.team)
    }

    /// The same for anything about an agent, by staff number and name, of a team.
    pub(in crate::ledger) fn about(user: &User, agent: (&str, &str), team: &str) -> Option<Self> {
        match user.role {
            _ if user.disabled => Some(Self::Disabled),
            _ if is_themself(user, agent) => Some(Self::AboutThemself),
            Role::Operator | Role::Hr => None,
            Role::Manager if user.teams.iter().any(|one| one == team) => None,
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
