//! The tokens of a platform and its count of calls: one token is good at a time, and the first dies early.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// What tells the tokens of two platforms apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// What its tokens begin with.
    pub prefix: &'static str,
    /// How many calls the first token is good for; fewer than a month of the default shop needs, so that every pull meets its death.
    pub first_token_calls: u64,
    /// A token with less than this left to live is given out no more.
    pub reserve: TimeDelta,
}

/// How long a token lives, on all three platforms.
pub(super) const LIFE: TimeDelta = TimeDelta::seconds(7200);

/// Why a token does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stale {
    /// There is no such token.
    Unknown,
    /// It was good once.
    Expired,
}

/// What a platform remembers of its callers.
#[derive(Debug)]
pub(super) struct Door {
    manner: Manner,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    /// How many tokens were given out; the last is the only good one.
    tokens: u64,
    /// When the last token was given out.
    issued: Option<DateTime<Utc>>,
    /// Calls made with the last token.
    used: u64,
    /// Calls in all.
    calls: u64,
}

impl Door {
    /// A door that nobody has come to.
    pub fn new(manner: Manner) -> Self {
        Self { manner, memory: Mutex::default() }
    }

    /// Gives the good token, or a new one when it is over or nearly so, and how many seconds it has left.
    pub fn token(&self, now: DateTime<Utc>) -> (String, i64) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_over(&memory, now + self.manner.reserve) {
            memory.tokens += 1;
            memory.issued = Some(now);
            memory.used = 0;
        }
        let left = memory.issued.map_or(LIFE, |issued| issued + LIFE - now);
        (self.name(memory.tokens), left.num_seconds())
    }

    /// Counts a call, before anything about it is looked at; the first is 1.
    pub fn count(&self) -> u64 {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.calls += 1;
        memory.calls
    }

    /// Lets a call with this token in, or not.
    pub fn admit(&self, token: &str, now: DateTime<Utc>) -> Result<(), Stale> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let serial = (1..=memory.tokens).find(|serial| token == self.name(*serial)).ok_or(Stale::Unknown)?;
        if serial < memory.tokens || self.is_over(&memory, now) {
            return Err(Stale::Expired);
        }
        memory.used += 1;
        Ok(())
    }

    fn name(&self, serial: u64) -> String {
        format!("{}-{serial}", self.manner.prefix)
    }

    fn is_over(&self, memory: &Memory, at: DateTime<Utc>) -> bool {
        let died_early = memory.tokens == 1 && memory.used >= self.manner.first_token_calls;
        died_early || memory.issued.is_none_or(|issued| at - issued >= LIFE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANNER: Manner = Manner { prefix: "t", first_token_calls: 2, reserve: TimeDelta::minutes(30) };

    #[test]
    fn a_token_stays_the_same_until_it_is_nearly_over() {
        let door = Door::new(MANNER);
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(door.token(now), ("t-1".into(), 7200));
        assert_eq!(door.token(now + TimeDelta::minutes(89)), ("t-1".into(), 1860));
        assert_eq!(door.token(now + TimeDelta::minutes(90)), ("t-2".into(), 7200));
        assert_eq!(door.admit("t-1", now), Err(Stale::Expired));
        assert_eq!(door.admit("t-3", now), Err(Stale::Unknown));
    }

    #[test]
    fn the_first_token_dies_early_and_the_second_of_old_age() {
        let door = Door::new(MANNER);
        let now = DateTime::UNIX_EPOCH;
        door.token(now);
        let opens = |token: &str, at| door.admit(token, at);
        assert_eq!([opens("t-1", now), opens("t-1", now)], [Ok(()), Ok(())]);
        assert_eq!(opens("t-1", now), Err(Stale::Expired));
        door.token(now);
        assert!((0..9).all(|_| opens("t-2", now).is_ok()));
        assert_eq!(opens("t-2", now + LIFE), Err(Stale::Expired));
    }
}
