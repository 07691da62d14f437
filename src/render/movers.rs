//! Who rose and who fell most against the period before.

use serde_json::{Value, json};

use super::clean::clean;
use super::figures::number;
use super::period_words::on_axis;
use super::standing::change_body;
use crate::exact::Exact;
use crate::score::appraisal::{Appraisal, Card, Standing, TrendPoint};
use crate::words::Locale;

/// How many of each are shown.
const MOST: usize = 3;

/// One agent with both totals.
struct Mover<'a> {
    card: &'a Card,
    total: &'a Exact,
    rank: u32,
    previous: &'a Exact,
}

impl Mover<'_> {
    fn moved(&self) -> Exact {
        self.total.clone() - self.previous.clone()
    }
}

/// The agents whose totals rose and fell most, on one scale; `null` where nobody can be compared.
pub(super) fn movers_body(appraisal: &Appraisal, cards: &[&Card], places: u32, locale: Locale) -> Value {
    let mut movers: Vec<Mover<'_>> = cards.iter().filter_map(|card| mover(card)).collect();
    if movers.is_empty() {
        return Value::Null;
    }
    let compared = movers.len();
    movers.sort_by(|one, other| {
        (other.moved(), one.rank, &one.card.agent.id).cmp(&(one.moved(), other.rank, &other.card.agent.id))
    });
    let rose: Vec<&Mover<'_>> = movers.iter().filter(|one| one.moved() > 0).take(MOST).collect();
    let fell: Vec<&Mover<'_>> = movers.iter().rev().filter(|one| one.moved().is_negative()).take(MOST).collect();
    let shown = || rose.iter().chain(&fell).flat_map(|one| [one.total, one.previous]);
    let (Some(low), Some(high)) = (shown().min(), shown().max()) else { return Value::Null };
    let at = |value: &Exact| {
        let span = high.clone() - low.clone();
        (value.clone() - low.clone()).checked_div(&span).map_or(0.5, |share| share.to_f64())
    };
    let before = appraisal.period.previous();
    let row = |one: &&Mover<'_>| {
        json!({
            "id": clean(&one.card.agent.id),
            "name": clean(&one.card.agent.name),
            "before": number(one.previous, places),
            "total": number(one.total, places),
            "before_at": at(one.previous),
            "total_at": at(one.total),
            "change": change_body(one.total, one.previous, places),
            "rank_before": earlier(one.card, &before).and_then(|point| point.place).map(|(place, _)| place),
            "rank": one.rank,
        })
    };
    json!({
        "compared": compared,
        "before": on_axis(&before, locale),
        "now": on_axis(&appraisal.period, locale),
        "rose": rose.iter().map(row).collect::<Vec<_>>(),
        "fell": fell.iter().map(row).collect::<Vec<_>>(),
    })
}

fn mover<'a>(card: &'a Card) -> Option<Mover<'a>> {
    match &card.standing {
        Standing::Scored { total, rank, previous: Some(previous), .. } => {
            Some(Mover { card, total, rank: *rank, previous })
        }
        _ => None,
    }
}

fn earlier<'a>(card: &'a Card, period: &crate::period::Period) -> Option<&'a TrendPoint> {
    card.trend.iter().find(|point| point.period == *period)
}

/// How many places an agent rose since the period before, with the arrow that says so; `null` where that is not known.
pub(super) fn climbed(card: &Card, rank: u32, period: &crate::period::Period) -> Value {
    let Some((before, _)) = earlier(card, &period.previous()).and_then(|point| point.place) else { return Value::Null };
    let way = match rank.cmp(&before) {
        std::cmp::Ordering::Less => "up",
        std::cmp::Ordering::Equal => "same",
        std::cmp::Ordering::Greater => "down",
    };
    json!({ "text": rank.abs_diff(before).to_string(), "way": way })
}
