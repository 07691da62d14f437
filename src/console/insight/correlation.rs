//! Which indicators go together in a team, over the last periods: Spearman's rank correlation with its number of pairs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::choice::{Choice, Choosable, cards_of};
use super::{Tab, tabs};
use crate::console::attend::Visit;
use crate::console::cards::Body;
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

/// The points of every card, by indicator; `None` where a card has none.
struct Sample {
    indicators: Vec<(String, String)>,
    points: Vec<BTreeMap<String, Exact>>,
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
    let cell = |one: &str, other: &str| Cell::of(&sample.pairs(one, other));
    let row = |(place, (id, label)): (usize, &(String, String))| {
        (label.clone(), sample.indicators.iter().take(place).map(|(other, _)| cell(id, other)).collect())
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
        let (indicators, points) = (Vec::new(), Vec::new());
        let mut sample = Self { indicators, points, agents: BTreeSet::new(), periods: BTreeSet::new() };
        for one in choice.periods.iter().take(PERIODS) {
            for card in cards_of(desk, visit, one, Some(team))? {
                if sample.points.len() < MOST_CARDS
                    && let Some(document) = desk.console.ledger.document(card.id)?
                {
                    sample.add(&Body::of(&document)?);
                    sample.agents.insert(card.agent);
                    sample.periods.insert(one.period.to_string());
                }
            }
        }
        Ok(sample)
    }

    fn add(&mut self, body: &Body) {
        let mut points = BTreeMap::new();
        for line in &body.lines {
            let Some(number) = line.points.as_deref().and_then(Exact::parse) else { continue };
            if !self.indicators.iter().any(|(id, _)| *id == line.id) {
                self.indicators.push((line.id.clone(), line.label.clone()));
            }
            points.insert(line.id.clone(), number);
        }
        self.points.push(points);
    }

    /// The points of every card that has both.
    fn pairs(&self, one: &str, other: &str) -> Vec<(Exact, Exact)> {
        self.points.iter().filter_map(|points| Some((points.get(one)?.clone(), points.get(other)?.clone()))).collect()
    }
}

impl Cell {
    /// Nothing is said of fewer pairs than the least number.
    fn of(pairs: &[(Exact, Exact)]) -> Self {
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
}
