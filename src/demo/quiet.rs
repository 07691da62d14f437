//! What happens in the shop beside the agents: silent orders, and the chats of the shared account.

use chrono::{NaiveDate, TimeDelta};

use super::beijing;
use super::chance::{Chance, Stream};
use super::desk::{DeskDay, answers, placed, tid};
use super::rota::ordinal;
use super::rows::{Buyer, Chat, Order};

const SILENT: u64 = 900_001;
const SHARED: u64 = 900_002;
const BASKET: f64 = 150.0;

/// The orders of one day whose buyers never chatted: eight for ten agents.
pub(super) fn silent(seed: u64, agents: u32, day: NaiveDate) -> Vec<Order> {
    let mut chance = Chance::of(seed, Stream::Silent, &[ordinal(day)]);
    let count = i64::from(agents * 4 / 5) + chance.between(0, 4);
    (0..count as u32)
        .map(|index| {
            let buyer = Buyer(chance.bits());
            let created = beijing::at(day, 600 + 2 * chance.between(0, 42_000) + 1);
            placed(&mut chance, tid(SILENT, day, index), buyer, created, BASKET)
        })
        .collect()
}

/// The day of the account that stands in no roster: a few chats, some with an order on the same day.
pub(super) fn shared(seed: u64, day: NaiveDate) -> DeskDay {
    let mut chance = Chance::of(seed, Stream::Shared, &[ordinal(day)]);
    let mut desk = DeskDay::default();
    for index in 0..chance.between(2, 4) as u32 {
        let chat = shared_chat(&mut chance, index, day);
        if chance.happens(0.4) {
            let created = chat.start + TimeDelta::seconds(2 * chance.between(90, 2800) + 1);
            desk.orders.push(placed(&mut chance, tid(SHARED, day, index), chat.buyer, created, BASKET));
        }
        desk.chats.push(chat);
    }
    desk.chats.sort_by_key(|chat| (chat.start, chat.index));
    desk
}

fn shared_chat(chance: &mut Chance, index: u32, day: NaiveDate) -> Chat {
    let (response_count, response_seconds) = answers(chance, 25.0);
    Chat {
        agent: 0,
        index,
        buyer: Buyer(chance.bits()),
        start: beijing::at(day, 9 * 3600 + 4 * chance.between(0, 11 * 900)),
        buyer_messages: chance.between(2, 9) as u32,
        agent_messages: response_count,
        inquiry: true,
        response_seconds,
        response_count,
    }
}
