//! Which files there are, and whether a run can still be exported.

use anyhow::Context;

use crate::diag::{Diagnostic, Diagnostics};
use crate::ledger::Run;

use super::super::{Outcome, Pipeline, build, send, versions};

/// What is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Cards with their lines, packs and hashes.
    Cards,
    /// Amounts for whoever pays, and the proposals behind them.
    Finance,
}

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// One JSON document; amounts are texts of decimals.
    Json,
    /// UTF-8 with a byte order mark.
    Csv,
    /// A workbook with typed cells.
    Xlsx,
    /// Columns of text, for cards alone.
    Parquet,
}

/// Every kind of file.
pub(super) fn all() -> impl Iterator<Item = (What, Format)> {
    let cards = [Format::Json, Format::Csv, Format::Xlsx, Format::Parquet].map(|format| (What::Cards, format));
    let finance = [Format::Json, Format::Csv, Format::Xlsx].map(|format| (What::Finance, format));
    cards.into_iter().chain(finance)
}

/// A run of the ledger as it was scored, to be exported now; what persons said to its proposals since counts.
///
/// # Errors
/// When the run was not scored, or a later one replaced the data that it left or its scheme was changed since.
pub fn exportable(pipeline: &Pipeline, run_id: &str) -> anyhow::Result<Outcome> {
    let run = pipeline.ledger.run(run_id)?.with_context(|| format!("there is no run `{run_id}`"))?;
    let job = pipeline.jobs.get(&run.job).map_err(Diagnostics::from)?;
    let again = format!("scorepost run {} --period {} --export DIR", run.job, run.period.name());
    if run.pins.raw.is_none() || run.cut_off.is_none() {
        let unscored = Diagnostic::error(format!("run `{run_id}` was not scored, so there is nothing to export"));
        return Err(Diagnostics::from(unscored.hint(format!("`{again}` scores and exports"))).into());
    }
    let latest = last_scored(pipeline, &run)?;
    if latest.pins.raw != run.pins.raw || latest.cut_off != run.cut_off {
        let replaced = Diagnostic::error(format!("the data of run `{run_id}` was replaced by run `{}`", latest.id));
        return Err(
            Diagnostics::from(replaced.hint(format!("export that one: `scorepost export {}`", latest.id))).into()
        );
    }
    let scheme = versions::scheme_of_run(pipeline, job, &run)?;
    if run.pins.scheme.as_deref() != Some(&scheme.hash) {
        let changed = Diagnostic::error(format!("the scheme `{}` was changed since run `{run_id}`", scheme.id));
        return Err(Diagnostics::from(changed.hint(format!("`{again}` scores by the new one"))).into());
    }
    let appraisal = build::again(pipeline, job, &run)?;
    let findings = pipeline.ledger.findings(run_id)?;
    let (appraisal, tally) = (Some(appraisal), send::Tally::default());
    Ok(Outcome { run, findings, appraisal, tally, new_editions: 0, first_word: None })
}

/// The last run of the same job and period that came to its data.
fn last_scored(pipeline: &Pipeline, run: &Run) -> anyhow::Result<Run> {
    let all = pipeline.ledger.runs(Some(&run.job), u32::MAX)?;
    let mut scored = all.into_iter().filter(|one| one.period == run.period && one.pins.raw.is_some());
    Ok(scored.next().unwrap_or_else(|| run.clone()))
}
