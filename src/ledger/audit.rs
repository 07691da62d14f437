//! The audit chain: who did what, each entry sealed with the hash of the one before.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, SecondsFormat, Utc};
use sha2::{Digest, Sha256};

use super::Ledger;
use super::store::{self, Connection, OptionalExtension, Row, params};
use super::stored::At;

/// One thing that somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the chain, from one.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: a user's name, or `schedule`.
    pub who: String,
    /// What, in kebab-case, such as `release-run`.
    pub action: String,
    /// To what, such as `run monthly-2026-10-1`.
    pub subject: String,
    /// Anything more; never an address or a secret.
    pub detail: String,
    /// The hash of the entry before; empty for the first.
    pub previous: String,
    /// The hash of this entry, SHA-256 in lower-case hex.
    pub hash: String,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditWish {
    /// Only what this person did; empty for everybody.
    pub who: String,
    /// Only this action; empty for all.
    pub action: String,
    /// Only entries before this number; 0 for the newest.
    pub before: i64,
}

/// The action of saying why a run was ordered.
const GIVE_REASON: &str = "give-reason";

impl Ledger {
    /// Adds an entry to the chain.
    pub fn audit(&self, who: &str, action: &str, subject: &str, detail: &str) -> Result<()> {
        let now = self.now();
        self.write(|transaction| append(transaction, now, who, action, subject, detail))
    }

    /// Records why a run was ordered, in its orderer's words.
    pub fn give_reason(&self, run: &str, who: &str, reason: &str) -> Result<()> {
        self.audit(who, GIVE_REASON, &format!("run {run}"), reason)
    }

    /// Why a run was ordered, where somebody said so; the last word counts.
    pub fn reason_of(&self, run: &str) -> Result<Option<String>> {
        self.read(|connection| {
            let sql = "SELECT detail FROM audit WHERE action = ?1 AND subject = ?2 ORDER BY number DESC LIMIT 1";
            let found = connection.query_row(sql, params![GIVE_REASON, format!("run {run}")], |row| row.get("detail"));
            Ok(found.optional()?)
        })
    }

    /// The entries that fit, the newest first, at most `limit`.
    pub fn find_audit(&self, wish: &AuditWish, limit: u32) -> Result<Vec<AuditEntry>> {
        self.read(|connection| {
            let sql = "SELECT * FROM audit WHERE (?1 = '' OR who = ?1) AND (?2 = '' OR action = ?2) \
                       AND (?3 = 0 OR number < ?3) ORDER BY number DESC LIMIT ?4";
            let mut statement = connection.prepare_cached(sql)?;
            let entries = statement.query_map(params![wish.who, wish.action, wish.before, limit], read_entry)?;
            Ok(entries.collect::<store::Result<_>>()?)
        })
    }

    /// The newest entries first, at most `limit`.
    pub fn audit_entries(&self, limit: u32) -> Result<Vec<AuditEntry>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM audit ORDER BY number DESC LIMIT ?1")?;
            let entries = statement.query_map([limit], read_entry)?;
            Ok(entries.collect::<store::Result<_>>()?)
        })
    }

    /// Whether no entry was changed, removed or put in between, as far as the chain can tell.
    pub fn verify_audit(&self) -> Result<bool> {
        Ok(self.first_broken_audit()?.is_none())
    }

    /// The number of the first entry that does not fit the chain; one past the last when the end was cut off.
    pub fn first_broken_audit(&self) -> Result<Option<i64>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM audit ORDER BY number")?;
            let entries = statement.query_map([], read_entry)?.collect::<store::Result<Vec<_>>>()?;
            let redacted = redactions(&entries);
            let mut previous = "";
            for (entry, number) in entries.iter().zip(1..) {
                let own = seal(entry);
                let is_whole = own == entry.hash || redacted.get(&entry.number) == Some(&own);
                if entry.number != number || entry.previous != previous || !is_whole {
                    return Ok(Some(number));
                }
                previous = &entry.hash;
            }
            Ok((head(connection)? != previous).then_some(entries.len() as i64 + 1))
        })
    }
}

/// The act that leaves a person out of earlier entries.
pub(super) const ERASE: &str = "erase-person";
/// Stands before the list of entries that it changed.
const REDACTED: &str = "; redacted:";

/// The entries that a later, untouched entry says it changed, with the hash of what they say since.
///
/// A redacted entry keeps the hash under which the next one names it, so that the chain goes on.
fn redactions(entries: &[AuditEntry]) -> BTreeMap<i64, String> {
    let mut redacted: BTreeMap<i64, String> = BTreeMap::new();
    for entry in entries.iter().rev().filter(|entry| entry.action == ERASE) {
        let own = seal(entry);
        if own != entry.hash && redacted.get(&entry.number) != Some(&own) {
            continue;
        }
        let list = entry.detail.rsplit_once(REDACTED).map_or("", |(_, list)| list);
        for (number, hash) in list.split_whitespace().filter_map(|one| one.split_once('=')) {
            if let Some(number) = number.parse().ok().filter(|number| *number < entry.number) {
                redacted.entry(number).or_insert_with(|| hash.to_owned());
            }
        }
    }
    redacted
}

