//! Requests: the console asks, the scheduler acts.

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};

use super::runs::{Scope, read_scope};
use super::store::{self, Connection, OptionalExtension, Row, params};
use super::stored::{At, stored_words};
use super::terms::Terms;
use super::{Ledger, touched};

stored_words! {
    /// What is asked for.
    pub enum RequestKind {
        /// What a run would do.
        Plan = "plan",
        /// A run.
        Run = "run",
        /// That a run's mails go out.
        Release = "release",
        /// That a run stops.
        Cancel = "cancel",
        /// That a run's failed mails are tried again.
        Resend = "resend",
    }
}

stored_words! {
    /// How far a request is.
    pub enum RequestState {
        /// Nobody took it yet.
        Waiting = "waiting",
        /// The scheduler works on it.
        Taken = "taken",
        /// It was done; the answer says with what result.
        Done = "done",
        /// It could not be done; the answer says why.
        Failed = "failed",
    }
}

/// What a person asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// Made by the asker once per intention: asking twice with the same key is asking once.
    pub key: String,
    /// What is asked for.
    pub kind: RequestKind,
    /// The job's id.
    pub job: String,
    /// The period as it was written.
    pub period: String,
    /// Whom it is about.
    pub scope: Scope,
    /// Whether kept raw data is to be pulled again.
    pub refresh: bool,
    /// Whether mails are to go out.
    pub send: bool,
    /// The run that is to be released, cancelled or sent again.
    pub run_id: Option<String>,
    /// The user's name.
    pub requested_by: String,
}

/// A request as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The ledger's number for it.
    pub id: i64,
    /// How far it is.
    pub state: RequestState,
    /// The answer as JSON, once there is one.
    pub answer: Option<String>,
    /// The run that was started for it.
    pub run: Option<String>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// Made by the asker once per intention: asking twice with the same key is asking once.
    pub key: String,
    /// What is asked for.
    pub kind: RequestKind,
    /// The job's id.
    pub job: String,
    /// The period as it was written.
    pub period: String,
    /// Whom it is about.
    pub scope: Scope,
    /// Whether kept raw data is to be pulled again.
    pub refresh: bool,
    /// Whether mails are to go out.
    pub send: bool,
    /// The run that is to be released, cancelled or sent again.
    pub run_id: Option<String>,
    /// The user's name.
    pub requested_by: String,
}

impl Request {
    /// What was asked, to compare with a second asking under the same key.
    pub fn asked(&self) -> NewRequest {
        NewRequest {
            key: self.key.clone(),
            kind: self.kind,
            job: self.job.clone(),
            period: self.period.clone(),
            scope: self.scope.clone(),
            refresh: self.refresh,
            send: self.send,
            run_id: self.run_id.clone(),
            requested_by: self.requested_by.clone(),
        }
    }
}

impl Ledger {
    /// Records a request; under a key that was used before, returns the first request, whatever it asked.
    pub fn ask(&self, new: &NewRequest) -> Result<Request> {
        self.ask_on_terms(new, &Terms::default())
    }

    /// The same with what is asked beyond the request's own columns.
    pub fn ask_on_terms(&self, new: &NewRequest, terms: &Terms) -> Result<Request> {
        let now = self.now();
        self.write(|transaction| {
            let known = find_by_key(transaction, &new.key)?;
            let kept = insert(transaction, new, now)?;
            if known.is_none() {
                terms.note(transaction, kept.id)?;
            }
            Ok(kept)
        })
    }

    /// Takes the oldest waiting request for `worker`.
    pub fn take_request(&self, worker: &str) -> Result<Option<Request>> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "UPDATE requests SET state = 'taken', taken_by = ?1 \
                 WHERE id = (SELECT min(id) FROM requests WHERE state = 'waiting') RETURNING *",
            )?;
            Ok(statement.query_row([worker], read_request).optional()?)
        })
    }

    /// Lets requests wait again that a worker took which is gone, unless they got a run, and returns those that did.
    pub fn recover_requests(&self, alive: impl Fn(&str) -> bool) -> Result<Vec<Request>> {
        let taken = self.read(|connection| {
            let sql = "SELECT * FROM requests WHERE state = 'taken' ORDER BY id";
            let mut statement = connection.prepare_cached(sql)?;
            let taken = statement.query_map([], |row| Ok((read_request(row)?, row.get("taken_by")?)))?;
            Ok(taken.collect::<store::Result<Vec<(Request, Option<String>)>>>()?)
        })?;
        let gone = taken.into_iter().filter(|(_, worker)| !worker.as_deref().is_some_and(&alive));
        let (kept, lost): (Vec<Request>, Vec<Request>) =
            gone.map(|(request, _)| request).partition(|request| request.run.is_some());
        self.write(|transaction| {
            let sql = "UPDATE requests SET state = 'waiting', taken_by = NULL \
                       WHERE id = ?1 AND state = 'taken' AND run IS NULL";
            for request in &lost {
                transaction.execute(sql, [request.id])?;
            }
            Ok(())
        })?;
        Ok(kept)
    }

    /// Notes the run that was started for a request.
    pub fn attach_run(&self, id: i64, run_id: &str) -> Result<()> {
        self.write(|transaction| {
            let sql = "UPDATE requests SET run = ?2 WHERE id = ?1";
            touched(transaction.execute(sql, params![id, run_id])?, "request", id)
        })
    }

    /// Ends a request as done or failed, with its answer as JSON; one that has ended is refused.
    pub fn answer_request(&self, id: i64, state: RequestState, answer: Option<&str>) -> Result<()> {
        if !matches!(state, RequestState::Done | RequestState::Failed) {
            bail!("request `{id}` cannot be answered with `{state}`: say done or failed");
        }
        self.write(|transaction| {
            let kept = find_request(transaction, id)?.with_context(|| format!("the ledger has no request `{id}`"))?;
            if matches!(kept.state, RequestState::Done | RequestState::Failed) {
                bail!("request `{id}` was answered before, as {}", kept.state);
            }
            let sql = "UPDATE requests SET state = ?2, answer = ?3 WHERE id = ?1";
            transaction.execute(sql, params![id, state, answer])?;
            Ok(())
        })
    }

    /// The request of that number.
    pub fn request(&self, id: i64) -> Result<Option<Request>> {
        self.read(|connection| find_request(connection, id))
    }

    /// The newest requests first, at most `limit`.
    pub fn requests(&self, limit: u32) -> Result<Vec<Request>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM requests ORDER BY id DESC LIMIT ?1")?;
            let found = statement.query_map([limit], read_request)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

