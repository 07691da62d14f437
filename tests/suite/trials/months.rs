//! Worlds in which everything has weather: the clock jumps, the source answers or does not, the relay too, the scheduler
//! is started again and again and crashes at any place; out of one seed, on one thread.
//!
//! Two months fall due. Whatever happened, each has one run that counts at the end, and each agent one letter of it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::response::IntoResponse;
use chrono::{DateTime, TimeDelta, Utc};
use scorepost::clock::Clock;
use scorepost::failpoint;
use scorepost::ledger::{Ledger, OccurrenceState, Resolution, Run, RunState};
use scorepost::pipeline::{self, Pipeline, Written};
use scorepost::scheduler;
use scorepost::settings::Settings;
use tokio::runtime::{Builder, Runtime};

use super::crowd::{Crowd, jobs};
use super::dice::{cases, share};
use super::folder::until_closed;
use super::oracle::{Standing, check};
use super::{Dice, Figures, Mailboxes, Replay, Weather};
use crate::sources::double::{Double, status};

const SET: &str = "simulated months";
const JOB: &str = "monthly-scorecard";
/// The months that fall due while a world lasts.
const MONTHS: [&str; 2] = ["2026-09", "2026-10"];
/// Their letters: one to each agent.
const AGENTS: usize = 2;
/// What happens in a world at most.
const EVENTS: usize = 14;

/// What a panic of a simulated crash carries.
struct Crash;

/// How the source answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sky {
    Clear,
    /// Now and then it refuses, breaks off or shows something else.
    Broken,
}

/// A source that is as its sky is.
struct Weathered {
    served: Double,
    sky: Arc<Mutex<(Sky, Dice)>>,
}

impl Weathered {
    async fn open() -> Self {
        let crowd = Crowd { agents: AGENTS, team: AGENTS };
        let files: BTreeMap<String, String> = MONTHS.iter().flat_map(|month| crowd.files_of(month)).collect();
        let sky = Arc::new(Mutex::new((Sky::Clear, Dice::of(SET, 0))));
        let above = sky.clone();
        let served = Double::new(move |asked| {
            let mut sky = above.lock().expect("the sky");
            if sky.0 == Sky::Broken && sky.1.once_in(6) {
                return match sky.1.below(4) {
                    0 => status(503, "later"),
                    1 => status(403, "no"),
                    2 => ([("content-type", "text/html")], "<html>sign in</html>").into_response(),
                    _ => status(500, "broken"),
                };
            }
            match files.get(&asked.path) {
                Some(text) => text.clone().into_response(),
                None => status(404, "not found"),
            }
        });
        Self { served: served.await, sky }
    }

    fn turn(&self, sky: Sky, dice: &mut Dice) {
        *self.sky.lock().expect("the sky") = (sky, Dice::of("sky", dice.next() as usize));
    }
}

/// What all worlds share.
struct Universe {
    jobs: tempfile::TempDir,
    runtime: Runtime,
    source: Weathered,
    mailboxes: Mailboxes,
    written: Written,
}

impl Universe {
    fn new() -> Self {
        // polars waits only within a runtime of this kind. Notes of letters are written on its other threads, unwatched.
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let (source, mailboxes) = runtime.block_on(async { (Weathered::open().await, Mailboxes::open().await) });
        let folder = tempfile::tempdir().expect("a folder");
        jobs(folder.path());
        patient(folder.path());
        let settings = settings(folder.path(), Path::new("nowhere"), &source, "folder:", Clock::system());
        let written = Pipeline::load(&settings).unwrap_or_else(|found| panic!("{found}"));
        Self { jobs: folder, runtime, source, mailboxes, written }
    }
}

/// The job makes up for everything, however long it was down; the source is asked again at once.
fn patient(folder: &Path) {
    let change = |part: &str, from: &str, to: &str| {
        let path = folder.join(part);
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{part} has no `{from}`");
        std::fs::write(path, text.replacen(from, to, 1)).expect("a file");
    };
    change(&format!("{JOB}.toml"), "catch-up = \"latest\"", "catch-up = \"all\"");
    change(&format!("{JOB}.toml"), "start-deadline = \"15d\"", "start-deadline = \"300d\"");
    let quick = "timeout = \"30s\"\nretry = { times = 1, first = \"1ms\", cap = \"1ms\" }";
    change("sources/csv-tables.toml", "timeout = \"30s\"", quick);
}

