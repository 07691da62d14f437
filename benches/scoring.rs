//! Scoring a month against the bare query for the same sums, in one run: the ratio of the two is the price of exactness,
//! explanations and ranks. `cargo bench --bench scoring`; figures of a dev machine mean little, their ratio more.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use polars::prelude::*;
use scorepost::diag::AuthoredFile;
use scorepost::period::Period;
use scorepost::scheme::Scheme;
use scorepost::score::{self, Input};
use scorepost::tables::{self, OnlyTeam};

const AGENTS: usize = 1_000;
const CALLS: usize = 500_000;

/// A month of calls, the same every time.
fn calls() -> DataFrame {
    let day = |row: usize| NaiveDate::from_ymd_opt(1999, 1, (row % 28) as u32 + 1).unwrap_or_default();
    let agents: Vec<String> = (0..CALLS).map(|row| format!("A{:05}", row * 7919 % AGENTS)).collect();
    let numbers = |factor: usize, most: usize| (0..CALLS).map(|row| (row * factor % most) as i64).collect::<Vec<_>>();
    let columns = vec![
        Column::new("agent_id".into(), agents),
        DateChunked::from_naive_date("date".into(), (0..CALLS).map(day)).into_series().into(),
        Column::new("outcome".into(), vec!["AGENT"; CALLS]),
        Column::new("queue_seconds".into(), numbers(31, 60)),
        Column::new("service_seconds".into(), numbers(17, 400)),
    ];
    DataFrame::new(CALLS, columns).unwrap_or_default()
}

/// The sums of the phone desk's metrics, as one would write them by hand.
fn bare(frame: &DataFrame) -> PolarsResult<DataFrame> {
    let handled = frame.clone().lazy().filter(col("outcome").eq(lit("AGENT")));
    let sums = [
        len().alias("calls"),
        col("date").n_unique().alias("days"),
        col("service_seconds").sum(),
        col("queue_seconds").filter(col("queue_seconds").lt_eq(lit(20))).count().alias("quick"),
    ];
    handled.group_by([col("agent_id")]).agg(sums).collect()
}

fn bench(criterion: &mut Criterion) {
    let frame = calls();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/schemes/phone-desk.toml");
    let Ok(file) = AuthoredFile::read(&path) else { return };
    let Ok(scheme) = Scheme::parse(&file) else { return };
    let Ok(compiled) = score::compile(&scheme) else { return };
    let Some(period) = Period::parse("1999-01") else { return };
    let desk = OnlyTeam { id: "desk".into(), name: "desk".into(), table: "calls".into() };
    let Ok((tables, _)) = tables::build(vec![("calls".into(), frame.clone())], &period, period.end, Some(&desk)) else {
        return;
    };
    let earlier = BTreeMap::new();
    let cut_off = DateTime::<Utc>::UNIX_EPOCH;
    let input = Input { tables: &tables, period, cut_off, as_of: period.end, past: &[], earlier: &earlier };
    criterion.bench_function("bare query", |bencher| bencher.iter(|| black_box(bare(&frame))));
    criterion.bench_function("appraise", |bencher| bencher.iter(|| black_box(score::appraise(&compiled, &input))));
}

criterion_group! { name = benches; config = Criterion::default().sample_size(10); targets = bench }
criterion_main!(benches);
