//! Values that schemes leave unset, as persons filled them in: every word is kept, the last on each counts.

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::Ledger;
use super::audit::append;
use super::store::{self, Row, params};
use super::stored::{At, Fraction};
use crate::exact::Exact;

/// A value that is to be filled in.
#[derive(Clone, Copy, Debug)]
pub struct NewSchemeValue<'a> {
    /// The scheme's id.
    pub scheme: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The name under which it is unset.
    pub name: &'a str,
    /// The number.
    pub value: &'a Exact,
    /// Why this number.
    pub reason: &'a str,
    /// Who fills it in.
    pub who: &'a str,
}

/// A value as somebody filled it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeValue {
    /// The name under which it is unset.
    pub name: String,
    /// The number.
    pub value: Exact,
    /// Why this number.
    pub reason: String,
    /// Who filled it in.
    pub who: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Ledger {
    /// Fills in a value in the name of a person; audited. The same number once more is not another word.
    pub fn fill_scheme_value(&self, new: &NewSchemeValue<'_>) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            let sql = "SELECT value FROM scheme_values WHERE scheme = ?1 AND version = ?2 AND name = ?3 \
                       ORDER BY id DESC LIMIT 1";
            let mut statement = transaction.prepare_cached(sql)?;
            let last = statement
                .query_map(params![new.scheme, new.version, new.name], |row| Ok(row.get::<_, Fraction>("value")?.0))?;
            if last.collect::<store::Result<Vec<_>>>()?.first() == Some(new.value) {
                return Ok(());
            }
            let sql = "INSERT INTO scheme_values (scheme, version, name, value, reason, who, at) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let value = Fraction(new.value.clone());
            transaction
                .execute(sql, params![new.scheme, new.version, new.name, value, new.reason, new.who, At(now)])?;
            let subject = format!("scheme {} {}", new.scheme, new.version);
            let detail = format!("{} = {}: {}", new.name, new.value.trimmed(6), new.reason);
            append(transaction, now, new.who, "fill-scheme-value", &subject, &detail)
        })
    }

    /// Every word on the values of one version, the first one first.
    pub fn scheme_values(&self, scheme: &str, version: &str) -> Result<Vec<SchemeValue>> {
        self.read(|connection| {
            let sql = "SELECT * FROM scheme_values WHERE scheme = ?1 AND version = ?2 ORDER BY id";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map(params![scheme, version], read_value)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

fn read_value(row: &Row<'_>) -> store::Result<SchemeValue> {
    Ok(SchemeValue {
        name: row.get("name")?,
        value: row.get::<_, Fraction>("value")?.0,
        reason: row.get("reason")?,
        who: row.get("who")?,
        at: row.get::<_, At>("at")?.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::ledger;

    #[test]
    fn every_word_is_kept_under_its_version_and_audited_once() {
        let (ledger, clock) = ledger();
        let fill = |version: &str, value: i64| {
            let value = Exact::whole(value);
            let new =
                NewSchemeValue { scheme: "s", version, name: "threshold", value: &value, reason: "agreed", who: "hr" };
            ledger.fill_scheme_value(&new).expect("filled");
        };
        for (version, value) in [("1", 10), ("1", 10), ("1", 12), ("2", 9)] {
            fill(version, value);
        }
        let values = ledger.scheme_values("s", "1").expect("values");
        assert_eq!(values.iter().map(|one| one.value.clone()).collect::<Vec<_>>(), [10, 12].map(Exact::whole));
        assert_eq!((values[0].who.as_str(), values[0].at, values[0].reason.as_str()), ("hr", clock.now(), "agreed"));
        assert_eq!(ledger.scheme_values("s", "3").expect("values"), []);
        let told = ledger.audit_entries(9).expect("entries");
        assert_eq!(told.len(), 3);
        assert_eq!((told[0].subject.as_str(), told[1].detail.as_str()), ("scheme s 2", "threshold = 12: agreed"));
    }
}
