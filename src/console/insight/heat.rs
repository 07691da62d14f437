//! Agents by indicators: each one's points as a share of the most there is, one team at a time.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::choice::{Choice, Choosable, cards_of};
use super::points::{Pointed, pointed};
use super::{Tab, tabs};
use crate::console::attend::Visit;
use crate::console::cards;
use crate::console::desk::Desk;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::run_rows::Sheets;
use crate::exact::Exact;
use crate::ledger::CardSummary;

#[derive(Template)]
#[template(path = "insight-heat.html", config = "src/console/askama.toml")]
struct HeatPage {
    page: Page,
    tabs: Vec<Tab>,
    shown: Option<Shown>,
}

/// One team in one period.
struct Shown {
    when: Vec<Choosable>,
    teams: Vec<Choosable>,
    query: String,
    period: String,
    team: String,
    indicators: Vec<String>,
    rows: Vec<Row>,
    sheets: Sheets,
}

/// One agent.
struct Row {
    name: String,
    path: String,
    total: String,
    cells: Vec<Cell>,
}

/// One agent's points on one indicator.
struct Cell {
    /// How dark it is; empty for no data.
    class: &'static str,
    /// The points, or a dash.
    text: String,
}

/// `GET /insight/heat?when=&team=&sheet=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let choice = Choice::of_one_team(desk, visit)?;
    let query = choice.as_ref().map(|(choice, _)| choice.query()).unwrap_or_default();
    let shown = choice.map(|(choice, team)| look(desk, visit, choice, &team)).transpose()?;
    let page = Page::of(visit);
    page::show(&HeatPage { tabs: tabs(&page, &query), shown, page })
}

fn look(desk: &Desk, visit: &Visit, choice: Choice, team: &str) -> Result<Shown, Refusal> {
    let cards = cards_of(desk, visit, &choice.chosen, team)?;
    let sheets = Sheets::of(cards.len(), visit.query.get("sheet"));
    let bodies = pointed(&desk.console.ledger, sheets.cut(&cards))?;
    let mut indicators: Vec<(String, String)> = Vec::new();
    for line in bodies.iter().flat_map(|(_, body)| &body.lines).filter(|line| line.points.is_some()) {
        if !indicators.iter().any(|(id, _)| *id == line.id) {
            indicators.push((line.id.clone(), line.label.clone()));
        }
    }
    let row = |(card, body): &(&CardSummary, Pointed)| Row {
        name: card.name.clone(),
        path: cards::path(card.id),
        total: card.total.as_ref().map_or("–".to_owned(), |total| total.fixed(2)),
        cells: indicators.iter().map(|(id, _)| Cell::of(body, id)).collect(),
    };
    Ok(Shown {
        teams: choice.team_options(),
        query: choice.query(),
        period: choice.chosen.period.to_string(),
        team: choice.teams.get(team).cloned().unwrap_or_else(|| team.to_owned()),
        rows: bodies.iter().map(row).collect(),
        indicators: indicators.into_iter().map(|(_, label)| label).collect(),
        when: choice.when,
        sheets,
    })
}

impl Cell {
    fn of(body: &Pointed, id: &str) -> Self {
        let line = body.lines.iter().find(|line| line.id == id);
        let text = line.and_then(|line| line.points.clone());
        let number = |text: &Option<String>| text.as_deref().and_then(Exact::parse);
        let full = line.and_then(|line| number(&line.full_marks));
        let share = number(&text).zip(full).and_then(|(points, full)| points.checked_div(&full));
        Self { class: share.map_or("", |share| darkness(&share)), text: text.unwrap_or_else(|| "–".to_owned()) }
    }
}

/// The more of the full marks, the darker: below two fifths nothing, then by fifths.
fn darkness(share: &Exact) -> &'static str {
    let fifths = (share.clone() * Exact::whole(5)).floor();
    match fifths {
        fifths if fifths >= 5 => "heat4",
        fifths if fifths >= 4 => "heat3",
        fifths if fifths >= 3 => "heat2",
        fifths if fifths >= 2 => "heat1",
        _ => "heat0",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_marks_are_darkest_and_each_fifth_less_is_lighter() {
        let of = |text: &str| darkness(&Exact::parse(text).expect("a number"));
        assert_eq!(
            ["1", "1.2", "0.99", "0.8", "0.6", "0.4", "0.39", "-1"].map(of),
            ["heat4", "heat4", "heat3", "heat3", "heat2", "heat1", "heat0", "heat0"]
        );
    }
}
