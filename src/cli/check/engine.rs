//! Schemes that the engine of the settings cannot count.

use crate::diag::{Diagnostics, Severity};
use crate::engine::spark;
use crate::job::Jobs;
use crate::scheme::Registry;
use crate::settings::{Engine, FallBack, Settings};

/// What of the jobs' schemes Spark cannot count: a fault, or where it is counted here instead a warning.
pub(super) fn uncounted(settings: &Settings, jobs: &Jobs, schemes: &Registry) -> Diagnostics {
    let mut found = Diagnostics::new();
    let Engine::Spark(engine) = &settings.engine else { return found };
    let used = |id: &str| jobs.all().iter().any(|job| job.scheme == id);
    for scheme in schemes.all().iter().filter(|scheme| used(&scheme.id)) {
        for mut wrong in spark::untranslatable(scheme).sorted().into_iter().cloned() {
            if engine.fall_back == FallBack::Here {
                wrong.severity = Severity::Warning;
            }
            found.push(wrong);
        }
    }
    found
}
