//! Runs (运行): one execution of a job for a period and scope, and how far it got.

use std::fmt;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};

use super::releases::begin_wait;
use super::run_log::note_step;
use super::store::{self, Connection, OptionalExtension, Row, params};
use super::stored::{At, Label, stored_words};
use super::{Ledger, touched};
use crate::period::Period;

stored_words! {
    /// Why a run was started.
    pub enum Trigger {
        /// The job's schedule was due.
        Schedule = "schedule",
        /// A person asked for it.
        AdHoc = "ad-hoc",
        /// The demonstration.
        Demo = "demo",
        /// Computed for the trend of earlier periods; never mailed.
        History = "history",
    }
}

stored_words! {
    /// How far a run is.
    pub enum RunState {
        /// Recorded, nothing done yet.
        Planned = "planned",
        /// Fetching from its sources.
        Pulling = "pulling",
        /// Computing cards and packs.
        Scoring = "scoring",
        /// Making documents.
        Rendering = "rendering",
        /// May be looked at; nothing goes out until its findings are dealt with.
        Held = "held",
        /// Waits for a person's release.
        Ready = "ready",
        /// Its mails are going out.
        Releasing = "releasing",
        /// Every mail was sent.
        Sent = "sent",
        /// Some mails were sent, others failed or are unknown.
        PartlySent = "partly-sent",
        /// It could not go on.
        Failed = "failed",
        /// A person stopped it; a cancelled run stays cancelled.
        Cancelled = "cancelled",
        /// Finished, and nobody was to be mailed.
        Done = "done",
    }
}

impl RunState {
    /// Whether nothing more happens to the run by itself or by release.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Sent | Self::PartlySent | Self::Failed | Self::Cancelled | Self::Done)
    }

    /// Whether only a person can move it on; such a run is not over and is not resumed after a crash either.
    pub fn waits_for_person(self) -> bool {
        matches!(self, Self::Held | Self::Ready)
    }
}

/// Whom a run is about: everybody, one team, or one agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// Only this team, by its id.
    pub team: Option<String>,
    /// Only this agent, by staff number; of several, the numbers with commas between them.
    pub agent: Option<String>,
}

impl Scope {
    /// The staff numbers of the only agents that it is about; none where it is about all of its team or of the shop.
    pub fn agents(&self) -> impl Iterator<Item = &str> {
        self.agent.iter().flat_map(|agents| agents.split(','))
    }

    /// Whether an agent of that team is in it.
    pub fn includes(&self, team: &str, agent: &str) -> bool {
        self.team.as_ref().is_none_or(|only| only == team)
            && (self.agent.is_none() || self.agents().any(|only| only == agent))
    }
}

/// `all`, `team T1`, `agent A001`, or `team T1 agent A001`.
impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.team, &self.agent) {
            (None, None) => out.write_str("all"),
            (Some(team), None) => write!(out, "team {team}"),
            (None, Some(agent)) => write!(out, "agent {agent}"),
            (Some(team), Some(agent)) => write!(out, "team {team} agent {agent}"),
        }
    }
}

/// What a run is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    /// The job's id.
    pub job: String,
    /// The period that is scored.
    pub period: Period,
    /// Whom it is about.
    pub scope: Scope,
    /// Why it was started.
    pub trigger: Trigger,
    /// Who asked: a user's name, or `schedule`.
    pub requested_by: String,
    /// Whether kept raw data is pulled again.
    pub refresh: bool,
    /// Whether its mails go out without another word.
    pub send: bool,
    /// The instant as of which the data is read; `None` is the start of the run.
    pub as_of: Option<DateTime<Utc>>,
}

/// A run as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// `{job}-{period}-{n}`, n counted from one within the job and period.
    pub id: String,
    /// The job's id.
    pub job: String,
    /// The period that is scored.
    pub period: Period,
    /// Whom it is about.
    pub scope: Scope,
    /// Why it was started.
    pub trigger: Trigger,
    /// Who asked: a user's name, or `schedule`.
    pub requested_by: String,
    /// Whether kept raw data is pulled again.
    pub refresh: bool,
    /// Whether its mails go out without another word.
    pub send: bool,
    /// The instant as of which the data is read; `None` is the start of the run.
    pub as_of: Option<DateTime<Utc>>,
    /// How far it is.
    pub state: RunState,
    /// Steps done in the present stage.
    pub stage_done: u64,
    /// Steps of the present stage; nought while unknown.
    pub stage_total: u64,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it ended; `None` while it is not over.
    pub finished_at: Option<DateTime<Utc>>,
    /// Data later than this does not count.
    pub cut_off: Option<DateTime<Utc>>,
    /// What its result depends on.
    pub pins: Pins,
    /// Why it failed.
    pub error: Option<String>,
}

