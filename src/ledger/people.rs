//! People of the console: who they are and what they may see.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};

use super::cards::contains;
use super::sessions::end_sessions_of;
use super::store::{self, Connection, OptionalExtension, Row, params};
use super::stored::{At, stored_words};
use super::{Ledger, touched};

stored_words! {
    /// What a person is to the console.
    pub enum Role {
        /// Runs the machine: sees runs and their health.
        Operator = "operator",
        /// Sees every card and pack.
        Hr = "hr",
        /// Sees the teams that are theirs.
        Manager = "manager",
        /// Sees their own card.
        Agent = "agent",
    }
}

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name to sign in with.
    pub name: String,
    /// What they are to the console.
    pub role: Role,
    /// Their staff number, if they are in the tables.
    pub staff_number: Option<String>,
    /// The ids of a manager's teams.
    pub teams: Vec<String>,
    /// Whether they may not sign in any more.
    pub disabled: bool,
    /// The password's hash in PHC notation; `None` cannot sign in with a password.
    pub password_hash: Option<String>,
    /// When they were added.
    pub created_at: DateTime<Utc>,
}

impl Ledger {
    /// Adds a user, or changes the one of that name, whose `created_at` stays.
    ///
    /// A new password, a new role or being disabled ends the user's sessions.
    pub fn put_user(&self, user: &User) -> Result<()> {
        let teams = serde_json::to_string(&user.teams)?;
        self.write(|transaction| {
            let before = find_user(transaction, &user.name)?;
            transaction.execute(
                "INSERT INTO users (name, role, staff_number, teams, disabled, password_hash, created_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (name) DO UPDATE SET role = excluded.role, \
                 staff_number = excluded.staff_number, teams = excluded.teams, disabled = excluded.disabled, \
                 password_hash = excluded.password_hash",
                params![
                    user.name,
                    user.role,
                    user.staff_number,
                    teams,
                    user.disabled,
                    user.password_hash,
                    At(user.created_at)
                ],
            )?;
            let stays = before.is_some_and(|before| {
                !user.disabled && before.password_hash == user.password_hash && before.role == user.role
            });
            if !stays {
                end_sessions_of(transaction, &user.name)?;
            }
            Ok(())
        })
    }

    /// The user of that name, disabled or not.
    pub fn user(&self, name: &str) -> Result<Option<User>> {
        self.read(|connection| find_user(connection, name))
    }

    /// All users by name, the disabled ones too.
    pub fn users(&self) -> Result<Vec<User>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM users ORDER BY name")?;
            let rows = statement.query_map([], read_user)?;
            rows.map(|row| with_teams(row?)).collect()
        })
    }

    /// Users by name whose name or staff number contains `text`, the disabled ones too, a page of them.
    pub fn find_users(&self, text: &str, skip: u32, limit: u32) -> Result<Vec<User>> {
        let pattern = contains(text);
        self.read(|connection| {
            let sql = "SELECT * FROM users WHERE lower(name) LIKE ?1 ESCAPE '\\' \
                       OR lower(coalesce(staff_number, '')) LIKE ?1 ESCAPE '\\' ORDER BY name LIMIT ?2 OFFSET ?3";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(params![pattern, limit, skip], read_user)?;
            rows.map(|row| with_teams(row?)).collect()
        })
    }

    /// Lets a user sign in again; what was ended stays ended.
    pub fn enable_user(&self, name: &str) -> Result<()> {
        self.write(|transaction| {
            let rows = transaction.execute("UPDATE users SET disabled = 0 WHERE name = ?1", [name])?;
            touched(rows, "user", name)
        })
    }

    /// Lets a user sign in no more and ends their sessions.
    pub fn disable_user(&self, name: &str) -> Result<()> {
        self.write(|transaction| {
            let rows = transaction.execute("UPDATE users SET disabled = 1 WHERE name = ?1", [name])?;
            touched(rows, "user", name)?;
            end_sessions_of(transaction, name)
        })
    }
}

/// The user of that name, inside a caller's transaction.
pub(super) fn find_user(connection: &Connection, name: &str) -> Result<Option<User>> {
    let mut statement = connection.prepare_cached("SELECT * FROM users WHERE name = ?1")?;
    statement.query_row([name], read_user).optional()?.map(with_teams).transpose()
}

/// A user and the teams as they are kept.
fn read_user(row: &Row<'_>) -> store::Result<(User, String)> {
    let user = User {
        name: row.get("name")?,
        role: row.get("role")?,
        staff_number: row.get("staff_number")?,
        teams: Vec::new(),
        disabled: row.get("disabled")?,
        password_hash: row.get("password_hash")?,
        created_at: row.get::<_, At>("created_at")?.0,
    };
    Ok((user, row.get("teams")?))
}

fn with_teams((user, teams): (User, String)) -> Result<User> {
    let teams =
        serde_json::from_str(&teams).with_context(|| format!("the teams of user `{}` cannot be read", user.name))?;
    Ok(User { teams, ..user })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{instant, ledger, user};

    #[test]
    fn users_are_kept_whole_and_changed_in_place() {
        let (ledger, clock) = ledger();
        let manager =
            User { teams: vec!["T2".to_owned(), "T1".to_owned()], ..user("lead", Role::Manager, clock.now()) };
        ledger.put_user(&manager).expect("a user");
        ledger.put_user(&user("agent", Role::Agent, clock.now())).expect("a user");
        assert_eq!(ledger.user("lead").expect("a read"), Some(manager.clone()));
        let later = User { teams: Vec::new(), created_at: instant("2030-01-01T00:00:00Z"), ..manager.clone() };
        ledger.put_user(&later).expect("a change");
        let expected = User { teams: Vec::new(), ..manager };
        assert_eq!(ledger.users().expect("users"), [user("agent", Role::Agent, clock.now()), expected]);
        assert_eq!(ledger.user("nobody").expect("a read"), None);
        assert!(ledger.disable_user("nobody").is_err());
    }

    #[test]
    fn users_are_looked_up_a_page_at_a_time() {
        let (ledger, clock) = ledger();
        for name in ["anna", "Bert", "c_rl", "carl"] {
            let staff_number = Some(format!("N-{name}"));
            ledger.put_user(&User { staff_number, ..user(name, Role::Agent, clock.now()) }).expect("a user");
        }
        let found = |text: &str, skip, limit| -> Vec<String> {
            ledger.find_users(text, skip, limit).expect("users").into_iter().map(|user| user.name).collect()
        };
        assert_eq!(found("", 1, 2), ["anna", "c_rl"]);
        assert_eq!(found("bert", 0, 9), ["Bert"]);
        assert_eq!(found("c_", 0, 9), ["c_rl"], "a sign stands for itself");
        assert_eq!(found("n-carl", 0, 9), ["carl"], "by staff number");
        ledger.disable_user("carl").expect("disabled");
        ledger.enable_user("carl").expect("enabled");
        assert!(!ledger.user("carl").expect("a read").expect("the user").disabled);
        assert!(ledger.enable_user("nobody").is_err());
    }
}
