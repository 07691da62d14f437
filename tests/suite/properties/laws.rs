//! Laws that every card of every month obeys, tried on five shipped schemes.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use scorepost::exact::Exact;
use scorepost::scheme::line::OccurrencePoints;
use scorepost::scheme::{Amount, Indicator, Judged, Missing, Per, Scheme, Scored, Split};
use scorepost::score::appraisal::{Card, LineKind, Standing};
use scorepost::score::{self, Appraisal};

use super::month::{Material, Month, Order};

/// Tries all laws on so many months of a scheme.
fn obeys(id: &str, months: u32) {
    let material = Material::of(id);
    let compiled = score::compile(&material.scheme).unwrap_or_else(|found| panic!("{found}"));
    let config = Config { cases: months, failure_persistence: None, max_shrink_iters: 40, ..Config::default() };
    let mut runner =
        TestRunner::new_with_rng(config, proptest::test_runner::TestRng::deterministic_rng(Default::default()));
    let seen = Seen::default();
    let outcome = runner.run(&(Month::any(), any::<usize>(), any::<usize>()), |(month, agent, row)| {
        let appraisal = material.appraise(&compiled, &month, Order::AsDealt, None);
        totals_are_the_sums_of_their_lines(&material.scheme, &appraisal)?;
        points_lie_within_what_is_declared(&material.scheme, &appraisal)?;
        seen.paid.set(seen.paid.get() + pools_are_paid_to_the_fen(&material.scheme, &appraisal)?);
        let again = material.appraise(&compiled, &month, Order::Reversed, None);
        prop_assert_eq!(format!("{appraisal:#?}"), format!("{again:#?}"), "the order of rows changed something");
        if let Some(more) = recorded_in(&material.scheme).and_then(|table| material.more_of(&table, agent, row)) {
            let worse = material.appraise(&compiled, &month, Order::AsDealt, Some(&more));
            seen.cost.set(seen.cost.get() + one_more_event_never_helps(&material.scheme, &appraisal, &worse)?);
        }
        let of_cards = appraisal.cards.iter().filter(|card| matches!(card.standing, Standing::Scored { .. }));
        seen.scored.set(seen.scored.get() + of_cards.count());
        Ok(())
    });
    outcome.unwrap_or_else(|found| panic!("{id}: {found}"));
    seen.enough(&material.scheme);
}

/// What the months had in them, so that no law holds only because nothing happened.
#[derive(Default)]
struct Seen {
    scored: Cell<usize>,
    cost: Cell<usize>,
    paid: Cell<usize>,
}

impl Seen {
    fn enough(&self, scheme: &Scheme) {
        let id = &scheme.id;
        assert!(self.scored.get() > 10, "{id}: only {} were scored in all months", self.scored.get());
        assert!(self.cost.get() > 0 || recorded_in(scheme).is_none(), "{id}: no event ever cost anything");
        let shared = scheme.pools.iter().any(|pool| matches!(pool.split, Split::Score { .. }));
        assert!(self.paid.get() > 0 || !shared, "{id}: nobody ever got a part of a pot");
    }
}

#[test]
fn presale_weighted_obeys() {
    obeys("presale-weighted", 12);
}

#[test]
fn presale_kpi_pool_obeys() {
    obeys("presale-kpi-pool", 12);
}

#[test]
fn presale_ledger_obeys() {
    obeys("presale-ledger", 12);
}

#[test]
fn weekly_rank_pool_obeys() {
    obeys("weekly-rank-pool", 6);
}

#[test]
fn presale_modern_obeys() {
    obeys("presale-modern", 12);
}

fn line_of<'s>(scheme: &'s Scheme, id: &str) -> &'s Indicator {
    scheme.indicators.iter().find(|line| line.id == id).expect("a line of the scheme")
}

/// Points / full marks × weight, line by line, and additions as they are; the weights that count are the full marks.
fn totals_are_the_sums_of_their_lines(scheme: &Scheme, appraisal: &Appraisal) -> Result<(), TestCaseError> {
    for card in &appraisal.cards {
        let Standing::Scored { total, .. } = &card.standing else { continue };
        let (mut sum, mut weights) = (Exact::zero(), Exact::zero());
        for line in &card.lines {
            let Some(points) = line.points.clone() else { continue };
            let added = match line.kind {
                LineKind::Weighted => {
                    weights = weights + line.effective_weight.clone();
                    let share = points.checked_div(&line.full_marks).expect("full marks above nought");
                    share * line.effective_weight.clone()
                }
                LineKind::Added => points,
                LineKind::Shown => continue,
            };
            sum = sum + added;
        }
        prop_assert_eq!(total, &sum, "{}", card.agent.id);
        if let Some(full) = scheme.full_marks.as_ref().filter(|_| weights > 0) {
            prop_assert_eq!(&weights, full, "{}: the weights that count", card.agent.id);
        }
    }
    Ok(())
}

