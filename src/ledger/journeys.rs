//! Journeys to a provider of identities and back, kept by the hash of what the browser brings.

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::Ledger;
use super::store::{OptionalExtension, Row, params};
use super::stored::At;

/// Journeys under way at most; beyond it the oldest are forgotten, so that nobody fills the disk.
const MOST: u32 = 2_000;

/// One journey: what binds the provider's answer to our question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    /// Comes back with the code.
    pub state: String,
    /// Comes back inside the identity.
    pub nonce: String,
    /// Proves that whoever asks for the identity began the journey (PKCE).
    pub verifier: String,
    /// Where the person wanted to go.
    pub next: String,
}

impl Ledger {
    /// Begins a journey from a network address, unless `most` from there are under way; forgets those that are too late.
    ///
    /// Whoever comes back counts no more.
    pub fn begin_journey(
        &self,
        token_hash: &str,
        journey: &UnderWay,
        (address, most): (&str, u32),
        until: DateTime<Utc>,
    ) -> Result<bool> {
        let now = self.now();
        self.write(|transaction| {
            transaction.execute("DELETE FROM journeys WHERE expires_at <= ?1", [At(now)])?;
            let sql = "SELECT count(*) FROM journeys WHERE address = ?1";
            let from_there: u32 = transaction.query_row(sql, [address], |row| row.get(0))?;
            if from_there >= most {
                return Ok(false);
            }
            let sql = "DELETE FROM journeys WHERE token_hash IN \
                       (SELECT token_hash FROM journeys ORDER BY expires_at DESC, token_hash LIMIT 1000000 OFFSET ?1)";
            transaction.execute(sql, [MOST - 1])?;
            let sql = "INSERT INTO journeys (token_hash, state, nonce, verifier, next_path, address, expires_at) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let UnderWay { state, nonce, verifier, next } = journey;
            transaction.execute(sql, params![token_hash, state, nonce, verifier, next, address, At(until)])?;
            Ok(true)
        })
    }

    /// Ends a journey: an answer counts once, and in time.
    pub fn end_journey(&self, token_hash: &str) -> Result<Option<UnderWay>> {
        let now = self.now();
        self.write(|transaction| {
            let sql = "DELETE FROM journeys WHERE token_hash = ?1 \
                       RETURNING state, nonce, verifier, next_path, expires_at";
            let read = |row: &Row<'_>| {
                let journey = UnderWay {
                    state: row.get("state")?,
                    nonce: row.get("nonce")?,
                    verifier: row.get("verifier")?,
                    next: row.get("next_path")?,
                };
                Ok((row.get::<_, At>("expires_at")?.0, journey))
            };
            let taken = transaction.query_row(sql, [token_hash], read).optional()?;
            Ok(taken.filter(|(until, _)| *until > now).map(|(_, journey)| journey))
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::ledger::bench::ledger;

    fn journey(state: &str) -> UnderWay {
        let empty = String::new;
        UnderWay { state: state.to_owned(), nonce: empty(), verifier: empty(), next: "/cards".to_owned() }
    }

    #[test]
    fn a_journey_ends_once_and_in_time() {
        let (ledger, clock) = ledger();
        let until = clock.now() + TimeDelta::minutes(10);
        assert!(ledger.begin_journey("a", &journey("1"), ("192.0.2.1", 9), until).expect("begun"));
        assert_eq!(ledger.end_journey("b").expect("a read"), None);
        assert_eq!(ledger.end_journey("a").expect("a read"), Some(journey("1")));
        assert_eq!(ledger.end_journey("a").expect("a read"), None, "once");
        ledger.begin_journey("a", &journey("1"), ("192.0.2.1", 9), until).expect("begun");
        clock.set(until);
        assert_eq!(ledger.end_journey("a").expect("a read"), None, "late");
    }

    #[test]
    fn one_address_begins_so_many_and_all_together_are_bounded() {
        let (ledger, clock) = ledger();
        let until = |second: i64| clock.now() + TimeDelta::seconds(600 + second);
        for name in ["a", "b"] {
            assert!(ledger.begin_journey(name, &journey("1"), ("192.0.2.1", 2), until(0)).expect("begun"));
        }
        assert!(!ledger.begin_journey("c", &journey("1"), ("192.0.2.1", 2), until(0)).expect("refused"));
        assert!(ledger.begin_journey("c", &journey("1"), ("192.0.2.2", 2), until(0)).expect("another address"));
        ledger.end_journey("a").expect("a read").expect("it came back");
        assert!(ledger.begin_journey("d", &journey("1"), ("192.0.2.1", 2), until(0)).expect("one place is free"));
        for number in 1..=i64::from(MOST) {
            ledger
                .begin_journey(&number.to_string(), &journey("1"), (&number.to_string(), 2), until(number))
                .expect("begun");
        }
        assert_eq!(ledger.end_journey("d").expect("a read"), None, "the oldest are forgotten");
        assert!(ledger.end_journey(&MOST.to_string()).expect("a read").is_some());
    }
}
