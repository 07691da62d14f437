//! Ranks and grades (R13, R14 of the catalogue); both decide on unrounded totals.

use std::cmp::Ordering;

use crate::exact::Exact;
use crate::scheme::{Method, Scheme};
use crate::words::Bilingual;

/// What decides a place: the total, then the tie-breakers; larger is better, and no data is worst.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) total: Exact,
    pub(super) ties: Vec<Option<Exact>>,
}

impl Key {
    /// Better first.
    fn compare(&self, other: &Key) -> Ordering {
        other.total.cmp(&self.total).then_with(|| other.ties.cmp(&self.ties))
    }
}

/// The place of each key, in the order given.
pub(super) fn places(method: Method, keys: &[Key]) -> Vec<u32> {
    let place = |key: &Key| {
        let better: Vec<&Key> = keys.iter().filter(|other| other.compare(key) == Ordering::Less).collect();
        match method {
            Method::Competition => better.len() as u32 + 1,
            Method::Dense => distinct(better) + 1,
        }
    };
    keys.iter().map(place).collect()
}

fn distinct(mut keys: Vec<&Key>) -> u32 {
    keys.sort_by(|one, other| one.compare(other));
    keys.dedup();
    keys.len() as u32
}

/// The label whose limit the total reaches.
pub(super) fn grade(scheme: &Scheme, total: &Exact) -> Bilingual {
    let reached = |limit: &Option<Exact>| limit.as_ref().is_none_or(|limit| total >= limit);
    scheme.grades.iter().find(|grade| reached(&grade.at_least)).map(|grade| grade.label.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(total: i64, tie: i64) -> Key {
        Key { total: Exact::whole(total), ties: vec![Some(Exact::whole(tie))] }
    }

    #[test]
    fn equal_keys_share_a_place_and_the_next_is_skipped_or_not() {
        let keys = [key(80, 1), key(90, 1), key(90, 1), key(90, 2)];
        assert_eq!(places(Method::Competition, &keys), [4, 2, 2, 1]);
        assert_eq!(places(Method::Dense, &keys), [3, 2, 2, 1]);
    }

    #[test]
    fn no_data_breaks_a_tie_downwards() {
        let none = Key { total: Exact::whole(90), ties: vec![None] };
        assert_eq!(places(Method::Competition, &[none, key(90, 0)]), [2, 1]);
    }
}
