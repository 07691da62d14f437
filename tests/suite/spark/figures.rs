//! What it costs to have a month counted by a cluster, for the tables that `cargo bench --bench scoring` writes.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use chrono::{DateTime, Utc};
use scorepost::engine::spark::{self, Watcher};
use scorepost::period::Period;
use scorepost::score::{self, Input};
use scorepost::tables::Tables;

use super::cluster::cluster;
use super::month::{Month, schemes};

/// Prints rows, readings of tables and seconds for each folder of `SCOREPOST_SPARK_TABLES`, with colons between, and
/// before them for next to no rows, which is the cost of a job as such.
#[test]
#[ignore = "needs a cluster: .ci/spark figures"]
fn figures() {
    let folder = tempfile::tempdir().expect("a folder");
    Month::thrown(folder.path(), 20);
    let given = std::env::var("SCOREPOST_SPARK_TABLES").unwrap_or_default();
    let given = given.split(':').filter(|path| !path.is_empty()).map(Path::new);
    let none = folder.path().join("now");
    for tables in [none.as_path()].into_iter().chain(given) {
        for scheme in ["presale-weighted", "weekly-rank-pool"] {
            print(tables, scheme, folder.path());
        }
    }
}

fn print(folder: &Path, scheme: &str, engine: &Path) {
    let period = Period::parse("2026-10").expect("a month");
    let tables = Tables::open(folder, &period, period.end, None).unwrap_or_else(|error| panic!("{error:#}"));
    let schemes = schemes();
    let scheme = schemes.iter().find(|one| one.id == scheme).expect("a shipped scheme");
    let compiled = score::compile(scheme).unwrap_or_else(|found| panic!("{found}"));
    let earlier = BTreeMap::new();
    let cut_off = DateTime::<Utc>::UNIX_EPOCH;
    let as_of = period.end + chrono::Days::new(9);
    let input = Input { tables: &tables, period, cut_off, as_of, past: &[], earlier: &earlier, adjustments: &[] };
    let questions = score::questions(&compiled, &input).unwrap_or_else(|error| panic!("{error:#}"));
    let readings = spark::plan(&questions).unwrap_or_else(|found| panic!("{found}")).statements.len();
    let rows = spark::rows(&questions).unwrap_or_else(|error| panic!("{error:#}"));
    let (begun, first) = (Instant::now(), std::cell::Cell::new(None));
    let tell = |_| {
        first.set(first.get().or(Some(begun.elapsed())));
    };
    let watcher = Watcher { tell: &tell, given_up: &|| false };
    let answers = spark::count(&cluster(), questions, &engine.join("engine"), &watcher);
    answers.unwrap_or_else(|error| panic!("{error:#}"));
    let (all, until_first) = (begun.elapsed().as_secs_f64(), first.get().unwrap_or_default().as_secs_f64());
    println!(
        "{:18} {rows:>10} rows {readings:>3} readings {all:6.1} s, of which {until_first:5.1} s before the first",
        scheme.id
    );
}
