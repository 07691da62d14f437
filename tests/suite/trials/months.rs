//! Worlds in which everything has weather: the clock jumps, the source answers or does not, the relay too, the scheduler
//! is started again and again and crashes at any place; out of one seed, on one thread.
//!
//! Two months fall due. Whatever happened, each has one run that counts at the end, and each agent one letter of it, with
//! the card that fair weather would have brought.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use scorepost::clock::Clock;
use scorepost::finding::Weight;
use scorepost::ledger::{Document, DocumentKind, Ledger, OccurrenceState, Run, RunState};
use scorepost::pipeline::{self, Pipeline, Written};
use scorepost::scheduler;
use scorepost::settings::Settings;
use tokio::runtime::{Builder, Runtime};

use crate::bench::documents_of;

use super::crash;
use super::crowd::{Crowd, jobs};
use super::dice::{cases, on_all_cores, share};
use super::oracle::{Standing, check_in, resolve};
use super::sky::{Sky, Weathered};
use super::{Dice, Figures, Mailboxes, Replay, Weather};

const SET: &str = "simulated months";
const JOB: &str = "monthly-scorecard";
/// The months that fall due while a world lasts.
const MONTHS: [&str; 2] = ["2026-09", "2026-10"];
/// Their letters: one to each agent.
const AGENTS: usize = 2;
/// What happens in a world at most.
const EVENTS: usize = 14;
/// Places on the way of a look at which nothing, one month or both are due, about.
const PLACES: [usize; 3] = [30, 120, 240];
/// The resources of the tables that somebody keeps; the source need not be asked for the others.
const TABLES: [&str; 4] = ["agents", "plans", "funnel-daily", "chats-daily"];

/// What each card says of its own month, by period and agent: its lines and its total. What it says of months before depends
/// on whether these were out by then, which the weather decides.
type Contents = BTreeMap<(String, String), String>;

/// What all worlds of a thread share.
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
        let crowd = Crowd { agents: AGENTS, team: AGENTS };
        let files: BTreeMap<String, String> = MONTHS.iter().flat_map(|month| crowd.files_of(month)).collect();
        let (source, mailboxes) = runtime.block_on(async { (Weathered::over(files).await, Mailboxes::open().await) });
        let folder = tempfile::tempdir().expect("a folder");
        jobs(folder.path());
        patient(folder.path());
        let settings = settings(folder.path(), Path::new("nowhere"), &source, "folder:", Clock::system());
        let written = Pipeline::load(&settings).unwrap_or_else(|found| panic!("{found}"));
        Self { jobs: folder, runtime, source, mailboxes, written }
    }
}

/// The job makes up for everything, however long it was down; the source is asked again at once, for what it has.
fn patient(folder: &Path) {
    let change = |part: &str, change: &dyn Fn(&str) -> String| {
        let path = folder.join(part);
        let text = std::fs::read_to_string(&path).expect("a file");
        let changed = change(&text);
        assert_ne!(text, changed, "{part} is as it was");
        std::fs::write(path, changed).expect("a file");
    };
    change(&format!("{JOB}.toml"), &|text| text.replacen("catch-up = \"latest\"", "catch-up = \"all\"", 1));
    change(&format!("{JOB}.toml"), &|text| text.replacen("\"15d\"", "\"300d\"", 1));
    let quick = "timeout = \"30s\"\nretry = { times = 1, first = \"1ms\", cap = \"1ms\" }";
    change("sources/csv-tables.toml", &|text| text.replacen("timeout = \"30s\"", quick, 1));
    change("sources/csv-tables.toml", &|text| {
        let mut parts = text.split("\n[[resource]]\n");
        let head = parts.next().expect("a head").to_owned();
        let is_kept = |part: &&str| TABLES.iter().any(|table| part.starts_with(&format!("id = \"{table}\"")));
        parts.filter(is_kept).fold(head, |text, part| text + "\n[[resource]]\n" + part)
    });
}

