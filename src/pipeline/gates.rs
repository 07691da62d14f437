//! The gates of a job at work in a run: what is told, what holds it, what ends it before anybody is scored.

use anyhow::bail;

use crate::finding::Finding;
use crate::job::Job;
use crate::ledger::Run;
use crate::tables::gate::{self, Look};

use super::Pipeline;
use super::release::RELEASED_LATE;

/// Findings of gates and of a late release: a named person may let a run go that only these hold.
const OF_GATES: [&str; 10] = [
    "duplicates-dropped",
    "empty-days",
    "old-data",
    "orders-without-chats",
    "out-of-range",
    RELEASED_LATE,
    "shared-account",
    "table-not-given",
    "totals-apart",
    "unmapped-rows",
];

/// Everything that was noticed so far, weighed by the job's gates.
///
/// # Errors
/// When a gate of severity `fail` is not passed. The findings are in the ledger then, so that the run says what is short.
pub(super) fn pass(
    pipeline: &Pipeline,
    job: &Job,
    run: &Run,
    look: &Look<'_>,
    noticed: Vec<Finding>,
) -> anyhow::Result<Vec<Finding>> {
    let judged = gate::judge(&job.gates, look, noticed)?;
    if judged.fatal.is_empty() {
        return Ok(judged.findings);
    }
    pipeline.ledger.record_findings(&run.id, &judged.findings)?;
    let locale = pipeline.settings.locale;
    let reasons: Vec<String> =
        judged.fatal.iter().map(|one| format!("{} → {}", one.text.get(locale), one.next.get(locale))).collect();
    bail!("the data does not pass the gates of job `{}`, and nobody is scored: {}", job.id, reasons.join("; "))
}

/// Whether a person may accept what a finding says.
pub(super) fn may_be_accepted(finding: &Finding) -> bool {
    OF_GATES.contains(&finding.code.as_str())
}
