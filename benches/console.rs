//! The console with a large ledger behind it: how long the server takes for every page, how large the pages are, and how
//! long people wait when many look at once while a large run is under way; and whether a refused sign-in tells who exists.
//!
//! - `cargo bench --bench console` fills a ledger with 10,000 agents over 24 months and prints the table.
//! - `SCOREPOST_BENCH=500 SCOREPOST_BENCH_MONTHS=2 cargo bench --bench console` does the same with fewer.
//! - `SCOREPOST_BENCH_DATA=DIR` keeps the filled folder and uses it again.
//!
//! Answers that are larger or slower than people are promised are marked; nothing fails because a machine is slow.

use std::path::{Path, PathBuf};
use std::time::Duration;

use scorepost::console::{Audience, Method, routes};

#[path = "console/crowd.rs"]
mod crowd;
#[path = "console/fill.rs"]
mod fill;
#[path = "console/served.rs"]
mod served;
#[path = "console/sign_in.rs"]
mod sign_in;

use fill::Filled;
use served::Served;

/// What a page may weigh.
const LARGEST: usize = 100_000;
/// What the server may take for it.
const SLOWEST: Duration = Duration::from_millis(50);
/// A shop that is not asked.
const NOBODY: &str = "http://127.0.0.1:9";
/// How often each page is asked for.
const TIMES: usize = 25;

fn main() {
    // Cargo's own tests of all targets do not measure.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let (agents, months) = (number("SCOREPOST_BENCH", 10_000), number("SCOREPOST_BENCH_MONTHS", 24));
    let kept = std::env::var_os("SCOREPOST_BENCH_DATA").map(PathBuf::from);
    let own = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let folder = kept.as_deref().unwrap_or(own.path());
    let filled = fill::fill(folder, agents, months);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.unwrap_or_else(|error| panic!("{error}"));
    let quiet = Served::start(folder, NOBODY);
    runtime.block_on(async {
        println!("| page | for | median ms | slowest ms | bytes | |\n|---|---|---:|---:|---:|---|");
        for who in [&filled.operator, &filled.manager, &filled.agent] {
            for path in pages(&filled, who) {
                line(&quiet, who, &path).await;
            }
        }
        sign_in::measure(&quiet, folder).await;
    });
    drop(quiet);
    let shop = served::Shop::open(agents);
    let served = Served::start(folder, &shop.base);
    runtime.block_on(crowd::measure(&served, &filled, folder));
}

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

/// One row of the table.
async fn line(served: &Served, who: &fill::Person, path: &str) {
    let mut times = Vec::new();
    let mut answer = served.get(who, path).await;
    if answer.status == 404 && who.name != "operator" {
        return;
    }
    for _ in 0..TIMES {
        answer = served.get(who, path).await;
        times.push(answer.took);
    }
    times.sort();
    let (median, slowest) = (times[TIMES / 2], times[TIMES - 1]);
    let marks = [
        (answer.bytes > LARGEST && answer.is_page, "too large"),
        (median > SLOWEST, "too slow"),
        (answer.status >= 400, "refused"),
    ];
    let marks: Vec<&str> = marks.into_iter().filter(|one| one.0).map(|one| one.1).collect();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let (name, bytes) = (&who.name, answer.bytes);
    println!("| `{path}` | {name} | {:.1} | {:.1} | {bytes} | {} |", ms(median), ms(slowest), marks.join(", "));
}

/// Every page that is only looked at, with the names of what was filled in, and the later sheets of the long ones.
fn pages(filled: &Filled, who: &fill::Person) -> Vec<String> {
    let mut pages: Vec<String> = routes()
        .filter(|route| route.method == Method::Get && opens_to(route.audience, who))
        .filter_map(|route| filled.path(route.path))
        .collect();
    let run = &filled.run;
    pages.extend([
        format!("/runs/{run}?sheet=99"),
        format!("/runs/{run}/desk?n=7777"),
        format!("/runs/{run}/letters?sheet=99"),
        format!("/cards?text={}", filled.agent_id),
        format!("/insight?team={}", filled.team),
    ]);
    pages
}

/// Programs have tokens of their own, and what a person may not open tells nothing about speed.
fn opens_to(audience: Audience, who: &fill::Person) -> bool {
    !matches!(audience, Audience::Programs(_)) && audience.includes(who.role)
}

/// Where the program lies that Cargo built beside this.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_scorepost"))
}
