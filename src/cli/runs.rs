//! `runs`: the latest runs.

use serde_json::json;

use crate::ledger::Run;
use crate::pipeline::Pipeline;
use crate::words::Locale;

use super::Ending;
use super::printer::Printer;
use super::results::View;

/// Prints the latest runs, newest first.
pub(super) fn runs(pipeline: &Pipeline, job: Option<&str>, limit: u32, printer: &Printer) -> anyhow::Result<Ending> {
    let runs = pipeline.ledger.runs(job, limit)?;
    let locale = pipeline.settings.locale;
    let view = View::of(locale, &[], &[]);
    let head = match locale {
        Locale::Zh => ["运行", "范围", "状态", "发起", "开始", "说明"],
        Locale::En => ["run", "scope", "state", "by", "started", "note"],
    };
    let row = |run: &Run| {
        vec![
            run.id.clone(),
            run.scope.to_string(),
            view.state(run.state).to_owned(),
            run.requested_by.clone(),
            run.created_at.format("%Y-%m-%d %H:%M:%SZ").to_string(),
            run.error.clone().unwrap_or_default(),
        ]
    };
    match runs.is_empty() {
        true if job.is_some() || limit == 0 => printer.line(view.say("没有符合条件的运行", "no such runs")),
        true => printer.line(view.say(
            "还没有运行。试试：scorepost run monthly-scorecard",
            "no runs yet; try: scorepost run monthly-scorecard",
        )),
        false => printer.table(&head, runs.iter().map(row).collect()),
    }
    printer.document(&json!(runs.iter().map(facts).collect::<Vec<_>>()));
    Ok(Ending::Done)
}

/// A run for a program.
pub(super) fn facts(run: &Run) -> serde_json::Value {
    json!({
        "run": run.id, "job": run.job, "period": run.period.to_string(), "scope": run.scope.to_string(),
        "state": run.state.word(), "trigger": run.trigger.word(), "requested_by": run.requested_by,
        "created_at": run.created_at.to_rfc3339(), "finished_at": run.finished_at.map(|at| at.to_rfc3339()),
        "cut_off": run.cut_off.map(|at| at.to_rfc3339()), "error": run.error,
    })
}
