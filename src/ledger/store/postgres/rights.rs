//! What a process holds among all that share a ledger: session locks, which end with the process and with its line.
//!
//! Every taking is numbered. A process whose line was cut takes its rights again on a new line; where the number has
//! moved on, somebody else had the right meanwhile, and until whoever held it has let go this process changes nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Result, bail};

use super::super::value::Value;
use super::place::Place;
use super::session::Session;

/// The rights of one process, on a line of their own.
pub(in crate::ledger) struct Rights {
    place: Place,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    session: Option<Session>,
    /// The server's process behind the line, or behind the one that was lost.
    backend: i64,
    held: BTreeMap<String, Held>,
}

struct Held {
    /// The number of its taking; none for a right whose name nobody else knows.
    token: Option<i64>,
    note: String,
    is_lost: bool,
}

/// What came of trying to take a right.
pub(in crate::ledger) enum Taken {
    /// It is ours until it is dropped.
    Ours(Right),
    /// Somebody has it, and left this note.
    By(String),
}

/// A right that is held.
pub(in crate::ledger) struct Right {
    rights: Arc<Rights>,
    name: String,
}

impl std::fmt::Debug for Right {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Right").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Drop for Right {
    fn drop(&mut self) {
        self.rights.free(&self.name);
    }
}

impl Rights {
    /// None yet; the line is made when the first is taken.
    pub(in crate::ledger) fn at(place: Place) -> Arc<Self> {
        Arc::new(Self { place, inside: Mutex::default() })
    }

    /// Tries to take a right, and leaves a note for whoever finds it taken; does not wait.
    pub(in crate::ledger) fn take(self: &Arc<Self>, name: &str, note: &str) -> Result<Taken> {
        let mut inside = self.inside();
        if let Some(held) = inside.held.get(name) {
            return Ok(Taken::By(held.note.clone()));
        }
        let session = self.line(&mut inside)?;
        if !lock(session, name)? {
            return Ok(Taken::By(note_of(session, name)?));
        }
        let token = Some(count(session, name, note).inspect_err(|_| unlock(session, name))?);
        inside.held.insert(name.to_owned(), Held { token, note: note.to_owned(), is_lost: false });
        Ok(Taken::Ours(Right { rights: self.clone(), name: name.to_owned() }))
    }

    /// Takes a right whose name was never used before.
    pub(in crate::ledger) fn take_new(self: &Arc<Self>, name: &str) -> Result<Right> {
        let mut inside = self.inside();
        if !lock(self.line(&mut inside)?, name)? {
            bail!("`{name}` is taken already: start scorepost again");
        }
        inside.held.insert(name.to_owned(), Held { token: None, note: String::new(), is_lost: false });
        Ok(Right { rights: self.clone(), name: name.to_owned() })
    }

    /// Takes what is held again if the line was lost; fails while something is lost to somebody else.
    pub(in crate::ledger) fn keep(&self) -> Result<()> {
        let mut inside = self.inside();
        if inside.held.is_empty() {
            return Ok(());
        }
        self.line(&mut inside)?;
        if let Some((name, _)) = inside.held.iter().find(|(_, held)| held.is_lost) {
            bail!(
                "the line to the ledger `{}` was cut and another process has taken `{name}` over: it goes on there",
                self.place.shown()
            );
        }
        Ok(())
    }

    /// Whether any process holds the right, as `session`, which holds none, sees it.
    pub(in crate::ledger) fn is_held(session: &Session, name: &str) -> Result<bool> {
        let sql = format!("SELECT count(*) FROM pg_locks WHERE {HOLDERS}");
        Ok(one(session, &sql, &halves(session, name)?)? > 0)
    }

    /// The line on which rights are held; where it was lost they are taken again on a new one.
    fn line<'a>(&self, inside: &'a mut Inside) -> Result<&'a Session> {
        match inside.session.take().filter(|session| !session.is_lost()) {
            Some(session) => Ok(inside.session.insert(session)),
            None => {
                let session = self.retake(inside)?;
                Ok(inside.session.insert(session))
            }
        }
    }

    fn retake(&self, inside: &mut Inside) -> Result<Session> {
        let session = Session::open(&self.place)?;
        for (name, held) in &mut inside.held {
            // The server may not have seen yet that the old line is gone.
            end_line(&session, name, inside.backend)?;
            let is_ours = lock(&session, name)? && is_last_taking(&session, name, held.token)?;
            if !is_ours && !held.is_lost {
                tracing::error!(
                    right = name,
                    "the line to the ledger was cut, and another process took over meanwhile"
                );
            }
            held.is_lost |= !is_ours;
        }
        inside.backend = one(&session, "SELECT pg_backend_pid()", &[])?;
        Ok(session)
    }

    fn free(&self, name: &str) {
        let mut inside = self.inside();
        inside.held.remove(name);
        if let Some(session) = inside.session.as_ref() {
            unlock(session, name);
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows of `pg_locks` of those who hold a right, by the halves of its number.
const HOLDERS: &str = "locktype = 'advisory' AND granted AND objsubid = 1 \
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
     AND classid::bigint = ?1 AND objid::bigint = ?2";

fn halves(session: &Session, name: &str) -> Result<[Value; 2]> {
    let number = session.lock_number(name)?;
    Ok([Value::Integer((number >> 32) & 0xffff_ffff), Value::Integer(number & 0xffff_ffff)])
}

/// Ends a line of our own that still holds a right.
fn end_line(session: &Session, name: &str, backend: i64) -> Result<()> {
    let sql = format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE {HOLDERS} AND pid = {backend}");
    session.query(&sql, &halves(session, name)?)?;
    Ok(())
}

fn lock(session: &Session, name: &str) -> Result<bool> {
    let number = session.lock_number(name)?;
    Ok(one(session, "SELECT pg_try_advisory_lock(?1)::int::bigint", &[Value::Integer(number)])? == 1)
}

/// Lets a right go; a line that cannot say so has ended, and its locks with it.
fn unlock(session: &Session, name: &str) {
    if let Ok(number) = session.lock_number(name) {
        let _ = session.query("SELECT pg_advisory_unlock(?1)", &[Value::Integer(number)]);
    }
}

/// Numbers a taking.
fn count(session: &Session, name: &str, note: &str) -> Result<i64> {
    let sql = "INSERT INTO leases (name, token, note) VALUES (?1, 1, ?2) ON CONFLICT (name) \
               DO UPDATE SET token = leases.token + 1, note = excluded.note RETURNING token";
    one(session, sql, &[Value::Text(name.to_owned()), Value::Text(note.to_owned())])
}

/// Whether nobody has taken the right since.
fn is_last_taking(session: &Session, name: &str, token: Option<i64>) -> Result<bool> {
    let Some(token) = token else { return Ok(true) };
    let last = one(session, "SELECT token FROM leases WHERE name = ?1", &[Value::Text(name.to_owned())])?;
    Ok(last == token)
}

fn note_of(session: &Session, name: &str) -> Result<String> {
    let rows = session.query("SELECT note FROM leases WHERE name = ?1", &[Value::Text(name.to_owned())])?;
    Ok(match rows.rows.first().and_then(|row| row.first()) {
        Some(Value::Text(note)) => note.clone(),
        _ => "another process".to_owned(),
    })
}

fn one(session: &Session, sql: &str, values: &[Value]) -> Result<i64> {
    match session.query(sql, values)?.rows.first().and_then(|row| row.first()) {
        Some(Value::Integer(number)) => Ok(*number),
        _ => bail!("the ledger `{}` gave no number", session.place().shown()),
    }
}
