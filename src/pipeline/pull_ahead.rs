//! Pulling the data of a period ahead of its run.

use crate::diag::Diagnostics;
use crate::ledger::Scope;
use crate::period::Period;

use super::claim::claim;
use super::order::Watch;
use super::{Pipeline, pull};

/// Pulls what a run of the job for this period would pull, and keeps it; what is kept already is left as it is.
pub async fn pull_ahead(pipeline: &Pipeline, job: &str, period: &Period, watch: Watch<'_>) -> anyhow::Result<()> {
    let job = pipeline.jobs.get(job).map_err(Diagnostics::from)?.clone();
    let _holder = claim(pipeline, &job.id, period, &Scope::default())?;
    let pulled = pull::pull(pipeline, &job, period, None, watch).await?;
    for finding in &pulled.findings {
        tracing::info!(job = job.id, code = finding.code, "what was pulled ahead has a finding");
    }
    Ok(())
}
