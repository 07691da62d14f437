//! The program as it is shipped, killed at every system call that writes, or given an error instead: strace does it.

use std::process::{Command, Stdio};

use super::dice::{cases, one_in};
use super::oracle::{Standing, check};
use super::program::{Started, is_our_panic};
use super::{Dice, Ending, Figures, Mailboxes, Prepared, Program, Replay, Weather, small};

const KILLS: &str = "kills at system calls";
const ERRORS: &str = "errors of system calls";

/// Calls that change a file, a folder, a lock, or what the relay hears.
const CALLS: [&str; 21] = [
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "sendto",
    "sendmsg",
    "connect",
    "openat",
    "mkdir",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "ftruncate",
    "fallocate",
    "fsync",
    "fdatasync",
    "flock",
    "fcntl",
    "close",
];
/// Calls that may fail, beside those.
const FAILING: [&str; 6] = ["read", "pread64", "recvfrom", "socket", "setsockopt", "statx"];
/// What they fail with.
const FAULTS: [&str; 10] =
    ["EIO", "ENOSPC", "EMFILE", "ECONNRESET", "EPIPE", "EACCES", "EINTR", "EDQUOT", "EROFS", "ENOMEM"];

/// After how many seconds one that neither goes on nor ends is killed.
const LONGEST: &str = "100";

/// A mailing on a prepared folder under strace.
struct Traced<'a> {
    prepared: &'a Prepared,
    mailboxes: &'a Mailboxes,
}

/// What came of one injection.
struct Injected {
    ending: Ending,
    /// Whether the call was ever made.
    hit: bool,
    /// Whether it is one that no machine lets fail: the runtime's own alarm, or the end of a folder's listing.
    is_impossible: bool,
    standing: Standing,
}

impl Traced<'_> {
    /// Lets the letters go under strace, which does `inject` to the `nth` call, and looks at what is there then.
    fn inject(&self, folder: &tempfile::TempDir, call: &str, inject: &str, nth: usize) -> Injected {
        let url = self.mailboxes.url();
        let program = Program { folder: folder.path(), prepared: self.prepared, mail: &url, hour: 0 };
        let log = folder.path().join("strace.log");
        let mut strace = Command::new("timeout");
        strace.args(["--signal=KILL", LONGEST, "strace", "-f", "-y", "-qq", "-o"]).arg(&log);
        strace.args(["-e", &format!("trace={call}"), "-e", &format!("inject={call}:{inject}:when={nth}")]);
        let command = program.under(strace, &["release", &self.prepared.runs[0]]);
        // Without its alarm the runtime waits for ever.
        let has_lost_its_alarm = || is_alarm(&std::fs::read_to_string(&log).unwrap_or_default());
        let ending = Started::of(command).end_unless(has_lost_its_alarm);
        let log = std::fs::read_to_string(&log).unwrap_or_default();
        let hit = log.contains("(INJECTED)") || log.contains("SIGKILL");
        let is_alarm = is_alarm(&log);
        if ending == Ending::Killed && inject.starts_with("error") && !is_alarm {
            show_the_last_calls(&log);
        }
        let is_listing = matches!(&ending, Ending::Exit(_, text) if text.contains("unexpected error during closedir"));
        Injected { ending, hit, is_impossible: is_alarm || is_listing, standing: self.check(&program) }
    }

    /// Goes on until nothing waits, with nobody in the way.
    fn finish(&self, folder: &tempfile::TempDir) -> Standing {
        let url = self.mailboxes.url();
        let mut program = Program { folder: folder.path(), prepared: self.prepared, mail: &url, hour: 0 };
        for _ in 0..4 {
            program.hour += 1;
            let ending = program.run(&["release", &self.prepared.runs[0]]);
            assert!(matches!(ending, Ending::Exit(0 | 1, _)), "{ending:?}");
            let standing = self.check(&program);
            if standing.open == 0 {
                return standing;
            }
        }
        panic!("there are letters that wait");
    }

    fn check(&self, program: &Program<'_>) -> Standing {
        check(program.folder, &self.prepared.runs, &self.mailboxes.copies())
    }

    /// Kills at the `nth` call; false when there were fewer.
    fn kill(&self, call: &str, nth: usize, figures: &mut Figures) -> bool {
        let _replay = Replay::of(KILLS, nth, format!("{call}, call {nth}"));
        self.mailboxes.begin(Weather::Fair, &mut Dice::of(KILLS, nth));
        let folder = self.prepared.copy();
        let injected = self.inject(&folder, call, "signal=KILL", nth);
        if !injected.hit {
            assert!(matches!(injected.ending, Ending::Exit(0, _)), "{:?}", injected.ending);
            return false;
        }
        let standing = self.finish(&folder);
        assert_eq!(standing.letters(), self.prepared.letters, "a letter is lost");
        assert!(standing.unknown.len() <= 1, "{} unknown after a kill", standing.unknown.len());
        assert_eq!(standing.failed, 0);
        figures.add("kills", 1);
        figures.add("letters", self.prepared.letters);
        figures.add("unknown", standing.unknown.len());
        true
    }

    /// Lets the `nth` call fail; false when there were fewer.
    fn fail(&self, call: &str, fault: &str, nth: usize, figures: &mut Figures) -> bool {
        let _replay = Replay::of(ERRORS, nth, format!("{fault} of {call}, call {nth}"));
        self.mailboxes.begin(Weather::Fair, &mut Dice::of(ERRORS, nth));
        let folder = self.prepared.copy();
        let injected = self.inject(&folder, call, &format!("error={fault}"), nth);
        if injected.is_impossible {
            figures.add("left out as impossible", 1);
            return true;
        }
        let Ending::Exit(code, text) = &injected.ending else { panic!("it did not end in {LONGEST} s") };
        assert!(!is_our_panic(text), "{text}");
        let has_no_runtime = text.contains("panicked at");
        assert!(
            is_told(*code, text, &injected.standing),
            "exit code {code} with {} letters sent: {text}",
            injected.standing.sent
        );
        if !injected.hit {
            return false;
        }
        let standing = self.finish(&folder);
        assert_eq!(standing.letters(), self.prepared.letters, "a letter is lost");
        assert!(standing.unknown.len() <= 1, "{} unknown after an error", standing.unknown.len());
        figures.add("errors", 1);
        figures.add("letters", self.prepared.letters);
        figures.add("that it told of", usize::from(*code != 0));
        figures.add("unknown", standing.unknown.len());
        figures.add("without a runtime for a library", usize::from(has_no_runtime));
        true
    }
}

