//! What teams are called, as their packs say.

use std::collections::BTreeMap;

use anyhow::Result;

use super::Ledger;
use super::store;

impl Ledger {
    /// The names of all teams that a job ever made a pack for, by team id; a renamed team has its newest name.
    pub fn team_names(&self, job: &str) -> Result<BTreeMap<String, String>> {
        self.read(|connection| {
            // The newest pack of each is found in an index; only those are read.
            let sql = "SELECT subject, name FROM documents WHERE id IN \
                       (SELECT max(id) FROM documents WHERE job = ?1 AND kind = 'pack' GROUP BY subject)";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([job], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<store::Result<_>>()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::ledger::bench::{card, ledger, new_run};
    use crate::ledger::{DocumentKind, NewDocument};

    #[test]
    fn a_renamed_team_has_its_newest_name() {
        let (ledger, _) = ledger();
        let run = ledger.start_run(&new_run("2026-10")).expect("a run");
        for (name, hash) in [("Early", "1"), ("Late", "2")] {
            let pack = NewDocument { kind: DocumentKind::Pack, name: name.to_owned(), ..card("T1", hash) };
            ledger.issue(&run.id, &pack).expect("a pack");
        }
        ledger.issue(&run.id, &card("A001", "1")).expect("a card");
        let names: Vec<_> = ledger.team_names(&run.job).expect("names").into_iter().collect();
        assert_eq!(names, [("T1".to_owned(), "Late".to_owned())]);
        assert!(ledger.team_names("another").expect("names").is_empty());
    }
}
