//! How runs begin: alone, or in one transaction with the occurrence or request that caused them.

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};

use super::audit::append;
use super::occurrences::Moment;
use super::releases::begin_wait;
use super::run_log::note_step;
use super::runs::{NewRun, Run, RunState, find_run};
use super::store::{OptionalExtension, Transaction, params};
use super::stored::{At, Label};
use super::terms::terms_of;
use super::{Ledger, touched};

impl Ledger {
    /// Records a new run; its id is `{job}-{period}-{n}`, n counting the runs of that job and period.
    pub fn start_run(&self, new: &NewRun) -> Result<Run> {
        self.write(|transaction| insert_run(transaction, new, self.now()))
    }

    /// The same for a run that scores by this version of its scheme, whichever is in force.
    pub fn start_run_under(&self, new: &NewRun, version: &str) -> Result<Run> {
        self.write(|transaction| {
            let run = insert_run(transaction, new, self.now())?;
            choose_scheme(transaction, &run.id, version)?;
            Ok(run)
        })
    }

    /// The version of the scheme that a run scores by, where a person chose one.
    pub fn chosen_scheme(&self, run_id: &str) -> Result<Option<String>> {
        self.read(|connection| {
            let sql = "SELECT version FROM run_schemes WHERE run_id = ?1";
            Ok(connection.query_row(sql, [run_id], |row| row.get(0)).optional()?)
        })
    }

    /// Records the run of a claimed occurrence and ends the occurrence with it: a crash makes both or neither.
    pub fn start_run_of_occurrence(&self, new: &NewRun, moment: &Moment) -> Result<Run> {
        self.write(|transaction| {
            let run = insert_run(transaction, new, self.now())?;
            let sql = "UPDATE occurrences SET state = 'done', run_id = ?3, claimed_by = NULL \
                       WHERE job = ?1 AND milestone = ?4 AND due = ?2 AND state = 'claimed'";
            if transaction.execute(sql, params![new.job, At(moment.due), run.id, moment.milestone])? == 0 {
                bail!("job `{}` has no claimed occurrence at {}: claim it first", new.job, moment.due);
            }
            Ok(run)
        })
    }

    /// Makes a held run ready because a person answers for what holds it; audited with the reason.
    pub fn accept_run(&self, id: &str, who: &str, reason: &str) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            let sql = "UPDATE runs SET state = 'ready' WHERE id = ?1 AND state = 'held'";
            touched(transaction.execute(sql, [id])?, "held run", id)?;
            begin_wait(transaction, id, now)?;
            note_step(transaction, id, RunState::Ready, now)?;
            append(transaction, now, who, "accept", id, reason)
        })
    }

    /// Records the run of a taken request, under the scheme that it asks for, and attaches it: a crash makes all or nothing.
    pub fn start_run_of_request(&self, new: &NewRun, request: i64) -> Result<Run> {
        self.write(|transaction| {
            let run = insert_run(transaction, new, self.now())?;
            let sql = "UPDATE requests SET run = ?2 WHERE id = ?1 AND state = 'taken'";
            touched(transaction.execute(sql, params![request, run.id])?, "taken request", request)?;
            if let Some(version) = terms_of(transaction, request)?.scheme_version {
                choose_scheme(transaction, &run.id, &version)?;
            }
            Ok(run)
        })
    }
}

fn choose_scheme(transaction: &Transaction<'_>, run_id: &str, version: &str) -> Result<()> {
    transaction.execute("INSERT INTO run_schemes (run_id, version) VALUES (?1, ?2)", params![run_id, version])?;
    Ok(())
}

fn insert_run(transaction: &Transaction<'_>, new: &NewRun, now: DateTime<Utc>) -> Result<Run> {
    let sql = "SELECT count(*) + 1 FROM runs WHERE job = ?1 AND period = ?2";
    let number: i64 = transaction.query_row(sql, params![new.job, Label(new.period)], |row| row.get(0))?;
    let id = format!("{}-{}-{number}", new.job, new.period);
    transaction.execute(
        "INSERT INTO runs (id, job, period, team, agent, trigger_word, requested_by, refresh, send, as_of, state, \
         created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            id,
            new.job,
            Label(new.period),
            new.scope.team,
            new.scope.agent,
            new.trigger,
            new.requested_by,
            new.refresh,
            new.send,
            new.as_of.map(At),
            RunState::Planned,
            At(now),
        ],
    )?;
    find_run(transaction, &id)?.with_context(|| format!("run `{id}` was not kept"))
}

#[cfg(test)]
mod tests {
    use crate::ledger::bench::{instant, ledger, new_run};
    use crate::ledger::{Moment, NewRequest, OccurrenceState, RequestKind, Scope};

    #[test]
    fn ids_count_the_runs_of_a_job_and_period() {
        let (ledger, _) = ledger();
        let mut of_a_team = new_run("2026-10");
        of_a_team.scope.team = Some("T1".to_owned());
        let ids =
            [new_run("2026-10"), of_a_team, new_run("2026-09")].map(|new| ledger.start_run(&new).expect("a run").id);
        assert_eq!(ids, ["monthly-2026-10-1", "monthly-2026-10-2", "monthly-2026-09-1"]);
    }

    #[test]
    fn an_occurrence_starts_one_run() {
        let (ledger, _) = ledger();
        let due = Moment::of_schedule(instant("2026-11-01T01:00:00Z"));
        assert!(ledger.start_run_of_occurrence(&new_run("2026-10"), &due).is_err(), "never noted");
        ledger.note_due("monthly", &due, "2026-10", None).expect("noted");
        assert!(ledger.start_run_of_occurrence(&new_run("2026-10"), &due).is_err(), "not claimed");
        let noted = ledger.occurrences("monthly", 1).expect("occurrences").remove(0);
        ledger.claim_occurrence("w1", &noted).expect("a claim").expect("an occurrence");
        let run = ledger.start_run_of_occurrence(&new_run("2026-10"), &due).expect("a run");
        assert!(ledger.start_run_of_occurrence(&new_run("2026-10"), &due).is_err(), "already done");
        assert_eq!(ledger.runs(None, 9).expect("runs").len(), 1, "a refused start leaves no run");
        let kept = &ledger.occurrences("monthly", 9).expect("occurrences")[0];
        assert_eq!((kept.state, kept.run_id.as_deref()), (OccurrenceState::Done, Some(run.id.as_str())));
    }

    #[test]
    fn a_request_and_its_run_are_tied_in_one_step() {
        let (ledger, _) = ledger();
        let request = ledger
            .ask(&NewRequest {
                key: "k".to_owned(),
                kind: RequestKind::Run,
                job: "monthly".to_owned(),
                period: "2026-10".to_owned(),
                scope: Scope::default(),
                refresh: false,
                send: false,
                run_id: None,
                requested_by: "hr".to_owned(),
            })
            .expect("a request");
        assert!(ledger.start_run_of_request(&new_run("2026-10"), request.id).is_err(), "not taken yet");
        assert!(ledger.runs(None, 9).expect("runs").is_empty());
        ledger.take_request("w1").expect("a take").expect("the request");
        let run = ledger.start_run_of_request(&new_run("2026-10"), request.id).expect("a run");
        assert_eq!(ledger.request(request.id).expect("a read").expect("the request").run, Some(run.id));
    }
}
