//! The oracle for tests: what every agent truly did in a month, counted straight from the generated rows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate, NaiveDateTime};

use super::beijing::{days_between, days_of, month_of};
use super::rows::{Buyer, Order};
use super::shop::Shop;

/// What one agent truly did in one month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TruthRow {
    /// The 工号.
    pub agent: String,
    /// Distinct inquiring buyers of each day, summed over the days.
    pub inquiries: u64,
    /// Distinct buyers of each day with a paid order that was created in the month and falls to the agent, summed over the days.
    pub paid_buyers: u64,
    /// What those orders brought, in fen, refunds not deducted.
    pub paid_amount: i64,
    /// Chats that the agent answered.
    pub replied: u64,
    /// All chats.
    pub received: u64,
    /// The sum of all waits for an answer, in seconds.
    pub response_seconds: u64,
    /// The number of waits.
    pub response_count: u64,
    /// The sales target of the month, in fen.
    pub target_fen: Option<i64>,
}

/// For each buyer when they chatted with whom; zero is the shared account.
type Talks = BTreeMap<Buyer, Vec<(NaiveDateTime, u32)>>;

impl Shop {
    /// The truth of the month in which `month` lies, one row for each agent in the order of their numbers.
    ///
    /// An order falls to the last agent with whom its buyer chatted before it, on its day or the day before.
    pub fn truth(&self, month: NaiveDate) -> Vec<TruthRow> {
        let first = month_of(month);
        let mut rows: Vec<TruthRow> = self.agents().iter().map(|agent| self.blank(agent.number, first)).collect();
        for day in days_of(first) {
            self.count_chats(day, &mut rows);
            self.count_orders(day, &mut rows);
        }
        rows
    }

    fn blank(&self, number: u32, first: NaiveDate) -> TruthRow {
        let agent = &self.agents()[number as usize - 1];
        TruthRow { agent: agent.id.clone(), target_fen: self.target(agent, first), ..TruthRow::default() }
    }

    fn count_chats(&self, day: NaiveDate, rows: &mut [TruthRow]) {
        for (desk, row) in self.desks(day).iter().skip(1).zip(rows) {
            let asking: BTreeSet<Buyer> =
                desk.chats.iter().filter(|chat| chat.inquiry).map(|chat| chat.buyer).collect();
            row.inquiries += asking.len() as u64;
            row.received += desk.chats.len() as u64;
            row.replied += desk.chats.iter().filter(|chat| chat.agent_messages > 0).count() as u64;
            row.response_seconds += desk.chats.iter().map(|chat| u64::from(chat.response_seconds)).sum::<u64>();
            row.response_count += desk.chats.iter().map(|chat| u64::from(chat.response_count)).sum::<u64>();
        }
    }

    fn count_orders(&self, day: NaiveDate, rows: &mut [TruthRow]) {
        let talks = self.talks(day);
        let mut buyers: BTreeSet<(u32, Buyer)> = BTreeSet::new();
        for order in self.orders(day).rows.iter().filter(|order| order.paid.is_some()) {
            let Some(number) = credited(&talks, order) else { continue };
            let row = &mut rows[number as usize - 1];
            row.paid_amount += order.fen;
            row.paid_buyers += u64::from(buyers.insert((number, order.buyer)));
        }
    }

    /// The chats of a day and the day before.
    fn talks(&self, day: NaiveDate) -> Talks {
        let mut talks = Talks::new();
        for chat in days_between(day - Days::new(1), day).flat_map(|day| self.desks(day)).flat_map(|desk| &desk.chats) {
            talks.entry(chat.buyer).or_default().push((chat.start, chat.agent));
        }
        talks
    }
}

fn credited(talks: &Talks, order: &Order) -> Option<u32> {
    let before = talks.get(&order.buyer)?.iter().filter(|(start, _)| *start < order.created);
    before.max().map(|(_, number)| *number).filter(|number| *number > 0)
}