fn settings(jobs: &Path, data: &Path, source: &Weathered, mail: &str, clock: Clock) -> Settings {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let environment = BTreeMap::from([
        ("SCOREPOST_DATA".to_owned(), data.display().to_string()),
        ("SCOREPOST_JOBS".to_owned(), jobs.display().to_string()),
        ("SCOREPOST_TEMPLATES".to_owned(), root.join("report-templates").display().to_string()),
        ("SCOREPOST_MAIL_URL".to_owned(), mail.to_owned()),
        ("TABLES_URL".to_owned(), source.base().to_owned()),
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
    sky: Sky,
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
        let sky = if dice.once_in(3) { Sky::Clear } else { Sky::Broken(2 + dice.below(7)) };
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::fixed(instant("2026-10-08T12:00:00Z"));
        let mut world = Self { universe, folder, clock, sky, dice, crashes: 0, lost, story: Vec::new() };
        // What is due before a job is first seen is nobody's.
        world.look_once();
        world
    }

    fn live(&mut self) -> Standing {
        for _ in 0..1 + self.dice.below(EVENTS) {
            self.universe.source.turn(self.sky, &mut self.dice);
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

    /// Tells what happened, and when.
    fn tell(&mut self, what: &str) {
        self.story.push(format!("{}: {what}", self.clock.now()));
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
        let looked = self.universe.runtime.block_on(scheduler::once(&self.open()));
        looked.unwrap_or_else(|error| panic!("{error:#}"));
        self.tell("looked");
    }

    /// It does so and crashes at some place.
    fn crash(&mut self) {
        let most = *self.dice.pick(&PLACES);
        let place = 1 + self.dice.below(most);
        let (runtime, folder) = (&self.universe.runtime, self.folder.path());
        let looked =
            crash::at_place(place, runtime, self.open(), folder, async |pipeline| scheduler::once(pipeline).await);
        self.crashes += usize::from(looked.is_none());
        match looked {
            None => self.tell(&format!("crashed at place {place}")),
            Some(looked) => self.tell(&format!("looked, {place} places were too many: {}", looked.is_ok())),
        }
    }

    fn later(&mut self) {
        let hours = *self.dice.pick(&[1, 5, 20, 30, 200, 800]);
        let last = instant("2026-11-20T00:00:00Z");
        self.clock.set((self.clock.now() + TimeDelta::hours(hours)).min(last));
    }

    fn earlier(&mut self) {
        let hours = *self.dice.pick(&[1, 26, 336]);
        // Further back another month would fall due.
        let first = instant("2026-09-10T00:00:00Z");
        self.clock.set((self.clock.now() - TimeDelta::hours(hours)).max(first));
    }

    /// A person says of every unknown letter what the mailbox says, and has the others tried again.
    fn resolve(&mut self) {
        let unknown = self.standing().unknown;
        let (pipeline, copies) = (self.open(), self.universe.mailboxes.copies());
        for said in resolve(&pipeline, &unknown, &copies) {
            self.tell(&said);
        }
        for run in self.runs() {
            let sent = self.universe.runtime.block_on(pipeline::resend(&pipeline, &run.id, None, "trial", &|_| {}));
            self.tell(&format!("sent again: {}", sent.is_ok()));
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
        let ledger = self.ledger();
        let runs = ledger.runs(Some(JOB), 100).expect("runs").into_iter();
        let ids: Vec<String> = runs.filter(|run| run.state != RunState::Failed).map(|run| run.id).collect();
        check_in(&ledger, &ids, &self.universe.mailboxes.copies())
    }

    /// What the cards of the runs that count say; each that lies in a mailbox is the one that was made for its reader.
    fn contents(&self) -> Contents {
        let (ledger, cards) = (self.ledger(), self.universe.mailboxes.cards());
        let mut contents = Contents::new();
        for run in self.runs().into_iter().filter(|run| run.state != RunState::Failed) {
            let documents = documents_of(&ledger, &run.id);
            let own = documents.into_iter().filter(|document| document.kind == DocumentKind::Card);
            let own: BTreeMap<String, Document> = own.map(|card| (card.subject.clone(), card)).collect();
            for letter in ledger.deliveries(&run.id).expect("deliveries") {
                if let Some(arrived) = cards.get(letter.message_id.trim_matches(['<', '>'])) {
                    let made = own[&letter.subject].pdf_hash.as_ref();
                    assert_eq!(Some(arrived), made, "{} got another card than was made", letter.address);
                }
            }
            let said = |card: &Document| {
                let body: serde_json::Value = serde_json::from_str(&card.data).expect("a body");
                assert!(body["standing"]["total"].is_string(), "nobody is scored: {}", card.data);
                format!("{} {}", body["lines"], body["standing"]["total"])
            };
            contents.extend(own.into_iter().map(|(agent, card)| ((run.period.to_string(), agent), said(&card))));
        }
        contents
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
        let held = |run: &Run| {
            let findings = self.ledger().findings(&run.id).expect("findings");
            findings.into_iter().filter(|one| one.weight == Weight::Hold).map(|one| one.text.en).collect::<Vec<_>>()
        };
        let told = |run: &Run| format!("{} is {} {:?}", run.id, run.state.word(), held(run));
        let left: Vec<String> = self.runs().iter().map(told).collect();
        panic!("it does not come to its end: {} letters are open; {}", self.standing().open, left.join(", "));
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

/// What the cards say when nothing goes wrong.
fn fair_contents() -> Contents {
    let universe = Universe::new();
    let mut world = World::of(&universe, 0);
    (world.sky, world.lost) = (Sky::Clear, 0);
    universe.mailboxes.begin(Weather::Fair, &mut Dice::of(SET, 0));
    assert_eq!(world.calm().sent, AGENTS * MONTHS.len());
    world.contents()
}

fn live(universe: &Universe, number: usize, fair: &Contents, figures: &mut Figures) {
    let _replay = Replay::of(SET, number, "a world".to_owned());
    let mut world = World::of(universe, number);
    let standing = world.live();
    assert_eq!(world.contents(), *fair, "the cards say something else than in fair weather");
    figures.add("worlds", 1);
    figures.add("crashes", world.crashes);
    figures.add("runs", world.runs().len());
    figures.add("letters", standing.letters());
    figures.add("sent", standing.sent);
    figures.add("unknown", standing.unknown.len());
    figures.add("failed", standing.failed);
}

fn worlds(count: usize) {
    let fair = fair_contents();
    let mut figures = Figures::of(SET);
    on_all_cores(
        &cases(count),
        Universe::new,
        |universe, number, own| live(universe, number, &fair, own),
        &mut figures,
    );
    figures.tell();
}

#[test]
fn some_months_whatever_the_weather() {
    worlds(8);
}

#[test]
fn a_seed_is_a_world() {
    let universe = Universe::new();
    let told = || {
        let mut world = World::of(&universe, 3);
        let standing = world.live();
        (std::mem::take(&mut world.story), standing.sent, standing.unknown.len(), standing.failed)
    };
    assert_eq!(told(), told());
}

#[test]
#[ignore = "the long set of `.ci/trials long`"]
fn ten_thousand_worlds_of_two_months() {
    worlds(share(10_000));
}
