//! The editions of a card side by side, with what differs.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::home::{job_title, zone_of};
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::super::{rights, say};
use super::body::Body;
use super::{dash, path, place, total};
use crate::ledger::Document;
use crate::words::{Bilingual, Locale};

/// How many editions stand beside one another; of more, the newest.
const COLUMNS: usize = 6;

#[derive(Template)]
#[template(path = "card-editions.html", config = "src/console/askama.toml")]
struct EditionsPage {
    page: Page,
    card: String,
    name: String,
    agent: String,
    title: String,
    period: String,
    editions: Vec<Edition>,
    figures: Vec<Figure>,
}

/// The head of a column.
struct Edition {
    number: u32,
    path: String,
    issued: String,
    run: String,
}

/// One figure in every edition.
struct Figure {
    label: String,
    cells: Vec<Cell>,
}

/// A figure in one edition.
struct Cell {
    text: String,
    /// Whether it differs from the edition before.
    changed: bool,
}

/// `GET /cards/{card}/editions`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let card = super::named(desk, visit)?;
    let sight = &visit.person()?.sight;
    let all = rights::editions(&desk.console.ledger, sight, &card.job, &card.period, &card.subject)?;
    let shown = &all[all.len().saturating_sub(COLUMNS)..];
    let zone = zone_of(desk, &card.job);
    let edition = |one: &Document| Edition {
        number: one.edition,
        path: path(one.id),
        issued: say::when(one.created_at, zone),
        run: one.run_id.clone(),
    };
    page::show(&EditionsPage {
        page: Page::of(visit),
        card: path(card.id),
        name: card.name.clone(),
        agent: card.subject.clone(),
        title: job_title(desk, &card.job, visit.locale),
        period: card.period.to_string(),
        editions: shown.iter().map(edition).collect(),
        figures: figures(shown, visit.locale)?,
    })
}

/// Every figure that any of the editions has, in the order of the newest one that has it.
fn figures(editions: &[Document], locale: Locale) -> anyhow::Result<Vec<Figure>> {
    let columns = editions.iter().map(|one| column(one, locale)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut labels: Vec<&String> = Vec::new();
    for (label, _) in columns.iter().rev().flatten() {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    let values: Vec<BTreeMap<&String, &String>> =
        columns.iter().map(|column| column.iter().map(|(label, value)| (label, value)).collect()).collect();
    Ok(labels.into_iter().map(|label| figure(label, &values)).collect())
}

fn figure(label: &String, values: &[BTreeMap<&String, &String>]) -> Figure {
    let text = |at: usize| values[at].get(label).map_or_else(dash, |value| (*value).clone());
    let cells = (0..values.len()).map(|at| Cell { text: text(at), changed: at > 0 && text(at) != text(at - 1) });
    Figure { label: label.clone(), cells: cells.collect() }
}

/// The figures of one edition with their labels.
fn column(card: &Document, locale: Locale) -> anyhow::Result<Vec<(String, String)>> {
    let said = |zh: &str, en: &str| Bilingual::new(zh, en).get(locale).to_owned();
    let mut column = vec![
        (said("总分", "total"), total(card.total.as_ref())),
        (said("名次", "rank"), place(card.rank, card.of)),
        (said("等级", "grade"), card.grade.clone().unwrap_or_else(dash)),
    ];
    for line in Body::of(card)?.lines {
        let points = line.contribution.or(line.points).unwrap_or_else(dash);
        let value = match (line.value, line.parts) {
            (Some(value), Some(parts)) => format!("{value} ({parts})"),
            (value, _) => value.unwrap_or_else(dash),
        };
        column.push((line.label, format!("{value} → {points}")));
    }
    Ok(column)
}
