//! Letters a second through the whole delivery to a relay on loopback: each letter is read, checked again against archive
//! and envelope, marked in the ledger before its final dot and noted after it, every commit synced to the disk.
//!
//! `cargo bench --bench posting [-- LETTERS]` holds that against Python's smtplib, which keeps no ledger, in one run. With
//! `SCOREPOST_LEDGER_URL` the ledger is on that server, in a schema that is the caller's to empty. `TMPDIR` says on which
//! disk the ledger and the letters lie. `.ci/postgres cargo bench --bench posting -- workers [AGENTS]` prints what several
//! processes on one run are worth.

#[path = "posting/month.rs"]
mod month;
#[path = "posting/sink.rs"]
mod sink;
#[path = "posting/workers.rs"]
mod workers;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use month::Month;
use sink::{Sink, Talks};

/// How large the file is that goes with each letter.
const BYTES: usize = 60_000;
/// How many connections the pool has.
const POOL: usize = 16;
/// How often each way is measured; the middle one counts.
const ROUNDS: usize = 3;

/// One way of mailing a month.
struct Way {
    name: &'static str,
    mail: Mailing,
    took: Vec<Taken>,
}

/// What mailing a month took.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Taken {
    wall: Duration,
    processor: Duration,
}

/// A way of posting the month's letters.
type Mailing = fn(&Bench, &Sink) -> Taken;

const WAYS: [(&str, Mailing); 4] = [
    ("ours over one TLS connection", |bench, sink| bench.ours(sink, 1)),
    ("ours over the pool, TLS", |bench, sink| bench.ours(sink, POOL)),
    ("smtplib over TLS, mails written beforehand", |bench, sink| bench.theirs(sink, "send", Month::sealed)),
    ("smtplib over TLS, mails written then", |bench, sink| bench.theirs(sink, "write", Month::files)),
];

struct Bench {
    runtime: tokio::runtime::Runtime,
    letters: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|one| one == sink::ROLE) {
        return sink::be(&arguments[1..]);
    }
    let count = arguments.iter().find_map(|one| one.parse().ok());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if arguments.iter().any(|one| one == "workers") {
        return workers::print(&runtime, count.unwrap_or(600));
    }
    let letters = count.unwrap_or(1000);
    let bench = Bench { runtime, letters };
    println!("{letters} letters with a file of {BYTES} bytes each; the pool has {POOL} connections");
    println!("a sync of the disk takes {:.2} ms", sync_time().as_secs_f64() * 1e3);
    let sealing = bench.month().sealing.as_secs_f64() * 1e3 / letters as f64;
    println!("sealing a letter takes {sealing:.3} ms, beforehand");
    bench.compare();
}

impl Bench {
    fn month(&self) -> Month {
        Month::of(self.letters, BYTES, std::env::var("SCOREPOST_LEDGER_URL").ok())
    }

    /// Every way in turn, so that a busy machine is busy for all of them alike.
    fn compare(&self) {
        let mut ways = WAYS.map(|(name, mail)| Way { name, mail, took: Vec::new() });
        for round in 0..ROUNDS {
            ways.iter_mut().for_each(|way| self.measure(way));
            println!("round {} of {ROUNDS}", round + 1);
            ways.reverse();
        }
        ways.sort_by_key(|way| WAYS.iter().position(|(name, _)| *name == way.name));
        let slowest = ways[WAYS.len() - 1].middle();
        println!("{:<46}{:>12}{:>14}{:>10}", "", "letters/s", "cpu ms each", "ratio");
        for way in &ways {
            let (took, count) = (way.middle(), self.letters as f64);
            let (a_second, each) = (count / took.wall.as_secs_f64(), took.processor.as_secs_f64() * 1e3 / count);
            let ratio = slowest.wall.as_secs_f64() / took.wall.as_secs_f64();
            println!("{:<46}{a_second:>12.0}{each:>14.2}{ratio:>10.1}", way.name);
        }
    }

    /// Mails a month once; every letter must have come, to each person one.
    fn measure(&self, way: &mut Way) {
        let mut sink = Sink::start(Talks::Encrypted, Duration::ZERO);
        way.took.push((way.mail)(self, &sink));
        assert_eq!(sink.taken(), (self.letters, self.letters), "{}", way.name);
    }

    fn ours(&self, sink: &Sink, connections: usize) -> Taken {
        let (month, certificate) = (self.month(), sink::certificate());
        let url = format!("smtps://localhost:{}?ca={}", sink.port, certificate.display());
        taken(|| assert_eq!(month.post(&self.runtime, &url, connections), self.letters as u64))
    }

    fn theirs(&self, sink: &Sink, mode: &str, folder: fn(&Month) -> PathBuf) -> Taken {
        let month = self.month();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/posting/rival.py");
        let mut command = Command::new("python3");
        command.arg(script).args([mode, &sink.port.to_string()]).arg(sink::certificate()).arg(folder(&month));
        taken(|| assert!(command.status().is_ok_and(|status| status.success()), "python3 mails"))
    }
}

impl Way {
    fn middle(&self) -> Taken {
        let mut took = self.took.clone();
        took.sort();
        took[took.len() / 2]
    }
}

fn taken(work: impl FnOnce()) -> Taken {
    let (begun, before) = (Instant::now(), processor());
    work();
    Taken { wall: begun.elapsed(), processor: processor() - before }
}

/// Processor time of this process and of those that it waited for, in the system's ticks of a hundredth of a second.
fn processor() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in brackets may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(4).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// What a commit of the ledger cannot go below: a page appended and synced.
fn sync_time() -> Duration {
    const TIMES: u32 = 100;
    let mut file = tempfile::tempfile().expect("a file");
    let begun = Instant::now();
    for _ in 0..TIMES {
        file.write_all(&[0; 4096]).and_then(|()| file.sync_data()).expect("written");
    }
    begun.elapsed() / TIMES
}
