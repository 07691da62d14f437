//! Which indicators go together in a team, over the last periods: Spearman's rank correlation with its number of pairs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::choice::{Choice, Choosable, cards_of};
use super::points::{Pointed, pointed};
use super::{Tab, tabs};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::exact::{Exact, FEWEST_PAIRS, spearman};

/// How many periods are looked at.
const PERIODS: usize = 12;
/// How many cards are read at most, the newest periods first.
const MOST_CARDS: usize = 600;

#[derive(Template)]
#[template(path = "insight-correlation.html", config = "src/console/askama.toml")]
struct CorrelationPage {
    page: Page,
    tabs: Vec<Tab>,
    shown: Option<Shown>,
}

/// One team over the last periods.
struct Shown {
    when: Vec<Choosable>,
    teams: Vec<Choosable>,
    team: String,
    first: String,
    last: String,
    cards: usize,
    agents: usize,
    fewest: usize,
    indicators: Vec<String>,
    rows: Vec<(String, Vec<Cell>)>,
}

/// How two indicators go together.
struct Cell {
    /// How dark it is.
    class: &'static str,
    /// The coefficient, or a dash.
    text: String,
    /// How many pairs there are.
    pairs: usize,
}

/// The points of every card, and whose they are.
#[derive(Default)]
struct Sample {
    /// The ids and labels of the indicators, in the order in which they were met.
    indicators: Vec<(String, String)>,
    /// The points of each card by the place of its indicator; `None` where it has none.
    points: Vec<Vec<Option<Exact>>>,
    agents: BTreeSet<String>,
    periods: BTreeSet<String>,
}

/// `GET /insight/correlation?when=&team=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let choice = Choice::of_one_team(desk, visit)?;
    let query = choice.as_ref().map(|(choice, _)| choice.query()).unwrap_or_default();
    let shown = choice.map(|(choice, team)| look(desk, visit, choice, &team)).transpose()?;
    let page = Page::of(visit);
    page::show(&CorrelationPage { tabs: tabs(&page, &query), shown, page })
}

fn look(desk: &Desk, visit: &Visit, choice: Choice, team: &str) -> Result<Shown, Refusal> {
    let sample = Sample::of(desk, visit, &choice, team)?;
    let ranked: Vec<Vec<Option<u32>>> = (0..sample.indicators.len()).map(|place| sample.ranked(place)).collect();
    let cell = |one: usize, other: usize| Cell::of(&pairs(&ranked[one], &ranked[other]));
    let row = |(place, (_, label)): (usize, &(String, String))| {
        (label.clone(), (0..place).map(|other| cell(place, other)).collect())
    };
    Ok(Shown {
        teams: choice.team_options(),
        team: choice.teams.get(team).cloned().unwrap_or_else(|| team.to_owned()),
        first: sample.periods.first().cloned().unwrap_or_default(),
        last: sample.periods.last().cloned().unwrap_or_default(),
        cards: sample.points.len(),
        agents: sample.agents.len(),
        fewest: FEWEST_PAIRS,
        rows: sample.indicators.iter().enumerate().skip(1).map(row).collect(),
        indicators: sample.indicators.iter().map(|(_, label)| label.clone()).collect(),
        when: choice.when,
    })
}

impl Sample {
    fn of(desk: &Desk, visit: &Visit, choice: &Choice, team: &str) -> Result<Self, Refusal> {
        let mut sample = Self::default();
        for one in choice.periods.iter().take(PERIODS) {
            let mut cards = cards_of(desk, visit, one, team)?;
            cards.truncate(MOST_CARDS - sample.points.len());
            for (card, lines) in pointed(&desk.console.ledger, &cards)? {
                sample.add(lines);
                sample.agents.insert(card.agent.clone());
                sample.periods.insert(one.period.to_string());
            }
        }
        Ok(sample)
    }

    fn add(&mut self, card: Pointed) {
        let mut points = vec![None; self.indicators.len()];
        for line in card.lines {
            let Some(number) = line.points.as_deref().and_then(Exact::parse) else { continue };
            let known = self.indicators.iter().position(|(id, _)| *id == line.id);
            let place = known.unwrap_or_else(|| {
                self.indicators.push((line.id, line.label));
                points.push(None);
                self.indicators.len() - 1
            });
            points[place] = Some(number);
        }
        self.points.push(points);
    }

    /// Which of the different points on an indicator each card has, from the least up: ranks ask for nothing else.
    fn ranked(&self, place: usize) -> Vec<Option<u32>> {
        let of = |card: &'_ Vec<Option<Exact>>| card.get(place).cloned().flatten();
        let different: BTreeSet<Exact> = self.points.iter().filter_map(of).collect();
        let order: BTreeMap<Exact, u32> = different.into_iter().zip(0..).collect();
        self.points.iter().map(|card| of(card).and_then(|points| order.get(&points).copied())).collect()
    }
}

/// The points of every card that has both.
fn pairs(one: &[Option<u32>], other: &[Option<u32>]) -> Vec<(u32, u32)> {
    one.iter().zip(other).filter_map(|(one, other)| Some(((*one)?, (*other)?))).collect()
}

impl Cell {
    /// Nothing is said of fewer pairs than the least number.
    fn of<T: Ord>(pairs: &[(T, T)]) -> Self {
        let coefficient = (pairs.len() >= FEWEST_PAIRS).then(|| spearman(pairs)).flatten();
        let class = match coefficient.map(f64::abs) {
            Some(strength) if strength >= 0.7 => "heat4",
            Some(strength) if strength >= 0.5 => "heat3",
            Some(strength) if strength >= 0.3 => "heat2",
            _ => "",
        };
        let text = coefficient.map_or_else(|| "–".to_owned(), |one| format!("{one:+.2}"));
        Self { class, text, pairs: pairs.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_of_few_pairs() {
        let pairs: Vec<(Exact, Exact)> = (0..10).map(|one| (Exact::whole(one), Exact::whole(one * one))).collect();
        assert_eq!((Cell::of(&pairs[1..]).text.as_str(), Cell::of(&pairs[1..]).pairs), ("–", 9));
        assert_eq!((Cell::of(&pairs).text.as_str(), Cell::of(&pairs).class), ("+1.00", "heat4"));
    }
    #[test]
    fn only_cards_that_have_both_are_paired_by_how_their_points_lie() {
        let mut sample = Sample::default();
        for card in [
            r#"{"lines": [{"id": "a", "label": "A", "points": "7.5"}, {"id": "b", "label": "B", "points": "2"}]}"#,
            r#"{"lines": [{"id": "b", "label": "B", "points": "9"}, {"id": "a", "label": "A", "points": "7.50"}]}"#,
            r#"{"lines": [{"id": "a", "label": "A", "points": "-1"}, {"id": "b", "label": "B"}]}"#,
            r#"{"lines": [{"id": "c", "label": "C", "points": "1"}, {"id": "a", "label": "A", "points": "10"}]}"#,
        ] {
            sample.add(serde_json::from_str(card).expect("a card"));
        }
        let (a, b) = (sample.ranked(0), sample.ranked(1));
        assert_eq!(a, [Some(1), Some(1), Some(0), Some(2)], "equal points are equal however they are written");
        assert_eq!(b, [Some(0), Some(1), None, None]);
        assert_eq!(pairs(&a, &b), [(1, 0), (1, 1)]);
        assert_eq!(pairs(&a, &sample.ranked(2)), [(2, 0)]);
    }
}
