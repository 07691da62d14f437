//! When the ledger was last copied, by whatever means, so that an old copy is noticed before it is needed.

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::audit::append;
use super::store::params;
use super::stored::At;
use super::{Ledger, Place};

impl Ledger {
    /// Notes that the ledger was copied as it is now; audited.
    pub fn note_backup(&self, who: &str) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            transaction.execute("INSERT INTO backups (at, who) VALUES (?1, ?2)", params![At(now), who])?;
            append(transaction, now, who, "backup", "ledger", "")
        })
    }

    /// When it was last copied, as far as anybody said.
    pub fn last_backup(&self) -> Result<Option<DateTime<Utc>>> {
        self.read(|connection| {
            let at: Option<At> = connection.query_row("SELECT max(at) FROM backups", [], |row| row.get(0))?;
            Ok(at.map(|at| at.0))
        })
    }

    /// When the first of its runs began: before that there was nothing to lose.
    pub fn first_run_at(&self) -> Result<Option<DateTime<Utc>>> {
        self.read(|connection| {
            let at: Option<At> = connection.query_row("SELECT min(created_at) FROM runs", [], |row| row.get(0))?;
            Ok(at.map(|at| at.0))
        })
    }

    /// Whether a server keeps it, which no copy of the data folder contains.
    pub fn is_on_a_server(&self) -> bool {
        matches!(self.place(), Place::Server(..))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use crate::ledger::bench::{ledger, new_run};

    #[test]
    fn the_newest_copy_counts() {
        let (ledger, clock) = ledger();
        assert_eq!((ledger.last_backup().expect("none"), ledger.first_run_at().expect("none")), (None, None));
        ledger.start_run(&new_run("2026-10")).expect("a run");
        assert_eq!(ledger.first_run_at().expect("a run"), Some(clock.now()));
        ledger.note_backup("ops").expect("noted");
        clock.set(clock.now() + TimeDelta::days(1));
        ledger.note_backup("ops").expect("noted");
        assert_eq!(ledger.last_backup().expect("a copy"), Some(clock.now()));
        assert_eq!(ledger.first_broken_audit().expect("a chain"), None);
    }
}
