//! What needs a person now: found from the ledger and the schedules alone, so that it is found after a restart too.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use crate::ledger::{DeliveryState, Occurrence, OccurrenceState, Run, RunState, Trigger};
use crate::pipeline::Pipeline;
use crate::words::Bilingual;

use super::vitals::Vitals;
use super::watch::Expected;

/// Runs and occasions older than this are history, not news.
const NEWS: TimeDelta = TimeDelta::days(14);
/// A ledger on a server is in no copy of the data folder, so an old copy is told of whatever the settings say.
const BACKUP_OF_A_SERVER: TimeDelta = TimeDelta::days(7);
/// So many of the latest runs and occasions are looked at.
const LATEST: u32 = 200;

/// One thing that needs a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The same as long as it is the same thing, such as `run-held monthly-2026-10-1`.
    pub key: String,
    /// Its kind, such as `run-held`.
    pub kind: &'static str,
    /// The run, if there is one.
    pub run: Option<String>,
    /// What is the matter.
    pub what: Bilingual,
    /// What to do.
    pub next: Bilingual,
}

/// Everything that needs a person, in a fixed order.
pub(super) fn causes(vitals: &Vitals, expected: &Expected<'_>, since: DateTime<Utc>) -> Result<Vec<Cause>> {
    let pipeline = &vitals.pipeline;
    let now = pipeline.settings.clock.now();
    let mut found: Vec<Cause> = vitals.faults().into_iter().map(not_ready).collect();
    let runs = pipeline.ledger.runs(None, LATEST)?;
    let is_news = |run: &&Run| {
        !matches!(run.trigger, Trigger::Demo | Trigger::History)
            && (!run.state.is_over() || now - run.created_at < NEWS)
    };
    for run in runs.iter().filter(is_news) {
        found.extend(of_run(pipeline, run, &runs, now)?);
    }
    found.extend(of_letters(pipeline, &runs)?);
    found.extend(of_errands(pipeline)?);
    found.extend(of_backup(pipeline, now)?);
    for job in pipeline.jobs.all().iter().filter(|job| job.schedule.is_some()) {
        if pipeline.ledger.pause_of(&job.id)?.is_some() {
            continue;
        }
        let noted = pipeline.ledger.occurrences(&job.id, LATEST)?;
        let from = pipeline.ledger.last_look(&job.id)?.unwrap_or(since);
        let due = missed(&noted, expected(job, from, now), pipeline.settings.alerts.grace, now);
        found.extend(due.into_iter().map(|due| no_run(&job.id, due)));
    }
    Ok(found)
}

fn not_ready(fault: Bilingual) -> Cause {
    let next = Bilingual::new("之后用 /readyz 复查", "look at /readyz afterwards");
    // The sentence without its figures, which change from look to look.
    let key = format!("not-ready {}", fault.en.chars().filter(|one| !one.is_ascii_digit()).collect::<String>());
    Cause { key, kind: "not-ready", run: None, what: fault, next }
}

fn of_run(pipeline: &Pipeline, run: &Run, runs: &[Run], now: DateTime<Utc>) -> Result<Option<Cause>> {
    let id = &run.id;
    let cause = |kind: &'static str, what: Bilingual| {
        let next = Bilingual::new(format!("查看：scorepost show {id}"), format!("look at it: scorepost show {id}"));
        Some(Cause { key: format!("{kind} {id}"), kind, run: Some(id.clone()), what, next })
    };
    Ok(match run.state {
        RunState::Held => {
            let why = codes(pipeline, id)?;
            cause("run-held", Bilingual::new(format!("{id} 已挂起{why}"), format!("{id} is held{why}")))
        }
        RunState::Failed if !was_made_up_for(run, runs) => {
            cause("run-failed", Bilingual::new(format!("{id} 失败"), format!("{id} failed")))
        }
        state if !state.is_over() && !state.waits_for_person() => {
            let late = now - run.created_at > pipeline.settings.alerts.late_after;
            let hours = (now - run.created_at).num_hours();
            late.then(|| {
                let what = Bilingual::new(
                    format!("{id} 开始 {hours} 小时仍未结束（{state}）"),
                    format!("{id} began {hours} h ago and is still {state}"),
                );
                cause("run-late", what)
            })
            .flatten()
        }
        _ => None,
    })
}

