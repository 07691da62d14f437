//! Whole schemes scored from Parquet, against the hand-written query for the same metrics alone, in one run: the ratio
//! of the two is the price of exactness, explanations, references, ranks and money.
//!
//! `cargo bench --bench scoring` runs S03 and S16 on 1,000 agents and 2 million rows a table; `SCOREPOST_BENCH=L` on
//! 10,000 agents and 20 million. Figures of one machine mean little, their ratio more.

#[path = "scoring/month.rs"]
mod month;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;

use chrono::{DateTime, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use polars::prelude::*;
use scorepost::diag::AuthoredFile;
use scorepost::period::Period;
use scorepost::scheme::Scheme;
use scorepost::score::{self, Input};
use scorepost::tables::Tables;

use month::Size;

/// A shipped scheme, with what its owner must supply set to one.
fn shipped(id: &str) -> Scheme {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("jobs/schemes/{id}.toml"));
    let file = AuthoredFile::read(&path).unwrap_or_else(|found| panic!("{}", found.message));
    Scheme::parse(&file).unwrap_or_else(|found| panic!("{found}"))
}

/// Opens the month and scores it, as a run does after the pull.
fn whole(folder: &Path, scheme: &Scheme, period: Period) -> usize {
    let compiled = score::compile(scheme).unwrap_or_else(|found| panic!("{found}"));
    let tables = Tables::open(folder, &period, period.end, None).unwrap_or_else(|error| panic!("{error:#}"));
    let earlier = BTreeMap::new();
    let cut_off = DateTime::<Utc>::UNIX_EPOCH;
    let as_of = period.end + chrono::Days::new(9);
    let input = Input { tables: &tables, period, cut_off, as_of, past: &[], earlier: &earlier, adjustments: &[] };
    let appraisal = score::appraise(&compiled, &input).unwrap_or_else(|error| panic!("{error:#}"));
    appraisal.cards.len()
}

fn scan(folder: &Path, table: &str) -> LazyFrame {
    let path = folder.join(format!("{table}.parquet"));
    let path = PlRefPath::try_from_path(&path).unwrap_or_else(|error| panic!("{error}"));
    LazyFrame::scan_parquet(path, ScanArgsParquet::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// On the engine that takes sums while it reads, as the product does.
fn sums(table: LazyFrame, keys: Vec<Expr>, columns: &[&str]) -> DataFrame {
    let sums: Vec<Expr> = columns.iter().map(|name| col(*name).sum()).collect();
    let found = table.group_by(keys).agg(sums).collect_with_engine(Engine::Streaming);
    found.map(|found| found.unwrap_single()).unwrap_or_else(|error| panic!("{error}"))
}

/// The sums behind the metrics of S03, as one would write them by hand.
fn bare_weighted(folder: &Path) -> usize {
    let key = || vec![col("agent_id")];
    let funnel = sums(scan(folder, "funnel_daily"), key(), &["paid_amount", "paid_customers", "inquiries"]);
    let chats = ["resp_seconds_sum", "resp_count", "replied_customers", "received_customers"];
    let chats = sums(scan(folder, "chats_daily"), key(), &chats);
    funnel.height() + chats.height()
}

/// The sums behind the metrics of S16, by agent and by agent and week.
fn bare_weekly(folder: &Path) -> usize {
    let day = col("date").dt().day().cast(DataType::Int32);
    let seventh = (day.clone() - lit(1)).floor_div(lit(7));
    let week = when(day.gt(lit(28))).then(lit(3)).otherwise(seventh).alias("week");
    let funnel = [
        "inquiries",
        "ordered_same_day",
        "ordered_total",
        "final_paid",
        "paid_same_day",
        "lost_customers",
        "lost_amount",
        "order_amount",
        "paid_amount",
        "paid_customers",
    ];
    let chats = [
        "received_customers",
        "replied_customers",
        "inquiry_customers",
        "agent_msgs",
        "buyer_msgs",
        "resp_seconds_sum",
        "resp_count",
    ];
    let both = |table: &str, columns: &[&str]| {
        let weekly = sums(scan(folder, table), vec![col("agent_id"), week.clone()], columns);
        weekly.height() + sums(weekly.lazy(), vec![col("agent_id")], columns).height()
    };
    both("funnel_daily", &funnel) + both("chats_daily", &chats)
}

fn bench(criterion: &mut Criterion) {
    let size = Size::wanted();
    let (folder, period) = month::written(size);
    let (weighted, weekly) = (shipped("presale-weighted"), shipped("weekly-rank-pool"));
    let mut group = criterion.benchmark_group(size.name());
    group.sample_size(10);
    group.bench_function("S03 bare query", |bencher| bencher.iter(|| black_box(bare_weighted(&folder))));
    group.bench_function("S03 whole", |bencher| bencher.iter(|| black_box(whole(&folder, &weighted, period))));
    group.bench_function("S16 bare query", |bencher| bencher.iter(|| black_box(bare_weekly(&folder))));
    group.bench_function("S16 whole", |bencher| bencher.iter(|| black_box(whole(&folder, &weekly, period))));
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
