//! What the operator is told of: each cause once, and again after a while as long as it stands.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::Ledger;
use super::store::{self, Row, params};
use super::stored::At;

/// A cause that the operator is or was told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorAlert {
    /// What it is about, such as `run-held monthly-2026-10-1`.
    pub cause: String,
    /// Its kind, such as `run-held`.
    pub kind: String,
    /// When it was first seen.
    pub raised_at: DateTime<Utc>,
    /// When the operator was last told.
    pub told_at: Option<DateTime<Utc>>,
    /// When it was gone.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Ledger {
    /// Makes the open causes agree with what is seen now, each given with its kind: new ones are raised, others end.
    pub fn note_causes(&self, seen: &[(String, &str)]) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            for (cause, kind) in seen {
                transaction.execute(
                    "INSERT INTO operator_alerts (cause, kind, raised_at) VALUES (?1, ?2, ?3) ON CONFLICT (cause) \
                     DO UPDATE SET raised_at = excluded.raised_at, tried_at = NULL, told_at = NULL, ended_at = NULL \
                     WHERE operator_alerts.ended_at IS NOT NULL",
                    params![cause, kind, At(now)],
                )?;
            }
            let mut statement = transaction
                .prepare_cached("SELECT cause FROM operator_alerts WHERE ended_at IS NULL ORDER BY cause")?;
            let open = statement.query_map([], |row| row.get::<_, String>(0))?;
            for gone in open.collect::<store::Result<Vec<_>>>()?.iter().filter(|one| !is_among(one, seen)) {
                transaction
                    .execute("UPDATE operator_alerts SET ended_at = ?2 WHERE cause = ?1", params![gone, At(now)])?;
            }
            Ok(())
        })
    }

    /// The causes that stand, the oldest first.
    pub fn open_alerts(&self) -> Result<Vec<OperatorAlert>> {
        self.read(|connection| {
            let sql = "SELECT * FROM operator_alerts WHERE ended_at IS NULL ORDER BY raised_at, cause";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map([], read_alert)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// Takes the causes of which the operator is to be told now, and notes that it is tried.
    ///
    /// Those never told, and those told longer than `repeat` ago; none that was tried within `rest`.
    pub fn take_untold(&self, repeat: TimeDelta, rest: TimeDelta) -> Result<Vec<String>> {
        let now = self.now();
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "UPDATE operator_alerts SET tried_at = ?1 WHERE ended_at IS NULL \
                 AND (told_at IS NULL OR told_at <= ?2) AND (tried_at IS NULL OR tried_at <= ?3) RETURNING cause",
            )?;
            let values = params![At(now), At(now - repeat), At(now - rest)];
            let taken = statement.query_map(values, |row| row.get(0))?;
            let mut taken = taken.collect::<store::Result<Vec<String>>>()?;
            taken.sort();
            Ok(taken)
        })
    }

    /// Notes that the operator was told of these.
    pub fn mark_told(&self, causes: &[String]) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            for cause in causes {
                transaction
                    .execute("UPDATE operator_alerts SET told_at = ?2 WHERE cause = ?1", params![cause, At(now)])?;
            }
            Ok(())
        })
    }
}

fn is_among(cause: &str, seen: &[(String, &str)]) -> bool {
    seen.iter().any(|(one, _)| one == cause)
}

fn read_alert(row: &Row<'_>) -> store::Result<OperatorAlert> {
    let instant = |column| row.get::<_, Option<At>>(column).map(|at| at.map(|at| at.0));
    Ok(OperatorAlert {
        cause: row.get("cause")?,
        kind: row.get("kind")?,
        raised_at: row.get::<_, At>("raised_at")?.0,
        told_at: instant("told_at")?,
        ended_at: instant("ended_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::ledger;

    #[test]
    fn a_cause_is_told_once_again_after_a_day_and_anew_when_it_comes_back() {
        let (ledger, clock) = ledger();
        let (day, rest) = (TimeDelta::hours(24), TimeDelta::minutes(5));
        let held = [("run-held r1".to_owned(), "run-held")];
        let untold = || ledger.take_untold(day, rest).expect("causes");
        ledger.note_causes(&held).expect("noted");
        assert_eq!(untold(), ["run-held r1"]);
        assert!(untold().is_empty(), "it was tried just now");
        clock.set(clock.now() + rest);
        assert_eq!(untold(), ["run-held r1"], "nobody was reached");
        ledger.mark_told(&["run-held r1".to_owned()]).expect("told");
        clock.set(clock.now() + TimeDelta::hours(23));
        ledger.note_causes(&held).expect("noted");
        assert!(untold().is_empty());
        clock.set(clock.now() + TimeDelta::hours(1));
        assert_eq!(untold(), ["run-held r1"], "it still stands a day later");
        ledger.mark_told(&["run-held r1".to_owned()]).expect("told");
        ledger.note_causes(&[]).expect("noted");
        assert!(ledger.open_alerts().expect("alerts").is_empty());
        ledger.note_causes(&held).expect("noted");
        assert_eq!(untold(), ["run-held r1"], "it came back");
    }
}
