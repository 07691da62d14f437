//! The list of appeals.

use serde_json::json;

use crate::ledger::{Appeal, AppealState, WantedAppeals};
use crate::period::Period;
use crate::pipeline::Pipeline;
use crate::words::Locale;

use super::super::Ending;
use super::super::arguments::WhichAppeals;
use super::super::fault::Fault;
use super::super::printer::Printer;
use super::{facts, state};

/// Prints the appeals that were asked for.
pub(super) fn list(pipeline: &Pipeline, which: &WhichAppeals, printer: &Printer) -> anyhow::Result<Ending> {
    let found = pipeline.ledger.appeals(&wanted(which)?)?;
    let locale = pipeline.settings.locale;
    let (none, next) = match locale {
        Locale::Zh => ("没有符合条件的申诉", "答复：scorepost appeals accept|refuse 编号 --by 姓名 --reason 理由"),
        Locale::En => ("no such appeals", "answer: scorepost appeals accept|refuse ID --by PERSON --reason TEXT"),
    };
    if found.is_empty() {
        printer.line(none);
    } else {
        printer.table(&head(locale), found.iter().map(|one| row(one, locale)).collect());
    }
    if found.iter().any(|one| one.state == AppealState::Open) {
        printer.line(next);
    }
    printer.document(&json!(found.iter().map(facts).collect::<Vec<_>>()));
    Ok(Ending::Done)
}

fn wanted(which: &WhichAppeals) -> Result<WantedAppeals, Fault> {
    let period = which.period.as_deref().map(|text| {
        let period = Period::parse(text);
        period.ok_or_else(|| Fault::Usage(format!("`{text}` is not a period; write it as `2026-10` or `2026-Q3`")))
    });
    let state = which.state.map(Into::into);
    Ok(WantedAppeals { job: which.job.clone(), period: period.transpose()?, state, agent: None })
}

fn head(locale: Locale) -> [&'static str; 6] {
    match locale {
        Locale::Zh => ["编号", "任务与周期", "客服", "考核项", "理由", "状态"],
        Locale::En => ["id", "job and period", "agent", "line", "reason", "state"],
    }
}

fn row(one: &Appeal, locale: Locale) -> Vec<String> {
    let answered = one.answered.as_ref().map(|end| format!("\n{} {}", end.by, end.at.format("%Y-%m-%d")));
    vec![
        one.id.to_string(),
        format!("{} {}", one.job, one.period),
        format!("{} {}", one.agent, one.name),
        one.label.clone(),
        one.reason.clone(),
        format!("{}{}", state(one.state, locale), answered.unwrap_or_default()),
    ]
}
