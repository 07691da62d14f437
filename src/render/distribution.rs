//! How the totals of a team lie: the tiles at its head, the histogram, the count of each grade.

use serde_json::{Value, json};

use super::body::{said, step_of};
use super::clean::clean;
use super::figures::{number, short_number};
use super::pack::scored;
use crate::exact::Exact;
use crate::score::appraisal::{Appraisal, Card, Standing, Team};
use crate::words::Locale;

/// Bars of a histogram over the whole scale; those below the lowest total are left out.
const BINS: i64 = 10;

/// The numbers at the head of a pack.
pub(super) fn tiles(team: &Team, cards: &[&Card], places: u32) -> Value {
    let mut totals: Vec<&Exact> = scored(cards).map(|(_, total)| total).collect();
    totals.sort();
    let best = totals.last().copied();
    let named = |best: &Exact| {
        scored(cards).filter(|(_, total)| *total == best).map(|(card, _)| clean(&card.agent.name)).collect()
    };
    let names: Vec<String> = best.map(named).unwrap_or_default();
    json!({
        "scored": totals.len(),
        "of": cards.len(),
        "mean": team.mean_total.as_ref().map(|mean| number(mean, places)),
        "median": median(&totals).map(|median| number(&median, places)),
        "best": best.map(|best| number(best, places)),
        "best_names": names,
        "lowest": totals.first().map(|lowest| number(lowest, places)),
    })
}

fn median(sorted: &[&Exact]) -> Option<Exact> {
    let middle = sorted.len() / 2;
    let upper = (*sorted.get(middle)?).clone();
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    Some((upper + (*sorted.get(middle.checked_sub(1)?)?).clone()) * Exact::scaled(5, 1))
}

/// Agents per tenth of full marks, from the lowest tenth that has one to the highest; `null` when nobody was scored.
pub(super) fn histogram(cards: &[&Card], full_marks: &Exact) -> Value {
    let tenth = full_marks.clone() * Exact::scaled(1, 1);
    let bin_of = |total: &Exact| total.checked_div(&tenth).map_or(0, |tenths| tenths.floor().to_f64() as i64);
    let bins: Vec<i64> = scored(cards).map(|(_, total)| bin_of(total).clamp(0, BINS - 1)).collect();
    let (Some(low), Some(high)) = (bins.iter().min(), bins.iter().max()) else { return Value::Null };
    let (low, high) = ((*low).min(BINS / 2), (*high).max(BINS - 1));
    let edge = |bin: i64| short_number(&(tenth.clone() * Exact::whole(bin)), 1);
    let most = (low..=high).map(|bin| bins.iter().filter(|one| **one == bin).count()).max().unwrap_or(1).max(1);
    let bar = |bin: i64| {
        let count = bins.iter().filter(|one| **one == bin).count();
        json!({ "count": count, "height": count as f64 / most as f64 })
    };
    json!({
        "edges": (low..=high + 1).map(edge).collect::<Vec<_>>(),
        "bars": (low..=high).map(bar).collect::<Vec<_>>(),
    })
}

/// Each grade of the scheme with how many have it, from best to worst.
pub(super) fn grade_counts(appraisal: &Appraisal, cards: &[&Card], locale: Locale) -> Value {
    let steps: Vec<usize> = cards
        .iter()
        .filter_map(|card| match &card.standing {
            Standing::Scored { grade, .. } => Some(step_of(&appraisal.scheme, grade)),
            Standing::NotScored { .. } => None,
        })
        .collect();
    let row = |(step, (label, from)): (usize, &(crate::words::Bilingual, Option<Exact>))| {
        let count = steps.iter().filter(|one| **one == step).count();
        json!({
            "label": said(label, locale),
            "from": from.as_ref().map(|from| short_number(from, 2)),
            "count": count,
            "share": count as f64 / steps.len().max(1) as f64,
        })
    };
    appraisal.scheme.grades.iter().enumerate().map(row).collect()
}
