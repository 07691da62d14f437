//! `jobs list`: every job with its last run, the next thing it does, and why it does not run.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::cli::Ending;
use crate::cli::printer::Printer;
use crate::cli::results::View;
use crate::console::Planned;
use crate::job::Job;
use crate::ledger::{Announcement, Occurrence, OccurrenceState, Pause, Run, RunState};
use crate::pipeline::Pipeline;
use crate::scheduler::{self, Next};
use crate::words::{Bilingual, Locale};

use super::pause;

/// How many of the latest occasions and announcements of a job are looked through.
const LATEST: u32 = 20;

/// Prints every job.
pub(super) fn list(pipeline: &Pipeline, printer: &Printer) -> anyhow::Result<Ending> {
    let locale = pipeline.settings.locale;
    let (mut rows, mut facts) = (Vec::new(), Vec::new());
    for job in pipeline.jobs.all() {
        let line = Line::of(pipeline, job)?;
        rows.push(line.row(locale));
        facts.push(line.facts());
    }
    let head = match locale {
        Locale::Zh => ["任务", "名称", "上次", "下次", "说明"],
        Locale::En => ["job", "title", "last", "next", "why not"],
    };
    printer.table(&head, rows);
    printer.document(&json!(facts));
    Ok(Ending::Done)
}

/// What is said of one job.
pub(in crate::cli) struct Line<'a> {
    job: &'a Job,
    last: Option<Run>,
    next: Option<Next>,
    pause: Option<Pause>,
    occasions: Vec<Occurrence>,
    announcements: Vec<Announcement>,
    now: DateTime<Utc>,
}

impl<'a> Line<'a> {
    /// What the ledger and the clock say of it now.
    pub(in crate::cli) fn of(pipeline: &Pipeline, job: &'a Job) -> anyhow::Result<Self> {
        let (ledger, now) = (&pipeline.ledger, pipeline.settings.clock.now());
        Ok(Self {
            job,
            last: ledger.runs(Some(&job.id), 1)?.into_iter().next(),
            next: scheduler::next(&pipeline.schemes, job, now),
            pause: ledger.pause_of(&job.id)?,
            occasions: ledger.occurrences(&job.id, LATEST)?,
            announcements: ledger.announcements(&job.id, LATEST)?,
            now,
        })
    }

    /// The same for the console.
    pub(in crate::cli) fn planned(self) -> Planned {
        Planned {
            why_not: self.why_not(),
            job: self.job.id.clone(),
            title: self.job.title.clone(),
            zone: self.job.time_zone,
            has_schedule: self.job.schedule.is_some(),
            last: self.last,
            next: self.next.map(|next| (next.due, next.milestone)),
            pause: self.pause,
        }
    }

    fn row(&self, locale: Locale) -> Vec<String> {
        let view = View::of(locale, &[], &[]);
        let none = || "-".to_owned();
        let why: Vec<String> = self.why_not().iter().map(|why| why.get(locale).to_owned()).collect();
        vec![
            self.job.id.clone(),
            self.job.title.get(locale).to_owned(),
            self.last.as_ref().map_or_else(none, |run| format!("{} {}", run.id, view.state(run.state))),
            self.next.as_ref().map_or_else(none, |next| self.next_in_words(next)),
            why.join(if locale == Locale::Zh { "；" } else { "; " }),
        ]
    }

    fn next_in_words(&self, next: &Next) -> String {
        let at = clock(next.due, self.job.time_zone);
        next.milestone.as_ref().map_or_else(|| at.clone(), |milestone| format!("{at} {milestone}"))
    }

    /// What keeps it from running, or asks for a person.
    fn why_not(&self) -> Vec<Bilingual> {
        let mut why: Vec<Bilingual> = Vec::new();
        match (&self.pause, &self.job.schedule) {
            (_, None) => why.push(Bilingual::new("没有定时，只能手动运行", "no schedule: it runs by hand")),
            (Some(pause), _) => why.push(self.paused(pause)),
            (None, Some(_)) => {}
        }
        if self.next.is_none() && self.job.schedule.is_some() {
            why.push(Bilingual::new("再无到期时间", "its schedule names no further time"));
        }
        why.extend(self.last.as_ref().and_then(waits_for_person));
        why.extend(
            self.occasions.iter().find(|one| one.state != OccurrenceState::Done).and_then(|one| self.occasion(one)),
        );
        why.extend(self.calendar_ends());
        why.extend(self.announcements.first().map(|notice| notice.said.text.clone()));
        why
    }

