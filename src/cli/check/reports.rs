//! Reports of jobs that their scheme can never fill.

use crate::diag::{Diagnostic, Diagnostics};
use crate::job::{Job, Jobs, Report, ReportKind};
use crate::render::report::COMMENDS;
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
        _ => return None,
    };
    Some(one.at(report.place.clone()))
}
