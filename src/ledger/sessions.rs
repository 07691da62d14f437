//! Sessions of the console, kept by the hash of their token: who reads the ledger cannot sign in with it.

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};

use super::people::{User, find_user};
use super::store::{self, Connection, OptionalExtension, Row, params};
use super::stored::At;
use super::{Ledger, touched};

/// One signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What forms must send back.
    pub csrf: String,
    /// When the user signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends whatever happens.
    pub expires_at: DateTime<Utc>,
}

impl Ledger {
    /// Opens a session for a user who is not disabled; also forgets the sessions that have expired.
    pub fn open_session(&self, user: &str, token_hash: &str, csrf: &str, expires: DateTime<Utc>) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            let known = find_user(transaction, user)?.with_context(|| format!("the ledger has no user `{user}`"))?;
            if known.disabled {
                bail!("user `{user}` is disabled: `scorepost user add` lets them in again");
            }
            transaction.execute("DELETE FROM sessions WHERE expires_at <= ?1", [At(now)])?;
            transaction.execute(
                "INSERT INTO sessions (token_hash, \"user\", csrf, created_at, last_seen_at, expires_at) \
                 VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
                params![token_hash, user, csrf, At(now), At(expires)],
            )?;
            Ok(())
        })
    }

    /// The session of that token with its user as they are now; `None` when it expired or the user is disabled.
    pub fn session(&self, token_hash: &str) -> Result<Option<(User, Session)>> {
        let now = At(self.now());
        self.read(|connection| {
            let sql = "SELECT * FROM sessions WHERE token_hash = ?1 AND expires_at > ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_row(params![token_hash, now], read_session).optional()?;
            let Some((name, session)) = found else { return Ok(None) };
            let user = find_user(connection, &name)?.filter(|user| !user.disabled);
            Ok(user.map(|user| (user, session)))
        })
    }

    /// Notes that a session was used now.
    pub fn touch_session(&self, token_hash: &str) -> Result<()> {
        let now = At(self.now());
        self.write(|transaction| {
            let sql = "UPDATE sessions SET last_seen_at = ?2 WHERE token_hash = ?1";
            touched(transaction.execute(sql, params![token_hash, now])?, "session", "of this token")
        })
    }

    /// Ends a session; one that is not there has ended.
    pub fn close_session(&self, token_hash: &str) -> Result<()> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM sessions WHERE token_hash = ?1", [token_hash])?;
            Ok(())
        })
    }

    /// The open sessions of a user, the one used last first.
    pub fn sessions_of(&self, user: &str) -> Result<Vec<Session>> {
        let now = At(self.now());
        self.read(|connection| {
            let sql = "SELECT * FROM sessions WHERE \"user\" = ?1 AND expires_at > ?2 ORDER BY last_seen_at DESC";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(params![user, now], read_session)?;
            rows.map(|row| Ok(row?.1)).collect()
        })
    }

    /// Ends every session of a user.
    pub fn close_sessions_of(&self, user: &str) -> Result<()> {
        self.write(|transaction| end_sessions_of(transaction, user))
    }
}

/// Ends every session of a user, inside a caller's transaction.
pub(super) fn end_sessions_of(connection: &Connection, user: &str) -> Result<()> {
    connection.execute("DELETE FROM sessions WHERE \"user\" = ?1", [user])?;
    Ok(())
}

