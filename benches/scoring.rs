//! Whole schemes scored from Parquet, against the hand-written query for the same metrics alone, in one run: the ratio
//! of the two is the price of exactness, explanations, references, ranks and money.
//!
//! `cargo bench --bench scoring` runs S03 and S16 on 1,000 agents and 2 million rows a table; `SCOREPOST_BENCH=L` on
//! 10,000 agents and 20 million. Figures of one machine mean little, their ratio more: `cargo bench --bench scoring --
//! ratios` checks that both give the same numbers and measures them in turn, with processor time and memory. Whole schemes
//! are scored from the rows, as after a pull, and again, from the answers that the first time kept beside them.

#[path = "scoring/bare.rs"]
mod bare;
#[path = "scoring/equal.rs"]
mod equal;
#[path = "scoring/month.rs"]
mod month;
#[path = "scoring/ratio.rs"]
mod ratio;
#[path = "scoring/totals.rs"]
mod totals;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;

use chrono::{DateTime, Utc};
use criterion::{Criterion, criterion_group};
use polars::prelude::*;
use scorepost::diag::AuthoredFile;
use scorepost::period::Period;
use scorepost::scheme::consequence::Insight;
use scorepost::scheme::{Chart, Formula, Scheme};
use scorepost::score::{self, Appraisal, Input};
use scorepost::tables::Tables;

use month::Size;

/// A shipped scheme, with what its owner must supply set to one.
fn shipped(id: &str) -> Scheme {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("jobs/schemes/{id}.toml"));
    let file = AuthoredFile::read(&path).unwrap_or_else(|found| panic!("{}", found.message));
    Scheme::parse(&file).unwrap_or_else(|found| panic!("{found}"))
}

/// The same scheme with nothing counted for charts: its one chart is of nothing.
fn uncharted(scheme: &Scheme) -> Scheme {
    let insight =
        Insight { id: "nothing".to_owned(), chart: Chart::Trend, value: Formula::nothing(), unit: None, text: None };
    Scheme { insights: vec![insight], ..scheme.clone() }
}

/// Opens the month and scores it, as a run does after the pull.
fn whole(folder: &Path, scheme: &Scheme, period: Period) -> Appraisal {
    let compiled = score::compile(scheme).unwrap_or_else(|found| panic!("{found}"));
    let tables = Tables::open(folder, &period, period.end, None).unwrap_or_else(|error| panic!("{error:#}"));
    let earlier = BTreeMap::new();
    let cut_off = DateTime::<Utc>::UNIX_EPOCH;
    let as_of = period.end + chrono::Days::new(9);
    let input = Input { tables: &tables, period, cut_off, as_of, past: &[], earlier: &earlier, adjustments: &[] };
    score::appraise(&compiled, &input).unwrap_or_else(|error| panic!("{error:#}"))
}

/// The same, as if it were the first time.
fn afresh(folder: &Path, scheme: &Scheme, period: Period) -> Appraisal {
    forget(folder);
    whole(folder, scheme, period)
}

fn forget(folder: &Path) {
    match std::fs::remove_dir_all(folder.join("answers")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
        _ => {}
    }
}

fn bench(criterion: &mut Criterion) {
    let size = Size::wanted();
    let (folder, period) = month::written(size);
    let (weighted, weekly) = (shipped("presale-weighted"), shipped("weekly-rank-pool"));
    let mut group = criterion.benchmark_group(size.name());
    group.sample_size(10);
    group.bench_function("S03 bare query", |bencher| bencher.iter(|| black_box(bare::weighted(&folder))));
    group.bench_function("S03 whole", |bencher| bencher.iter(|| black_box(afresh(&folder, &weighted, period))));
    group.bench_function("S03 again", |bencher| bencher.iter(|| black_box(whole(&folder, &weighted, period))));
    group.bench_function("S16 bare query", |bencher| bencher.iter(|| black_box(bare::weekly(&folder))));
    group.bench_function("S16 whole", |bencher| bencher.iter(|| black_box(afresh(&folder, &weekly, period))));
    group.bench_function("S16 again", |bencher| bencher.iter(|| black_box(whole(&folder, &weekly, period))));
    group.finish();
}

/// The whole scoring against its bare queries, in turn.
fn ratios() {
    let (folder, period) = month::written(Size::wanted());
    let (weighted, weekly) = (shipped("presale-weighted"), shipped("weekly-rank-pool"));
    let folder = folder.as_path();
    let rows = |frames: Vec<DataFrame>| frames.iter().map(DataFrame::height).sum();
    equal::check(&whole(folder, &weighted, period), &bare::weighted(folder), "paid-amount", "paid_amount");
    equal::check(&whole(folder, &weekly, period), &bare::weekly(folder), "loss-amount-rate", "lost_amount");
    let (weighted_plain, weekly_plain) = (uncharted(&weighted), uncharted(&weekly));
    assert!(whole(folder, &weekly_plain, period).insights.is_empty(), "a chart of nothing is not drawn");
    let cards = move |scheme: &Scheme| afresh(folder, scheme, period).cards.len();
    let again = move |scheme: &Scheme| whole(folder, scheme, period).cards.len();
    let ways: [ratio::Way<'_>; 5] = [
        ("S03 whole", Box::new(|| cards(&weighted))),
        ("S03 again", Box::new(|| again(&weighted))),
        ("S03 whole, without charts", Box::new(|| cards(&weighted_plain))),
        ("S03 query, with what charts show", Box::new(|| rows(bare::weighted_with_charts(folder)))),
        ("S03 query, the month alone", Box::new(|| rows(bare::weighted(folder)))),
    ];
    ratio::print(&ways, 2);
    let ways: [ratio::Way<'_>; 5] = [
        ("S16 whole", Box::new(|| cards(&weekly))),
        ("S16 again", Box::new(|| again(&weekly))),
        ("S16 whole, without charts", Box::new(|| cards(&weekly_plain))),
        ("S16 query, with what charts show", Box::new(|| rows(bare::weekly_with_charts(folder)))),
        ("S16 query, weeks and month alone", Box::new(|| rows(bare::weekly(folder)))),
    ];
    ratio::print(&ways, 2);
}

criterion_group!(benches, bench);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<&str>>().as_slice() {
        ["ratios"] => ratios(),
        ["folder"] => println!("{}", month::written(Size::wanted()).0.display()),
        [way @ ("totals" | "totals-again"), out, repeats] => {
            let ((folder, period), scheme) = (month::written(Size::wanted()), shipped("presale-weighted"));
            let score = if *way == "totals" { afresh } else { whole };
            totals::print(out, repeats.parse().unwrap_or(1), || score(&folder, &scheme, period));
        }
        _ => {
            benches();
            Criterion::default().configure_from_args().final_summary();
        }
    }
}