/// Whether the call that failed was the runtime's own alarm.
fn is_alarm(log: &str) -> bool {
    log.lines().any(|line| line.contains("(INJECTED)") && line.contains("eventfd"))
}

/// What it did last.
fn show_the_last_calls(log: &str) {
    let last: Vec<&str> = log.lines().rev().take(40).collect();
    for line in last.iter().rev() {
        println!("{line}");
    }
}

/// The numbers of the calls, from the first or, where only a share is run, from one near it.
fn every() -> impl Iterator<Item = usize> {
    let first = 1 + Dice::of(KILLS, 0).below(one_in().min(4));
    (first..).step_by(one_in())
}

/// Done means that every letter went; anything else has its own exit code and, when we failed, a sentence that says so.
fn is_told(code: i32, text: &str, standing: &Standing) -> bool {
    let all_sent = standing.open + standing.failed + standing.unknown.len() == 0;
    match code {
        0 => all_sent,
        1 => !all_sent || text.contains("error: "),
        // A library that cannot be loaded is told by the loader.
        2 | 101 => text.contains("error: "),
        127 => text.contains("error while loading shared libraries"),
        _ => false,
    }
}

/// Whether strace is here and may trace.
fn can_trace() -> bool {
    let traced = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    let can = traced.is_ok_and(|status| status.success());
    if !can {
        println!("skipped: there is no strace that may trace");
    }
    can
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_or_failed_at_some_system_calls_nobody_is_mailed_twice() {
    if !can_trace() {
        return;
    }
    let mailboxes = Mailboxes::open().await;
    let traced = Traced { prepared: small().await, mailboxes: &mailboxes };
    let (mut kills, mut errors) = (Figures::of(KILLS), Figures::of(ERRORS));
    for case in cases(8) {
        let mut dice = Dice::of(KILLS, case);
        let call = *dice.pick(&["pwrite64", "sendto", "fdatasync", "write"]);
        traced.kill(call, 1 + dice.below(20), &mut kills);
        let (call, fault) = (*dice.pick(&["pwrite64", "fdatasync", "sendto", "openat"]), *dice.pick(&FAULTS));
        traced.fail(call, fault, 1 + dice.below(20), &mut errors);
    }
    kills.tell();
    errors.tell();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the long set of `.ci/trials long`"]
async fn a_kill_at_every_system_call_that_writes() {
    assert!(can_trace());
    let mailboxes = Mailboxes::open().await;
    let prepared = Prepared::of(2, 1).await;
    let traced = Traced { prepared: &prepared, mailboxes: &mailboxes };
    let mut figures = Figures::of(KILLS);
    for call in CALLS {
        every().take_while(|nth| traced.kill(call, *nth, &mut figures)).count();
    }
    figures.tell();
    assert!(figures.count("kills") * one_in() >= 200, "{} kills", figures.count("kills"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the long set of `.ci/trials long`"]
async fn an_error_of_every_system_call_that_may_fail() {
    assert!(can_trace());
    let mailboxes = Mailboxes::open().await;
    let prepared = Prepared::of(2, 1).await;
    let traced = Traced { prepared: &prepared, mailboxes: &mailboxes };
    let mut figures = Figures::of(ERRORS);
    for (place, call) in CALLS.iter().chain(&FAILING).enumerate() {
        // Every call fails once, each time with another error; the next round begins with another one.
        for round in 0..3 {
            let fault = |nth: usize| FAULTS[(place + nth + 3 * round) % FAULTS.len()];
            every().take_while(|nth| traced.fail(call, fault(*nth), *nth, &mut figures)).count();
        }
    }
    figures.tell();
    assert!(figures.count("errors") * one_in() >= 1500, "{} errors", figures.count("errors"));
}
