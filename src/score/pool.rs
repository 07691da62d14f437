//! Pools (R15): a pot per group and everybody's part of it, to the fen.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::exact::Exact;
use crate::scheme::consequence::Pool;
use crate::scheme::formula::Value;
use crate::scheme::{Above, Amount, Negative, Rest, Split};
use crate::tables::Member;

use super::appraisal::PoolFigures;
use super::desk::Desk;
use super::groups::group_of;

/// A pool of one group, split.
pub(super) struct Shared {
    pub(super) group: String,
    pub(super) figures: PoolFigures,
    /// By agent, or why there is no part yet.
    pub(super) parts: BTreeMap<String, Value>,
}

/// Splits a pool in every group that has scored agents.
pub(super) fn split(desk: &Desk<'_>, pool: &Pool) -> Vec<Shared> {
    let scored = desk.facts.roster.agents().filter(|member| desk.facts.crowd.scored.contains(&member.id));
    let groups: BTreeSet<&str> = scored.map(|member| group_of(member, pool.of)).collect();
    groups.into_iter().map(|group| split_one(desk, pool, group.to_owned())).collect()
}

fn split_one(desk: &Desk<'_>, pool: &Pool, group: String) -> Shared {
    let figures = |base: Option<Exact>, paid: Option<Exact>, left: Option<Exact>| PoolFigures {
        id: pool.id.clone(),
        label: pool.label.clone(),
        base,
        paid,
        left,
    };
    let members: Vec<&Member> =
        desk.facts.of_group(pool.of, &group).filter(|member| takes_part(desk, pool, member)).collect();
    let base = match desk.of_group(&pool.base, pool.of, &group) {
        Value::Number(base) => base,
        lacking => {
            let parts = members.iter().map(|member| (member.id.clone(), lacking.clone())).collect();
            return Shared { group, figures: figures(None, None, None), parts };
        }
    };
    let pot = match pool.negative {
        Negative::Clip if base.is_negative() => Exact::zero(),
        _ => base.clone(),
    };
    let unrounded = match &pool.split {
        Split::Rank { shares, fixed, rest } => by_place(desk, &members, &pot, shares, fixed, *rest),
        Split::Score { score, over, above } => by_score(desk, &members, &pot, score, over.as_ref(), *above),
    };
    let parts = match unrounded {
        Err(name) => members.iter().map(|member| (member.id.clone(), Value::Unset(name.clone()))).collect(),
        Ok(parts) => {
            let (paid, left) = to_the_fen(&pot, &parts, prizes(&pool.split, &parts));
            let sum = paid.iter().cloned().sum();
            let parts = parts.into_keys().zip(paid).map(|(agent, part)| (agent, Value::Number(part))).collect();
            return Shared { group, figures: figures(Some(base), Some(sum), Some(left)), parts };
        }
    };
    Shared { group, figures: figures(Some(base), None, None), parts }
}

fn takes_part(desk: &Desk<'_>, pool: &Pool, member: &Member) -> bool {
    let barred = desk
        .facts
        .scheme
        .gates
        .iter()
        .any(|gate| gate.no_pay.contains(&pool.id) && desk.results.holds(&member.id, &gate.id));
    desk.has_result(member) && !barred && pool.among.as_ref().is_none_or(|among| desk.holds(among, member))
}

/// An unrounded part of the pot, and a prize on top of it.
type Part = (Exact, Exact);

