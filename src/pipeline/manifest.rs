//! What a run read of every source, kept beside it: walks, hashes, times.

use anyhow::Context;

use crate::extract::Manifest;

use super::Pipeline;
use super::folders::write_whole;

/// Keeps what a run read; a run that goes on reads the same again.
pub(super) fn write(pipeline: &Pipeline, run: &str, manifests: &[Manifest]) -> anyhow::Result<()> {
    let text = serde_json::to_vec_pretty(manifests).context("cannot write what a run read")?;
    write_whole(&pipeline.folders.manifest(run), &text)
}

/// What a run read, in the order of the job's sources; `None` when it never came to its data.
///
/// # Errors
/// When the record cannot be read.
pub fn manifest(pipeline: &Pipeline, run: &str) -> anyhow::Result<Option<Vec<Manifest>>> {
    let path = pipeline.folders.manifest(run);
    match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
        Ok(text) => {
            let read = serde_json::from_slice(&text);
            read.map(Some).with_context(|| format!("`{}` cannot be read; run the job again", path.display()))
        }
    }
}