/// Records a request inside a caller's transaction, so that what it follows from and the asking are one.
pub(super) fn insert(connection: &Connection, new: &NewRequest, now: DateTime<Utc>) -> Result<Request> {
    connection.execute(
        "INSERT INTO requests (key, kind, job, period, team, agent, refresh, send, run_id, requested_by, \
         state, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
         ON CONFLICT (key) DO NOTHING",
        params![
            new.key,
            new.kind,
            new.job,
            new.period,
            new.scope.team,
            new.scope.agent,
            new.refresh,
            new.send,
            new.run_id,
            new.requested_by,
            RequestState::Waiting,
            At(now)
        ],
    )?;
    find_by_key(connection, &new.key)?.context("a request was lost while it was written")
}

/// The request that was asked under a key.
pub(super) fn find_by_key(connection: &Connection, key: &str) -> Result<Option<Request>> {
    Ok(connection.query_row("SELECT * FROM requests WHERE key = ?1", [key], read_request).optional()?)
}

fn find_request(connection: &Connection, id: i64) -> Result<Option<Request>> {
    Ok(connection.query_row("SELECT * FROM requests WHERE id = ?1", [id], read_request).optional()?)
}

fn read_request(row: &Row<'_>) -> store::Result<Request> {
    Ok(Request {
        id: row.get("id")?,
        state: row.get("state")?,
        answer: row.get("answer")?,
        run: row.get("run")?,
        created_at: row.get::<_, At>("created_at")?.0,
        key: row.get("key")?,
        kind: row.get("kind")?,
        job: row.get("job")?,
        period: row.get("period")?,
        scope: read_scope(row)?,
        refresh: row.get("refresh")?,
        send: row.get("send")?,
        run_id: row.get("run_id")?,
        requested_by: row.get("requested_by")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{ledger, new_run};

    fn new(key: &str) -> NewRequest {
        NewRequest {
            key: key.to_owned(),
            kind: RequestKind::Run,
            job: "monthly".to_owned(),
            period: "2026-10".to_owned(),
            scope: Scope { team: Some("T1".to_owned()), agent: None },
            refresh: true,
            send: false,
            run_id: None,
            requested_by: "hr".to_owned(),
        }
    }

    #[test]
    fn the_same_key_is_the_same_request() {
        let (ledger, clock) = ledger();
        let first = ledger.ask(&new("k1")).expect("a request");
        assert_eq!((first.asked(), first.state, first.created_at), (new("k1"), RequestState::Waiting, clock.now()));
        let other = NewRequest { send: true, ..new("k1") };
        let again = ledger.ask(&other).expect("the first one");
        assert_eq!(again, first);
        assert_ne!(again.asked(), other, "the asker can see that it asked something else");
        assert_eq!(ledger.requests(9).expect("requests").len(), 1);
    }

    #[test]
    fn requests_are_taken_once_oldest_first_and_answered_once() {
        let (ledger, _) = ledger();
        let ids: Vec<i64> = ["k1", "k2"].map(|key| ledger.ask(&new(key)).expect("a request").id).to_vec();
        let taken: Vec<i64> =
            std::iter::from_fn(|| ledger.take_request("w1").expect("a take")).map(|one| one.id).collect();
        assert_eq!(taken, ids);
        let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        ledger.attach_run(ids[0], &run).expect("attached");
        assert!(ledger.answer_request(ids[0], RequestState::Waiting, None).is_err());
        ledger.answer_request(ids[0], RequestState::Done, Some("{}")).expect("an answer");
        assert!(ledger.answer_request(ids[0], RequestState::Failed, None).is_err());
        let kept = ledger.request(ids[0]).expect("a read").expect("the request");
        assert_eq!((kept.state, kept.answer.as_deref(), kept.run), (RequestState::Done, Some("{}"), Some(run)));
        assert!(ledger.attach_run(99, "x").is_err());
    }

    #[test]
    fn after_a_crash_a_taken_request_without_a_run_waits_again() {
        let (ledger, _) = ledger();
        let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        for key in ["k1", "k2", "k3"] {
            ledger.ask(&new(key)).expect("a request");
        }
        let first = ledger.take_request("w1").expect("a take").expect("a request");
        let second = ledger.take_request("w1").expect("a take").expect("a request");
        ledger.attach_run(second.id, &run).expect("attached");
        assert_eq!(ledger.recover_requests(|worker| worker == "w1").expect("recovered"), [], "its worker lives");
        assert_ne!(ledger.take_request("w2").expect("a take").expect("the third").id, first.id);
        let kept = ledger.recover_requests(|worker| worker == "w2").expect("recovered");
        assert_eq!(kept.iter().map(|one| one.id).collect::<Vec<_>>(), [second.id]);
        assert_eq!(ledger.take_request("w1").expect("a take").expect("a request").id, first.id);
    }
}