/// What a run's result depends on: hashes in lower-case hex, set as they become known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pins {
    /// The raw pages.
    pub raw: Option<String>,
    /// The scheme's text.
    pub scheme: Option<String>,
    /// The scheme's id; not a hash.
    pub scheme_id: Option<String>,
    /// The scheme's version; not a hash.
    pub scheme_version: Option<String>,
    /// The report templates.
    pub templates: Option<String>,
    /// The fonts.
    pub fonts: Option<String>,
}

impl Ledger {
    /// The run of that id.
    pub fn run(&self, id: &str) -> Result<Option<Run>> {
        self.read(|connection| find_run(connection, id))
    }

    /// The newest runs first, at most `limit`, of one job or of all.
    pub fn runs(&self, job: Option<&str>, limit: u32) -> Result<Vec<Run>> {
        self.select_runs(
            "WHERE CAST(?1 AS TEXT) IS NULL OR job = ?1 ORDER BY number DESC LIMIT ?2",
            params![job, limit],
        )
    }

    /// Every run of a job for one period, newest first.
    pub fn runs_of_period(&self, job: &str, period: &Period) -> Result<Vec<Run>> {
        self.select_runs("WHERE job = ?1 AND period = ?2 ORDER BY number DESC", params![job, Label(*period)])
    }

    /// The runs that are not over, oldest first; those for which [`RunState::waits_for_person`] holds are among them.
    pub fn unfinished_runs(&self) -> Result<Vec<Run>> {
        let open: Vec<String> =
            RunState::ALL.iter().filter(|state| !state.is_over()).map(|state| format!("'{state}'")).collect();
        self.select_runs(&format!("WHERE state IN ({}) ORDER BY number", open.join(", ")), params![])
    }

    /// Moves a run to a state; one that is over is thereby taken up again, except that a cancelled one is refused.
    pub fn set_state(&self, id: &str, state: RunState) -> Result<()> {
        self.move_run(id, state, None)
    }

    /// Ends a run; `error` says why it failed.
    pub fn finish_run(&self, id: &str, state: RunState, error: Option<&str>) -> Result<()> {
        self.move_run(id, state, error)
    }

    /// Notes what the run's result depends on; replaces what was noted before.
    pub fn set_pins(&self, id: &str, pins: &Pins, cut_off: Option<DateTime<Utc>>) -> Result<()> {
        self.write(|transaction| {
            let rows = transaction.execute(
                "UPDATE runs SET raw = ?2, scheme = ?3, scheme_id = ?4, scheme_version = ?5, templates = ?6, \
                 fonts = ?7, cut_off = ?8 WHERE id = ?1",
                params![
                    id,
                    pins.raw,
                    pins.scheme,
                    pins.scheme_id,
                    pins.scheme_version,
                    pins.templates,
                    pins.fonts,
                    cut_off.map(At)
                ],
            )?;
            touched(rows, "run", id)
        })
    }

    fn move_run(&self, id: &str, state: RunState, error: Option<&str>) -> Result<()> {
        let now = self.now();
        let finished_at = state.is_over().then_some(At(now));
        self.write(|transaction| {
            let run = find_run(transaction, id)?.with_context(|| format!("the ledger has no run `{id}`"))?;
            if run.state == RunState::Cancelled && state != RunState::Cancelled {
                bail!("run `{id}` was cancelled and cannot become {state}: start a new run");
            }
            transaction.execute(
                "UPDATE runs SET state = ?2, error = ?3, finished_at = ?4, \
                 stage_done = CASE WHEN state = ?2 THEN stage_done ELSE 0 END, \
                 stage_total = CASE WHEN state = ?2 THEN stage_total ELSE 0 END \
                 WHERE id = ?1",
                params![id, state, error, finished_at],
            )?;
            if run.state != state {
                note_step(transaction, id, state, now)?;
            }
            if state == RunState::Ready {
                begin_wait(transaction, id, now)?;
            }
            Ok(())
        })
    }

    fn select_runs(&self, rest: &str, values: impl store::Params) -> Result<Vec<Run>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!("SELECT * FROM runs {rest}"))?;
            let runs = statement.query_map(values, read_run)?;
            Ok(runs.collect::<store::Result<_>>()?)
        })
    }
}

/// The run of that id, inside a caller's transaction.
pub(super) fn find_run(connection: &Connection, id: &str) -> Result<Option<Run>> {
    let mut statement = connection.prepare_cached("SELECT * FROM runs WHERE id = ?1")?;
    Ok(statement.query_row([id], read_run).optional()?)
}

pub(super) fn read_run(row: &Row<'_>) -> store::Result<Run> {
    let instant = |column| row.get::<_, Option<At>>(column).map(|at| at.map(|at| at.0));
    Ok(Run {
        id: row.get("id")?,
        job: row.get("job")?,
        period: row.get::<_, Label>("period")?.0,
        scope: read_scope(row)?,
        trigger: row.get("trigger_word")?,
        requested_by: row.get("requested_by")?,
        refresh: row.get("refresh")?,
        send: row.get("send")?,
        as_of: instant("as_of")?,
        state: row.get("state")?,
        stage_done: row.get::<_, i64>("stage_done")?.unsigned_abs(),
        stage_total: row.get::<_, i64>("stage_total")?.unsigned_abs(),
        created_at: row.get::<_, At>("created_at")?.0,
        finished_at: instant("finished_at")?,
        cut_off: instant("cut_off")?,
        pins: read_pins(row)?,
        error: row.get("error")?,
    })
}

