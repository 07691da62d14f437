//! The groups that agents make, and what the averaged agents of each add up to.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::scheme::Level;
use crate::tables::{Member, Role, Roster};

use super::measures::{Parts, number};

/// The levels at which agents are in groups.
const LEVELS: [Level; 3] = [Level::Team, Level::Department, Level::Shop];

/// Who is in which group, by places in the roster.
#[derive(Debug)]
pub(super) struct Groups(BTreeMap<Level, OfLevel>);

/// The groups of one level, numbered as the roster names them.
#[derive(Debug, Default)]
struct OfLevel {
    numbers: FxHashMap<String, usize>,
    members: Vec<Vec<usize>>,
}

/// What one metric adds up to in every group, by level and the group's number.
pub(super) type GroupSums = BTreeMap<Level, Vec<Option<Parts>>>;

impl Groups {
    /// Those of a roster's agents.
    pub(super) fn of(roster: &Roster) -> Self {
        let level = |level: Level| {
            let mut groups = OfLevel::default();
            let agents = roster.members().iter().enumerate().filter(|(_, member)| member.role == Role::Agent);
            agents.for_each(|(place, member)| groups.put(place, group_of(member, level)));
            (level, groups)
        };
        Self(LEVELS.into_iter().map(level).collect())
    }

    /// The places of a group's agents.
    pub(super) fn members(&self, level: Level, group: &str) -> &[usize] {
        let found = || {
            let groups = self.0.get(&level)?;
            groups.members.get(*groups.numbers.get(group)?)
        };
        found().map_or(&[], Vec::as_slice)
    }

    /// Adds up what each agent gives, by their places in the roster; nothing where nobody of a group gives anything.
    pub(super) fn sums(&self, given: &[Option<Parts>]) -> GroupSums {
        let sum = |members: &Vec<usize>| {
            let mut parts = members.iter().filter_map(|place| given.get(*place)?.as_ref());
            let first = parts.next()?.clone();
            Some(parts.fold(first, |mut sum, more| {
                sum.add(more);
                sum
            }))
        };
        self.0.iter().map(|(level, groups)| (*level, groups.members.iter().map(sum).collect())).collect()
    }

    /// The sum of one group.
    pub(super) fn sum<'s>(&self, sums: &'s GroupSums, level: Level, group: &str) -> Option<&'s Parts> {
        let number = *self.0.get(&level)?.numbers.get(group)?;
        sums.get(&level)?.get(number)?.as_ref()
    }
}

impl OfLevel {
    fn put(&mut self, place: usize, group: &str) {
        let number = number(&mut self.numbers, group);
        match self.members.get_mut(number) {
            Some(members) => members.push(place),
            None => self.members.push(vec![place]),
        }
    }
}

/// The id of the group to which an agent belongs; those without one are together.
pub(super) fn group_of(member: &Member, level: Level) -> &str {
    match level {
        Level::Agent => &member.id,
        Level::Team => &member.team_id,
        Level::Department => member.dept_id.as_deref().unwrap_or_default(),
        Level::Shop => member.shop_id.as_deref().unwrap_or_default(),
    }
}