/// Leaves a person out of every entry and adds one that says so, with the hash of each entry as it reads since.
pub(super) fn redact(
    connection: &Connection,
    now: DateTime<Utc>,
    who: &str,
    (pseudonym, reason): (&str, &str),
    clean: &dyn Fn(&str) -> Option<String>,
) -> Result<()> {
    let mut statement = connection.prepare_cached("SELECT * FROM audit ORDER BY number")?;
    let entries = statement.query_map([], read_entry)?.collect::<store::Result<Vec<_>>>()?;
    let mut list = String::new();
    for mut entry in entries {
        let before = entry.clone();
        for field in [&mut entry.who, &mut entry.subject, &mut entry.detail] {
            if let Some(cleaned) = clean(field) {
                *field = cleaned;
            }
        }
        if entry == before {
            continue;
        }
        let sql = "UPDATE audit SET who = ?2, subject = ?3, detail = ?4 WHERE number = ?1";
        connection.execute(sql, params![entry.number, entry.who, entry.subject, entry.detail])?;
        list += &format!(" {}={}", entry.number, seal(&entry));
    }
    let reason = clean(reason).unwrap_or_else(|| reason.to_owned());
    append(connection, now, who, ERASE, pseudonym, &format!("{reason}{REDACTED}{list}"))
}

/// Adds an entry inside a caller's transaction, so that the act and its record are one.
pub(super) fn append(
    connection: &Connection,
    now: DateTime<Utc>,
    who: &str,
    action: &str,
    subject: &str,
    detail: &str,
) -> Result<()> {
    let last: i64 = connection.query_row("SELECT coalesce(max(number), 0) FROM audit", [], |row| row.get(0))?;
    let mut entry = AuditEntry {
        number: last + 1,
        at: now,
        who: who.to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        detail: detail.to_owned(),
        previous: head(connection)?,
        hash: String::new(),
    };
    entry.hash = seal(&entry);
    connection.execute(
        "INSERT INTO audit (number, at, who, action, subject, detail, previous, hash) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![entry.number, At(now), who, action, subject, detail, entry.previous, entry.hash],
    )?;
    connection.execute(
        "INSERT INTO audit_head (\"only\", hash) VALUES (1, ?1) ON CONFLICT (\"only\") DO UPDATE SET hash = excluded.hash",
        [&entry.hash],
    )?;
    Ok(())
}

fn head(connection: &Connection) -> Result<String> {
    let hash = connection.query_row("SELECT hash FROM audit_head", [], |row| row.get(0)).optional()?;
    Ok(hash.unwrap_or_default())
}

/// The hash over every field; lengths go in first, so that no two entries give the same bytes.
fn seal(entry: &AuditEntry) -> String {
    let number = entry.number.to_string();
    let at = entry.at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let mut hash = Sha256::new();
    for field in [&number, &at, &entry.who, &entry.action, &entry.subject, &entry.detail, &entry.previous] {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hex::encode(hash.finalize())
}

pub(super) fn read_entry(row: &Row<'_>) -> store::Result<AuditEntry> {
    Ok(AuditEntry {
        number: row.get("number")?,
        at: row.get::<_, At>("at")?.0,
        who: row.get("who")?,
        action: row.get("action")?,
        subject: row.get("subject")?,
        detail: row.get("detail")?,
        previous: row.get("previous")?,
        hash: row.get("hash")?,
    })
}

#[cfg(test)]
mod tests {
    use super::AuditWish;
    use crate::ledger::Ledger;
    use crate::ledger::bench::ledger;

    fn chain() -> Ledger {
        let (ledger, _) = ledger();
        for (who, action) in [("hr", "release-run"), ("manager", "resend"), ("hr", "cancel-run")] {
            ledger.audit(who, action, "run monthly-2026-10-1", "").expect("an entry");
        }
        ledger
    }

    #[test]
    fn an_untouched_chain_holds() {
        let (empty, _) = ledger();
        assert!(empty.verify_audit().expect("a verdict"));
        let ledger = chain();
        assert!(ledger.verify_audit().expect("a verdict"));
        let entries = ledger.audit_entries(2).expect("entries");
        let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["cancel-run", "resend"]);
        assert_eq!(entries[0].previous, entries[1].hash);
    }

    #[test]
    fn entries_are_found_by_person_and_action_a_page_at_a_time() {
        let ledger = chain();
        let found = |wish: &AuditWish, limit| -> Vec<i64> {
            ledger.find_audit(wish, limit).expect("entries").into_iter().map(|entry| entry.number).collect()
        };
        let all = AuditWish::default();
        assert_eq!(found(&all, 2), [3, 2]);
        assert_eq!(found(&AuditWish { before: 2, ..all.clone() }, 2), [1]);
        assert_eq!(found(&AuditWish { who: "hr".to_owned(), ..all.clone() }, 9), [3, 1]);
        assert_eq!(found(&AuditWish { action: "resend".to_owned(), ..all }, 9), [2]);
    }

    #[test]
    fn every_tampering_is_noticed() {
        for sql in [
            "UPDATE audit SET who = 'nobody' WHERE number = 2",
            "UPDATE audit SET detail = 'x' WHERE number = 3",
            "UPDATE audit SET at = '2020-01-01T00:00:00.000Z' WHERE number = 1",
            "DELETE FROM audit WHERE number = 1",
            "DELETE FROM audit WHERE number = 2",
            "DELETE FROM audit WHERE number = 3",
            "DELETE FROM audit",
            "INSERT INTO audit SELECT 4, at, who, action, subject, detail, hash, hash FROM audit WHERE number = 3",
            "UPDATE audit SET who = action, action = who WHERE number = 2",
        ] {
            let ledger = chain();
            let rows = ledger.write(|transaction| Ok(transaction.execute(sql, [])?)).expect(sql);
            assert!(rows > 0, "{sql}");
            assert!(!ledger.verify_audit().expect("a verdict"), "{sql}");
        }
    }
}
