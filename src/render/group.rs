//! Numbers of a team, its departments and its shops: formulas of their own, and pools with their parts.

use serde_json::{Value, json};

use super::body::said;
use super::clean::clean;
use super::figures::{with_unit, yuan};
use crate::exact::Exact;
use crate::score::appraisal::{Appraisal, Card, Figure, GroupFigures, Level, PoolFigures};
use crate::words::Locale;

/// The groups to which agents of the team belong; of others nothing is said.
pub(super) fn groups_body(appraisal: &Appraisal, cards: &[&Card], locale: Locale) -> Value {
    groups_of(appraisal, cards).map(|group| group_body(group, cards, locale)).collect()
}

/// The groups that say something and to which some of these agents belong.
pub(super) fn groups_of<'a>(appraisal: &'a Appraisal, cards: &[&Card]) -> impl Iterator<Item = &'a GroupFigures> {
    let own = move |group: &&GroupFigures| {
        let is_member = |card: &&Card| group.members.contains(&card.agent.id);
        let says = group.figures.iter().any(|figure| figure.value.is_some()) || !group.pools.is_empty();
        says && cards.iter().any(is_member)
    };
    appraisal.groups.iter().filter(own)
}

/// Figures and pools of one group, with the parts of these agents.
pub(super) fn group_body(group: &GroupFigures, cards: &[&Card], locale: Locale) -> Value {
    let level = match group.level {
        Level::Agent => "agent",
        Level::Team => "team",
        Level::Department => "department",
        Level::Shop => "shop",
    };
    json!({
        "level": level,
        "id": clean(&group.id),
        "figures": group.figures.iter().map(|figure| figure_body(figure, locale)).collect::<Vec<_>>(),
        "pools": group.pools.iter().map(|pool| pool_body(group, pool, cards, locale)).collect::<Vec<_>>(),
    })
}

fn figure_body(figure: &Figure, locale: Locale) -> Value {
    json!({
        "label": said(&figure.label, locale),
        "value": figure.value.as_ref().map(|value| with_unit(value, figure.unit, figure.decimals, locale)),
    })
}

/// The pot, the parts of this team's agents, what others of the group got, and what is left.
fn pool_body(group: &GroupFigures, pool: &PoolFigures, cards: &[&Card], locale: Locale) -> Value {
    let part = |card: &&&Card| {
        let line = card.money.iter().find(|line| line.id == pool.id)?;
        group.members.contains(&card.agent.id).then(|| (clean(&card.agent.name), line.amount.clone()))
    };
    let parts: Vec<(String, Exact)> = cards.iter().collect::<Vec<_>>().iter().filter_map(part).collect();
    let paid: Exact = parts.iter().map(|(_, amount)| amount.clone()).sum();
    let elsewhere = pool.paid.as_ref().map(|all| all.clone() - paid).filter(|rest| !rest.is_zero());
    json!({
        "label": said(&pool.label, locale),
        "base": pool.base.as_ref().map(|base| yuan(base, 2)),
        "parts": parts.iter().map(|(name, amount)| json!({ "name": name, "amount": yuan(amount, 2) })).collect::<Vec<_>>(),
        "negative": pool.base.as_ref().is_some_and(Exact::is_negative),
        "prizes": prizes(pool).map(|prizes| yuan(&prizes, 2)),
        "paid": pool.paid.as_ref().map(|paid| yuan(paid, 2)),
        "elsewhere": elsewhere.map(|rest| yuan(&rest, 2)),
        "left": pool.left.as_ref().map(|left| yuan(left, 2)),
    })
}

/// What was paid on top of the pot: fixed prizes by place.
fn prizes(pool: &PoolFigures) -> Option<Exact> {
    let pot = pool.base.clone()?.max(Exact::zero()).rounded(2);
    Some(pool.paid.clone()? + pool.left.clone()? - pot).filter(|prizes| *prizes > 0)
}
