//! A chat told as a session: when it was answered first, when it ended, and how the buyer rated it.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::chance::{Chance, Stream};
use super::rota::ordinal;
use super::rows::Chat;
use super::shop::Shop;

/// The share of answered chats whose buyers rate them.
const RATED: f64 = 0.3;

/// A chat as a session.
#[derive(Clone, Debug)]
pub(super) struct Talk<'a> {
    pub chat: &'a Chat,
    /// When a person answered first; `None` when nobody did.
    pub first_reply: Option<NaiveDateTime>,
    pub end: NaiveDateTime,
    /// Whether the buyer left a message while nobody was there.
    pub left_message: bool,
    pub rating: Option<Rating>,
}

/// What a buyer thought of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rating {
    /// 5 is best, 1 is worst.
    pub stars: u8,
    pub asked_at: NaiveDateTime,
    pub at: NaiveDateTime,
    /// TOP's number: 0 invited by the agent, 1 the buyer's own wish, 2 invited by the platform.
    pub source: u8,
}

impl<'a> Talk<'a> {
    fn of(seed: u64, chat: &'a Chat) -> Self {
        let keys = [chat.agent.into(), ordinal(chat.start.date()), chat.index.into()];
        let mut chance = Chance::of(seed, Stream::Talk, &keys);
        let first_reply = (chat.response_count > 0).then(|| chat.start + first_wait(&mut chance, chat));
        let waits = TimeDelta::seconds(chat.response_seconds.into());
        let end = chat.start + waits + TimeDelta::seconds(chance.between(60, 600));
        let rating = first_reply.and_then(|_| rating(&mut chance, chat, end));
        Self { chat, first_reply, end, left_message: first_reply.is_none() && chance.happens(0.3), rating }
    }
}

impl Shop {
    /// The sessions that began on a day, by account: the shared one first, then the agents by number.
    pub(super) fn talks_of(&self, day: NaiveDate) -> impl DoubleEndedIterator<Item = Talk<'_>> {
        let seed = self.plan().seed;
        self.desks(day).iter().flat_map(|desk| &desk.chats).map(move |chat| Talk::of(seed, chat))
    }

    /// The sessions of one account that began on a day; zero is the shared account.
    pub(super) fn talks_at(&self, day: NaiveDate, number: u32) -> impl DoubleEndedIterator<Item = Talk<'_>> {
        let seed = self.plan().seed;
        let desk = self.desks(day).get(number as usize);
        desk.into_iter().flat_map(|desk| &desk.chats).map(move |chat| Talk::of(seed, chat))
    }
}

/// Between half the mean wait and the mean, so that it never exceeds all waits together; one second at least.
fn first_wait(chance: &mut Chance, chat: &Chat) -> TimeDelta {
    let mean = i64::from(chat.response_seconds / chat.response_count.max(1)).max(1);
    TimeDelta::seconds(chance.between((mean + 1) / 2, mean))
}

/// Who waited long is less content.
fn rating(chance: &mut Chance, chat: &Chat, end: NaiveDateTime) -> Option<Rating> {
    let (rates, mood) = (chance.happens(RATED), chance.unit());
    let wait = f64::from(chat.response_seconds) / f64::from(chat.response_count.max(1));
    let stars = match mood + (wait - 20.0) / 200.0 {
        x if x < 0.62 => 5,
        x if x < 0.84 => 4,
        x if x < 0.93 => 3,
        x if x < 0.98 => 2,
        _ => 1,
    };
    let asked_at = end + TimeDelta::seconds(chance.between(1, 60));
    let at = asked_at + TimeDelta::seconds(chance.between(5, 840));
    let source = chance.between(0, 2) as u8;
    rates.then_some(Rating { stars, asked_at, at, source })
}
