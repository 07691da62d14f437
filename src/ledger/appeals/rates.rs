//! How often lines are questioned, how often with success, and how long people wait.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{Appeal, AppealState};

/// Appeals of one kind, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// What they have in common, such as a line's id or a team's.
    pub of: String,
    /// All of them.
    pub opened: usize,
    /// Those that nobody answered yet.
    pub waiting: usize,
    /// Those after which the line was set anew.
    pub accepted: usize,
    /// Those after which it stands.
    pub refused: usize,
    /// The time from opening to answer, in the middle of all that a person answered.
    pub median: Option<TimeDelta>,
}

/// Appeals counted by what `key` says of them, the most questioned first.
pub fn rates(appeals: &[Appeal], key: impl Fn(&Appeal) -> String) -> Vec<Rate> {
    let mut kinds: BTreeMap<String, Vec<&Appeal>> = BTreeMap::new();
    for one in appeals {
        kinds.entry(key(one)).or_default().push(one);
    }
    let mut rates: Vec<Rate> = kinds.into_iter().map(|(of, all)| rate(of, &all)).collect();
    rates.sort_by(|one, other| other.opened.cmp(&one.opened).then_with(|| one.of.cmp(&other.of)));
    rates
}

fn rate(of: String, all: &[&Appeal]) -> Rate {
    let count = |state| all.iter().filter(|one| one.state == state).count();
    Rate {
        of,
        opened: all.len(),
        waiting: count(AppealState::Open),
        accepted: count(AppealState::Accepted),
        refused: count(AppealState::Refused),
        median: median(all),
    }
}

/// Of an even number the later of both in the middle.
fn median(all: &[&Appeal]) -> Option<TimeDelta> {
    let by_person = all.iter().filter(|one| matches!(one.state, AppealState::Accepted | AppealState::Refused));
    let mut waits: Vec<TimeDelta> =
        by_person.filter_map(|one| Some(one.answered.as_ref()?.at - one.opened_at)).collect();
    waits.sort_unstable();
    waits.get(waits.len() / 2).copied()
}
