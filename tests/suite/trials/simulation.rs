//! Worlds out of one seed: a clock that jumps, a relay with weather, crashes at any place, and a person who does what they can.
//!
//! One thread, so that a seed is a world. The code that sends is the program's own; the ledger and the letters lie in a
//! folder; a crash is a panic at a named place, after which everything is opened again. What a world may come to is the
//! model of `oracle`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use scorepost::clock::Clock;
use scorepost::pipeline::{self, Pipeline, Written};
use scorepost::settings::Settings;
use tokio::runtime::{Builder, Runtime};

use super::crash;
use super::dice::{cases, on_all_cores, share};
use super::oracle::{Standing, check, resolve};
use super::{Dice, Figures, Mailboxes, Prepared, Replay, Weather};
use crate::bench::morning;

const SET: &str = "simulated worlds";
/// What happens in a world at most.
const EVENTS: usize = 10;

/// What all worlds share: sealed letters, read files, a thread with a relay.
struct Universe<'a> {
    prepared: &'a Prepared,
    written: Written,
    runtime: Runtime,
    mailboxes: Mailboxes,
}

impl<'a> Universe<'a> {
    /// Letters of a shop of two agents.
    fn new(prepared: &'a Prepared) -> Self {
        // polars waits only within a runtime of this kind. Notes of letters are written on its other threads, unwatched.
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let mailboxes = runtime.block_on(Mailboxes::open());
        let written = Pipeline::load(&settings(prepared, Path::new("nowhere"), "folder:", Clock::system()));
        let written = written.unwrap_or_else(|found| panic!("{found}"));
        Self { prepared, written, runtime, mailboxes }
    }
}

fn settings(prepared: &Prepared, data: &Path, mail: &str, clock: Clock) -> Settings {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let environment = BTreeMap::from([
        ("SCOREPOST_DATA".to_owned(), data.display().to_string()),
        ("SCOREPOST_JOBS".to_owned(), prepared.jobs().display().to_string()),
        ("SCOREPOST_TEMPLATES".to_owned(), root.join("report-templates").display().to_string()),
        ("SCOREPOST_MAIL_URL".to_owned(), mail.to_owned()),
        ("SHOP_URL".to_owned(), "http://127.0.0.1:9".to_owned()),
    ]);
    Settings { clock, ..Settings::read(None, &environment).unwrap_or_else(|found| panic!("{found}")) }
}

/// One world: a folder, a clock, and what has happened to it.
struct World<'a> {
    universe: &'a Universe<'a>,
    folder: tempfile::TempDir,
    clock: Clock,
    dice: Dice,
    crashes: usize,
    lost: usize,
    /// What happened, to be read when the world is wrong.
    story: Vec<String>,
}

impl<'a> World<'a> {
    fn of(universe: &'a Universe<'a>, number: usize) -> Self {
        let mut dice = Dice::of(SET, number);
        let lost = dice.below(3);
        universe.mailboxes.begin(if dice.once_in(4) { Weather::Fair } else { Weather::Rough { lost } }, &mut dice);
        let folder = universe.prepared.copy();
        Self { universe, folder, clock: Clock::fixed(morning(9)), dice, crashes: 0, lost, story: Vec::new() }
    }

    /// Some events, each followed by a look at the mailboxes, and then calm until nothing waits.
    fn live(&mut self) -> Standing {
        for _ in 0..1 + self.dice.below(EVENTS) {
            self.event();
            self.look();
        }
        self.calm()
    }

    fn event(&mut self) {
        match self.dice.below(8) {
            0 | 1 => self.release(),
            2 | 3 => self.crash(),
            4 => self.later(),
            5 => self.earlier(),
            6 => self.resolve(),
            _ => self.resend(),
        }
    }

    /// A second start of the program on the same folder.
    fn open(&self) -> Pipeline {
        let url = self.universe.mailboxes.url();
        let settings = settings(self.universe.prepared, self.folder.path(), &url, self.clock.clone());
        let (jobs, schemes, sources) = self.universe.written.clone();
        Pipeline::open(settings, jobs, schemes, sources).unwrap_or_else(|error| panic!("{error:#}"))
    }