/// Equal places share their shares and prizes; those behind them share the rest equally.
fn by_place(
    desk: &Desk<'_>,
    members: &[&Member],
    pot: &Exact,
    shares: &[Amount],
    fixed: &[Amount],
    rest: Rest,
) -> Result<BTreeMap<String, Part>, String> {
    let mut ordered: Vec<(u32, &str)> = members
        .iter()
        .filter_map(|member| Some((desk.results.places.get(&member.id)?.0, member.id.as_str())))
        .collect();
    ordered.sort_unstable();
    let known = |amounts: &[Amount], place: usize| match amounts.get(place) {
        Some(Amount::Known(number)) => Ok(number.clone()),
        Some(Amount::Unset(name)) => Err(name.clone()),
        None => Ok(Exact::zero()),
    };
    let places = shares.len().max(fixed.len());
    let all = (0..shares.len()).map(|place| known(shares, place)).collect::<Result<Vec<Exact>, String>>()?;
    let others = Exact::whole(ordered.len().saturating_sub(places) as i64);
    let remainder = Exact::whole(1) - all.into_iter().sum::<Exact>();
    let each = match rest {
        Rest::Keep => Exact::zero(),
        Rest::Equal => remainder.checked_div(&others).unwrap_or_else(Exact::zero),
    };
    let mut parts = BTreeMap::new();
    for (index, (place, agent)) in ordered.iter().enumerate() {
        let first = ordered.iter().position(|(other, _)| other == place).unwrap_or(index);
        let many = ordered.iter().filter(|(other, _)| other == place).count();
        let (mut share, mut prize) = (Exact::zero(), Exact::zero());
        for taken in first..first + many {
            share = share + if taken < places { known(shares, taken)? } else { each.clone() };
            prize = prize + known(fixed, taken)?;
        }
        let many = Exact::whole(many as i64);
        let equal = |sum: Exact| sum.checked_div(&many).unwrap_or_else(Exact::zero);
        parts.insert((*agent).to_owned(), (pot.clone() * equal(share), equal(prize)));
    }
    Ok(parts)
}

/// part = pot × score / over; scores below nought take nothing.
fn by_score(
    desk: &Desk<'_>,
    members: &[&Member],
    pot: &Exact,
    score: &crate::scheme::Formula,
    over: Option<&Amount>,
    above: Above,
) -> Result<BTreeMap<String, Part>, String> {
    let mut scores: BTreeMap<String, Exact> = BTreeMap::new();
    for member in members {
        match desk.of_agent(score, member) {
            Value::Number(score) => scores.insert(member.id.clone(), score.max(Exact::zero())),
            Value::Unset(name) => return Err(name),
            _ => None,
        };
    }
    let sum: Exact = scores.values().cloned().sum();
    let over = match over {
        None => sum.clone(),
        Some(Amount::Unset(name)) => return Err(name.clone()),
        Some(Amount::Known(over)) if above == Above::Scale && sum > *over => sum.clone(),
        Some(Amount::Known(over)) => over.clone(),
    };
    let part = |score: Exact| (pot.clone() * score).checked_div(&over).unwrap_or_else(Exact::zero);
    Ok(scores.into_iter().map(|(agent, score)| (agent, (part(score), Exact::zero()))).collect())
}

/// What prizes add to the pot's parts.
fn prizes(split: &Split, parts: &BTreeMap<String, Part>) -> Exact {
    match split {
        Split::Rank { .. } => parts.values().map(|(_, prize)| prize.clone()).sum(),
        Split::Score { .. } => Exact::zero(),
    }
}

