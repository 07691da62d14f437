//! Power cuts: the disk is a file, and what was not synced when the process dies is not in the copy that is made at once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::dice::{cases, share};
use super::mailboxes::Copies;
use super::oracle::check;
use super::{Dice, Ending, Figures, Mailboxes, Prepared, Program, Replay, Weather, small};

const SET: &str = "power cuts";
/// Enough for the letters, their log and the journal.
const SIZE: u64 = 32 << 20;

/// A file system in a file, on which a data folder lies.
struct Disk {
    folder: tempfile::TempDir,
}

/// A file system that can be reached until this is dropped.
struct Mounted {
    at: PathBuf,
}

impl Disk {
    /// A disk with a prepared folder, and nothing else to be synced.
    fn with(prepared: &Prepared) -> Self {
        let disk = Self { folder: tempfile::tempdir().expect("a folder") };
        let file = fs::File::create(disk.image("new")).expect("an image");
        file.set_len(SIZE).expect("an empty image");
        succeed(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(disk.image("new")));
        let mounted = disk.mount("new");
        prepared.copy_to(&mounted.at);
        drop(mounted);
        disk
    }

    fn image(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.img"))
    }

    fn copy(&self, from: &str, to: &str) {
        fs::copy(self.image(from), self.image(to)).expect("a copy of the disk");
    }

    fn mount(&self, name: &str) -> Mounted {
        let at = self.folder.path().join(name);
        fs::create_dir_all(&at).expect("a folder");
        succeed(Command::new("mount").args(["-o", "loop"]).arg(self.image(name)).arg(&at));
        Mounted { at }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        succeed(Command::new("umount").arg(&self.at));
    }
}

fn succeed(command: &mut Command) {
    assert!(command.status().expect("a command").success(), "{command:?}");
}

/// How the ledger is synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sync {
    /// As it is shipped.
    Shipped,
    /// As SQLite's usual advice for a log has it.
    Careless,
}

/// A mailing on a disk whose power is cut.
struct Trial<'a> {
    prepared: &'a Prepared,
    disk: Disk,
    mailboxes: Mailboxes,
    sync: Sync,
}

impl Trial<'_> {
    /// Cuts the power when so many letters lie in mailboxes, and goes on from what the disk has.
    fn cut(&self, stored: usize) -> Copies {
        self.mailboxes.begin(Weather::Fair, &mut Dice::of(SET, 0));
        self.disk.copy("new", "before");
        let before = self.disk.mount("before");
        let url = self.mailboxes.url();
        let mut command = self.program(&before.at, &url, 0).command(&["release", &self.prepared.runs[0]]);
        if self.sync == Sync::Careless {
            command.env("SCOREPOST_CARELESS_LEDGER", "1");
        }
        let started = super::program::Started::of(command);
        self.wait(stored);
        started.kill();
        self.disk.copy("before", "after");
        drop(before);
        let after = self.disk.mount("after");
        for hour in 1..3 {
            let ending = self.program(&after.at, &url, hour).run(&["release", &self.prepared.runs[0]]);
            assert!(matches!(ending, Ending::Exit(0 | 1, _)), "{ending:?}");
        }
        let copies = self.mailboxes.copies();
        if self.sync == Sync::Shipped {
            let standing = check(&after.at, &self.prepared.runs, &copies);
            assert_eq!((standing.letters(), standing.open), (self.prepared.letters, 0), "a letter is lost");
            assert!(standing.unknown.len() <= 1, "{} unknown after a cut", standing.unknown.len());
        }
        copies
    }

    fn program<'b>(&'b self, folder: &'b Path, mail: &'b str, hour: i64) -> Program<'b> {
        Program { folder, prepared: self.prepared, mail, hour }
    }

    fn wait(&self, stored: usize) {
        let since = Instant::now();
        while self.mailboxes.count() < stored {
            assert!(since.elapsed() < Duration::from_secs(60), "no {stored} letters in a minute");
            std::thread::sleep(Duration::from_micros(300));
        }
    }
}

/// Cuts the power so often; gives how many letters were in a mailbox twice.
async fn cuts(sync: Sync, count: usize, figures: &mut Figures) -> usize {
    let prepared = small().await;
    let trial = Trial { prepared, disk: Disk::with(prepared), mailboxes: Mailboxes::open().await, sync };
    let mut doubled = 0;
    for case in cases(count) {
        let stored = 1 + Dice::of(SET, case).below(prepared.letters - 1);
        let _replay = Replay::of(SET, case, format!("{sync:?}, cut when {stored} letters were in their mailboxes"));
        let copies = trial.cut(stored);
        doubled += copies.values().filter(|(_, count)| *count > 1).count();
        figures.add("letters", prepared.letters);
    }
    doubled
}

/// Whether a file system in a file can be made and mounted here.
fn can_mount() -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let image = folder.path().join("probe");
    fs::File::create(&image).expect("an image").set_len(8 << 20).expect("an empty image");
    let done = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let at = folder.path().join("at");
    fs::create_dir(&at).expect("a folder");
    let can = done(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image))
        && done(Command::new("mount").args(["-o", "loop"]).arg(&image).arg(&at))
        && done(Command::new("umount").arg(&at));
    if !can {
        println!("skipped: no file system can be mounted from a file here; that takes root and a loop device");
    }
    can
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_power_cut_nobody_is_mailed_twice() {
    if can_mount() {
        let mut figures = Figures::of(SET);
        assert_eq!(cuts(Sync::Shipped, 3, &mut figures).await, 0);
        figures.add("cuts", 3);
        figures.tell();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the long set of `.ci/trials long`"]
async fn a_hundred_and_fifty_power_cuts_and_a_careless_ledger_that_shows_them() {
    assert!(can_mount());
    let mut figures = Figures::of(SET);
    assert_eq!(cuts(Sync::Shipped, share(150), &mut figures).await, 0);
    figures.add("cuts", share(150));
    figures.add("doubled", 0);
    let red = cuts(Sync::Careless, 12, &mut Figures::of("unused")).await;
    figures.add("doubled in 12 cuts with synchronous=NORMAL", red);
    figures.tell();
    assert!(red > 0, "a careless ledger doubles nothing, so this trial proves nothing");
}
