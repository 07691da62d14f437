//! Announcements: what people are told about a job once, such as that a release is late.

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::Ledger;
use super::store::{self, Row, params};
use super::stored::At;
use crate::words::Bilingual;

/// Something that people are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAnnouncement {
    /// The same for the same thing, which is then told once.
    pub key: String,
    /// What it is, in kebab-case, such as `release-reminder`.
    pub kind: String,
    /// The job's id.
    pub job: String,
    /// The period as a label.
    pub period: String,
    /// The run that it is about, if it is about one.
    pub run_id: Option<String>,
    /// What is said.
    pub text: Bilingual,
}

/// An announcement as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// What was said, and of what.
    pub said: NewAnnouncement,
    /// When.
    pub at: DateTime<Utc>,
}

impl Ledger {
    /// Says something; false when it was said before.
    pub fn announce(&self, new: &NewAnnouncement) -> Result<bool> {
        let now = At(self.now());
        self.write(|transaction| {
            let sql = "INSERT INTO announcements (key, kind, job, period, run_id, text_zh, text_en, at) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (key) DO NOTHING";
            let values = params![new.key, new.kind, new.job, new.period, new.run_id, new.text.zh, new.text.en, now];
            Ok(transaction.execute(sql, values)? > 0)
        })
    }

    /// Whether something was said before.
    pub fn was_announced(&self, key: &str) -> Result<bool> {
        self.read(|connection| {
            let sql = "SELECT count(*) FROM announcements WHERE key = ?1";
            Ok(connection.query_row(sql, [key], |row| row.get::<_, i64>(0))? > 0)
        })
    }

    /// The newest announcements of a job first, at most `limit`.
    pub fn announcements(&self, job: &str, limit: u32) -> Result<Vec<Announcement>> {
        self.read(|connection| {
            let sql = "SELECT * FROM announcements WHERE job = ?1 ORDER BY id DESC LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map(params![job, limit], read_announcement)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// The announcements about a run, oldest first.
    pub fn run_announcements(&self, run_id: &str) -> Result<Vec<Announcement>> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT * FROM announcements WHERE run_id = ?1 ORDER BY id")?;
            let found = statement.query_map([run_id], read_announcement)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

fn read_announcement(row: &Row<'_>) -> store::Result<Announcement> {
    let said = NewAnnouncement {
        key: row.get("key")?,
        kind: row.get("kind")?,
        job: row.get("job")?,
        period: row.get("period")?,
        run_id: row.get("run_id")?,
        text: Bilingual::new(row.get::<_, String>("text_zh")?, row.get::<_, String>("text_en")?),
    };
    Ok(Announcement { said, at: row.get::<_, At>("at")?.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::ledger;

    #[test]
    fn a_thing_is_said_once() {
        let (ledger, clock) = ledger();
        let new = |key: &str, run: Option<&str>| NewAnnouncement {
            key: key.to_owned(),
            kind: "release-reminder".to_owned(),
            job: "monthly".to_owned(),
            period: "2026-10".to_owned(),
            run_id: run.map(str::to_owned),
            text: Bilingual::new("请放行", "please release"),
        };
        assert!(ledger.announce(&new("a", Some("r"))).expect("said"));
        assert!(!ledger.announce(&new("a", None)).expect("known"));
        assert!(ledger.announce(&new("b", None)).expect("said"));
        let keys: Vec<String> =
            ledger.announcements("monthly", 9).expect("all").into_iter().map(|one| one.said.key).collect();
        assert_eq!(keys, ["b", "a"]);
        let of_run = ledger.run_announcements("r").expect("of the run");
        assert_eq!(of_run, [Announcement { said: new("a", Some("r")), at: clock.now() }]);
    }
}