/// Rounds every part half up, then moves single fen where rounding has made the parts miss the whole pot or exceed it:
/// what is paid and what is left are the pot and the prizes to the fen.
fn to_the_fen(pot: &Exact, parts: &BTreeMap<String, Part>, prizes: Exact) -> (Vec<Exact>, Exact) {
    let whole: Vec<Exact> = parts.values().map(|(part, prize)| part.clone() + prize.clone()).collect();
    let mut paid: Vec<Exact> = whole.iter().map(|part| part.rounded(2)).collect();
    let sum = |parts: &[Exact]| parts.iter().cloned().sum::<Exact>();
    let all = pot.clone() + prizes;
    let limit = all.rounded(2);
    let goal = match sum(&whole).cmp(&all) {
        Ordering::Equal => limit.clone(),
        Ordering::Less => sum(&paid).min(limit.clone()),
        Ordering::Greater => sum(&paid),
    };
    let fen = Exact::scaled(1, 2);
    let missing = goal - sum(&paid);
    let steps = missing.checked_div(&fen).map_or(0, |steps| steps.rounded(0).to_f64() as i64);
    let mut order: Vec<usize> = (0..whole.len()).collect();
    // Who lost most by rounding gets a fen first; who won most gives one first.
    order.sort_by(|one, other| {
        let lost = |index: &usize| whole[*index].clone() - paid[*index].clone();
        let by_loss = lost(other).cmp(&lost(one));
        if steps >= 0 { by_loss.then(one.cmp(other)) } else { by_loss.reverse().then(one.cmp(other)) }
    });
    for index in order.iter().cycle().take(if order.is_empty() { 0 } else { steps.unsigned_abs() as usize }) {
        let step = if steps > 0 { fen.clone() } else { -fen.clone() };
        paid[*index] = paid[*index].clone() + step;
    }
    let left = limit - sum(&paid);
    (paid, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).expect("a number")
    }

    fn split(pot: &str, parts: &[(&str, &str)]) -> (Vec<String>, String) {
        let of = |(part, prize): &(&str, &str)| (Exact::from_notation(part).expect("a part"), exact(prize));
        let parts: BTreeMap<String, Part> =
            parts.iter().enumerate().map(|(at, one)| (at.to_string(), of(one))).collect();
        let prizes = parts.values().map(|(_, prize)| prize.clone()).sum();
        let (paid, left) = to_the_fen(&exact(pot), &parts, prizes);
        (paid.iter().map(|part| part.fixed(2)).collect(), left.fixed(2))
    }

    #[test]
    fn parts_sum_to_the_pot_to_the_fen() {
        let third = ("100/3", "0");
        assert_eq!(
            split("100", &[third, third, third]),
            (vec!["33.34".into(), "33.33".into(), "33.33".into()], "0.00".into())
        );
        let sixth = ("100/6", "0");
        let (paid, left) = split("100", &[sixth; 6]);
        assert_eq!((paid.iter().filter(|part| *part == "16.67").count(), left.as_str()), (4, "0.00"));
    }

    #[test]
    fn what_nobody_earned_is_left() {
        assert_eq!(
            split("100", &[("30", "200"), ("20", "0")]),
            (vec!["230.00".into(), "20.00".into()], "50.00".into())
        );
    }

    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// A pot that is shared out whole, by any scores, is paid whole, and nobody is a fen off by more than one.
        #[test]
        fn any_scores_share_any_pot_to_the_fen(
            fen in 0..10_000_000_i64,
            scores in proptest::collection::vec(0..1000_i64, 1..30),
            prize in 0..50_000_i64,
        ) {
            let pot = Exact::scaled(fen.into(), 2);
            let sum: i64 = scores.iter().sum();
            prop_assume!(sum > 0);
            let share = |score: &i64| Exact::whole(*score).checked_div(&Exact::whole(sum)).expect("a sum above nought");
            let prize = Exact::scaled(prize.into(), 2);
            let of = |(at, score): (usize, &i64)| (format!("{at:02}"), (pot.clone() * share(score), prize.clone()));
            let parts: BTreeMap<String, Part> = scores.iter().enumerate().map(of).collect();
            let prizes = prize * Exact::whole(scores.len() as i64);
            let (paid, left) = to_the_fen(&pot, &parts, prizes.clone());
            prop_assert!(left.is_zero(), "{left} is left");
            prop_assert_eq!(paid.iter().cloned().sum::<Exact>(), pot + prizes);
            for (paid, (part, prize)) in paid.iter().zip(parts.values()) {
                prop_assert!((paid.clone() - part.clone() - prize.clone()).abs() <= Exact::scaled(1, 2));
            }
        }

        /// Shares that leave something: what is paid and what is left are the pot, and nothing is overdrawn.
        #[test]
        fn any_shares_of_any_pot_leave_the_rest(
            fen in 0..10_000_000_i64,
            shares in proptest::collection::vec(0..1000_i64, 1..10),
            beyond in 0..1000_i64,
        ) {
            let pot = Exact::scaled(fen.into(), 2);
            let whole = Exact::whole(shares.iter().sum::<i64>() + beyond);
            prop_assume!(!whole.is_zero());
            let share = |share: &i64| Exact::whole(*share).checked_div(&whole).expect("above nought");
            let of = |(at, one): (usize, &i64)| (format!("{at:02}"), (pot.clone() * share(one), Exact::zero()));
            let parts: BTreeMap<String, Part> = shares.iter().enumerate().map(of).collect();
            let (paid, left) = to_the_fen(&pot, &parts, Exact::zero());
            prop_assert!(!left.is_negative(), "{left}");
            prop_assert_eq!(paid.into_iter().sum::<Exact>() + left, pot);
        }
    }
}
