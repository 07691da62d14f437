//! Cards as PDFs: how many a second on one thread and on two, how large, and what stays in memory.
//!
//! - `cargo bench --bench rendering` measures cards of the usual invented team, no two alike, on one thread and on two.
//! - `SCOREPOST_BENCH=10000 cargo bench --bench rendering` renders so many once on all cores and prints CPU and memory.
//! - `.ci/bench-rendering` does the latter beside the contenders, in turn, on the same data.

use std::hint::black_box;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group};
use scorepost::render::{Issue, Renderer, Shape, sample};
use scorepost::side_by_side::each_on;
use scorepost::words::Locale;
use serde_json::{Value, json};

/// Cards of one measured round.
const ROUND: usize = 32;

/// The `at`-th card: its own agent, standing, values, points, trend and advice, as no two agents of a month are alike;
/// what a scheme says of all, such as labels and references, is the same on all.
fn card(at: usize) -> (Value, Issue) {
    let (mut body, issue) = sample("card.typ", Shape::Usual, Locale::Zh).unwrap_or_else(|| panic!("a card"));
    body["house"]["logo"] = Value::Null;
    let names = ["陈喆", "王堃", "赵䶮", "周㛃", "吴翀", "郑一鸣", "林小满", "苏玥"];
    body["agent"] =
        json!({ "id": format!("A{at:05}"), "name": format!("{}{}", names[at % names.len()], at / names.len()) });
    body["standing"]["total"] = json!(format!("{}.{}", 60 + at % 40, at % 10));
    body["standing"]["rank"] = json!(at + 1);
    for (part, keys) in [
        ("/lines", &["value", "parts", "points", "contribution"][..]),
        ("/trend/points", &["total"]),
        ("/advice", &["text", "gain"]),
        ("/sum/terms", &["text"]),
    ] {
        for (index, one) in body.pointer_mut(part).and_then(Value::as_array_mut).into_iter().flatten().enumerate() {
            let tenths = 100 + (at * 37 + index * 113) % 900;
            keys.iter().for_each(|key| vary(&mut one[*key], tenths));
            draw(one, tenths as f64 / 1000.0);
        }
    }
    (body, issue)
}

/// Puts the digits of `number` in the places where a text has digits.
fn vary(text: &mut Value, number: usize) {
    let digits = number.to_string();
    let mut digits = digits.chars().cycle();
    if let Some(old) = text.as_str() {
        let new = old.chars().map(|one| if one.is_ascii_digit() { digits.next().unwrap_or(one) } else { one });
        *text = Value::String(new.collect());
    }
}

/// Draws a line's bar, or a point of the trend, at another place.
fn draw(one: &mut Value, share: f64) {
    if one["bar"].is_object() {
        one["bar"]["reached"] = json!(share);
    }
    if one["total_at"].is_number() {
        one["total_at"] = json!(share);
    }
}

/// The embedded templates, overlaid by those of `SCOREPOST_TEMPLATES`.
fn renderer() -> Renderer {
    let folder = std::env::var_os("SCOREPOST_TEMPLATES").map(PathBuf::from);
    Renderer::open(folder.as_deref(), None).unwrap_or_else(|error| panic!("{error:#}"))
}

fn render(renderer: &Renderer, at: usize) -> usize {
    let (body, issue) = card(at);
    renderer.card(&body, &issue).unwrap_or_else(|fault| panic!("{fault}")).bytes.len()
}

/// Renders so many cards, as a run does, and gives their bytes.
fn render_all(renderer: &Renderer, threads: usize, cards: Range<usize>) -> usize {
    let cards: Vec<usize> = cards.collect();
    let sizes = each_on(threads, &cards, |at| render(renderer, *at));
    sizes.unwrap_or_else(|error| panic!("{error:#}")).into_iter().sum()
}

fn bench(criterion: &mut Criterion) {
    let renderer = renderer();
    let mut group = criterion.benchmark_group("cards");
    group.sample_size(10).throughput(Throughput::Elements(ROUND as u64));
    for count in [1, 2] {
        group.bench_function(format!("{count} threads"), |bencher| {
            bencher.iter(|| black_box(render_all(&renderer, count, 0..ROUND)));
        });
    }
    group.finish();
}

/// CPU seconds that this process has used, from Linux's own count.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}

/// Megabytes of memory that this process holds.
fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

/// Renders `count` cards once on `SCOREPOST_THREADS` threads, or all cores, and tells what it took.
fn march(count: usize) {
    let renderer = renderer();
    let wanted = std::env::var("SCOREPOST_THREADS").ok().and_then(|text| text.parse().ok());
    let threads = wanted.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    black_box(render_all(&renderer, threads, count..count + 8));
    let (started, cpu) = (Instant::now(), cpu_seconds());
    let mut memory = vec![resident()];
    let mut bytes = 0;
    for part in 0..10 {
        bytes += render_all(&renderer, threads, count * part / 10..count * (part + 1) / 10);
        memory.push(resident());
    }
    let (wall, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let count = count as f64;
    let rounded = |value: f64| (value * 10.0).round() / 10.0;
    println!(
        "{}",
        json!({
            "tool": "scorepost", "threads": threads, "n": count, "docs_per_s": rounded(count / wall),
            "cpu_ms": rounded(cpu / count * 1000.0), "kb": rounded(bytes as f64 / count / 1000.0),
            "rss_mb": memory.into_iter().map(f64::round).collect::<Vec<_>>(),
        })
    );
}

/// Writes the data of `count` cards, one JSON document a line, for programs that render the same.
fn write_data(path: &str, count: usize) {
    let lines: Vec<String> = (0..count).map(|at| card(at).0.to_string()).collect();
    std::fs::write(path, lines.join("\n")).unwrap_or_else(|error| panic!("{path}: {error}"));
}

criterion_group!(benches, bench);

fn main() {
    let count = std::env::var("SCOREPOST_BENCH").ok().and_then(|text| text.parse().ok());
    match (std::env::var("SCOREPOST_BENCH_DATA"), count) {
        (Ok(path), count) => write_data(&path, count.unwrap_or(100)),
        (_, Some(count)) => march(count),
        (_, None) => benches(),
    }
}
