//! The team beside everybody whom the run scored: mean totals and mean points, in figures that tell nobody's own.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::body::said;
use super::figures::number;
use super::matrix::{columns, counted_points, mean_points, point_of};
use super::pack::scored;
use super::standing::change_body;
use crate::exact::Exact;
use crate::score::appraisal::{Appraisal, Card, Line, Team};
use crate::words::Locale;

/// Fewer agents than this in the other teams, and a mean would say too much of one of them.
const FEWEST_OTHERS: usize = 5;

/// The means of everybody whom a run scored, worked out once for all its packs.
pub struct Everybody {
    agents: usize,
    total: Option<Exact>,
    /// The mean totals of the teams.
    teams: Vec<Exact>,
    /// The sum of the points of each line, and of how many agents, by its id.
    points: HashMap<String, (Exact, usize)>,
}

impl Everybody {
    /// Everybody of an appraisal.
    pub fn of(appraisal: &Appraisal) -> Self {
        let cards: Vec<&Card> = appraisal.cards.iter().collect();
        let mut points: HashMap<String, (Exact, usize)> = HashMap::new();
        for line in scored(&cards).flat_map(|(card, _)| &card.lines) {
            if let Some(own) = counted_points(line) {
                let (sum, count) = points.entry(line.id.clone()).or_insert_with(|| (Exact::zero(), 0));
                *sum = sum.clone() + own.clone();
                *count += 1;
            }
        }
        Self {
            agents: scored(&cards).count(),
            total: mean_total(&cards),
            teams: appraisal.teams.iter().filter_map(|team| team.mean_total.clone()).collect(),
            points,
        }
    }

    /// The mean points of a line; none where hardly anybody has any but those `own` many.
    fn mean_of(&self, line: &Line, own: usize) -> Option<Exact> {
        let (sum, count) = self.points.get(&line.id)?;
        sum.checked_div(&Exact::whole(*count as i64)).filter(|_| *count >= own + FEWEST_OTHERS)
    }
}

/// The team's means beside everybody's; `null` for a run of one team, or where the others are too few.
pub(super) fn comparison_body(
    (appraisal, everybody): (&Appraisal, &Everybody),
    team: &Team,
    cards: &[&Card],
    places: u32,
    locale: Locale,
) -> Value {
    let agents = scored(cards).count();
    if agents == 0 || everybody.agents < agents + FEWEST_OTHERS {
        return Value::Null;
    }
    let full_marks = &appraisal.scheme.full_marks;
    let total = beside(None, full_marks, mean_total(cards), everybody.total.clone(), places);
    let line = |column: &Line| {
        let label = Some(said(&column.label, locale));
        let own = scored(cards).filter(|(card, _)| point_of(card, column).is_some()).count();
        beside(label, &column.full_marks, mean_points(cards, column), everybody.mean_of(column, own), 1)
    };
    // Equal means share the better place.
    let better = |own: &Exact| everybody.teams.iter().filter(|mean| *mean > own).count();
    json!({
        "agents": agents,
        "all": everybody.agents,
        "place": team.mean_total.as_ref().map(|own| 1 + better(own)),
        "teams": everybody.teams.len(),
        "rows": total.into_iter().chain(columns(cards).filter_map(line)).collect::<Vec<_>>(),
    })
}

/// One row, of the total where it has no label: both means, their difference, and where they lie up to the full marks.
fn beside(
    label: Option<String>,
    full_marks: &Exact,
    own: Option<Exact>,
    all: Option<Exact>,
    places: u32,
) -> Option<Value> {
    let (own, all) = (own?, all?);
    let at = |value: &Exact| value.checked_div(full_marks).map(|share| share.to_f64().clamp(0.0, 1.0));
    Some(json!({
        "label": label,
        "own": number(&own, places),
        "all": number(&all, places),
        "own_at": at(&own),
        "all_at": at(&all),
        "change": change_body(&own, &all, places),
    }))
}

fn mean_total(cards: &[&Card]) -> Option<Exact> {
    scored(cards)
        .map(|(_, total)| total)
        .cloned()
        .sum::<Exact>()
        .checked_div(&Exact::whole(scored(cards).count() as i64))
}
