//! Ranks (R14): whom an agent is ranked with, and what decides a place. Everything decides on unrounded values.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::exact::Exact;
use crate::scheme::consequence::Sorted;
use crate::scheme::formula::Value;
use crate::scheme::{Direction, Level, Method, Within};
use crate::tables::Member;

use super::desk::Desk;
use super::groups::group_of;

/// The group in which an agent is compared.
pub(super) fn group_within(member: &Member, within: Within) -> &str {
    group_of(member, level_of(within))
}

pub(super) fn level_of(within: Within) -> Level {
    match within {
        Within::Team => Level::Team,
        Within::Department => Level::Department,
        Within::Shop => Level::Shop,
    }
}

/// What decides a place, the most important first; larger is better, and no data is worst.
pub(super) type Key = Vec<Option<Exact>>;

/// Better first.
pub(super) fn compare(one: &Key, other: &Key) -> Ordering {
    other.cmp(one)
}

/// The key of an agent: what is compared first, then the tie-breakers; the smaller the better turned round.
pub(super) fn key(desk: &Desk<'_>, member: &Member, first: Option<&Sorted>, ties: &[Sorted]) -> Key {
    let value = |sorted: &Sorted| match sorted {
        Sorted::StaffNumber => None,
        Sorted::By(formula, direction) => match desk.of_agent(formula, member) {
            Value::Number(number) if *direction == Direction::Lower => Some(-number),
            Value::Number(number) => Some(number),
            other => {
                desk.note(&other);
                None
            }
        },
    };
    let first = match first {
        Some(sorted) => value(sorted),
        None => desk.results.totals.get(&member.id).cloned(),
    };
    std::iter::once(first).chain(ties.iter().map(value)).collect()
}

/// Whether staff numbers part equals.
pub(super) fn parts_equals(method: Method, ties: &[Sorted]) -> bool {
    method == Method::Ordinal || ties.iter().any(|tie| matches!(tie, Sorted::StaffNumber))
}

/// The place of everybody in each group, and how many are in it.
pub(super) fn places(desk: &Desk<'_>) -> BTreeMap<String, (u32, u32)> {
    let scheme = desk.facts.scheme;
    let mut groups: BTreeMap<&str, Vec<(Key, &str)>> = BTreeMap::new();
    for member in desk.facts.roster.agents().filter(|member| desk.results.totals.contains_key(&member.id)) {
        let key = key(desk, member, scheme.rank.key.as_ref(), &scheme.rank.ties);
        groups.entry(group_within(member, scheme.rank.within)).or_default().push((key, &member.id));
    }
    let alone = parts_equals(scheme.rank.method, &scheme.rank.ties);
    let mut found = BTreeMap::new();
    for group in groups.into_values() {
        let of = group.len() as u32;
        for (agent, place) in numbered(group, scheme.rank.method, alone) {
            found.insert(agent, (place, of));
        }
    }
    found
}

/// Numbers a group from the best: equals share a place unless staff numbers part them.
fn numbered(mut group: Vec<(Key, &str)>, method: Method, alone: bool) -> Vec<(String, u32)> {
    group.sort_by(|one, other| compare(&one.0, &other.0).then_with(|| one.1.cmp(other.1)));
    let mut places: Vec<(String, u32)> = Vec::with_capacity(group.len());
    for (index, (key, agent)) in group.iter().enumerate() {
        let equal = index > 0 && group[index - 1].0 == *key && !alone;
        let before = places.last().map_or(0, |(_, place)| *place);
        let place = match (equal, method) {
            (true, _) => before,
            (false, Method::Dense) => before + 1,
            (false, Method::Competition | Method::Ordinal) => index as u32 + 1,
        };
        places.push(((*agent).to_owned(), place));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(keys: &[(i64, Option<i64>)]) -> Vec<(Key, &'static str)> {
        let names = ["a", "b", "c", "d"];
        let key = |(total, tie): &(i64, Option<i64>)| vec![Some(Exact::whole(*total)), tie.map(Exact::whole)];
        keys.iter().map(key).zip(names).collect()
    }

    fn in_order(mut places: Vec<(String, u32)>) -> Vec<u32> {
        places.sort();
        places.into_iter().map(|(_, place)| place).collect()
    }

    #[test]
    fn equal_keys_share_a_place_and_the_next_is_skipped_or_not() {
        let keys = [(80, Some(1)), (90, Some(1)), (90, Some(1)), (90, Some(2))];
        assert_eq!(in_order(numbered(group(&keys), Method::Competition, false)), [4, 2, 2, 1]);
        assert_eq!(in_order(numbered(group(&keys), Method::Dense, false)), [3, 2, 2, 1]);
        assert_eq!(in_order(numbered(group(&keys), Method::Ordinal, true)), [4, 2, 3, 1]);
    }

    #[test]
    fn no_data_breaks_a_tie_downwards() {
        assert_eq!(in_order(numbered(group(&[(90, None), (90, Some(0))]), Method::Competition, false)), [2, 1]);
    }
}
