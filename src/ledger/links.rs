//! One-time links to sign in with, kept by the hash of what they carry.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::Ledger;
use super::people::{User, find_user};
use super::store::{OptionalExtension, params};
use super::stored::At;

/// How long it is remembered who asked; nobody counts further back.
const REMEMBERED: TimeDelta = TimeDelta::days(1);

/// How often links were asked for since some instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkAsks {
    /// Under this name.
    pub by_name: u32,
    /// From this network address, under whatever name.
    pub by_address: u32,
}

impl Ledger {
    /// Notes that a link was asked for under a name, known or not, and counts how often it was since `since`.
    pub fn ask_for_link(&self, name: &str, address: &str, since: DateTime<Utc>) -> Result<LinkAsks> {
        let now = self.now();
        self.write(|transaction| {
            transaction.execute("DELETE FROM link_asks WHERE at < ?1", [At(now - REMEMBERED)])?;
            let sql = "INSERT INTO link_asks (name, address, at) VALUES (?1, ?2, ?3)";
            transaction.execute(sql, params![name, address, At(now)])?;
            let count = |column: &str, value: &str| -> Result<u32> {
                let sql = format!("SELECT count(*) FROM link_asks WHERE {column} = ?1 AND at >= ?2");
                Ok(transaction.query_row(&sql, params![value, At(since)], |row| row.get(0))?)
            };
            Ok(LinkAsks { by_name: count("name", name)?, by_address: count("address", address)? })
        })
    }

    /// Opens a link for a user in place of those before; also forgets links that have expired.
    pub fn open_link(&self, user: &str, token_hash: &str, next: &str, expires: DateTime<Utc>) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            let sql = "DELETE FROM sign_in_links WHERE \"user\" = ?1 OR expires_at <= ?2";
            transaction.execute(sql, params![user, At(now)])?;
            transaction.execute(
                "INSERT INTO sign_in_links (token_hash, \"user\", next_path, expires_at) VALUES (?1, ?2, ?3, ?4)",
                params![token_hash, user, next, At(expires)],
            )?;
            Ok(())
        })
    }

    /// Uses a link up: its user and where they wanted to go; nothing when it is used, expired or its user disabled.
    pub fn take_link(&self, token_hash: &str) -> Result<Option<(User, String)>> {
        let now = self.now();
        self.write(|transaction| {
            let sql = "DELETE FROM sign_in_links WHERE token_hash = ?1 RETURNING \"user\", next_path, expires_at";
            let taken = transaction.query_row(sql, [token_hash], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, At>(2)?.0))
            });
            let Some((name, next, expires)) = taken.optional()? else { return Ok(None) };
            let user = find_user(transaction, &name)?.filter(|user| !user.disabled && now < expires);
            Ok(user.map(|user| (user, next)))
        })
    }

    /// Where a user gets links to sign in with.
    pub fn address_of(&self, user: &str) -> Result<Option<String>> {
        self.read(|connection| {
            let sql = "SELECT address FROM users WHERE name = ?1";
            let found = connection.query_row(sql, [user], |row| row.get::<_, Option<String>>(0)).optional()?;
            Ok(found.flatten())
        })
    }

    /// Sets or takes away where a user gets links; links that are under way open nothing any more.
    pub fn set_address(&self, user: &str, address: Option<&str>) -> Result<()> {
        let address = address.map(str::to_owned);
        self.write(|transaction| {
            transaction.execute("DELETE FROM sign_in_links WHERE \"user\" = ?1", [user])?;
            let rows = transaction.execute("UPDATE users SET address = ?2 WHERE name = ?1", params![user, address])?;
            super::touched(rows, "user", user)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Role;
    use crate::ledger::bench::{ledger, user};

    #[test]
    fn a_link_opens_once_and_not_for_long() {
        let (ledger, clock) = ledger();
        ledger.put_user(&user("lead", Role::Manager, clock.now())).expect("a user");
        let soon = clock.now() + TimeDelta::minutes(15);
        ledger.open_link("lead", "h1", "/cards", soon).expect("a link");
        ledger.open_link("lead", "h2", "/", soon).expect("another");
        assert!(ledger.take_link("h1").expect("a read").is_none(), "the newer one took its place");
        let (found, next) = ledger.take_link("h2").expect("a read").expect("the link");
        assert_eq!((found.name.as_str(), next.as_str()), ("lead", "/"));
        assert!(ledger.take_link("h2").expect("a read").is_none(), "used");
        ledger.open_link("lead", "h3", "/", soon).expect("a link");
        clock.set(soon);
        assert!(ledger.take_link("h3").expect("a read").is_none(), "expired");
    }

    #[test]
    fn a_disabled_person_and_a_changed_address_open_nothing() {
        let (ledger, clock) = ledger();
        ledger.put_user(&user("lead", Role::Manager, clock.now())).expect("a user");
        let soon = clock.now() + TimeDelta::minutes(15);
        ledger.set_address("lead", Some("lead@shop.example")).expect("set");
        ledger.open_link("lead", "h1", "/", soon).expect("a link");
        ledger.set_address("lead", Some("new@shop.example")).expect("set");
        assert!(ledger.take_link("h1").expect("a read").is_none());
        assert_eq!(ledger.address_of("lead").expect("a read").as_deref(), Some("new@shop.example"));
        ledger.open_link("lead", "h2", "/", soon).expect("a link");
        ledger.disable_user("lead").expect("disabled");
        assert!(ledger.take_link("h2").expect("a read").is_none());
        assert!(ledger.set_address("nobody", None).is_err());
    }

    #[test]
    fn asks_are_counted_by_name_and_by_address() {
        let (ledger, clock) = ledger();
        let since = clock.now();
        ledger.ask_for_link("a", "192.0.2.1", since).expect("asked");
        ledger.ask_for_link("b", "192.0.2.1", since).expect("asked");
        let asks = ledger.ask_for_link("a", "192.0.2.1", since).expect("asked");
        assert_eq!(asks, LinkAsks { by_name: 2, by_address: 3 });
    }
}
