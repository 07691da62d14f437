//! The program itself, started by a timer again and again while its clock jumps: each period is run and mailed once.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use axum::response::IntoResponse;
use chrono::{DateTime, TimeDelta, Utc};
use scorepost::clock::Clock;
use scorepost::ledger::{Ledger, OccurrenceState, RunState};

use super::crowd::{Crowd, jobs};
use super::dice::{cases, share};
use super::oracle::check;
use super::program::executable;
use super::{Dice, Figures, Mailboxes, Replay, Weather};
use crate::sources::double::{Double, status};

const SET: &str = "starts under moved clocks";
const JOB: &str = "monthly-scorecard";
const MONTHS: [&str; 3] = ["2026-08", "2026-09", "2026-10"];
const AGENTS: usize = 2;
/// How often the program is started in one case, beside the last.
const STARTS: usize = 10;

/// A house whose timer starts the program.
struct House {
    folder: tempfile::TempDir,
    source: Double,
    mailboxes: Mailboxes,
}

impl House {
    async fn new() -> Self {
        let crowd = Crowd { agents: AGENTS, team: AGENTS };
        let files: BTreeMap<String, String> = MONTHS.iter().flat_map(|month| crowd.files_of(month)).collect();
        let source = Double::new(move |asked| match files.get(&asked.path) {
            Some(text) => text.clone().into_response(),
            None => status(404, "not found"),
        });
        let folder = tempfile::tempdir().expect("a folder");
        jobs(&folder.path().join("jobs"));
        let job = folder.path().join("jobs").join(format!("{JOB}.toml"));
        let text = std::fs::read_to_string(&job).expect("the job");
        let text = text.replace("catch-up = \"latest\"", "catch-up = \"all\"").replace("\"15d\"", "\"300d\"");
        std::fs::write(job, text).expect("the job");
        Self { folder, source: source.await, mailboxes: Mailboxes::open().await }
    }

    /// Starts the program, as the timer does, at what its clock shows.
    fn start(&self, data: &Path, now: DateTime<Utc>) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let output = Command::new(executable())
            .args(["serve", "--once"])
            .env("SCOREPOST_DATA", data)
            .env("SCOREPOST_JOBS", self.folder.path().join("jobs"))
            .env("SCOREPOST_TEMPLATES", root.join("report-templates"))
            .env("SCOREPOST_MAIL_URL", self.mailboxes.url())
            .env("SCOREPOST_NOW", now.to_rfc3339())
            .env("TABLES_URL", &self.source.base)
            .output()
            .expect("the program");
        assert!(output.status.success(), "{now}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts at whatever the clock shows, at last after all is due, and counts.
    fn case(&self, number: usize, figures: &mut Figures) {
        let mut dice = Dice::of(SET, number);
        self.mailboxes.begin(Weather::Fair, &mut dice);
        let data = tempfile::tempdir().expect("a folder");
        let begun: DateTime<Utc> = "2026-09-08T12:00:00Z".parse().expect("an instant");
        let mut now = begun;
        self.start(data.path(), now);
        for _ in 0..STARTS {
            let hours = *dice.pick(&[-336, -30, -1, 0, 1, 24, 100, 400]);
            // Further back another month would fall due.
            now = (now + TimeDelta::hours(hours)).max(begun - TimeDelta::days(30));
            figures.add("jumps back", usize::from(hours < 0));
            self.start(data.path(), now);
        }
        self.start(data.path(), now.max("2026-11-20T00:00:00Z".parse().expect("an instant")));
        self.judge(data.path());
        figures.add("starts", STARTS + 2);
        figures.add("letters", AGENTS * MONTHS.len());
    }

    fn judge(&self, data: &Path) {
        let ledger = Ledger::open(&data.join("ledger.sqlite"), Clock::system()).expect("the ledger");
        let runs = ledger.runs(Some(JOB), 100).expect("runs");
        let periods: Vec<String> = runs.iter().rev().map(|run| run.period.to_string()).collect();
        let mut sorted = periods.clone();
        sorted.sort();
        assert_eq!(sorted, MONTHS, "each month has one run: {periods:?}");
        assert!(runs.iter().all(|run| run.state == RunState::Sent), "{runs:?}");
        let occasions = ledger.occurrences(JOB, 100).expect("occasions");
        assert!(occasions.iter().all(|one| one.state == OccurrenceState::Done), "{occasions:?}");
        assert_eq!(occasions.len(), MONTHS.len(), "{occasions:?}");
        let ids: Vec<String> = runs.into_iter().map(|run| run.id).collect();
        let standing = check(data, &ids, &self.mailboxes.copies());
        assert_eq!((standing.sent, standing.open), (AGENTS * MONTHS.len(), 0));
    }
}

async fn houses(count: usize) {
    let house = House::new().await;
    let mut figures = Figures::of(SET);
    for number in cases(count) {
        let _replay = Replay::of(SET, number, "a house".to_owned());
        house.case(number, &mut figures);
    }
    figures.add("doubled", 0);
    figures.tell();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_between_starts_doubles_and_forgets_nothing() {
    houses(1).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the long set of `.ci/trials long`"]
async fn clocks_that_jump_between_starts() {
    houses(share(40)).await;
}
