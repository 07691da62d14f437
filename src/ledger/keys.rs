//! The ledger's own keys, made when it is first opened.

use anyhow::{Context, Result};

use super::Ledger;
use super::store::{OptionalExtension, params};

const MESSAGE_KEY: &str = "message-id";
const LINK_KEY: &str = "card-link";

impl Ledger {
    /// The 32 bytes with which Message-IDs are keyed; the same for the life of this ledger.
    pub fn message_key(&self) -> Result<[u8; 32]> {
        self.key(MESSAGE_KEY)
    }

    /// The 32 bytes with which links to cards are signed; the same for the life of this ledger.
    pub(super) fn link_key(&self) -> Result<[u8; 32]> {
        self.key(LINK_KEY)
    }

    /// Makes the keys that are not there yet.
    pub(super) fn ensure_keys(&self) -> Result<()> {
        for name in [MESSAGE_KEY, LINK_KEY] {
            if self.find_key(name)?.is_none() {
                self.make_key(name)?;
            }
        }
        Ok(())
    }

    fn make_key(&self, name: &str) -> Result<()> {
        let mut key = [0_u8; 32];
        getrandom::fill(&mut key).context("the machine gives no random bytes")?;
        self.write(|transaction| {
            let sql = "INSERT INTO secrets (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
            transaction.execute(sql, params![name, key])?;
            Ok(())
        })
    }

    fn key(&self, name: &str) -> Result<[u8; 32]> {
        let key = self.find_key(name)?;
        key.with_context(|| format!("the ledger `{}` lost its key `{name}`: restore a backup", self.place()))
    }

    fn find_key(&self, name: &str) -> Result<Option<[u8; 32]>> {
        self.read(|connection| {
            let sql = "SELECT value FROM secrets WHERE name = ?1";
            Ok(connection.query_row(sql, [name], |row| row.get(0)).optional()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::clock::Clock;
    use crate::ledger::Ledger;
    use crate::ledger::bench::{fresh_place, ledger};

    #[test]
    fn the_key_outlives_the_process_and_differs_between_ledgers() {
        let (place, _folder) = fresh_place();
        let key = || Ledger::open_at(&place, Clock::system()).expect("a ledger").message_key().expect("a key");
        let first = key();
        assert_eq!(first, key());
        assert_ne!(first, ledger().0.message_key().expect("a key"));
        let one = ledger().0;
        assert_ne!(one.message_key().expect("a key"), one.link_key().expect("a key"));
    }
}
