//! Quotas (R14): so many of the best or of the last in each group, with their awards and lists.

use std::collections::BTreeMap;

use crate::exact::Exact;
use crate::scheme::consequence::{Quota, QuotaSize};
use crate::scheme::{End, QuotaTies, Rounding};
use crate::tables::Member;

use super::desk::Desk;
use super::order::{self, Key};

/// The agents whom a quota takes.
pub(super) fn chosen(desk: &Desk<'_>, quota: &Quota) -> Vec<String> {
    let scheme = desk.facts.scheme;
    let barred = |member: &Member| {
        scheme
            .gates
            .iter()
            .any(|gate| gate.not_eligible.contains(&quota.id) && desk.results.holds(&member.id, &gate.id))
    };
    let mut groups: BTreeMap<&str, Vec<(Key, &str)>> = BTreeMap::new();
    let mut sizes: BTreeMap<&str, u32> = BTreeMap::new();
    for member in desk.facts.roster.agents().filter(|member| desk.results.totals.contains_key(&member.id)) {
        let group = order::group_within(member, quota.within);
        // Whoever is passed over still counts for how many there are.
        *sizes.entry(group).or_default() += 1;
        let eligible = quota.among.as_ref().is_none_or(|among| desk.holds(among, member));
        let first = quota.key.as_ref().or(scheme.rank.key.as_ref());
        let key = order::key(desk, member, first, &scheme.rank.ties);
        // Who has no value to be ordered by is neither best nor last.
        let measured = key.first().is_some_and(Option::is_some);
        if eligible && measured && !barred(member) {
            groups.entry(group).or_default().push((key, &member.id));
        }
    }
    let mut taken = Vec::new();
    for (name, group) in groups {
        let places = places(quota, sizes.get(name).copied().unwrap_or(0));
        taken.extend(take(quota, group, places as usize));
    }
    taken
}

/// How many a group of this size has.
fn places(quota: &Quota, people: u32) -> u32 {
    if people < quota.minimum_group {
        return quota.small_group.min(people);
    }
    let wanted = match &quota.size {
        QuotaSize::Count(count) => *count,
        QuotaSize::Share(share, rounding) => {
            let part = share.clone() * Exact::whole(people.into());
            let whole = match rounding {
                Rounding::HalfUp => part.rounded(0),
                Rounding::Floor => part.floor(),
                Rounding::Ceil => -(-part).floor(),
            };
            whole.to_f64() as u32
        }
    };
    wanted.max(quota.at_least).min(people)
}

fn take(quota: &Quota, mut group: Vec<(Key, &str)>, places: usize) -> Vec<String> {
    group.sort_by(|one, other| order::compare(&one.0, &other.0).then_with(|| one.1.cmp(other.1)));
    if quota.from == End::Bottom {
        group.reverse();
    }
    let places = places.min(group.len());
    let edge = places.checked_sub(1).map(|last| group[last].0.first().cloned());
    let next = group.get(places).map(|(key, _)| key.first().cloned());
    let tied = |key: &Key| edge.as_ref() == Some(&key.first().cloned());
    let names = |chosen: &[(Key, &str)]| chosen.iter().map(|(_, agent)| (*agent).to_owned()).collect();
    match quota.ties {
        QuotaTies::Break => names(&group[..places]),
        QuotaTies::Include if edge.is_some() => {
            let end = group.iter().rposition(|(key, _)| tied(key)).map_or(places, |last| last + 1);
            names(&group[..end.max(places)])
        }
        QuotaTies::Exclude if edge.is_some() && next == edge => {
            let end = group.iter().position(|(key, _)| tied(key)).unwrap_or(places);
            names(&group[..end.min(places)])
        }
        QuotaTies::Include | QuotaTies::Exclude => names(&group[..places]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Within;
    use crate::words::Bilingual;

    fn quota(from: End, ties: QuotaTies, rounding: Rounding, at_least: u32) -> Quota {
        Quota {
            id: "quota".to_owned(),
            label: Bilingual::same("quota"),
            from,
            size: QuotaSize::Share(Exact::scaled(2, 1), rounding),
            within: Within::Team,
            at_least,
            minimum_group: 0,
            small_group: 0,
            ties,
            among: None,
            key: None,
            assumed: None,
        }
    }

    /// The sizes of D26 of the catalogue.
    #[test]
    fn shares_become_people_as_the_author_rounds_them() {
        let top = quota(End::Top, QuotaTies::Break, Rounding::HalfUp, 1);
        assert_eq!([1, 5, 7, 10, 11, 23].map(|people| places(&top, people)), [1, 1, 1, 2, 2, 5]);
        let bottom = Quota {
            size: QuotaSize::Share(Exact::scaled(1, 1), Rounding::Floor),
            ..quota(End::Bottom, QuotaTies::Break, Rounding::Floor, 0)
        };
        assert_eq!([5, 7, 10, 11, 23].map(|people| places(&bottom, people)), [0, 0, 1, 1, 2]);
        let small = Quota { minimum_group: 5, small_group: 1, ..top };
        assert_eq!([0, 2, 4].map(|people| places(&small, people)), [0, 1, 1]);
    }

    #[test]
    fn equals_at_the_limit_are_in_or_out_as_written() {
        let group = || {
            vec![
                (vec![Some(Exact::whole(90))], "a"),
                (vec![Some(Exact::whole(80))], "b"),
                (vec![Some(Exact::whole(80))], "c"),
            ]
        };
        let of = |ties, places| take(&quota(End::Top, ties, Rounding::Floor, 0), group(), places);
        assert_eq!(of(QuotaTies::Break, 2), ["a", "b"]);
        assert_eq!(of(QuotaTies::Include, 2), ["a", "b", "c"]);
        assert_eq!(of(QuotaTies::Exclude, 2), ["a"]);
        assert_eq!(of(QuotaTies::Exclude, 3), ["a", "b", "c"]);
        let bottom = |ties| take(&quota(End::Bottom, ties, Rounding::Floor, 0), group(), 1);
        assert_eq!(bottom(QuotaTies::Break), ["c"]);
        assert_eq!(bottom(QuotaTies::Exclude), Vec::<String>::new());
    }
}
