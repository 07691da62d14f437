//! What a request asks beyond its own columns.

use anyhow::Result;

use super::Ledger;
use super::store::{self, Connection, Transaction, params};

const SCHEME_VERSION: &str = "scheme-version";
const LETTERS: &str = "letters";

/// What is asked beyond a request's own columns; nothing of it by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Of a plan or a run: the version of the scheme to score by; the one in force without it.
    pub scheme_version: Option<String>,
    /// Of a release: the deliveries that are to go; all without it.
    pub letters: Option<Vec<i64>>,
}

impl Terms {
    /// Writes them beside their request, inside a caller's transaction.
    pub(super) fn note(&self, transaction: &Transaction<'_>, request: i64) -> Result<()> {
        let letters = self.letters.as_ref().map(|ids| ids.iter().map(i64::to_string).collect::<Vec<_>>().join(","));
        for (name, value) in [(SCHEME_VERSION, &self.scheme_version), (LETTERS, &letters)] {
            if let Some(value) = value {
                let sql = "INSERT INTO request_terms (request_id, name, value) VALUES (?1, ?2, ?3)";
                transaction.execute(sql, params![request, name, value])?;
            }
        }
        Ok(())
    }
}

impl Ledger {
    /// What a request asks beyond its own columns.
    pub fn request_terms(&self, request: i64) -> Result<Terms> {
        self.read(|connection| terms_of(connection, request))
    }
}

/// The terms of a request, inside a caller's transaction.
pub(super) fn terms_of(connection: &Connection, request: i64) -> Result<Terms> {
    let mut statement = connection.prepare_cached("SELECT name, value FROM request_terms WHERE request_id = ?1")?;
    let rows = statement.query_map([request], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut terms = Terms::default();
    for (name, value) in rows.collect::<store::Result<Vec<_>>>()? {
        match name.as_str() {
            SCHEME_VERSION => terms.scheme_version = Some(value),
            _ => terms.letters = Some(value.split(',').filter_map(|id| id.parse().ok()).collect()),
        }
    }
    Ok(terms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{ledger, new_run};
    use crate::ledger::{NewRequest, RequestKind, Scope};

    fn asked(key: &str) -> NewRequest {
        NewRequest {
            key: key.to_owned(),
            kind: RequestKind::Run,
            job: "monthly".to_owned(),
            period: "2026-10".to_owned(),
            scope: Scope::default(),
            refresh: false,
            send: false,
            run_id: None,
            requested_by: "hr".to_owned(),
        }
    }

    #[test]
    fn terms_are_kept_with_the_request_that_was_first() {
        let (ledger, _) = ledger();
        let terms = Terms { scheme_version: Some("2026.2".to_owned()), letters: Some(vec![3, 5]) };
        let first = ledger.ask_on_terms(&asked("k"), &terms).expect("a request");
        ledger.ask_on_terms(&asked("k"), &Terms::default()).expect("the same");
        assert_eq!(ledger.request_terms(first.id).expect("terms"), terms);
        let plain = ledger.ask(&asked("other")).expect("a request");
        assert_eq!(ledger.request_terms(plain.id).expect("terms"), Terms::default());
        let none = ledger.ask_on_terms(&asked("n"), &Terms { letters: Some(Vec::new()), ..Terms::default() });
        let none = ledger.request_terms(none.expect("a request").id).expect("terms");
        assert_eq!(none.letters, Some(Vec::new()), "no letter is not all letters");
    }

    #[test]
    fn a_run_scores_by_the_version_that_its_request_names() {
        let (ledger, _) = ledger();
        let terms = Terms { scheme_version: Some("2026.2".to_owned()), letters: None };
        ledger.ask_on_terms(&asked("k"), &terms).expect("a request");
        let taken = ledger.take_request("w").expect("a take").expect("the request");
        let run = ledger.start_run_of_request(&new_run("2026-10"), taken.id).expect("a run");
        assert_eq!(ledger.chosen_scheme(&run.id).expect("a read").as_deref(), Some("2026.2"));
        let run = ledger.start_run_under(&new_run("2026-10"), "2026.1").expect("a run");
        assert_eq!(ledger.chosen_scheme(&run.id).expect("a read").as_deref(), Some("2026.1"));
        let run = ledger.start_run(&new_run("2026-10")).expect("a run");
        assert_eq!(ledger.chosen_scheme(&run.id).expect("a read"), None);
    }
}
