//! A thousand pages of two hundred rows pulled into a canonical table, against `curl --parallel` for the same pages and
//! one polars read of what it wrote, in one run: the ratio is the price of keeping, checking and typing every row.
//!
//! `cargo bench --bench pulling` also prints the peak of memory for 250, 1,000 and 4,000 pages. Figures of one machine mean
//! little, their ratio more.

#[path = "pulling/desk.rs"]
mod desk;

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use polars::prelude::*;
use scorepost::clock::Clock;
use scorepost::diag::AuthoredFile;
use scorepost::extract::{self, Ask, Extraction, Hosts, Progress, RawStore, Stock};
use scorepost::period::Period;
use scorepost::source::{self, Source, Table, Variables};

use desk::{Desk, PAGES, ROWS};

/// How often each way is measured; the middle one counts.
const ROUNDS: usize = 5;

const SOURCE: &str = r#"
id = "desk"
title = { zh = "服务台", en = "Desk" }
time-zone = "Asia/Shanghai"
[client]
base-url = "${DESK_URL}"
[[resource]]
id = "events"
path = "/events"
paginator = { kind = "page", page-param = "page", size-param = "size", size = 200, total = "$.total" }
records = "$.list"
[[resource.into]]
table = "events"
columns.event_id = { from = "id" }
columns.agent_id = { from = "agent" }
columns.type = { from = "type" }
columns.at = { from = "at" }
columns.count = { from = "count" }
columns.verified = { from = "verified" }
columns.note = { from = "note" }
"#;

fn source(base: &str) -> Source {
    let known = Variables::default().with("DESK_URL", base);
    source::read(&AuthoredFile::from_text("desk.toml", SOURCE), &known).unwrap_or_else(|found| panic!("{found}"))
}

/// Pulls all pages of a desk into the lake of a new data folder, and gives what `take` makes of the rows.
fn pulled(runtime: &tokio::runtime::Runtime, base: &str, take: impl Fn(&Stock) -> usize) -> usize {
    let (source, ask, events) = (source(base), ask(), events());
    in_new_folder(|world| {
        let pulled = runtime.block_on(extract::pull(&source, &ask, world))?;
        Ok(pulled.lots.iter().find(|lot| lot.table == events).map_or(0, |lot| take(&lot.stock)))
    })
}

/// All that a run needs before it builds its tables: the number of rows that lie in the lake.
fn landed(runtime: &tokio::runtime::Runtime, base: &str) -> usize {
    pulled(runtime, base, Stock::height)
}

/// The same with the whole table in memory.
fn ours(runtime: &tokio::runtime::Runtime, base: &str) -> usize {
    pulled(runtime, base, |rows| rows.read().map_or(0, |rows| rows.height()))
}

fn in_new_folder<T>(work: impl FnOnce(&Extraction<'_>) -> anyhow::Result<T>) -> T {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let now = "2026-11-09T01:00:00Z".parse().unwrap_or_else(|error| panic!("{error}"));
    let silent = |_: Progress| {};
    let world = Extraction {
        clock: Clock::fixed(now),
        raw: RawStore::new(folder.path()),
        hosts: Hosts::default(),
        progress: &silent,
    };
    work(&world).unwrap_or_else(|error| panic!("{error:#}"))
}

fn ask() -> Ask {
    let period = Period::parse("2026-10").unwrap_or_else(|| panic!("a period"));
    Ask { job: String::new(), period, tables: Default::default(), refresh_since: None }
}

fn events() -> Table {
    Table::from_name("events").unwrap_or_else(|| panic!("a table"))
}

/// Fetches the same pages with `curl` and reads them with polars.
fn bare(base: &str) -> usize {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    fetch(base, folder.path());
    let mut lines = Vec::new();
    for page in 1..=PAGES {
        let body = fs::read(folder.path().join(format!("{page}.json"))).unwrap_or_else(|error| panic!("{error}"));
        lines.extend(body);
        lines.push(b'\n');
    }
    let pages = JsonReader::new(Cursor::new(lines))
        .with_json_format(JsonFormat::JsonLines)
        .finish()
        .unwrap_or_else(|error| panic!("{error}"));
    let rows = pages.lazy().select([col("list").explode(ExplodeOptions { empty_as_null: false, keep_nulls: false })]);
    rows.collect().unwrap_or_else(|error| panic!("{error}")).height()
}

fn fetch(base: &str, folder: &Path) {
    let to = folder.join("#1.json");
    let done = Command::new("curl")
        .args(["--silent", "--no-progress-meter", "--fail", "--parallel", "--parallel-max", "50", "--output"])
        .arg(to)
        .arg(format!("{base}/events?size={ROWS}&page=[1-{PAGES}]"))
        .status();
    assert!(done.is_ok_and(|status| status.success()), "curl fetches every page");
}

/// How long something takes, and that it gives every row.
fn timed(work: impl FnOnce() -> usize) -> Duration {
    let begun = Instant::now();
    let rows = work();
    let took = begun.elapsed();
    assert_eq!(rows, PAGES * ROWS);
    took
}

fn middle(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all[all.len() / 2]
}

/// What some work held in memory at most, beyond what was held before, in MiB, where the system tells.
fn peak(work: impl FnOnce()) -> Option<u64> {
    // Starts counting anew.
    fs::write("/proc/self/clear_refs", "5").ok()?;
    let before = status("VmRSS:")?;
    work();
    Some(status("VmHWM:")?.saturating_sub(before) / 1024)
}

/// A figure of memory in KiB.
fn status(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap_or_else(|error| panic!("{error}"));
    for pages in [PAGES / 4, PAGES, PAGES * 4] {
        let desk = Desk::open(pages);
        let in_lake = peak(|| assert_eq!(landed(&runtime, &desk.base), pages * ROWS));
        let in_memory = peak(|| assert_eq!(ours(&runtime, &desk.base), pages * ROWS));
        println!("peak memory of {pages} pages: {in_lake:?} MiB into the lake, {in_memory:?} MiB with the whole table");
    }
    let many = Desk::open(PAGES);
    let (mut whole, mut alone) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // Whoever comes first finds the machine otherwise than whoever comes second.
        if round % 2 == 0 {
            alone.push(timed(|| bare(&many.base)));
        }
        whole.push(timed(|| ours(&runtime, &many.base)));
        if round % 2 == 1 {
            alone.push(timed(|| bare(&many.base)));
        }
    }
    let (whole, alone) = (middle(whole).as_secs_f64(), middle(alone).as_secs_f64());
    let rows = (PAGES * ROWS) as f64;
    println!("curl and polars: {alone:.2} s, {:.0} rows/s", rows / alone);
    println!("pull:            {whole:.2} s, {:.0} rows/s", rows / whole);
    println!("ratio:           {:.2}", whole / alone);
}
