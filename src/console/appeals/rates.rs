//! How often which indicators and teams are questioned, with what result, and how long an answer takes.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::super::run_rows::Sheets;
use crate::exact::Exact;
use crate::ledger::{Rate, WantedAppeals, rates};
use crate::words::Bilingual;

#[derive(Template)]
#[template(path = "appeals-rates.html", config = "src/console/askama.toml")]
struct RatesPage {
    page: Page,
    tables: Vec<RateTable>,
}

/// Rates by one thing.
struct RateTable {
    id: &'static str,
    title: Bilingual,
    rows: Vec<RateRow>,
    more: usize,
}

/// One kind of appeals.
struct RateRow {
    of: String,
    opened: usize,
    waiting: usize,
    accepted: usize,
    refused: usize,
    share: String,
    days: String,
}

/// `GET /appeals/rates`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let all = desk.console.ledger.appeals(&WantedAppeals::default())?;
    let table = |id, title, rates: Vec<Rate>| {
        let sheet = Sheets::of(rates.len(), "");
        let rows: Vec<RateRow> = sheet.cut(&rates).iter().map(row).collect();
        RateTable { id, title, more: rates.len() - rows.len(), rows }
    };
    page::show(&RatesPage {
        page: Page::of(visit),
        tables: vec![
            table("lines", Bilingual::new("按考核项", "By indicator"), rates(&all, |one| one.label.clone())),
            table("teams", Bilingual::new("按团队", "By team"), rates(&all, |one| one.team.clone())),
            table("periods", Bilingual::new("按考核周期", "By period"), rates(&all, |one| one.period.to_string())),
        ],
    })
}

fn row(rate: &Rate) -> RateRow {
    let answered = Exact::whole((rate.accepted + rate.refused) as i64);
    let share = Exact::whole(100 * rate.accepted as i64).checked_div(&answered);
    let days = rate.median.map(|wait| Exact::whole(wait.num_seconds()).checked_div(&Exact::whole(86_400)));
    RateRow {
        of: rate.of.clone(),
        opened: rate.opened,
        waiting: rate.waiting,
        accepted: rate.accepted,
        refused: rate.refused,
        share: share.map_or_else(|| "–".to_owned(), |share| format!("{}%", share.fixed(0))),
        days: days.flatten().map_or_else(|| "–".to_owned(), |days| days.fixed(1)),
    }
}
