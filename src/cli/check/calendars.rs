//! Calendars that end before the next occasions of a job that goes by them.

use chrono::{DateTime, Utc};

use crate::diag::{Diagnostic, Diagnostics};
use crate::job::{Job, Jobs};
use crate::scheduler;
use crate::scheme::Registry;

/// How many occasions ahead are looked at: next year's days are announced weeks before its first.
const AHEAD: usize = 2;

/// What is told of all jobs at an instant.
pub(super) fn ended(jobs: &Jobs, schemes: &Registry, now: DateTime<Utc>) -> Diagnostics {
    let mut found = Diagnostics::new();
    jobs.all().iter().filter_map(|job| warning(job, schemes, now)).for_each(|one| found.push(one));
    found
}

fn warning(job: &Job, schemes: &Registry, now: DateTime<Utc>) -> Option<Diagnostic> {
    let (calendar, place) = (&job.calendar, &job.schedule.as_ref()?.place);
    let last = calendar.last_year()?;
    let next = |after| scheduler::next(schemes, job, after).map(|one| one.due);
    let ahead = std::iter::successors(next(now), |one| next(*one)).take(AHEAD);
    let mut days = ahead.map(|due| due.with_timezone(&job.time_zone).date_naive());
    let beyond = days.find(|day| !calendar.covers(*day))?;
    let message = format!(
        "the calendar `{}` of job `{}` ends with {last}, before the occasion of {beyond}",
        calendar.id(),
        job.id
    );
    let hint = format!(
        "add the holidays and working weekends of the next year to `calendars/{}.toml`; until then Mondays to Fridays count",
        calendar.id()
    );
    Some(Diagnostic::warning(message).at(place.clone()).hint(hint))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn who_forgets_the_next_year_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/calendars/china.toml");
        std::fs::create_dir(folder.path().join("calendars")).expect("a folder");
        std::fs::copy(shipped, folder.path().join("calendars/china.toml")).expect("a copy");
        let text = "id = \"job\"\ntitle = \"t\"\ncycle = \"month\"\ntime-zone = \"Asia/Shanghai\"\nsources = [\"x\"]\n\
                    scheme = \"s\"\ncalendar = \"china\"\n[schedule]\non = \"working-day-3\"\nat = \"09:00\"\n\
                    [letters]\nfrom = \"a@example.test\"\nfrom-name = \"a\"\nto = []\n";
        std::fs::write(folder.path().join("job.toml"), text).expect("a file");
        let (jobs, found) = Jobs::review(folder.path());
        assert!(found.is_empty(), "{found}");
        let told = |now: &str| -> Vec<String> {
            let found = ended(&jobs, &Registry::default(), now.parse().expect("an instant"));
            found.sorted().iter().map(|one| one.message.clone()).collect()
        };
        assert_eq!(told("2026-10-15T00:00:00Z"), Vec::<String>::new());
        let expected = "the calendar `china` of job `job` ends with 2026, before the occasion of 2027-01-05";
        assert_eq!(told("2026-11-15T00:00:00Z"), [expected]);
    }
}
