//! Teams that a person was given beside what the roster says, for some time or for good.

use anyhow::{Result, ensure};
use chrono::NaiveDate;

use super::Ledger;
use super::audit::append;
use super::people::find_user;
use super::store::{self, Connection, Row, params};
use super::touched;
use crate::period::Period;

/// A team that a person was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The team's id.
    pub team: String,
    /// The first day; none when it was theirs all along.
    pub from: Option<NaiveDate>,
    /// The last day; none when it is theirs for good.
    pub until: Option<NaiveDate>,
}

impl Grant {
    /// A team for good, past and future.
    pub fn always(team: &str) -> Self {
        Self { team: team.to_owned(), from: None, until: None }
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| until >= day)
    }

    /// Whether some day of the period lies within it.
    pub fn covers(&self, period: &Period) -> bool {
        self.from.is_none_or(|from| from <= period.last_day()) && self.until.is_none_or(|until| until >= period.start)
    }
}

impl Ledger {
    /// Gives a user a team for a time, audited under `who`; the same team from the same day is given anew.
    pub fn grant_team(&self, user: &str, grant: &Grant, who: &str) -> Result<()> {
        ensure!(
            grant.from.zip(grant.until).is_none_or(|(from, until)| from <= until),
            "the last day of a grant lies before its first: turn them round"
        );
        let now = self.now();
        let (from, until) = (day(grant.from), day(grant.until));
        self.write(|transaction| {
            touched(usize::from(find_user(transaction, user)?.is_some()), "user", user)?;
            transaction.execute(
                "INSERT INTO team_grants (\"user\", team, from_day, to_day) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (\"user\", team, from_day) DO UPDATE SET to_day = excluded.to_day",
                params![user, grant.team, from, until],
            )?;
            append(transaction, now, who, "grant-team", user, &format!("{} {from}..{until}", grant.team))
        })
    }

    /// Takes every grant of a team from a user, audited under `who`; what the roster says stays.
    pub fn revoke_team(&self, user: &str, team: &str, who: &str) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            let sql = "DELETE FROM team_grants WHERE \"user\" = ?1 AND team = ?2";
            touched(transaction.execute(sql, [user, team])?, "grant of the team", team)?;
            append(transaction, now, who, "revoke-team", user, team)
        })
    }

    /// The dated grants of a user, by team and day.
    pub fn grants_of(&self, user: &str) -> Result<Vec<Grant>> {
        self.read(|connection| grants_of(connection, user))
    }
}

/// The dated grants of a user, inside a caller's transaction.
pub(super) fn grants_of(connection: &Connection, user: &str) -> Result<Vec<Grant>> {
    let sql = "SELECT * FROM team_grants WHERE \"user\" = ?1 ORDER BY team, from_day";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([user], read_grant)?;
    Ok(rows.collect::<store::Result<_>>()?)
}

/// An open end is kept as an empty text, because it is part of the key.
fn day(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn read_grant(row: &Row<'_>) -> store::Result<Grant> {
    let day = |text: String| text.parse().ok();
    Ok(Grant { team: row.get("team")?, from: day(row.get("from_day")?), until: day(row.get("to_day")?) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{ledger, period, user};
    use crate::ledger::{Role, User};

    fn on(text: &str) -> Option<NaiveDate> {
        Some(text.parse().expect("a day"))
    }

    #[test]
    fn a_team_is_given_for_a_time_and_taken_away() {
        let (ledger, clock) = ledger();
        let lead: User = user("lead", Role::Manager, clock.now());
        ledger.put_user(&lead).expect("a user");
        let grant = Grant { team: "T1".to_owned(), from: on("2026-10-15"), until: on("2026-11-30") };
        ledger.grant_team("lead", &grant, "hr").expect("granted");
        assert_eq!(ledger.grants_of("lead").expect("grants"), std::slice::from_ref(&grant));
        let led = ledger.led_by(&lead).expect("teams");
        let sees = ["2026-09", "2026-10", "2026-11", "2026-12"].map(|one| led.sees("any", &period(one), "T1"));
        assert_eq!(sees, [false, true, true, false]);
        let longer = Grant { until: None, ..grant };
        ledger.grant_team("lead", &longer, "hr").expect("granted anew");
        assert_eq!(ledger.grants_of("lead").expect("grants"), [longer]);
        ledger.revoke_team("lead", "T1", "hr").expect("revoked");
        assert!(ledger.revoke_team("lead", "T1", "hr").is_err(), "there is none any more");
        assert!(ledger.grants_of("lead").expect("grants").is_empty());
        let acts: Vec<String> = ledger.audit_entries(9).expect("acts").into_iter().map(|one| one.action).collect();
        assert_eq!(acts, ["revoke-team", "grant-team", "grant-team"]);
    }

    #[test]
    fn nonsense_is_refused() {
        let (ledger, clock) = ledger();
        ledger.put_user(&user("lead", Role::Manager, clock.now())).expect("a user");
        let turned = Grant { team: "T1".to_owned(), from: on("2026-11-01"), until: on("2026-10-01") };
        assert!(ledger.grant_team("lead", &turned, "hr").is_err());
        assert!(ledger.grant_team("nobody", &Grant::always("T1"), "hr").is_err());
        assert!(ledger.audit_entries(9).expect("acts").is_empty());
    }
}
