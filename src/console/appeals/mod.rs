//! Appeals (申诉) and receipts: an agent questions a line of a card or says that it was read, by a signed link or signed
//! in; whoever leads the team answers; HR sees how often and how fast.

mod answer;
mod correction;
mod list;
mod my_card;
mod on_card;
mod one;
mod rates;
mod row;
mod speaker;

pub use answer::answer;
pub use correction::{Misfit, read_correction};
pub use list::{show as list, waiting_for};
pub use my_card::{acknowledge, open, show as my_card, withdraw};
pub use on_card::{OnCard, acknowledged};
pub use one::show as one;
pub use rates::show as rates;

use super::desk::Desk;
use super::sessions::SignedIn;
use crate::ledger::{Appeal, WantedAppeals};

/// Where an appeal is shown.
fn path(id: i64) -> String {
    format!("/appeals/{id}")
}

/// The appeals that are wanted about agents of teams that this person commands.
fn theirs(desk: &Desk, person: &SignedIn, wanted: &WantedAppeals) -> anyhow::Result<Vec<Appeal>> {
    let mut all = desk.console.ledger.appeals(wanted)?;
    all.retain(|one| person.sight.commands_in(&one.job, &one.period, Some(&one.team)));
    Ok(all)
}
