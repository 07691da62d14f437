//! The explanation of a card: every line followed down to the rows behind its value.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::home::job_title;
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use crate::period::Period;
use crate::words::Locale;

/// Explains cards; the console only asks.
pub trait Explanations: Send + Sync {
    /// The tree of one agent's card, scored again from the kept rows.
    ///
    /// Errors when no rows of the period are kept or the agent has no card there.
    fn explain(&self, job: &str, period: &Period, agent: &str, locale: Locale) -> anyhow::Result<Explained>;
}

/// A card followed down to its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    /// The scheme and its version.
    pub scheme: String,
    /// How the total came about.
    pub sum: String,
    /// Whether the newest edition says the same; scheme or data may have changed since.
    pub as_issued: bool,
    /// One for each line of the card.
    pub branches: Vec<Branch>,
}

/// One line of a card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branch {
    /// What it is called and what it gave.
    pub head: String,
    /// How it came about, step by step.
    pub steps: Vec<String>,
    /// The rows behind its value.
    pub tables: Vec<RowTable>,
}

/// Rows behind a value, the first ones of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowTable {
    /// What was computed from which table, and how many rows there are.
    pub title: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows that are shown.
    pub cells: Vec<Vec<String>>,
}

#[derive(Template)]
#[template(path = "card-explanation.html", config = "src/console/askama.toml")]
struct ExplanationPage {
    page: Page,
    card: String,
    name: String,
    agent: String,
    title: String,
    period: String,
    explained: Result<Explained, String>,
}

/// `GET /cards/{card}/explanation`, for those who command the card's team.
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let card = super::named(desk, visit)?;
    let sight = &visit.person()?.sight;
    if !sight.commands_document(&card) || desk.job(&card.job).is_none() {
        return Err(Refusal::NotFound);
    }
    let explained = desk.console.explanations.explain(&card.job, &card.period, &card.subject, visit.locale);
    if let Err(error) = &explained {
        tracing::warn!(document = card.id, error = format!("{error:#}"), "a card could not be explained");
    }
    page::show(&ExplanationPage {
        page: Page::of(visit),
        card: super::path(card.id),
        name: card.name.clone(),
        agent: card.subject.clone(),
        title: job_title(desk, &card.job, visit.locale),
        period: card.period.to_string(),
        explained: explained.map_err(|error| if sight.sees_errors() { format!("{error:#}") } else { String::new() }),
    })
}
