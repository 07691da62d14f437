//! Tokens of programs, kept by their hash: who reads the ledger cannot ask in a program's name.

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};

use super::people::{User, find_user};
use super::store::{self, OptionalExtension, Row, params};
use super::stored::{At, stored_words};
use super::{Ledger, touched};

stored_words! {
    /// What a program may do at most; what its user may not, it may not either.
    pub enum Ability {
        /// Look at runs, cards and requests.
        Read = "read",
        /// Ask for plans and runs, and cancel runs.
        Request = "request",
        /// Let mails go out, and have failed ones sent again.
        Release = "release",
    }
}

/// A token that is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiToken {
    /// What the program is called.
    pub name: String,
    /// The user in whose name it asks.
    pub user: String,
    /// The hash of the token.
    pub token_hash: String,
    /// What it may do at most.
    pub abilities: Vec<Ability>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// A token as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// The ledger's number for it.
    pub id: i64,
    /// What the program is called.
    pub name: String,
    /// The user in whose name it asks.
    pub user: String,
    /// What it may do at most.
    pub abilities: Vec<Ability>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When a person took it back.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Ledger {
    /// Keeps a new token of a user who may sign in, and returns its number.
    pub fn add_api_token(&self, new: &NewApiToken) -> Result<i64> {
        let now = self.now();
        let words: Vec<&str> = new.abilities.iter().map(|one| one.word()).collect();
        self.write(|transaction| {
            let user = find_user(transaction, &new.user)?;
            let user = user.with_context(|| format!("the ledger has no user `{}`", new.user))?;
            if user.disabled {
                bail!("user `{}` is disabled: `scorepost user add` lets them in again", new.user);
            }
            let sql = "INSERT INTO api_tokens (name, \"user\", token_hash, abilities, created_at, expires_at) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id";
            let values = params![new.name, new.user, new.token_hash, words.join(" "), At(now), At(new.expires_at)];
            Ok(transaction.query_row(sql, values, |row| row.get::<_, i64>(0))?)
        })
    }

    /// The token of that hash with its user as they are now; `None` when it ended, was taken back, or the user is disabled.
    pub fn api_token(&self, token_hash: &str) -> Result<Option<(User, ApiToken)>> {
        let now = At(self.now());
        self.read(|connection| {
            let sql = "SELECT * FROM api_tokens WHERE token_hash = ?1 AND expires_at > ?2 AND revoked_at IS NULL";
            let mut statement = connection.prepare_cached(sql)?;
            let Some(token) = statement.query_row(params![token_hash, now], read_token).optional()? else {
                return Ok(None);
            };
            let user = find_user(connection, &token.user)?.filter(|user| !user.disabled);
            Ok(user.map(|user| (user, token)))
        })
    }

    /// Every token, the newest first, those that ended too.
    pub fn api_tokens(&self) -> Result<Vec<ApiToken>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM api_tokens ORDER BY id DESC")?;
            let tokens = statement.query_map([], read_token)?;
            Ok(tokens.collect::<store::Result<_>>()?)
        })
    }

    /// Notes that a token was used now.
    pub fn touch_api_token(&self, id: i64) -> Result<()> {
        let now = At(self.now());
        self.write(|transaction| {
            let rows =
                transaction.execute("UPDATE api_tokens SET last_used_at = ?2 WHERE id = ?1", params![id, now])?;
            touched(rows, "token", id.to_string())
        })
    }

    /// Takes a token back; one that was taken back keeps its date.
    pub fn revoke_api_token(&self, id: i64) -> Result<()> {
        let now = At(self.now());
        self.write(|transaction| {
            let sql = "UPDATE api_tokens SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1";
            touched(transaction.execute(sql, params![id, now])?, "token", id.to_string())
        })
    }
}

fn read_token(row: &Row<'_>) -> store::Result<ApiToken> {
    let words: String = row.get("abilities")?;
    Ok(ApiToken {
        id: row.get("id")?,
        name: row.get("name")?,
        user: row.get("user")?,
        abilities: words.split(' ').filter_map(Ability::from_word).collect(),
        created_at: row.get::<_, At>("created_at")?.0,
        expires_at: row.get::<_, At>("expires_at")?.0,
        last_used_at: row.get::<_, Option<At>>("last_used_at")?.map(|at| at.0),
        revoked_at: row.get::<_, Option<At>>("revoked_at")?.map(|at| at.0),
    })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::ledger::Role;
    use crate::ledger::bench::{ledger, user};

    #[test]
    fn a_token_speaks_for_its_user_until_it_ends_is_taken_back_or_they_go() {
        let (ledger, clock) = ledger();
        ledger.put_user(&user("hr", Role::Hr, clock.now())).expect("a user");
        let new = |hash: &str| NewApiToken {
            name: "payroll".to_owned(),
            user: "hr".to_owned(),
            token_hash: hash.to_owned(),
            abilities: vec![Ability::Read, Ability::Release],
            expires_at: clock.now() + TimeDelta::days(1),
        };
        let (first, second) = (new("h1"), new("h2"));
        let id = ledger.add_api_token(&first).expect("a token");
        ledger.add_api_token(&second).expect("a token");
        assert!(ledger.add_api_token(&first).is_err(), "one hash is one token");
        assert!(ledger.add_api_token(&NewApiToken { user: "nobody".to_owned(), ..new("h3") }).is_err());
        let (owner, kept) = ledger.api_token("h1").expect("a read").expect("a token");
        assert_eq!((owner.name.as_str(), kept.abilities.clone()), ("hr", first.abilities.clone()));
        assert_eq!((kept.id, kept.last_used_at), (id, None));
        ledger.touch_api_token(id).expect("touched");
        ledger.revoke_api_token(id).expect("revoked");
        assert_eq!(ledger.api_token("h1").expect("a read"), None);
        assert!(ledger.api_token("h2").expect("a read").is_some());
        ledger.disable_user("hr").expect("disabled");
        assert_eq!(ledger.api_token("h2").expect("a read"), None);
        ledger.put_user(&user("hr", Role::Hr, clock.now())).expect("a user");
        clock.set(first.expires_at);
        assert_eq!(ledger.api_token("h2").expect("a read"), None);
        let all = ledger.api_tokens().expect("tokens");
        assert_eq!(all.iter().map(|one| one.revoked_at.is_some()).collect::<Vec<_>>(), [false, true]);
        assert!(ledger.revoke_api_token(99).is_err());
    }
}
