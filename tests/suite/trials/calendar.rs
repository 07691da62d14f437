//! The last day of a month, whatever month it is.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use scorepost::diag::AuthoredFile;
use scorepost::job::Job;
use scorepost::scheduler;
use scorepost::scheme::Registry;

/// The monthly job, due at nine on the last day of each month.
fn on_last_days() -> Job {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/monthly-scorecard.toml");
    let text = std::fs::read_to_string(path).expect("the shipped job").replace("0 9 9 * *", "0 9 L * *");
    Job::parse(&AuthoredFile::from_text("monthly-scorecard.toml", &text)).unwrap_or_else(|found| panic!("{found}"))
}

#[test]
fn the_last_day_is_the_last_for_four_hundred_years() {
    let job = on_last_days();
    let schemes = Registry::default();
    let mut now: DateTime<Utc> = "1999-12-31T16:00:00Z".parse().expect("an instant");
    for month in 0..4800 {
        now = scheduler::next(&schemes, &job, now).expect("another month").due;
        let local = now.with_timezone(&job.time_zone);
        assert_eq!((local.year(), local.month0()), (2000 + month / 12, (month % 12) as u32), "{local}");
        assert_ne!((local + TimeDelta::days(1)).month0(), local.month0(), "{local} is not the last day");
    }
}