fn settings(jobs: &Path, data: &Path, source: &Weathered, mail: &str, clock: Clock) -> Settings {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let environment = BTreeMap::from([
        ("SCOREPOST_DATA".to_owned(), data.display().to_string()),
        ("SCOREPOST_JOBS".to_owned(), jobs.display().to_string()),
        ("SCOREPOST_TEMPLATES".to_owned(), root.join("report-templates").display().to_string()),
        ("SCOREPOST_MAIL_URL".to_owned(), mail.to_owned()),
        ("TABLES_URL".to_owned(), source.served.base.clone()),
    ]);
    Settings { clock, ..Settings::read(None, &environment).unwrap_or_else(|found| panic!("{found}")) }
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// One world: a folder, a clock, and what has happened to it.
struct World<'a> {
    universe: &'a Universe,
    folder: tempfile::TempDir,
    clock: Clock,
    dice: Dice,
    crashes: usize,
    lost: usize,
    /// What happened, to be read when the world is wrong.
    story: Vec<String>,
}

impl<'a> World<'a> {
    fn of(universe: &'a Universe, number: usize) -> Self {
        let mut dice = Dice::of(SET, number);
        let lost = dice.below(3);
        universe.mailboxes.begin(if dice.once_in(4) { Weather::Fair } else { Weather::Rough { lost } }, &mut dice);
        universe.source.turn(if dice.once_in(3) { Sky::Clear } else { Sky::Broken }, &mut dice);
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::fixed(instant("2026-10-08T12:00:00Z"));
        let mut world = Self { universe, folder, clock, dice, crashes: 0, lost, story: Vec::new() };
        // What is due before a job is first seen is nobody's.
        world.look_once();
        world
    }

    fn live(&mut self) -> Standing {
        for _ in 0..1 + self.dice.below(EVENTS) {
            match self.dice.below(9) {
                0..3 => self.look_once(),
                3..5 => self.crash(),
                5..7 => self.later(),
                7 => self.earlier(),
                _ => self.resolve(),
            }
            self.standing();
        }
        self.calm()
    }

    /// A start of the program on the same folder.
    fn open(&self) -> Arc<Pipeline> {
        let (universe, data) = (self.universe, self.folder.path());
        let url = universe.mailboxes.url();
        let settings = settings(universe.jobs.path(), data, &universe.source, &url, self.clock.clone());
        let (jobs, schemes, sources) = universe.written.clone();
        Arc::new(Pipeline::open(settings, jobs, schemes, sources).unwrap_or_else(|error| panic!("{error:#}")))
    }

    /// The scheduler does what is due.
    fn look_once(&mut self) {
        let pipeline = self.open();
        let looked = self.universe.runtime.block_on(scheduler::once(&pipeline));
        self.story.push(format!("{}: looked: {:?}", self.clock.now(), looked.map_err(|error| format!("{error:#}"))));
    }

    /// It does so and crashes at some place.
    fn crash(&mut self) {
        let place = 1 + self.dice.below(220);
        let (pipeline, mut left) = (self.open(), place);
        let watcher = move |_: &str| {
            left -= 1;
            if left == 0 {
                resume_unwind(Box::new(Crash));
            }
        };
        let look =
            || failpoint::watched(watcher, || self.universe.runtime.block_on(scheduler::once(&pipeline)).map(drop));
        match catch_unwind(AssertUnwindSafe(look)) {
            Err(cause) if cause.is::<Crash>() => {
                self.crashes += 1;
                self.story.push(format!("{}: crashed at place {place}", self.clock.now()));
            }
            Err(cause) => resume_unwind(cause),
            Ok(_) => self.story.push(format!("{}: looked, {place} places were too many", self.clock.now())),
        }
        drop(pipeline);
        until_closed(self.folder.path());
        // The relay reads to the end of what had reached it.
        self.universe.runtime.block_on(async {
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
        });
    }

    fn later(&mut self) {
        let hours = *self.dice.pick(&[1, 5, 20, 30, 200, 800]);
        let last = instant("2026-11-20T00:00:00Z");
        self.clock.set((self.clock.now() + TimeDelta::hours(hours)).min(last));
    }

