//! The program in a process of its own, on a prepared folder.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use serde_json::Value;

use super::Prepared;
use crate::bench::morning;

/// Another build of the program than the one that belongs to the tests.
const PROGRAM: &str = "SCOREPOST_TRIAL_PROGRAM";

/// How long to wait before looking whether a process can still end.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It was killed where it stopped, or by a signal.
    Killed,
    /// By itself, with an exit code and what it said on stderr.
    Exit(i32, String),
}

/// The libraries that know no other word for a machine that gives them no runtime.
const WORDLESS: [&str; 2] = ["/polars-async-", "/tokio-"];

/// Whether a text tells of a panic that is not a library's word for a machine without a runtime; each counts for itself.
pub fn is_our_panic(text: &str) -> bool {
    text.lines().any(|line| line.contains("panicked at") && !WORDLESS.iter().any(|library| line.contains(library)))
}

/// One data folder and how it is reached.
pub struct Program<'a> {
    pub folder: &'a Path,
    pub prepared: &'a Prepared,
    /// Where letters go.
    pub mail: &'a str,
    /// Hours since the morning on which the letters were sealed.
    pub hour: i64,
}

impl Program<'_> {
    /// The command that a person would type.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.with(Command::new(executable()), arguments)
    }

    /// The same under another command, such as a tracer, which is given its name and arguments.
    pub fn under(&self, mut outer: Command, arguments: &[&str]) -> Command {
        outer.arg(executable());
        self.with(outer, arguments)
    }

    fn with(&self, mut command: Command, arguments: &[&str]) -> Command {
        let now = morning(9) + TimeDelta::hours(self.hour);
        if let Some(settings) = self.prepared.settings() {
            command.arg("--settings").arg(settings);
        }
        command
            .args(arguments)
            .env("SCOREPOST_DATA", self.folder)
            .env("SCOREPOST_JOBS", self.prepared.jobs())
            .env("SCOREPOST_TEMPLATES", Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates"))
            .env("SCOREPOST_NOW", now.to_rfc3339())
            .env("SCOREPOST_MAIL_URL", self.mail)
            .env("SHOP_URL", "http://127.0.0.1:9")
            .env("TOKIO_WORKER_THREADS", "1")
            .env("SCOREPOST_USER", "trial")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    /// Starts it; kills it where it stops, if it is told to stop.
    pub fn start(&self, arguments: &[&str], stop_at: Option<&str>) -> Started {
        let mut command = self.command(arguments);
        if let Some(place) = stop_at {
            command.env("SCOREPOST_STOP_AT", place);
        }
        Started::of(command)
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Ending {
        self.start(arguments, None).end()
    }

    /// What a verb says to a program.
    pub fn ask(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).arg("--json").stdout(Stdio::piped()).output().expect("the program");
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// The program under trial.
pub fn executable() -> std::ffi::OsString {
    std::env::var_os(PROGRAM).unwrap_or_else(|| env!("CARGO_BIN_EXE_scorepost").into())
}

/// A process that runs, and somebody who reads what it says.
pub struct Started {
    child: Child,
    heard: JoinHandle<Option<String>>,
}

impl Started {
    /// Starts a command whose stderr is piped.
    pub fn of(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the program");
        let stderr = child.stderr.take().expect("its words");
        Self { child, heard: std::thread::spawn(move || listen(stderr)) }
    }

    /// Waits for its end, or for the place at which it stops, and kills it there; it may not panic.
    pub fn end(self) -> Ending {
        let ending = self.any_end();
        if let Ending::Exit(_, text) = &ending {
            assert!(!text.contains("panicked at"), "{text}");
        }
        ending
    }

    /// The same, whatever end it is.
    pub fn any_end(mut self) -> Ending {
        let heard = self.heard.join().expect("a listener");
        if heard.is_none() {
            self.child.kill().expect("SIGKILL");
        }
        let status = self.child.wait().expect("its end");
        match (heard, status.code()) {
            (Some(text), Some(code)) => Ending::Exit(code, text),
            _ => Ending::Killed,
        }
    }

    /// The same, but kills it and what it started, which has its process group, as soon as it is `hopeless`.
    pub fn end_unless(self, hopeless: impl Fn() -> bool) -> Ending {
        let mut looked = Instant::now();
        while !self.heard.is_finished() {
            if looked.elapsed() > BETWEEN_LOOKS {
                looked = Instant::now();
                if hopeless() {
                    let group = format!("-{}", self.child.id());
                    Command::new("kill").args(["-KILL", "--", &group]).status().expect("kill");
                }
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        self.any_end()
    }

    /// Kills it wherever it is.
    pub fn kill(mut self) -> Ending {
        self.child.kill().expect("SIGKILL");
        self.child.wait().expect("its end");
        Ending::Killed
    }
}

/// Everything that it says; nothing when it stops somewhere.
fn listen(stderr: ChildStderr) -> Option<String> {
    let mut reader = BufReader::new(stderr);
    let mut text = String::new();
    loop {
        let begin = text.len();
        let mut line = Vec::new();
        if reader.by_ref().read_until(b'\n', &mut line).expect("its words") == 0 {
            return Some(text);
        }
        text.push_str(&String::from_utf8_lossy(&line));
        if text[begin..].starts_with("stopped at ") {
            return None;
        }
    }
}
