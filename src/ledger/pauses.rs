//! Pauses: jobs whose occasions a person stopped for a while, and who did.

use anyhow::{Result, bail};
use chrono::{DateTime, Utc};

use super::Ledger;
use super::audit::append;
use super::store::{self, OptionalExtension, Row, params};
use super::stored::At;

/// A job that does not run on its own for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// The job's id.
    pub job: String,
    /// Who paused it.
    pub who: String,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Why; may be empty.
    pub reason: String,
}

impl Ledger {
    /// Pauses a job in the name of a person; audited. Refused when it is paused already.
    pub fn pause_job(&self, job: &str, who: &str, reason: &str) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            let sql = "INSERT INTO pauses (job, who, at, reason) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (job) DO NOTHING";
            if transaction.execute(sql, params![job, who, At(now), reason])? == 0 {
                bail!("job `{job}` is paused already; `scorepost jobs resume {job}` lets it run again");
            }
            // What falls due from now on is missed, as it would be if the process were down.
            let sql = "INSERT INTO looks (job, at) VALUES (?1, ?2) ON CONFLICT (job) DO NOTHING";
            transaction.execute(sql, params![job, At(now)])?;
            append(transaction, now, who, "pause-job", job, reason)
        })
    }

    /// Lets a paused job run on its own again; audited. Refused when it is not paused.
    pub fn resume_job(&self, job: &str, who: &str) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            if transaction.execute("DELETE FROM pauses WHERE job = ?1", [job])? == 0 {
                bail!("job `{job}` is not paused");
            }
            append(transaction, now, who, "resume-job", job, "")
        })
    }

    /// The pause of a job, if it is paused.
    pub fn pause_of(&self, job: &str) -> Result<Option<Pause>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM pauses WHERE job = ?1")?;
            Ok(statement.query_row([job], read_pause).optional()?)
        })
    }
}

fn read_pause(row: &Row<'_>) -> store::Result<Pause> {
    Ok(Pause { job: row.get("job")?, who: row.get("who")?, at: row.get::<_, At>("at")?.0, reason: row.get("reason")? })
}

#[cfg(test)]
mod tests {
    use crate::ledger::bench::ledger;

    #[test]
    fn a_pause_has_a_name_and_ends_once() {
        let (ledger, clock) = ledger();
        assert_eq!(ledger.pause_of("monthly").expect("a read"), None);
        ledger.pause_job("monthly", "hr", "stocktaking").expect("paused");
        let pause = ledger.pause_of("monthly").expect("a read").expect("a pause");
        assert_eq!((pause.who.as_str(), pause.at, pause.reason.as_str()), ("hr", clock.now(), "stocktaking"));
        assert!(ledger.pause_job("monthly", "other", "").is_err(), "the first one's name stays");
        assert_eq!(ledger.last_look("monthly").expect("a read"), Some(clock.now()));
        ledger.resume_job("monthly", "boss").expect("resumed");
        assert!(ledger.resume_job("monthly", "boss").is_err());
        let told: Vec<String> = ledger.audit_entries(9).expect("entries").into_iter().map(|one| one.action).collect();
        assert_eq!(told, ["resume-job", "pause-job"]);
    }
}
