//! Looking for a card by name or staff number within a period.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::home::job_title;
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::super::rights;
use super::{dash, path, place, total};
use crate::ledger::{CardSummary, CardWish, CardedPeriod};
use crate::words::Locale;

/// How many cards are listed at most; whoever wants another one types more of its name.
const LISTED: usize = 200;

#[derive(Template)]
#[template(path = "cards.html", config = "src/console/askama.toml")]
struct SearchPage {
    page: Page,
    text: String,
    periods: Vec<Choice>,
    groups: Vec<Group>,
    found: usize,
    more: bool,
}

/// A period that can be chosen.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// The cards of one team.
struct Group {
    team: String,
    cards: Vec<Row>,
}

/// One card.
struct Row {
    path: String,
    name: String,
    agent: String,
    total: String,
    rank: String,
    grade: String,
    edition: u32,
}

/// `GET /cards?when=&text=`: the newest cards of a period that this person may see.
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (ledger, sight) = (&desk.console.ledger, &visit.person()?.sight);
    let periods = ledger.carded_periods()?;
    let asked = visit.query.get("when");
    let chosen = periods.iter().find(|one| value(one) == asked).or(periods.first());
    let text = visit.query.given("text").unwrap_or_default().to_owned();
    let mut cards = match chosen {
        Some(one) => {
            let wish =
                CardWish { job: one.job.clone(), period: one.period, team: None, agent: None, text: text.clone() };
            rights::find_cards(ledger, sight, &wish, LISTED + 1)?
        }
        None => Vec::new(),
    };
    let more = cards.len() > LISTED;
    cards.truncate(LISTED);
    page::show(&SearchPage {
        page: Page::of(visit),
        text,
        periods: periods.iter().map(|one| choice(desk, visit.locale, one, chosen)).collect(),
        found: cards.len(),
        groups: groups(desk, chosen, &cards)?,
        more,
    })
}

fn value(one: &CardedPeriod) -> String {
    format!("{} {}", one.job, one.period)
}

fn choice(desk: &Desk, locale: Locale, one: &CardedPeriod, chosen: Option<&CardedPeriod>) -> Choice {
    Choice {
        value: value(one),
        label: format!("{} · {}", one.period, job_title(desk, &one.job, locale)),
        chosen: chosen == Some(one),
    }
}

fn groups(desk: &Desk, chosen: Option<&CardedPeriod>, cards: &[CardSummary]) -> anyhow::Result<Vec<Group>> {
    let Some(chosen) = chosen else { return Ok(Vec::new()) };
    let names = desk.console.ledger.team_names(&chosen.job)?;
    let by_team = cards.chunk_by(|one, next| one.team == next.team);
    let group = |cards: &[CardSummary]| Group {
        team: names.get(&cards[0].team).unwrap_or(&cards[0].team).clone(),
        cards: cards.iter().map(Row::of).collect(),
    };
    Ok(by_team.map(group).collect())
}

impl Row {
    fn of(card: &CardSummary) -> Self {
        Self {
            path: path(card.id),
            name: card.name.clone(),
            agent: card.agent.clone(),
            total: total(card.total.as_ref()),
            rank: place(card.rank, card.of),
            grade: card.grade.clone().unwrap_or_else(dash),
            edition: card.edition,
        }
    }
}
