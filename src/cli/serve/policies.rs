//! The console's way to the schemes folder, read anew when a file of it has changed.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::console::Policies;
use crate::diag::toml_files;
use crate::pipeline::Pipeline;
use crate::scheme::Registry;

/// The files of the folder with their sizes and the times of their last change.
type Look = Vec<(PathBuf, u64, Option<SystemTime>)>;

/// The folder, as it was read last.
pub(super) struct Folder {
    pipeline: Arc<Pipeline>,
    read: Mutex<Option<(Look, Arc<Registry>)>>,
}

impl Folder {
    /// Nothing is read before somebody asks.
    pub(super) fn new(pipeline: Arc<Pipeline>) -> Self {
        Self { pipeline, read: Mutex::default() }
    }

    fn path(&self) -> PathBuf {
        self.pipeline.settings.jobs.join("schemes")
    }

    fn look(&self) -> Look {
        let files = toml_files(&self.path()).unwrap_or_default();
        let facts = |path: PathBuf| {
            let about = path.metadata().ok();
            let size = about.as_ref().map_or(0, std::fs::Metadata::len);
            (path, size, about.and_then(|about| about.modified().ok()))
        };
        files.into_iter().map(facts).collect()
    }
}

impl Policies for Folder {
    fn schemes(&self) -> Arc<Registry> {
        let look = self.look();
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, registry)) = &*read
            && *known == look
        {
            return registry.clone();
        }
        let registry = Arc::new(Registry::review(&self.path()).0);
        *read = Some((look, registry.clone()));
        registry
    }

    fn jobs(&self) -> Vec<(String, String)> {
        self.pipeline.jobs.all().iter().map(|job| (job.id.clone(), job.scheme.clone())).collect()
    }
}
