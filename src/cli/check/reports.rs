//! Reports of jobs that their scheme can never fill.

use crate::diag::{Diagnostic, Diagnostics};
use crate::job::{Job, Jobs, Report, ReportKind};
use crate::render::report::{COMMENDS, PLANS};
use crate::scheme::{Counting, Registry, Scheme};

/// What is wrong with the reports of all jobs; every version of the scheme must have what they need.
pub(super) fn unfilled(jobs: &Jobs, schemes: &Registry) -> Diagnostics {
    let mut found = Diagnostics::new();
    for job in jobs.all() {
        for scheme in schemes.all().iter().filter(|scheme| scheme.id == job.scheme) {
            job.reports.iter().filter_map(|report| wrong(job, report, scheme)).for_each(|one| found.push(one));
        }
    }
    found
}

fn wrong(job: &Job, report: &Report, scheme: &Scheme) -> Option<Diagnostic> {
    let word = report.kind.word();
    let one = match report.kind {
        ReportKind::Ranking | ReportKind::ResultSheet if scheme.total.counts == Counting::None => {
            let message = format!("job `{}` wants a `{word}`, but scheme `{}` makes no total", job.id, scheme.id);
            Diagnostic::error(message).hint("remove the report, or choose a scheme with a total")
        }
        ReportKind::Commendation if !scheme.duties.iter().any(|duty| duty.kind == COMMENDS && duty.when.is_some()) => {
            let message = format!("job `{}` wants a `{word}`, but scheme `{}` commends nobody", job.id, scheme.id);
            Diagnostic::error(message)
                .hint("add a `[[duty]]` of kind `commendation` whose `when` says whom, such as `rank = 1`")
        }
        ReportKind::ImprovementPlan if !scheme.duties.iter().any(|duty| duty.kind == PLANS) => {
            let message = format!("job `{}` wants an `{word}`, but scheme `{}` asks nobody for one", job.id, scheme.id);
            Diagnostic::error(message)
                .hint("add a `[[duty]]` of kind `improvement-plan`; its `when` says whom, such as `total < 60`")
        }
        ReportKind::Alert if scheme.watches.is_empty() => {
            let message = format!("job `{}` wants an `{word}`, but scheme `{}` watches nothing", job.id, scheme.id);
            Diagnostic::error(message).hint("add a `[[watch]]` to the scheme, or remove the report")
        }
        _ => return None,
    };
    Some(one.at(report.place.clone()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// What is told about the reports of a job that applies a shipped scheme.
    fn told(scheme: &str, kind: &str) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let text = format!(
            "id = \"job\"\ntitle = \"t\"\ncycle = \"month\"\ntime-zone = \"Asia/Shanghai\"\nsources = [\"x\"]\n\
             scheme = \"{scheme}\"\n[letters]\nfrom = \"a@example.test\"\nfrom-name = \"a\"\nto = []\n\
             [[report]]\nkind = \"{kind}\"\n"
        );
        std::fs::write(folder.path().join("job.toml"), text).expect("a file");
        let (jobs, found) = Jobs::review(folder.path());
        assert!(found.is_empty(), "{found}");
        let (schemes, _) = Registry::review(&Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/schemes"));
        assert!(schemes.all().iter().any(|one| one.id == scheme), "{scheme} is shipped");
        unfilled(&jobs, &schemes).sorted().iter().map(|one| one.message.clone()).collect()
    }

    #[test]
    fn a_report_that_its_scheme_cannot_fill_is_told() {
        let commends = told("presale-weighted", "commendation");
        assert_eq!(commends, ["job `job` wants a `commendation`, but scheme `presale-weighted` commends nobody"]);
        assert_eq!(told("aftersale-modern", "commendation"), Vec::<String>::new());
        let ranks = told("aftersale-three-levels", "ranking");
        assert_eq!(ranks, ["job `job` wants a `ranking`, but scheme `aftersale-three-levels` makes no total"]);
        assert_eq!(told("aftersale-three-levels", "summary"), Vec::<String>::new());
        let plans = told("presale-weighted", "improvement-plan");
        assert_eq!(plans, ["job `job` wants an `improvement-plan`, but scheme `presale-weighted` asks nobody for one"]);
        assert_eq!(told("frontdesk", "improvement-plan"), Vec::<String>::new(), "it asks everybody");
        assert_eq!(told("aftersale-modern", "improvement-plan"), Vec::<String>::new());
        let watches = told("aftersale-three-levels", "alert");
        assert_eq!(watches, ["job `job` wants an `alert`, but scheme `aftersale-three-levels` watches nothing"]);
        assert_eq!(told("aftersale-modern", "alert"), Vec::<String>::new());
        assert_eq!(told("aftersale-three-levels", "tracking"), Vec::<String>::new());
    }
}
