//! Points by place among others (R06).

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::exact::Exact;
use crate::scheme::formula::Value;
use crate::scheme::line::RankPoints;
use crate::scheme::{Amount, Direction, Indicator, Judged, Per, RankTies, Scored};
use crate::tables::Member;
use crate::words::Bilingual;

use super::super::adjustments::Adjustments;
use super::super::desk::Desk;
use super::super::order::group_within;
use super::adjusted;
use super::words::Format;

/// Places of everybody who takes one, over one stretch.
pub(in crate::score) struct Places {
    direction: Direction,
    /// By agent the best place and how many share it.
    found: FxHashMap<String, (usize, usize)>,
}

impl Places {
    /// One for the period, or one for each week; none for lines without places.
    pub(super) fn of(desk: &Desk<'_>, indicator: &Indicator, adjustments: &Adjustments) -> Vec<Self> {
        let (Scored::Ranks(ranks), Judged::Value { value, relative_to: None, .. }) =
            (&indicator.scored, &indicator.judged)
        else {
            return Vec::new();
        };
        let direction = Format::of(desk.facts.scheme, indicator).direction;
        let weeks: Vec<Option<usize>> = match indicator.per {
            Per::Period => vec![None],
            Per::Week => (0..4).map(Some).collect(),
        };
        let ranked = |member: &&Member| desk.facts.crowd.ranked.contains(&member.id);
        let members: Vec<&Member> = desk.facts.roster.agents().filter(ranked).collect();
        let stretch = |week: Option<usize>| {
            let value = |member: &&Member| {
                let applies = indicator.when.as_ref().is_none_or(|when| desk.in_week(when, member, week).holds());
                let set = || adjusted::value(desk, adjustments.on(&member.id, &indicator.id), value, member, week);
                applies.then(|| set().unwrap_or_else(|| desk.in_week(value, member, week)))
            };
            let values: Vec<Option<Value>> = members.par_iter().map(value).collect();
            let mut groups: BTreeMap<&str, Vec<(Exact, &str)>> = BTreeMap::new();
            for (member, value) in members.iter().zip(values) {
                if let Some(Value::Number(value)) = value {
                    groups.entry(group_within(member, ranks.within)).or_default().push((value, &member.id));
                }
            }
            let found = groups.into_values().flat_map(|group| places(group, direction, ranks.ties)).collect();
            Self { direction, found }
        };
        weeks.into_iter().map(stretch).collect()
    }

    /// Points for the place, and for being worse than the reference.
    pub(super) fn points(
        &self,
        desk: &Desk<'_>,
        ranks: &RankPoints,
        member: &Member,
        value: &Exact,
        week: Option<usize>,
    ) -> (Value, Bilingual) {
        let reached = match &ranks.reach {
            None => true,
            Some(reach) => match desk.in_week(reach, member, week) {
                Value::Number(reference) => !self.is_worse(value, &reference),
                Value::Unset(name) => return (Value::Unset(name), Bilingual::default()),
                _ => true,
            },
        };
        let place = self.found.get(&member.id).copied();
        let (mut points, mut rule) = match (place, reached) {
            (Some((place, sharing)), true) => match of_place(ranks, place, sharing) {
                Ok(points) => (points, Bilingual::new(format!("第 {} 名", place + 1), format!("place {}", place + 1))),
                Err(lacking) => return (Value::Unset(lacking), Bilingual::default()),
            },
            (_, false) => {
                (Exact::zero(), Bilingual::new("低于平均，无名次分", "below the average, no points by place"))
            }
            (None, true) => (Exact::zero(), Bilingual::new("无名次", "no place")),
        };
        let than = ranks.below.as_ref().map(|(than, penalty)| (desk.in_week(than, member, week), penalty));
        if let Some((Value::Unset(name), _)) = &than {
            return (Value::Unset(name.clone()), Bilingual::default());
        }
        if let Some((Value::Number(reference), penalty)) = &than
            && self.is_worse(value, reference)
        {
            match penalty {
                Amount::Known(penalty) => points = points + penalty.clone(),
                Amount::Unset(name) => return (Value::Unset(name.clone()), Bilingual::default()),
            }
            rule = Bilingual::new(format!("{}；不及参照值", rule.zh), format!("{}; worse than the reference", rule.en));
        }
        (Value::Number(points), rule)
    }

    fn is_worse(&self, value: &Exact, reference: &Exact) -> bool {
        match self.direction {
            Direction::Higher => value < reference,
            Direction::Lower => value > reference,
        }
    }
}

/// Best first; equals share the better place, or the staff number parts them.
fn places(mut group: Vec<(Exact, &str)>, direction: Direction, ties: RankTies) -> Vec<(String, (usize, usize))> {
    group.sort_by(|one, other| {
        let better = match direction {
            Direction::Higher => other.0.cmp(&one.0),
            Direction::Lower => one.0.cmp(&other.0),
        };
        better.then_with(|| one.1.cmp(other.1))
    });
    let mut found: Vec<(String, (usize, usize))> = Vec::with_capacity(group.len());
    let mut first = 0;
    while first < group.len() {
        let equal = group[first..].iter().take_while(|other| other.0 == group[first].0).count();
        for (index, (_, agent)) in group.iter().enumerate().skip(first).take(equal) {
            let place = match ties {
                RankTies::Break => (index, 1),
                RankTies::Share | RankTies::Average => (first, equal),
            };
            found.push(((*agent).to_owned(), place));
        }
        first += equal;
    }
    found
}

fn of_place(ranks: &RankPoints, place: usize, sharing: usize) -> Result<Exact, String> {
    let at = |place: usize| match ranks.points.get(place) {
        Some(Amount::Known(points)) => Ok(points.clone()),
        Some(Amount::Unset(name)) => Err(name.clone()),
        None => Ok(Exact::zero()),
    };
    match ranks.ties {
        RankTies::Share | RankTies::Break => at(place),
        RankTies::Average => {
            let sum =
                (place..place + sharing).map(at).collect::<Result<Vec<Exact>, String>>()?.into_iter().sum::<Exact>();
            Ok(sum.checked_div(&Exact::whole(sharing as i64)).unwrap_or_else(Exact::zero))
        }
    }
}