    fn earlier(&mut self) {
        let hours = *self.dice.pick(&[1, 26, 336]);
        self.clock.set(self.clock.now() - TimeDelta::hours(hours));
    }

    /// A person says of every unknown letter what the mailbox says, and has the others tried again.
    fn resolve(&mut self) {
        let unknown = self.standing().unknown;
        let (pipeline, copies) = (self.open(), self.universe.mailboxes.copies());
        pipeline::recover(&pipeline).expect("recovered");
        for letter in unknown {
            let arrived = copies.contains_key(letter.message_id.trim_matches(['<', '>']));
            let verdict = if arrived { Resolution::Arrived } else { Resolution::SendAgain };
            pipeline.ledger.resolve_unknown(letter.id, verdict, "trial", "the mailbox says so").expect("resolved");
        }
        for run in self.runs() {
            let sent = self.universe.runtime.block_on(pipeline::resend(&pipeline, &run.id, None, "trial", &|_| {}));
            self.story.push(format!("{}: sent again: {:?}", self.clock.now(), sent.is_ok()));
        }
    }

    fn ledger(&self) -> Ledger {
        Ledger::open(&self.folder.path().join("ledger.sqlite"), self.clock.clone()).expect("the ledger")
    }

    fn runs(&self) -> Vec<Run> {
        self.ledger().runs(Some(JOB), 100).expect("runs")
    }

    /// Nobody has two letters, and the ledger knows of each.
    fn standing(&self) -> Standing {
        let ids: Vec<String> =
            self.runs().into_iter().filter(|run| run.state != RunState::Failed).map(|run| run.id).collect();
        check(self.folder.path(), &ids, &self.universe.mailboxes.copies())
    }

    /// The sky clears and time passes, until both months are out and no letter waits.
    fn calm(&mut self) -> Standing {
        self.universe.source.turn(Sky::Clear, &mut self.dice);
        let end = instant("2026-11-20T00:00:00Z");
        self.clock.set(self.clock.now().max(end));
        for _ in 0..40 {
            self.look_once();
            self.clock.set(self.clock.now() + TimeDelta::hours(5));
            let runs = self.runs();
            let kept = runs.iter().filter(|run| run.state != RunState::Failed).count();
            if kept >= MONTHS.len() && runs.iter().all(|run| run.state.is_over()) && self.standing().open == 0 {
                return self.judge();
            }
        }
        panic!("it does not come to its end");
    }

    fn judge(&self) -> Standing {
        let occasions = self.ledger().occurrences(JOB, 100).expect("occasions");
        for month in MONTHS {
            let kept = |run: &&Run| run.period.to_string() == month && run.state != RunState::Failed;
            assert_eq!(self.runs().iter().filter(kept).count(), 1, "{month} has one run that counts");
            let states: Vec<_> = occasions.iter().filter(|one| one.period == month).map(|one| one.state).collect();
            assert_eq!(states, [OccurrenceState::Done], "{month} fell due once");
        }
        let standing = self.standing();
        assert_eq!(standing.letters(), AGENTS * MONTHS.len(), "a letter is lost");
        let most = self.crashes + self.lost;
        assert!(standing.unknown.len() <= most, "{} unknown, {most} causes", standing.unknown.len());
        standing
    }
}

impl Drop for World<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.story.iter().for_each(|event| eprintln!("  {event}"));
        }
    }
}

fn worlds(count: usize) {
    let universe = Universe::new();
    let mut figures = Figures::of(SET);
    for number in cases(count) {
        let _replay = Replay::of(SET, number, "a world".to_owned());
        let mut world = World::of(&universe, number);
        let standing = world.live();
        figures.add("worlds", 1);
        figures.add("crashes", world.crashes);
        figures.add("runs", world.runs().len());
        figures.add("letters", standing.letters());
        figures.add("sent", standing.sent);
        figures.add("unknown", standing.unknown.len());
        figures.add("failed", standing.failed);
    }
    figures.add("months doubled or forgotten", 0);
    figures.tell();
}

#[test]
fn some_months_whatever_the_weather() {
    worlds(8);
}

#[test]
#[ignore = "the long set of `.ci/trials long`"]
fn two_thousand_worlds_of_two_months() {
    worlds(share(2_000));
}