/// The codes of the findings that hold a run; their texts may name people.
fn codes(pipeline: &Pipeline, run: &str) -> Result<String> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for finding in pipeline.ledger.findings(run)? {
        if finding.weight == crate::finding::Weight::Hold {
            *counts.entry(finding.code.clone()).or_default() += 1;
        }
    }
    Ok(counts.iter().map(|(code, count)| format!(" · {code} × {count}")).collect())
}

/// Whether a later run of the same job and period got on.
fn was_made_up_for(failed: &Run, runs: &[Run]) -> bool {
    runs.iter().any(|run| {
        (&run.job, run.period) == (&failed.job, failed.period)
            && run.created_at > failed.created_at
            && !matches!(run.state, RunState::Failed | RunState::Cancelled)
    })
}

fn of_letters(pipeline: &Pipeline, runs: &[Run]) -> Result<Vec<Cause>> {
    let mut found = Vec::new();
    for trouble in pipeline.ledger.troubles()? {
        let (id, count) = (&trouble.run_id, trouble.letters);
        if !runs.iter().any(|run| run.id == *id) {
            continue;
        }
        let (kind, what, next) = match trouble.state {
            DeliveryState::Unknown => (
                "letters-unknown",
                Bilingual::new(
                    format!("{id} 有 {count} 封邮件不知是否送达"),
                    format!("{id} has {count} letters of which nobody knows whether they arrived"),
                ),
                Bilingual::new(
                    format!("scorepost show {id}，在邮件服务器日志中查找，再 scorepost resolve"),
                    format!("scorepost show {id}, look into the relay's log, then scorepost resolve"),
                ),
            ),
            _ => (
                "letters-failed",
                Bilingual::new(
                    format!("{id} 有 {count} 封邮件被拒收"),
                    format!("{id} has {count} letters that were refused"),
                ),
                Bilingual::new(
                    format!("scorepost show {id}，更正后 scorepost resend {id} --failed"),
                    format!("scorepost show {id}, mend it, then scorepost resend {id} --failed"),
                ),
            ),
        };
        // One more letter is news; fewer are not.
        found.push(Cause { key: format!("{kind} {id}"), kind, run: Some(id.clone()), what, next });
    }
    Ok(found)
}

fn of_errands(pipeline: &Pipeline) -> Result<Option<Cause>> {
    let count = pipeline.ledger.unknown_errands()?.len();
    Ok((count > 0).then(|| Cause {
        key: "errands-unknown".to_owned(),
        kind: "errands-unknown",
        run: None,
        what: Bilingual::new(
            format!("{count} 条机器人消息或提醒邮件不知是否送达"),
            format!("{count} robot messages or reminders of which nobody knows whether they arrived"),
        ),
        next: Bilingual::new("scorepost unknowns 逐条说明", "scorepost unknowns says what to look for"),
    }))
}

/// A ledger that would be lost with its disk: no copy is known, or the last one is old.
fn of_backup(pipeline: &Pipeline, now: DateTime<Utc>) -> Result<Option<Cause>> {
    let ledger = &pipeline.ledger;
    let usual = ledger.is_on_a_server().then_some(BACKUP_OF_A_SERVER);
    let Some(after) = pipeline.settings.alerts.backup_after.or(usual) else { return Ok(None) };
    let last = ledger.last_backup()?;
    let Some(since) = last.or(ledger.first_run_at()?).filter(|since| now - *since > after) else { return Ok(None) };
    let what = match last {
        Some(last) => {
            let day = last.format("%Y-%m-%d");
            Bilingual::new(format!("台账最近一次备份是 {day}"), format!("the ledger was last copied on {day}"))
        }
        None => Bilingual::new("台账从未备份", "no copy of the ledger was ever noted"),
    };
    let next = match ledger.is_on_a_server() {
        true => Bilingual::new(
            "用 pg_dump 备份，成功后执行 scorepost ledger backed-up",
            "copy it by pg_dump, and after that: scorepost ledger backed-up",
        ),
        false => Bilingual::new("scorepost ledger backup FILE", "scorepost ledger backup FILE"),
    };
    let key = format!("backup-old {}", since.format("%Y-%m-%d"));
    Ok(Some(Cause { key, kind: "backup-old", run: None, what, next }))
}

