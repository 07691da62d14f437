//! The sales targets that the shop sets: the same norm for each planned day, so that part of a month has part of a target.

use chrono::NaiveDate;

use super::beijing::days_of;
use super::people::Agent;
use super::rota;
use super::shop::Shop;

/// What one planned day is to bring, in fen.
const NORM_FEN: i64 = 168_000;

impl Shop {
    /// The target of an agent for the month that starts on `first`, in fen; `None` for who is not expected in it.
    pub(super) fn target(&self, agent: &Agent, first: NaiveDate) -> Option<i64> {
        let planned = |day: &NaiveDate| agent.employed(*day) && rota::is_planned(agent.number, *day);
        let days = days_of(first).filter(planned).count() as i64;
        (self.has_month(first) && days > 0).then_some(days * NORM_FEN)
    }
}
