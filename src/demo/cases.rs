//! Cases after the sale: the chats of buyers who bought before, told as tickets of a help desk.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::chance::{Chance, Stream};
use super::rota::ordinal;
use super::rows::{Buyer, Chat};
use super::shop::Shop;

/// One case (工单).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Case {
    pub id: u64,
    /// The number of the agent; zero is the shared account.
    pub agent: u32,
    pub buyer: Buyer,
    pub opened: NaiveDateTime,
    /// Whole minutes until the first reply; `None` when there was none.
    pub reply_minutes: Option<i64>,
    /// Whole minutes until it was solved for good; `None` while it is open.
    pub solve_minutes: Option<i64>,
    pub replies: u32,
    pub reopens: u32,
    /// Whether the buyer was content, and when that was said.
    pub verdict: Option<(bool, NaiveDateTime)>,
}

impl Case {
    /// The case of a chat that was no inquiry.
    fn of(seed: u64, chat: &Chat) -> Option<Self> {
        if chat.inquiry {
            return None;
        }
        let keys = [chat.agent.into(), ordinal(chat.start.date()), chat.index.into()];
        let mut chance = Chance::of(seed, Stream::Case, &keys);
        let answered = chat.agent_messages > 0;
        let reply_minutes = answered.then(|| chance.between(1, 45));
        let solved = answered && chance.happens(0.9);
        let solve_minutes = solved.then(|| chance.between(50, 2 * 1440));
        let opened = chat.start;
        let ended = solve_minutes.map(|minutes| opened + TimeDelta::minutes(minutes));
        let verdict = ended.filter(|_| chance.happens(0.35));
        let said = verdict.map(|ended| ended + TimeDelta::minutes(chance.between(3, 600)));
        Some(Self {
            id: ordinal(opened.date()) * 1_000_000 + u64::from(chat.agent) * 100 + u64::from(chat.index),
            agent: chat.agent,
            buyer: chat.buyer,
            opened,
            reply_minutes,
            solve_minutes,
            replies: if answered { chance.between(1, 4) as u32 } else { 0 },
            reopens: if solved { u32::from(chance.happens(0.08)) } else { 0 },
            verdict: said.map(|at| (chance.happens(0.85), at)),
        })
    }

    /// When somebody answered first.
    pub fn replied(&self) -> Option<NaiveDateTime> {
        self.reply_minutes.map(|minutes| self.opened + TimeDelta::minutes(minutes))
    }

    /// When it was solved.
    pub fn solved(&self) -> Option<NaiveDateTime> {
        self.solve_minutes.map(|minutes| self.opened + TimeDelta::minutes(minutes))
    }

    /// The case as it stood at `now`; `None` before it was opened.
    pub fn at(&self, now: NaiveDateTime) -> Option<Self> {
        let past = |at: Option<NaiveDateTime>| at.is_some_and(|at| at <= now);
        let mut case = self.clone();
        if !past(self.replied()) {
            (case.reply_minutes, case.replies) = (None, 0);
        }
        if !past(self.solved()) {
            (case.solve_minutes, case.reopens) = (None, 0);
        }
        case.verdict = self.verdict.filter(|(_, at)| *at <= now);
        (self.opened <= now).then_some(case)
    }

    /// When it last changed.
    pub fn updated(&self) -> NaiveDateTime {
        let said = self.verdict.map(|(_, at)| at);
        let changes = [Some(self.opened), self.replied(), self.solved(), said];
        changes.into_iter().flatten().max().unwrap_or(self.opened)
    }
}

impl Shop {
    /// The cases that were opened on a day, by agent and number.
    pub(super) fn cases(&self, day: NaiveDate) -> impl Iterator<Item = Case> {
        let seed = self.plan().seed;
        self.desks(day).iter().flat_map(|desk| &desk.chats).filter_map(move |chat| Case::of(seed, chat))
    }
}
