//! Failed sign-ins, so that guessing passwords becomes slow.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::Ledger;
use super::store::params;
use super::stored::At;

/// How long a failed sign-in is remembered; nobody counts further back.
const REMEMBERED: TimeDelta = TimeDelta::days(7);

impl Ledger {
    /// Notes a failed sign-in under a name, known or not, from a network address; forgets those of a week ago.
    pub fn record_failed_sign_in(&self, name: &str, address: &str) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            transaction.execute("DELETE FROM failed_sign_ins WHERE at < ?1", [At(now - REMEMBERED)])?;
            let sql = "INSERT INTO failed_sign_ins (name, address, at) VALUES (?1, ?2, ?3)";
            transaction.execute(sql, params![name, address, At(now)])?;
            Ok(())
        })
    }

    /// How many sign-ins under this name failed at or after `since`.
    pub fn failed_sign_ins_since(&self, name: &str, since: DateTime<Utc>) -> Result<u32> {
        self.count_failed("name", name, since)
    }

    /// How many sign-ins from this network address failed at or after `since`, under whatever name.
    pub fn failed_sign_ins_from(&self, address: &str, since: DateTime<Utc>) -> Result<u32> {
        self.count_failed("address", address, since)
    }

    /// Forgets the failed sign-ins under this name.
    pub fn clear_failed_sign_ins(&self, name: &str) -> Result<()> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM failed_sign_ins WHERE name = ?1", [name])?;
            Ok(())
        })
    }

    fn count_failed(&self, column: &'static str, value: &str, since: DateTime<Utc>) -> Result<u32> {
        self.read(|connection| {
            let sql = format!("SELECT count(*) FROM failed_sign_ins WHERE {column} = ?1 AND at >= ?2");
            Ok(connection.query_row(&sql, params![value, At(since)], |row| row.get(0))?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::ledger;

    #[test]
    fn failures_are_counted_by_name_and_by_address_and_forgotten() {
        let (ledger, clock) = ledger();
        let began = clock.now();
        let fail = |name: &str, address: &str| ledger.record_failed_sign_in(name, address).expect("noted");
        fail("hr", "192.0.2.1");
        clock.set(began + TimeDelta::minutes(5));
        fail("hr", "192.0.2.2");
        fail("other", "192.0.2.2");
        let by_name = |name: &str, since| ledger.failed_sign_ins_since(name, since).expect("a count");
        assert_eq!((by_name("hr", began), by_name("hr", clock.now()), by_name("nobody", began)), (2, 1, 0));
        assert_eq!(ledger.failed_sign_ins_from("192.0.2.2", began).expect("a count"), 2);
        ledger.clear_failed_sign_ins("hr").expect("cleared");
        assert_eq!((by_name("hr", began), by_name("other", began)), (0, 1));
        clock.set(began + TimeDelta::days(8));
        fail("hr", "192.0.2.1");
        assert_eq!(by_name("other", began), 0, "a week later nobody remembers");
    }
}