    fn run(&self) -> &'a str {
        &self.universe.prepared.runs[0]
    }

    /// Lets the letters go, or go on; refused when there is nothing to let go.
    fn release(&mut self) {
        let pipeline = self.open();
        let released = self.universe.runtime.block_on(pipeline::release(&pipeline, self.run(), "trial", &|_| {}));
        self.story
            .push(format!("released: {:?}", released.map(|outcome| outcome.tally).map_err(|error| error.to_string())));
    }

    /// Lets them go and crashes at some place.
    fn crash(&mut self) {
        let most = *self.dice.pick(&[25, 60, 90]);
        let place = 1 + self.dice.below(most);
        let (pipeline, run, runtime) = (Arc::new(self.open()), self.run(), &self.universe.runtime);
        let released = crash::at_place(place, runtime, pipeline, self.folder.path(), async |pipeline| {
            pipeline::release(pipeline, run, "trial", &|_| {}).await.map(drop)
        });
        self.crashes += usize::from(released.is_none());
        self.story.push(match released {
            None => format!("crashed at place {place}"),
            Some(released) => format!("released: {:?}", released.map_err(|error| error.to_string())),
        });
    }

    /// Time passes: minutes, hours or days.
    fn later(&mut self) {
        let minutes = *self.dice.pick(&[1, 6, 61, 600, 3000]);
        self.set(self.clock.now() + TimeDelta::minutes(minutes));
    }

    /// Somebody sets the clock back.
    fn earlier(&mut self) {
        let hours = *self.dice.pick(&[1, 26, 336]);
        self.set(self.clock.now() - TimeDelta::hours(hours));
    }

    fn set(&mut self, now: DateTime<Utc>) {
        self.story.push(format!("the clock shows {now}"));
        self.clock.set(now);
    }

    /// A person says of every unknown letter what the mailbox says.
    fn resolve(&mut self) {
        let unknown = self.look().unknown;
        let (pipeline, copies) = (self.open(), self.universe.mailboxes.copies());
        for said in resolve(&pipeline, &unknown, &copies) {
            self.story.push(said);
        }
    }

    /// A person has the refused letters tried again; refused when the run was never let go.
    fn resend(&mut self) {
        let pipeline = self.open();
        let sent = self.universe.runtime.block_on(pipeline::resend(&pipeline, self.run(), None, "trial", &|_| {}));
        self.story.push(format!("sent again: {:?}", sent.map_err(|error| error.to_string())));
    }

    fn look(&self) -> Standing {
        check(self.folder.path(), &self.universe.prepared.runs, &self.universe.mailboxes.copies())
    }

    /// Time passes and nothing more goes wrong, until no letter waits.
    fn calm(&mut self) -> Standing {
        for _ in 0..30 {
            self.set(self.clock.now() + TimeDelta::hours(5));
            self.release();
            let standing = self.look();
            if standing.open == 0 {
                assert_eq!(standing.letters(), self.universe.prepared.letters, "a letter is lost");
                let most = self.crashes + self.lost;
                assert!(standing.unknown.len() <= most, "{} unknown, {most} causes", standing.unknown.len());
                return standing;
            }
        }
        panic!("there are letters that wait for ever");
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
    let prepared = Builder::new_multi_thread().enable_all().build().expect("a runtime").block_on(Prepared::of(2, 1));
    let mut figures = Figures::of(SET);
    on_all_cores(&cases(count), || Universe::new(&prepared), live, &mut figures);
    figures.tell();
}

fn live(universe: &Universe<'_>, number: usize, figures: &mut Figures) {
    let _replay = Replay::of(SET, number, "a world".to_owned());
    let mut world = World::of(universe, number);
    let standing = world.live();
    figures.add("worlds", 1);
    figures.add("crashes", world.crashes);
    figures.add("letters", standing.letters());
    figures.add("sent", standing.sent);
    figures.add("unknown", standing.unknown.len());
    figures.add("failed", standing.failed);
}

#[test]
fn a_hundred_worlds() {
    worlds(100);
}

#[test]
#[ignore = "the long set of `.ci/trials long`"]
fn ten_thousand_worlds() {
    worlds(share(10_000));
}
