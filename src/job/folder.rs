//! All jobs of a folder.

use std::path::Path;

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, toml_files};

use super::Job;

/// The jobs of one folder, by id.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    jobs: Vec<Job>,
}

impl Jobs {
    /// Reads every `*.toml` of the folder; keeps the jobs in whose files nothing is wrong.
    pub fn review(folder: &Path) -> (Self, Diagnostics) {
        let mut found = Diagnostics::new();
        let mut jobs = Vec::new();
        let files = toml_files(folder).unwrap_or_else(|wrong| {
            found.push(wrong);
            Vec::new()
        });
        for path in files {
            match AuthoredFile::read(&path).map_err(Diagnostics::from).and_then(|file| Job::parse(&file)) {
                Ok(job) => jobs.push(job),
                Err(wrong) => found.extend(wrong),
            }
        }
        (Self { jobs }, found)
    }

    /// All, by id.
    pub fn all(&self) -> &[Job] {
        &self.jobs
    }

    /// The job of that id.
    pub fn get(&self, id: &str) -> Result<&Job, Diagnostic> {
        self.jobs.iter().find(|job| job.id == id).ok_or_else(|| {
            let known: Vec<String> = self.jobs.iter().map(|job| format!("`{}`", job.id)).collect();
            Diagnostic::error(format!("there is no job `{id}`")).hint(format!("known jobs: {}", known.join(", ")))
        })
    }
}
