//! What processes that died left unfinished: it says as much about people as what it was to become.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::TimeDelta;

use crate::deliver::MailUrl;
use crate::ledger::{Claim, Scope};
use crate::pipeline::Pipeline;
use crate::unfinished;

/// Removes it from the data folder and the outbox, and nothing that another process is writing; gives how much that was.
///
/// # Errors
/// When a folder cannot be read, or something cannot be removed.
pub fn sweep(pipeline: &Pipeline) -> Result<usize> {
    let mut swept = sweep_tables(pipeline)?;
    // The locks of another machine may not be seen here; nobody writes a file for a day.
    let is_shared = pipeline.ledger.is_on_a_server();
    let a_day_ago = is_shared.then(|| (pipeline.settings.clock.now() - TimeDelta::days(1)).into());
    for folder in std::iter::once(pipeline.folders.root().to_owned()).chain(outbox(pipeline)) {
        swept += unfinished::sweep(&folder, a_day_ago).with_context(|| cannot_clear(&folder))?;
    }
    if swept > 0 {
        tracing::info!(files = swept, "removed what was left unfinished");
    }
    Ok(swept)
}

/// The same where work goes on without it: what goes wrong is told.
pub fn tidy(pipeline: &Pipeline) {
    if let Err(error) = sweep(pipeline) {
        tracing::warn!(error = format!("{error:#}"), "what was left unfinished could not be removed");
    }
}

fn cannot_clear(folder: &Path) -> String {
    format!("cannot clear `{}` of what was left unfinished; check its permissions", folder.display())
}

/// The outbox, which may lie anywhere; relays have none.
fn outbox(pipeline: &Pipeline) -> Option<PathBuf> {
    match MailUrl::parse(&pipeline.settings.mail_url) {
        Ok(MailUrl::Folder(path)) => Some(path),
        _ => None,
    }
}

/// Removes tables of a period that were about to take the place of others, or to leave it, while nobody works on the period.
fn sweep_tables(pipeline: &Pipeline) -> Result<usize> {
    let mut swept = 0;
    for job in folders(&pipeline.folders.root().join("tables"))? {
        for folder in folders(&job)? {
            swept += usize::from(remove_if_left(pipeline, &job, &folder)?);
        }
    }
    Ok(swept)
}

fn remove_if_left(pipeline: &Pipeline, job: &Path, folder: &Path) -> Result<bool> {
    let (job_name, name) = (name(job), name(folder));
    let Some((period, end)) = name.rsplit_once('.') else { return Ok(false) };
    if end != "part" && end != "old" {
        return Ok(false);
    }
    let Claim::Held(_holder) =
        pipeline.ledger.claim_run(&pipeline.settings.data, &job_name, period, &Scope::default())?
    else {
        return Ok(false);
    };
    // Put aside and not yet replaced, they are the only ones that there are.
    if end == "old" && !job.join(period).exists() {
        return Ok(false);
    }
    match fs::remove_dir_all(folder) {
        Ok(()) => Ok(true),
        // A run ended between the look and the claim, and gave them their place.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| cannot_clear(folder)),
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The folders in a folder; none when it is not there.
fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).with_context(|| cannot_clear(folder))?;
    let paths = entries.map(|entry| Ok(entry.with_context(|| cannot_clear(folder))?.path()));
    Ok(paths.collect::<Result<Vec<_>>>()?.into_iter().filter(|path| path.is_dir()).collect())
}
