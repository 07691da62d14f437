//! A person answers for what gates held: the run becomes ready, and who said so and why stays in the audit chain.

use anyhow::{Context, ensure};

use crate::diag::Diagnostics;
use crate::finding::{Finding, Weight};
use crate::ledger::RunState;
use crate::words::Bilingual;

use super::claim::claim;
use super::{Pipeline, build, gates, letters};

/// Makes a held run ready in the name of a person, when nothing but gates holds it.
///
/// # Errors
/// When the run is not held, no reason is given, or something holds it that nobody can answer for: a short pull, rows that
/// contradict each other, an unset value.
pub fn accept(pipeline: &Pipeline, run_id: &str, who: &str, reason: &str) -> anyhow::Result<()> {
    ensure!(!reason.trim().is_empty(), "say why with `--reason`");
    let run = pipeline.ledger.run(run_id)?.with_context(|| format!("there is no run `{run_id}`"))?;
    ensure!(run.state == RunState::Held, "run `{run_id}` is {}, so there is nothing to accept", run.state);
    let job = pipeline.jobs.get(&run.job).map_err(Diagnostics::from)?.clone();
    let _holder = claim(pipeline, &run.job, &run.period, &run.scope)?;
    let findings = pipeline.ledger.findings(run_id)?;
    let closed: Vec<&str> = findings
        .iter()
        .filter(|one| one.weight == Weight::Hold && !gates::may_be_accepted(one))
        .map(|one| one.text.get(pipeline.settings.locale))
        .collect();
    ensure!(
        closed.is_empty(),
        "run `{run_id}` is held by what nobody can answer for; mend it and run again: {}",
        closed.join("; ")
    );
    let findings: Vec<Finding> = findings.into_iter().map(|one| accepted(one, who, reason)).collect();
    let appraisal = build::again(pipeline, &job, &run)?;
    // The letters are sealed before the run is ready, as they are for every other one.
    letters::plan_deliveries(pipeline, &job, &run, &appraisal, &findings, &|_| {})?;
    pipeline.ledger.accept_run(run_id, who, reason)?;
    pipeline.ledger.record_findings(run_id, &findings)
}

/// What a person answered for no longer holds, and says who did.
fn accepted(finding: Finding, who: &str, reason: &str) -> Finding {
    if finding.weight != Weight::Hold {
        return finding;
    }
    let text = Bilingual::new(
        format!("{}（{who} 已认可：{reason}）", finding.text.zh),
        format!("{} (accepted by {who}: {reason})", finding.text.en),
    );
    Finding { weight: Weight::Note, text, ..finding }
}
