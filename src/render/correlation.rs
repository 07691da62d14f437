//! Which lines go together in a team: Spearman's rank correlation of their points, told only of enough agents.

use serde_json::{Value, json};

use super::body::said;
use super::matrix::{columns, point_of};
use super::pack::scored;
use crate::exact::{Exact, FEWEST_PAIRS, spearman};
use crate::score::appraisal::{Card, Line};
use crate::words::Locale;

/// A weaker coefficient is not worth a manager's time.
const WEAKEST: f64 = 0.5;
/// How many pairs of lines are told, the strongest first.
const MOST: usize = 5;

/// Two lines that go together.
struct Pair<'a> {
    lines: [&'a Line; 2],
    coefficient: f64,
    agents: usize,
}

/// The pairs of lines that go together most; `null` where too few agents have points in any two lines.
pub(super) fn correlation_body(cards: &[&Card], locale: Locale) -> Value {
    let cards: Vec<&Card> = scored(cards).map(|(card, _)| card).collect();
    let lines: Vec<&Line> = columns(&cards).collect();
    let later = |place: usize| lines[place + 1..].iter().map(move |other| (place, *other));
    let couples = (0..lines.len()).flat_map(later).map(|(place, other)| [lines[place], other]);
    let mut pairs: Vec<Pair<'_>> = couples.filter_map(|lines| pair(&cards, lines)).collect();
    if pairs.is_empty() {
        return Value::Null;
    }
    let compared = pairs.len();
    pairs.retain(|pair| pair.coefficient.abs() >= WEAKEST);
    // Equally strong ones stay in the order of the scheme.
    pairs.sort_by(|one, other| other.coefficient.abs().total_cmp(&one.coefficient.abs()));
    let row = |pair: &Pair<'_>| {
        json!({
            "one": said(&pair.lines[0].label, locale),
            "other": said(&pair.lines[1].label, locale),
            "coefficient": format!("{:+.2}", pair.coefficient).replace('-', "−"),
            "strength": pair.coefficient.abs(),
            "opposite": pair.coefficient < 0.0,
            "agents": pair.agents,
        })
    };
    json!({ "compared": compared, "pairs": pairs.iter().take(MOST).map(row).collect::<Vec<_>>() })
}

/// None where too few agents have points in both, or all have the same in one.
fn pair<'a>(cards: &[&Card], lines: [&'a Line; 2]) -> Option<Pair<'a>> {
    let both = |card: &&Card| Some((point_of(card, lines[0])?.clone(), point_of(card, lines[1])?.clone()));
    let points: Vec<(Exact, Exact)> = cards.iter().filter_map(both).collect();
    let coefficient = (points.len() >= FEWEST_PAIRS).then(|| spearman(&points)).flatten()?;
    Some(Pair { lines, coefficient, agents: points.len() })
}
