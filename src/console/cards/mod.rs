//! Cards (绩效卡): found by name or number, and each looked at whole — numbers, history, editions, mails, and the rows
//! behind every number.

mod body;
mod card_page;
mod editions;
mod explanation;
mod file;
mod history;
mod resend;
mod search;

pub use body::{Body, Line};
pub use card_page::show;
pub use editions::show as compare;
pub use explanation::{Branch, Explained, Explanations, RowTable, show as explain};
pub use file::pdf;
pub use resend::resend;
pub use search::show as search;

use super::attend::Visit;
use super::desk::Desk;
use super::refusal::Refusal;
use super::rights;
use crate::exact::Exact;
use crate::ledger::Document;

/// The card that the path names, if this person may see it.
pub fn named(desk: &Desk, visit: &Visit) -> Result<Document, Refusal> {
    let id = visit.params.number("card").ok_or(Refusal::NotFound)?;
    rights::open_card(&desk.console.ledger, &visit.person()?.sight, id)?.ok_or(Refusal::NotFound)
}

/// Where a card is shown.
pub fn path(id: i64) -> String {
    format!("/cards/{id}")
}

/// Two decimals, or a dash.
pub fn total(total: Option<&Exact>) -> String {
    total.map_or_else(dash, |total| total.fixed(2))
}

/// `2 / 7`, or a dash.
fn place(rank: Option<u32>, of: Option<u32>) -> String {
    match (rank, of) {
        (Some(rank), Some(of)) => format!("{rank} / {of}"),
        (Some(rank), None) => rank.to_string(),
        (None, _) => dash(),
    }
}

pub fn dash() -> String {
    "–".to_owned()
}