fn read_session(row: &Row<'_>) -> store::Result<(String, Session)> {
    let session = Session {
        csrf: row.get("csrf")?,
        created_at: row.get::<_, At>("created_at")?.0,
        last_seen_at: row.get::<_, At>("last_seen_at")?.0,
        expires_at: row.get::<_, At>("expires_at")?.0,
    };
    Ok((row.get("user")?, session))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::clock::Clock;
    use crate::ledger::Role;
    use crate::ledger::bench::{ledger, user};

    fn signed_in() -> (Ledger, Clock) {
        let (ledger, clock) = ledger();
        ledger.put_user(&user("hr", Role::Hr, clock.now())).expect("a user");
        ledger.put_user(&user("other", Role::Hr, clock.now())).expect("a user");
        for (name, token) in [("hr", "t1"), ("hr", "t2"), ("other", "t3")] {
            ledger.open_session(name, token, "csrf", clock.now() + TimeDelta::hours(8)).expect("a session");
        }
        (ledger, clock)
    }

    fn open(ledger: &Ledger) -> Vec<&'static str> {
        let is_open = |token: &&str| ledger.session(token).expect("a read").is_some();
        ["t1", "t2", "t3"].into_iter().filter(is_open).collect()
    }

    #[test]
    fn a_session_shows_its_user_and_its_last_use_until_it_expires() {
        let (ledger, clock) = signed_in();
        let began = clock.now();
        clock.set(began + TimeDelta::hours(1));
        ledger.touch_session("t1").expect("touched");
        let (user, session) = ledger.session("t1").expect("a read").expect("a session");
        assert_eq!((user.name.as_str(), session.csrf.as_str()), ("hr", "csrf"));
        assert_eq!((session.created_at, session.last_seen_at), (began, began + TimeDelta::hours(1)));
        clock.set(session.expires_at - TimeDelta::milliseconds(1));
        assert_eq!(open(&ledger), ["t1", "t2", "t3"]);
        clock.set(session.expires_at);
        assert!(open(&ledger).is_empty());
        assert!(ledger.touch_session("nothing").is_err());
    }

    #[test]
    fn expired_sessions_are_forgotten_at_the_next_sign_in() {
        let (ledger, clock) = signed_in();
        clock.set(clock.now() + TimeDelta::hours(9));
        ledger.open_session("hr", "t4", "csrf", clock.now() + TimeDelta::hours(8)).expect("a session");
        let kept: i64 = ledger
            .read(|connection| Ok(connection.query_row("SELECT count(*) FROM sessions", [], |row| row.get(0))?))
            .expect("a count");
        assert_eq!(kept, 1);
    }

    #[test]
    fn closing_ends_one_or_all_of_a_user() {
        let (ledger, _) = signed_in();
        ledger.close_session("t1").expect("closed");
        ledger.close_session("t1").expect("closed before");
        assert_eq!(open(&ledger), ["t2", "t3"]);
        assert_eq!(ledger.sessions_of("hr").expect("sessions").len(), 1);
        ledger.close_sessions_of("hr").expect("closed");
        assert_eq!(open(&ledger), ["t3"]);
        assert!(ledger.sessions_of("hr").expect("sessions").is_empty());
    }

    #[test]
    fn disabling_ends_sessions_and_refuses_new_ones() {
        let (ledger, clock) = signed_in();
        ledger.disable_user("hr").expect("disabled");
        assert_eq!(open(&ledger), ["t3"]);
        let expires = clock.now() + TimeDelta::hours(1);
        assert!(ledger.open_session("hr", "t9", "csrf", expires).is_err());
        assert!(ledger.open_session("nobody", "t9", "csrf", expires).is_err());
        ledger.put_user(&user("hr", Role::Hr, clock.now())).expect("let in again");
        assert_eq!(open(&ledger), ["t3"], "what was ended stays ended");
    }

    #[test]
    fn a_new_password_or_role_ends_sessions_and_new_teams_do_not() {
        let (ledger, clock) = signed_in();
        let before = user("hr", Role::Hr, clock.now());
        ledger.put_user(&User { teams: vec!["T1".to_owned()], ..before.clone() }).expect("a change");
        let (now, _) = ledger.session("t1").expect("a read").expect("still open");
        assert_eq!(now.teams, ["T1"], "permissions are read at every request");
        ledger.put_user(&User { password_hash: Some("new".to_owned()), ..before.clone() }).expect("a change");
        assert_eq!(open(&ledger), ["t3"]);
        ledger.put_user(&user("other", Role::Manager, clock.now())).expect("a change");
        assert!(open(&ledger).is_empty());
    }
}
