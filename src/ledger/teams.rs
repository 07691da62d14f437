//! What teams are called, as their packs say.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;

use super::Ledger;
use super::store::{self, Connection, OptionalExtension as _};

/// What teams are called, by team id.
pub type TeamNames = BTreeMap<String, String>;

/// The names that were found last, by job.
pub(super) type Kept = Mutex<HashMap<String, (Newest, Arc<TeamNames>)>>;

/// The newest document of a ledger: its number and when it was issued. Names change only with a newer one.
type Newest = Option<(i64, String)>;

impl Ledger {
    /// The names of all teams that a job ever made a pack for; a renamed team has its newest name.
    ///
    /// Most pages ask for them, so they are kept until another document is issued.
    pub fn team_names(&self, job: &str) -> Result<Arc<TeamNames>> {
        let newest = self.read(newest)?;
        let kept = || self.shared.team_names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((found_at, names)) = kept().get(job)
            && *found_at == newest
        {
            return Ok(names.clone());
        }
        let names = Arc::new(self.read(|connection| names_of(connection, job))?);
        kept().insert(job.to_owned(), (newest, names.clone()));
        Ok(names)
    }
}

fn newest(connection: &Connection) -> Result<Newest> {
    let sql = "SELECT id, created_at FROM documents WHERE id = (SELECT max(id) FROM documents)";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([], |row| Ok((row.get("id")?, row.get("created_at")?))).optional()?)
}

fn names_of(connection: &Connection, job: &str) -> Result<TeamNames> {
    // The newest pack of each is found in an index; only those are read.
    let sql = "SELECT subject, name FROM documents WHERE id IN \
               (SELECT max(id) FROM documents WHERE job = ?1 AND kind = 'pack' GROUP BY subject)";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([job], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<store::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::ledger::bench::{card, ledger, new_run};
    use crate::ledger::{DocumentKind, NewDocument};

    #[test]
    fn a_renamed_team_has_its_newest_name() {
        let (ledger, _) = ledger();
        let run = ledger.start_run(&new_run("2026-10")).expect("a run");
        for (name, hash) in [("Early", "1"), ("Late", "2")] {
            let pack = NewDocument { kind: DocumentKind::Pack, name: name.to_owned(), ..card("T1", hash) };
            ledger.issue(&run.id, &pack).expect("a pack");
            // Asked between the two, so that a name which was kept would be seen.
            let names = ledger.team_names(&run.job).expect("names");
            assert_eq!(*names, [("T1".to_owned(), name.to_owned())].into());
        }
        ledger.issue(&run.id, &card("A001", "1")).expect("a card");
        let again = [(); 2].map(|()| ledger.team_names(&run.job).expect("names"));
        assert_eq!(*again[0], [("T1".to_owned(), "Late".to_owned())].into());
        assert!(Arc::ptr_eq(&again[0], &again[1]), "found once");
        assert!(ledger.team_names("another").expect("names").is_empty());
    }
}
