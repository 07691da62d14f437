//! A real mail server, which `.ci/mail-trial` starts: its mailboxes say whether anybody got two letters or none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mail_parser::MessageParser;

use super::{RUN, check, kill, program};
use crate::bench::Bench;

/// Folders of the server in which a letter lies until it is in its mailbox.
const QUEUES: [&str; 4] = ["maildrop", "incoming", "active", "deferred"];
/// Twenty agents with an address and three managers.
const RECIPIENTS: usize = 23;

/// The server as the environment names it.
pub(super) struct Server {
    pub(super) folder: PathBuf,
    pub(super) url: String,
}

/// When a mailing is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// So long after it began.
    Since(Duration),
    /// When so many mailboxes have a letter, and so long after that.
    Stored(usize, Duration),
}

impl Server {
    pub(super) fn of_the_trial() -> Self {
        let read = |name| std::env::var(name).unwrap_or_else(|_| panic!("`{name}` is set by `.ci/mail-trial`"));
        Self { folder: read("MAIL_TRIAL_FOLDER").into(), url: read("MAIL_TRIAL_URL") }
    }

    /// The letters in all mailboxes.
    pub(super) fn letters(&self) -> Vec<PathBuf> {
        let boxes = entries(&self.folder.join("vmail"));
        boxes.iter().flat_map(|one| [one.join("new"), one.join("cur")]).flat_map(|one| entries(&one)).collect()
    }

    /// Empties the mailboxes of an earlier mailing.
    pub(super) fn forget(&self) {
        self.letters().iter().for_each(|letter| std::fs::remove_file(letter).expect("a letter less"));
    }

    /// Waits until everything that the server took is in a mailbox.
    pub(super) fn settle(&self) {
        let since = Instant::now();
        let waits = || QUEUES.iter().any(|queue| has_file(&self.folder.join("queue").join(queue)));
        // A letter moves from queue to queue: it is through when none had it twice in a row.
        let mut quiet = 0;
        while quiet < 3 {
            assert!(since.elapsed() < Duration::from_secs(30), "the server does not deliver what it took");
            quiet = if waits() { 0 } else { quiet + 1 };
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// How many letters each address has; each letter is its mailbox's own.
    pub(super) fn copies(&self) -> BTreeMap<String, usize> {
        self.settle();
        let mut copies = BTreeMap::new();
        for path in self.letters() {
            let bytes = std::fs::read(&path).expect("a letter");
            let letter = MessageParser::default().parse(&bytes).expect("a letter");
            let to = letter.to().and_then(|to| to.first()).and_then(|one| one.address()).expect("a recipient");
            let owner = path.parent().and_then(Path::parent).and_then(Path::file_name).expect("a mailbox");
            assert_eq!(to, format!("{}@example.test", owner.to_string_lossy()), "a letter in another's mailbox");
            *copies.entry(to.to_owned()).or_default() += 1;
        }
        copies
    }

    /// Waits for the moment, or until the program has ended.
    fn wait(&self, moment: Moment, child: &mut Child) {
        let since = Instant::now();
        let (stored, pause) = match moment {
            Moment::Since(pause) => (0, pause),
            Moment::Stored(stored, pause) => (stored, pause),
        };
        while self.letters().len() < stored && child.try_wait().expect("its state").is_none() {
            assert!(since.elapsed() < Duration::from_secs(60), "no {stored} letters in a minute");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(pause);
    }
}

/// One mailing, killed at these moments and then let through: everybody has one letter, or is named as unknown, and
/// when a person has looked into the mailboxes of those, everybody has one. Gives how many were unknown.
fn mailing(server: &Server, bench: &Bench, moments: &[Moment]) -> usize {
    server.forget();
    for moment in moments {
        let mut child = program(bench, &server.url, &RUN).spawn().expect("the program");
        server.wait(*moment, &mut child);
        kill(child);
        check(bench, &server.copies());
    }
    program(bench, &server.url, &RUN).status().expect("the program");
    let copies = server.copies();
    let unknown = check(bench, &copies);
    assert!(unknown.len() <= moments.len(), "{} unknown after {} kills", unknown.len(), moments.len());
    let listed: BTreeSet<&str> = unknown.iter().map(|one| one.address.as_str()).collect();
    let reached: BTreeSet<&str> = copies.keys().map(String::as_str).chain(listed).collect();
    assert_eq!(reached.len(), RECIPIENTS, "somebody has no letter and is not named: {reached:?}");
    for one in &unknown {
        let verdict = if copies.contains_key(&one.address) { "--arrived" } else { "--send-again" };
        let resolve = ["resolve", &one.id.to_string(), verdict, "--reason", "the mailbox says so"];
        succeed(program(bench, &server.url, &resolve));
    }
    succeed(program(bench, &server.url, &RUN));
    let copies = server.copies();
    assert!(check(bench, &copies).is_empty());
    assert_eq!(copies.len(), RECIPIENTS);
    unknown.len()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the mail server that `.ci/mail-trial` starts"]
async fn killed_while_a_real_server_takes_the_letters_nobody_gets_two_and_nobody_is_lost() {
    let server = Server::of_the_trial();
    let since = |millis| Moment::Since(Duration::from_millis(millis));
    let stored = |letters, millis| Moment::Stored(letters, Duration::from_millis(millis));
    let mailings = [
        vec![since(200), since(3000), stored(1, 0), stored(7, 5), stored(15, 11), stored(22, 0)],
        vec![stored(2, 3), stored(9, 29), stored(13, 2), stored(21, 41)],
        vec![stored(3, 23), stored(6, 1), stored(16, 31), stored(20, 4)],
    ];
    let kills: usize = mailings.iter().map(Vec::len).sum();
    let unknown: usize = mailings.iter().map(|moments| mailing(&server, &Bench::on(9), moments)).sum();
    let letters = mailings.len() * RECIPIENTS;
    println!(
        "{kills} kills, {letters} letters in {} mailings, each in its mailbox once; {unknown} had been unknown",
        mailings.len()
    );
}

/// Runs a command that must do what it was asked for.
fn succeed(mut command: Command) {
    let output = command.stderr(Stdio::piped()).output().expect("the program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

/// Whether a file lies anywhere in a folder; letters wait in folders within folders.
fn has_file(folder: &Path) -> bool {
    entries(folder).iter().any(|path| if path.is_dir() { has_file(path) } else { true })
}