    fn paused(&self, pause: &Pause) -> Bilingual {
        let (who, at) = (&pause.who, clock(pause.at, self.job.time_zone));
        let (mut zh, mut en) = (format!("{who} 于 {at} 暂停"), format!("paused by {who} at {at}"));
        if !pause.reason.is_empty() {
            zh += &format!("：{}", pause.reason);
            en += &format!(": {}", pause.reason);
        }
        Bilingual::new(zh, en)
    }

    /// Why the latest occasion that is not done is not.
    fn occasion(&self, one: &Occurrence) -> Option<Bilingual> {
        let later_was_kept = self
            .occasions
            .iter()
            .any(|other| other.state == OccurrenceState::Done && other.moment.due > one.moment.due);
        let due = clock(one.moment.due, self.job.time_zone);
        let name = &one.moment.milestone;
        let due = if name.is_empty() { due } else { format!("{due} {name}") };
        match one.state {
            OccurrenceState::Due if one.attempts > 0 => Some(Bilingual::new(
                format!("{due} 的运行失败 {} 次，稍后再试", one.attempts),
                format!("that of {due} failed {} times and is tried again", one.attempts),
            )),
            OccurrenceState::Due => {
                Some(Bilingual::new(format!("{due} 的尚未开始"), format!("that of {due} waits to begin")))
            }
            OccurrenceState::Skipped if !later_was_kept => {
                let why = one.why.as_deref().unwrap_or_default();
                Some(Bilingual::new(format!("{due} 的未运行：{why}"), format!("that of {due} was left out: {why}")))
            }
            _ => None,
        }
    }

    fn calendar_ends(&self) -> Option<Bilingual> {
        let next = self.next.as_ref()?;
        let day = next.due.with_timezone(&self.job.time_zone).date_naive();
        let calendar = &self.job.calendar;
        let year = calendar.last_year().filter(|_| !calendar.covers(day))?;
        Some(Bilingual::new(
            format!("节假日表 {} 只到 {year} 年", calendar.id()),
            format!("the calendar `{}` ends with {year}", calendar.id()),
        ))
    }

    fn facts(&self) -> Value {
        json!({
            "job": self.job.id, "title": self.job.title, "scheme": self.job.scheme,
            "last": self.last.as_ref().map(|run| &run.id),
            "last_state": self.last.as_ref().map(|run| run.state.word()),
            "next": self.next.as_ref().map(|next| next.due.to_rfc3339()),
            "next_period": self.next.as_ref().map(|next| &next.period),
            "next_milestone": self.next.as_ref().and_then(|next| next.milestone.as_ref()),
            "paused": self.pause.as_ref().map(pause::facts),
            "why_not": self.why_not(),
            "now": self.now.to_rfc3339(),
            "occasions": self.occasions.iter().map(occasion_facts).collect::<Vec<_>>(),
            "announcements": self.announcements.iter().map(announcement_facts).collect::<Vec<_>>(),
        })
    }
}

fn occasion_facts(one: &Occurrence) -> Value {
    json!({
        "due": one.moment.due.to_rfc3339(), "milestone": Some(&one.moment.milestone).filter(|name| !name.is_empty()),
        "period": one.period, "state": one.state.word(), "attempts": one.attempts, "run": one.run_id, "why": one.why,
    })
}

/// An announcement for a program.
pub(in crate::cli) fn announcement_facts(one: &Announcement) -> Value {
    json!({
        "kind": one.said.kind, "period": one.said.period, "run": one.said.run_id, "text": one.said.text,
        "at": one.at.to_rfc3339(),
    })
}

/// What the last run waits for, if it waits for a person.
fn waits_for_person(run: &Run) -> Option<Bilingual> {
    let id = &run.id;
    match run.state {
        RunState::Held => Some(Bilingual::new(
            format!("{id} 已挂起，查看原因：scorepost show {id}"),
            format!("run `{id}` is held, see why: scorepost show {id}"),
        )),
        RunState::Ready => Some(Bilingual::new(
            format!("{id} 等待放行：scorepost release {id}"),
            format!("run `{id}` waits for its release: scorepost release {id}"),
        )),
        RunState::Failed => Some(Bilingual::new(
            format!("{id} 失败：scorepost show {id}"),
            format!("run `{id}` failed: scorepost show {id}"),
        )),
        _ => None,
    }
}

/// An instant on a job's clocks.
fn clock(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string()
}
