//! How far each stage of a run is.

use anyhow::Result;

use super::store::{self, params};
use super::{Ledger, touched};

/// How far a stage is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The stage's word.
    pub stage: String,
    /// Pieces done.
    pub done: u64,
    /// Pieces in all; nought while unknown.
    pub total: u64,
    /// What is being worked on; never a person.
    pub what: String,
}

impl Progress {
    /// So many of so many of a stage.
    pub fn new(stage: &str, done: u64, total: u64) -> Self {
        Self { stage: stage.to_owned(), done, total, what: String::new() }
    }
}

impl Ledger {
    /// Notes how far a stage of a run is, which is the present one.
    pub fn set_progress(&self, run_id: &str, now: &Progress) -> Result<()> {
        let (done, total) = (now.done as i64, now.total as i64);
        self.write(|transaction| {
            let sql = "UPDATE runs SET stage_done = ?2, stage_total = ?3 WHERE id = ?1";
            touched(transaction.execute(sql, params![run_id, done, total])?, "run", run_id)?;
            let sql = "INSERT INTO stage_progress (run_id, stage, done, total, what) VALUES (?1, ?2, ?3, ?4, ?5) \
                       ON CONFLICT (run_id, stage) DO UPDATE SET done = excluded.done, total = excluded.total, \
                       what = excluded.what";
            transaction.execute(sql, params![run_id, now.stage, done, total, now.what])?;
            Ok(())
        })
    }

    /// How far every stage of a run is that told it.
    pub fn progress(&self, run_id: &str) -> Result<Vec<Progress>> {
        self.read(|connection| {
            let sql = "SELECT stage, done, total, what FROM stage_progress WHERE run_id = ?1 ORDER BY stage";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map([run_id], |row| {
                Ok(Progress {
                    stage: row.get(0)?,
                    done: row.get::<_, i64>(1)?.unsigned_abs(),
                    total: row.get::<_, i64>(2)?.unsigned_abs(),
                    what: row.get(3)?,
                })
            })?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{ledger, new_run};

    #[test]
    fn each_stage_keeps_its_own_count() {
        let (ledger, _) = ledger();
        let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        ledger.set_progress(&run, &Progress::new("pull", 1, 4)).expect("noted");
        let pull = Progress { what: "shop orders".to_owned(), ..Progress::new("pull", 4, 4) };
        ledger.set_progress(&run, &pull).expect("noted");
        let render = Progress::new("render", 2, 9);
        ledger.set_progress(&run, &render).expect("noted");
        assert_eq!(ledger.progress(&run).expect("progress"), [pull, render]);
        let run = ledger.run(&run).expect("a read").expect("the run");
        assert_eq!((run.stage_done, run.stage_total), (2, 9));
    }
}
