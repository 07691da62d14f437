//! kill -9 anywhere between the order and the last letter: pulling, scoring, rendering, sealing, sending.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use super::dice::{cases, share};
use super::folder::keep_job;
use super::oracle::check;
use super::program::{Started, executable};
use super::{Dice, Ending, Figures, Mailboxes, Replay, Weather};
use crate::bench::{Bench, morning};

const SET: &str = "kills in whole runs";
const RUN: [&str; 5] = ["run", "monthly-scorecard", "--period", "2026-10", "--send"];

/// A shop, a job, and how many letters a whole run makes.
struct Trial {
    bench: Bench,
    mailboxes: Mailboxes,
    places: Vec<(String, usize)>,
    letters: usize,
}

impl Trial {
    async fn new() -> Self {
        let mut trial =
            Self { bench: Bench::sized(9, 4, 1), mailboxes: Mailboxes::open().await, places: Vec::new(), letters: 0 };
        let folder = tempfile::tempdir().expect("a folder");
        let list = folder.path().join("places");
        trial.mailboxes.begin(Weather::Fair, &mut Dice::of(SET, 0));
        let mut command = trial.command(folder.path());
        assert!(command.env("SCOREPOST_STOP_LIST", &list).status().expect("the program").success());
        let mut counts = BTreeMap::<String, usize>::new();
        for line in std::fs::read_to_string(list).expect("a list of places").lines() {
            *counts.entry(line.to_owned()).or_default() += 1;
        }
        trial.places = counts.into_iter().collect();
        trial.letters = trial.mailboxes.count();
        trial
    }

    fn command(&self, folder: &Path) -> Command {
        self.command_of(folder, &RUN)
    }

    fn command_of(&self, folder: &Path, arguments: &[&str]) -> Command {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let jobs = folder.join("own-jobs");
        if !jobs.exists() {
            keep_job(&jobs);
        }
        let mut command = Command::new(executable());
        command
            .args(arguments)
            .env("SCOREPOST_DATA", folder)
            .env("SCOREPOST_JOBS", jobs)
            .env("SCOREPOST_TEMPLATES", root.join("report-templates"))
            .env("SCOREPOST_NOW", morning(9).to_rfc3339())
            .env("SCOREPOST_MAIL_URL", self.mailboxes.url())
            .env("SHOP_URL", self.bench.shop_url())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    /// Has what was left unfinished removed, and gives how much that was.
    fn swept(&self, folder: &Path) -> usize {
        let before = left(folder);
        let ended = Started::of(self.command_of(folder, &["purge"])).end();
        assert!(matches!(ended, Ending::Exit(0, _)), "{ended:?}");
        assert_eq!(left(folder), 0, "what was left unfinished is still there");
        before
    }

    /// Kills a run at a place, starts it again until it is through, and counts.
    fn killed_at(&self, place: &str, figures: &mut Figures) {
        self.mailboxes.begin(Weather::Fair, &mut Dice::of(SET, 0));
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = self.command(folder.path());
        command.env("SCOREPOST_STOP_AT", place);
        let is_killed = Started::of(command).end() == Ending::Killed;
        figures.add("kills", usize::from(is_killed));
        let ended = Started::of(self.command(folder.path())).end();
        assert!(matches!(ended, Ending::Exit(0 | 1, _)), "{ended:?}");
        let standing = check(folder.path(), &["monthly-scorecard-2026-10-1".to_owned()], &self.mailboxes.copies());
        assert_eq!((standing.letters(), standing.open), (self.letters, 0), "a card has no letter, or a letter waits");
        assert!(standing.unknown.len() <= 1, "{} unknown after a kill", standing.unknown.len());
        assert_eq!(unfinished(&folder.path().join("archive")), 0, "a file with its final name is whole");
        let swept = self.swept(folder.path());
        let leaves_a_file = is_killed && place.starts_with("file ") && place.contains(" is written");
        assert!(swept > 0 || !leaves_a_file, "nothing was left to sweep");
        figures.add("files left unfinished, all of them removed", swept);
        figures.add("letters", standing.letters());
        figures.add("unknown", standing.unknown.len());
    }
}

/// How many files below a folder never got their name.
fn left(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let is_left = |path: &Path| usize::from(path.extension().is_some_and(|end| end == "unfinished"));
    entries.map(|path| if path.is_dir() { left(&path) } else { is_left(&path) }).sum()
}

/// How many files with their final name are not what their name says.
fn unfinished(folder: &Path) -> usize {
    use sha2::{Digest, Sha256};
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let is_torn = |path: &Path| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let is_final = path.extension().is_some_and(|end| end == "pdf" || end == "eml");
        is_final && hex::encode(Sha256::digest(std::fs::read(path).expect("a file"))) != name
    };
    entries.map(|path| if path.is_dir() { unfinished(&path) } else { usize::from(is_torn(&path)) }).sum()
}

/// So many kills, at places thrown by dice.
async fn runs(count: usize) {
    let trial = Trial::new().await;
    assert!(trial.places.len() >= 60, "{:#?}", trial.places);
    let mut figures = Figures::of(SET);
    figures.add("places", trial.places.len());
    for number in cases(count) {
        let mut dice = Dice::of(SET, number);
        // Each place once before any place twice.
        let (place, times) = &trial.places[number % trial.places.len()];
        let place = format!("{place}#{}", 1 + dice.below(*times));
        let _replay = Replay::of(SET, number, format!("killed at {place}"));
        trial.killed_at(&place, &mut figures);
    }
    figures.tell();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_anywhere_in_a_whole_run_it_ends_with_every_card() {
    runs(2).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the long set of `.ci/trials long`"]
async fn a_kill_at_every_place_of_a_whole_run() {
    runs(share(90)).await;
}