fn points_lie_within_what_is_declared(scheme: &Scheme, appraisal: &Appraisal) -> Result<(), TestCaseError> {
    for card in &appraisal.cards {
        for line in &card.lines {
            let (Some(points), Some((least, most))) = (&line.points, bounds(line_of(scheme, &line.id))) else {
                continue;
            };
            prop_assert!(
                least <= *points && *points <= most,
                "{} {}: {points} is not from {least} to {most}",
                card.agent.id,
                line.id
            );
        }
    }
    Ok(())
}

/// The least and the most that the rules of a line can give.
fn bounds(line: &Indicator) -> Option<(Exact, Exact)> {
    let mut given: Vec<Exact> = match (&line.scored, &line.judged) {
        (Scored::Curve(curve), _) => {
            let points = curve.bands.iter().map(|band| &band.points).chain([&curve.otherwise]);
            points.map(|points| points.known().cloned()).collect::<Option<_>>()?
        }
        (Scored::Linear(linear), _) => vec![linear.points_from.clone(), linear.points_to.clone()],
        (Scored::Ranks(ranks), _) => {
            let below = ranks.below.iter().map(|(_, points)| points);
            let points = ranks.points.iter().chain(below).map(|points| points.known().cloned());
            points.chain([Some(Exact::zero())]).collect::<Option<_>>()?
        }
        (Scored::AsIs, Judged::Occurrences { start, .. }) if deducts_only(line) => {
            let least = line.at_least.clone().unwrap_or(Exact::whole(-1_000_000));
            vec![least, start.known()?.clone()]
        }
        _ => return None,
    };
    match line.missing {
        Missing::Zero => given.push(Exact::zero()),
        Missing::Full => return None,
        _ => {}
    }
    let weeks = Exact::whole(if line.per == Per::Week { 4 } else { 1 });
    // A week without data gives nothing.
    if line.per == Per::Week {
        given.push(Exact::zero());
    }
    let least = given.iter().min()?.clone() * weeks.clone();
    let most = given.iter().max()?.clone() * weeks;
    Some((least, most))
}

/// Whether an event can only cost points.
fn deducts_only(line: &Indicator) -> bool {
    let Judged::Occurrences { kinds, .. } = &line.judged else { return false };
    let costs = |amount: &Amount| amount.known().is_some_and(|points| *points <= 0);
    kinds.iter().all(|kind| {
        let each = match &kind.points {
            OccurrencePoints::Each(points) => costs(points),
            OccurrencePoints::Cumulative(steps) => {
                steps.iter().all(costs) && steps.windows(2).all(|pair| pair[1].known() <= pair[0].known())
            }
            OccurrencePoints::Column { between, .. } => between.1 <= 0,
            OccurrencePoints::Nothing => true,
        };
        each && kind.if_none.is_none() && kind.extra.as_ref().is_none_or(|(_, extra)| costs(extra))
    })
}

/// The table in which the events of a deduct-only line are recorded.
fn recorded_in(scheme: &Scheme) -> Option<String> {
    let line = scheme.indicators.iter().find(|line| deducts_only(line))?;
    match &line.judged {
        Judged::Occurrences { kinds, .. } => kinds.first().map(|kind| kind.table.clone()),
        _ => None,
    }
}

/// How many lines it has cost points.
fn one_more_event_never_helps(scheme: &Scheme, before: &Appraisal, after: &Appraisal) -> Result<usize, TestCaseError> {
    let points = |cards: &[Card], agent: &str, line: &str| {
        let card = cards.iter().find(|card| card.agent.id == agent)?;
        card.lines.iter().find(|one| one.id == line)?.points.clone()
    };
    let mut cost = 0;
    for card in &before.cards {
        for line in scheme.indicators.iter().filter(|line| deducts_only(line)) {
            let then = points(&before.cards, &card.agent.id, &line.id);
            let now = points(&after.cards, &card.agent.id, &line.id);
            if let (Some(then), Some(now)) = (then, now) {
                cost += usize::from(now < then);
                prop_assert!(now <= then, "{} {}: {then} became {now}", card.agent.id, line.id);
            }
        }
    }
    Ok(cost)
}

/// What everybody gets and what is left are the pots to the fen; gives how many pots were paid out of.
fn pools_are_paid_to_the_fen(scheme: &Scheme, appraisal: &Appraisal) -> Result<usize, TestCaseError> {
    let mut pots_paid = 0;
    for pool in scheme.pools.iter().filter(|pool| matches!(pool.split, Split::Score { .. })) {
        let mut open = false;
        let (mut pots, mut left) = (Exact::zero(), Exact::zero());
        for figures in appraisal.groups.iter().flat_map(|group| &group.pools).filter(|one| one.id == pool.id) {
            match (&figures.base, &figures.left) {
                (Some(base), Some(rest)) => {
                    pots = pots + base.clone().max(Exact::zero()).rounded(2);
                    left = left + rest.clone();
                }
                _ => open = true,
            }
        }
        let money = appraisal.cards.iter().flat_map(|card| &card.money).filter(|money| money.id == pool.id);
        let paid: Exact = money.map(|money| money.amount.clone()).sum();
        pots_paid += usize::from(paid > 0);
        prop_assert!(open || paid.clone() + left.clone() == pots, "{}: {paid} + {left} are not {pots}", pool.id);
    }
    Ok(pots_paid)
}
