//! One agent's day at the desk: the chats, and the orders that follow from them.
//!
//! Seconds are chosen so that no question of order stays open: chats start at even seconds, those of a colleague's buyer two
//! seconds off the others, and orders are placed at odd ones.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::beijing;
use super::chance::{Chance, Stream, mix};
use super::rota::ordinal;
use super::rows::{Buyer, Chat, Order, TradeType};
use super::skill::Skill;

/// The share of placed orders that are paid.
const PAID: f64 = 0.93;

/// What one account's day leaves behind; orders may lie on the day after.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct DeskDay {
    pub chats: Vec<Chat>,
    pub orders: Vec<Order>,
}

/// Whose desk it is on which day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    pub seed: u64,
    pub number: u32,
    pub day: NaiveDate,
}

/// Why a buyer writes.
enum Caller {
    /// Thinks of buying, and is new.
    New(Buyer),
    /// Wrote before on this day.
    Again(Buyer),
    /// Wrote to a colleague on this day.
    FromColleague(Buyer),
    /// Bought before and needs help.
    AfterSales(Buyer),
}

/// The day of an agent who sits at the desk from `from` to `to`.
pub(super) fn work(seat: Seat, from: NaiveDateTime, to: NaiveDateTime, skill: &Skill) -> DeskDay {
    let mut chance = Chance::of(seat.seed, Stream::Desk, &[seat.number.into(), ordinal(seat.day)]);
    let mut desk = DeskDay::default();
    let mut new = Vec::new();
    for index in 0..chance.between(18, 24) as u32 {
        let caller = seat.caller(&mut chance, index, &new);
        let chat = seat.chat(&mut chance, index, &caller, (from, to), skill);
        if let Caller::New(buyer) = caller {
            new.push(buyer);
            desk.orders.extend(seat.order(&mut chance, &chat, skill));
        }
        desk.chats.push(chat);
    }
    desk.chats.sort_by_key(|chat| (chat.start, chat.index));
    desk
}

impl Seat {
    /// The buyer who is the `index`-th to write on a day `back` days ago to the agent `number`.
    fn buyer(&self, number: u32, back: u64, index: u32) -> Buyer {
        let keys = [u64::from(number), ordinal(self.day) - back, index.into()];
        Buyer(mix(self.seed, Stream::Buyer, &keys))
    }

    fn caller(&self, chance: &mut Chance, index: u32, new: &[Buyer]) -> Caller {
        let own = self.buyer(self.number, 0, index);
        match chance.unit() {
            x if x < 0.09 => Caller::AfterSales(own),
            x if x < 0.17 => Caller::AfterSales(self.buyer(self.number, 10, index % 8)),
            x if x < 0.20 && !new.is_empty() => Caller::Again(new[chance.between(0, new.len() as i64 - 1) as usize]),
            x if x < 0.22 && self.number > 1 => Caller::FromColleague(self.buyer(self.number - 1, 0, index % 8)),
            _ => Caller::New(own),
        }
    }

    fn chat(
        &self,
        chance: &mut Chance,
        index: u32,
        caller: &Caller,
        (from, to): (NaiveDateTime, NaiveDateTime),
        skill: &Skill,
    ) -> Chat {
        let (buyer, inquiry, phase, ignorable) = match *caller {
            Caller::New(buyer) => (buyer, true, 0, true),
            Caller::Again(buyer) => (buyer, true, 0, false),
            Caller::FromColleague(buyer) => (buyer, true, 2, false),
            Caller::AfterSales(buyer) => (buyer, false, 0, true),
        };
        let slots = ((to - from).num_seconds() - 600) / 4;
        let start = aligned(from) + TimeDelta::seconds(4 * chance.between(0, slots.max(1)) + phase);
        let unreplied = chance.happens(skill.unreplied) && ignorable;
        let (answers, waited) = if unreplied { (0, 0) } else { answers(chance, skill.response) };
        Chat {
            agent: self.number,
            index,
            buyer,
            start,
            buyer_messages: chance.between(2, 9) as u32,
            agent_messages: if answers == 0 { 0 } else { answers + chance.between(0, 3) as u32 },
            inquiry,
            response_seconds: waited,
            response_count: answers,
        }
    }

    /// An order after the chat, on the same day or the next, for as many buyers as the skill says.
    fn order(&self, chance: &mut Chance, chat: &Chat, skill: &Skill) -> Option<Order> {
        // Some of those who inquire ask a colleague or come again and count once more; the factor makes up for them.
        let buys = chance.happens(skill.conversion * 1.085 / PAID);
        if chat.agent_messages == 0 || !buys {
            return None;
        }
        let created = if chance.happens(0.78) {
            chat.start + TimeDelta::seconds(2 * chance.between(90, 2800) + 1)
        } else {
            beijing::at(self.day.succ_opt()?, 8 * 3600 + 2 * chance.between(0, 7 * 3600) + 1)
        };
        Some(placed(chance, tid(self.number.into(), self.day, chat.index), chat.buyer, created, skill.basket))
    }
}

/// An order of about `basket` yuan, paid or not.
pub(super) fn placed(chance: &mut Chance, tid: u64, buyer: Buyer, created: NaiveDateTime, basket: f64) -> Order {
    let fen = (basket * 100.0 * chance.basket_factor()) as i64;
    let kind = TradeType::drawn(chance.unit());
    let paid = chance.happens(PAID).then(|| created + TimeDelta::seconds(chance.between(20, 1500)));
    let status = match (paid.is_some(), chance.unit()) {
        (true, x) if x < 0.85 => "TRADE_FINISHED",
        (true, x) if x < 0.95 => "WAIT_BUYER_CONFIRM_GOODS",
        (true, _) => "WAIT_SELLER_SEND_GOODS",
        (false, x) if x < 0.85 => "TRADE_CLOSED",
        (false, _) => "WAIT_BUYER_PAY",
    };
    Order { tid, buyer, created, paid, fen, kind, status }
}

/// The number of the `index`-th order that comes from `origin` on a day; unique for origins below a million.
pub(super) fn tid(origin: u64, day: NaiveDate, index: u32) -> u64 {
    let serial = origin * 10_000 + u64::from(index);
    ordinal(day) * 10_000_000_000_000 + serial * 1000 + serial * 7919 % 1000
}

/// How often the agent answered, and for how many seconds the buyer waited in sum.
pub(super) fn answers(chance: &mut Chance, response: f64) -> (u32, u32) {
    let count = chance.between(2, 7) as u32;
    let waits = (0..count).map(|_| (response * (0.4 + 1.2 * chance.unit())) as u32 + 1);
    (count, waits.sum())
}

/// The next whole multiple of four seconds.
fn aligned(at: NaiveDateTime) -> NaiveDateTime {
    let past = at.and_utc().timestamp().rem_euclid(4);
    at + TimeDelta::seconds((4 - past) % 4)
}