/// The occasions that have no run although their grace is over: noted ones that wait or were given up, and ones never noted.
fn missed(
    noted: &[Occurrence],
    expected: Vec<DateTime<Utc>>,
    grace: TimeDelta,
    now: DateTime<Utc>,
) -> Vec<DateTime<Utc>> {
    let served = noted.iter().filter(|one| one.run_id.is_some() && one.state == OccurrenceState::Done);
    let latest_served = served.map(|one| one.moment.due).max();
    let waits = |one: &&Occurrence| match one.state {
        OccurrenceState::Due | OccurrenceState::Claimed => true,
        OccurrenceState::Skipped => latest_served.is_none_or(|served| served < one.moment.due),
        OccurrenceState::Done => false,
    };
    let mut due: Vec<DateTime<Utc>> = noted.iter().filter(waits).map(|one| one.moment.due).collect();
    due.extend(expected.into_iter().filter(|due| !noted.iter().any(|one| one.moment.due == *due)));
    due.retain(|due| now - *due > grace && now - *due < NEWS);
    due.sort_unstable();
    due
}

fn no_run(job: &str, due: DateTime<Utc>) -> Cause {
    let at = due.format("%Y-%m-%dT%H:%MZ");
    Cause {
        key: format!("no-run {job} {at}"),
        kind: "no-run",
        run: None,
        what: Bilingual::new(
            format!("任务 {job} 应于 {at} 运行，但没有运行"),
            format!("job {job} was due at {at} and no run of it began"),
        ),
        next: Bilingual::new(
            format!("scorepost jobs list 查看原因；补跑：scorepost run {job} --as-of {at}"),
            format!("scorepost jobs list says why; to make up for it: scorepost run {job} --as-of {at}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Moment;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn occasion(due: &str, state: OccurrenceState, run: Option<&str>) -> Occurrence {
        Occurrence {
            job: "monthly".to_owned(),
            moment: Moment::of_schedule(at(due)),
            period: "2026-10".to_owned(),
            state,
            attempts: 0,
            run_id: run.map(str::to_owned),
            why: None,
        }
    }

    #[test]
    fn an_occasion_without_a_run_is_missed_after_its_grace() {
        let grace = TimeDelta::minutes(30);
        let due = "2026-11-09T01:00:00Z";
        let seen = |noted: &[Occurrence], expected: &[&str], now: &str| {
            missed(noted, expected.iter().map(|text| at(text)).collect(), grace, at(now)).len()
        };
        assert_eq!(seen(&[], &[due], "2026-11-09T01:30:00Z"), 0);
        assert_eq!(seen(&[], &[due], "2026-11-09T01:30:01Z"), 1, "nobody even noted it");
        assert_eq!(seen(&[occasion(due, OccurrenceState::Due, None)], &[due], "2026-11-09T02:00:00Z"), 1);
        let done = occasion(due, OccurrenceState::Done, Some("r"));
        assert_eq!(seen(std::slice::from_ref(&done), &[due], "2026-11-09T02:00:00Z"), 0);
        let given_up = occasion(due, OccurrenceState::Skipped, None);
        assert_eq!(seen(std::slice::from_ref(&given_up), &[], "2026-11-09T02:00:00Z"), 1);
        let later = occasion("2026-11-10T01:00:00Z", OccurrenceState::Done, Some("r"));
        assert_eq!(seen(&[later, given_up], &[], "2026-11-10T02:00:00Z"), 0, "a later one made up for it");
        assert_eq!(seen(&[], &[due], "2026-12-09T01:00:00Z"), 0, "history is no news");
    }
}