/// The scope in the columns `team` and `agent`.
pub(super) fn read_scope(row: &Row<'_>) -> store::Result<Scope> {
    Ok(Scope { team: row.get("team")?, agent: row.get("agent")? })
}

fn read_pins(row: &Row<'_>) -> store::Result<Pins> {
    Ok(Pins {
        raw: row.get("raw")?,
        scheme: row.get("scheme")?,
        scheme_id: row.get("scheme_id")?,
        scheme_version: row.get("scheme_version")?,
        templates: row.get("templates")?,
        fonts: row.get("fonts")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Progress;
    use crate::ledger::bench::{ledger, new_run};

    #[test]
    fn a_run_is_kept_whole() {
        let (ledger, clock) = ledger();
        let mut new = new_run("2026-10");
        new.scope = Scope { team: Some("T1".to_owned()), agent: None };
        new.as_of = Some(clock.now());
        let run = ledger.start_run(&new).expect("a run");
        let pins = Pins { raw: Some("ab".to_owned()), scheme_id: Some("presale".to_owned()), ..Pins::default() };
        ledger.set_pins(&run.id, &pins, Some(clock.now())).expect("pins");
        ledger.set_state(&run.id, RunState::Pulling).expect("a state");
        ledger.set_progress(&run.id, &Progress::new("pull", 3, 8)).expect("progress");
        let kept = ledger.run(&run.id).expect("a read").expect("the run");
        let expected = Run {
            state: RunState::Pulling,
            stage_done: 3,
            stage_total: 8,
            pins,
            cut_off: Some(clock.now()),
            ..run.clone()
        };
        assert_eq!(kept, expected);
        assert_eq!(
            (run.job.as_str(), run.period, run.scope.to_string()),
            ("monthly", new.period, "team T1".to_owned())
        );
        assert_eq!(run.as_of, new.as_of);
        ledger.set_state(&run.id, RunState::Scoring).expect("a state");
        assert_eq!(
            ledger.run(&run.id).expect("a read").expect("the run").stage_done,
            0,
            "a new stage starts at nought"
        );
    }

    #[test]
    fn unfinished_runs_are_those_that_are_not_over() {
        let (ledger, _) = ledger();
        for state in RunState::ALL {
            let run = ledger.start_run(&new_run("2026-10")).expect("a run");
            ledger.set_state(&run.id, *state).expect("a state");
        }
        let open: Vec<RunState> = ledger.unfinished_runs().expect("runs").iter().map(|run| run.state).collect();
        let expected: Vec<RunState> = RunState::ALL.iter().copied().filter(|state| !state.is_over()).collect();
        assert_eq!(open, expected);
        assert!(open.contains(&RunState::Held) && open.contains(&RunState::Ready));
        assert!(!open.contains(&RunState::Cancelled));
    }

    #[test]
    fn an_end_is_dated_and_a_cancelled_run_stays_cancelled() {
        let (ledger, clock) = ledger();
        let run = ledger.start_run(&new_run("2026-10")).expect("a run");
        ledger.finish_run(&run.id, RunState::Failed, Some("no answer")).expect("an end");
        let failed = ledger.run(&run.id).expect("a read").expect("the run");
        assert_eq!((failed.finished_at, failed.error.as_deref()), (Some(clock.now()), Some("no answer")));
        ledger.set_state(&run.id, RunState::Releasing).expect("taken up again");
        let again = ledger.run(&run.id).expect("a read").expect("the run");
        assert_eq!((again.finished_at, again.error), (None, None));
        ledger.finish_run(&run.id, RunState::Cancelled, None).expect("cancelled");
        let error = ledger.set_state(&run.id, RunState::Scoring).expect_err("refused");
        assert!(error.to_string().contains("cancelled"), "{error}");
        assert!(ledger.set_state("nothing", RunState::Scoring).is_err());
        assert!(ledger.set_progress("nothing", &Progress::new("pull", 1, 2)).is_err());
    }

    #[test]
    fn the_newest_runs_come_first() {
        let (ledger, _) = ledger();
        for period in ["2026-08", "2026-09", "2026-10"] {
            ledger.start_run(&new_run(period)).expect("a run");
        }
        let ids = |job| -> Vec<String> { ledger.runs(job, 2).expect("runs").into_iter().map(|run| run.id).collect() };
        assert_eq!(ids(None), ["monthly-2026-10-1", "monthly-2026-09-1"]);
        assert_eq!(ids(Some("monthly")), ids(None));
        assert!(ids(Some("other")).is_empty());
    }
}
