//! `jobs pause` and `jobs resume`: a job that does not run on its own for a while.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::diag::Diagnostics;
use crate::job::{CatchUp, Job};
use crate::ledger::Pause;
use crate::pipeline::Pipeline;
use crate::words::{Bilingual, Locale};

use crate::cli::printer::Printer;
use crate::cli::{Ending, who};

/// Pauses a job in the name of whoever is at the keyboard.
pub(super) fn pause(pipeline: &Pipeline, job: &str, reason: &str, printer: &Printer) -> anyhow::Result<Ending> {
    let job = pipeline.jobs.get(job).map_err(Diagnostics::from)?;
    pipeline.ledger.pause_job(&job.id, &who(), reason)?;
    let (id, locale) = (&job.id, pipeline.settings.locale);
    printer.line(&match locale {
        Locale::Zh => format!("{id}：已暂停，到期不再自动运行；进行中的运行不受影响。恢复：scorepost jobs resume {id}"),
        Locale::En => format!(
            "{id}: paused, it no longer runs on its own; a run at work goes on. To resume: scorepost jobs resume {id}"
        ),
    });
    let pause = pipeline.ledger.pause_of(id)?;
    printer.document(&json!({ "job": id, "paused": pause.as_ref().map(facts) }));
    Ok(Ending::Done)
}

/// Lets a paused job run on its own again.
pub(super) fn resume(pipeline: &Pipeline, job: &str, printer: &Printer) -> anyhow::Result<Ending> {
    let job = pipeline.jobs.get(job).map_err(Diagnostics::from)?;
    pipeline.ledger.resume_job(&job.id, &who())?;
    let (id, locale) = (&job.id, pipeline.settings.locale);
    let missed = missed(job);
    printer.line(&match locale {
        Locale::Zh => format!("{id}：已恢复；{}", missed.zh),
        Locale::En => format!("{id}: resumed; {}", missed.en),
    });
    printer.document(&json!({ "job": id, "paused": null }));
    Ok(Ending::Done)
}

/// What becomes of what fell due meanwhile.
fn missed(job: &Job) -> Bilingual {
    match job.schedule.as_ref().map(|schedule| schedule.catch_up) {
        None => Bilingual::new("该任务没有定时", "it has no schedule"),
        Some(CatchUp::None) => Bilingual::new("暂停期间到期的不补", "what fell due meanwhile is not made up for"),
        Some(CatchUp::Latest) => {
            Bilingual::new("暂停期间到期的补最近一次", "of what fell due meanwhile the latest is made up for")
        }
        Some(CatchUp::All) => {
            Bilingual::new("暂停期间到期的逐次补上", "what fell due meanwhile is made up for, oldest first")
        }
    }
}

/// A pause for a program.
pub(super) fn facts(pause: &Pause) -> serde_json::Value {
    let at: DateTime<Utc> = pause.at;
    json!({ "by": pause.who, "at": at.to_rfc3339(), "reason": pause.reason })
}
