//! A walk with more rows than wait in memory is written while it goes on, and is seen only when it is whole.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::StatusCode;
use axum::response::IntoResponse;
use scorepost::extract::Duplicates;
use scorepost::source::Table;
use serde_json::{Value, json};

use super::double::{Asked, Double, json as answer};
use super::{Bench, Pulled, texts};

const PAGES: u64 = 25;
const ROWS: u64 = 2_000;

const PAGING: &str = r#"
paginator = { kind = "page", page-param = "page", size-param = "size", size = 2000, total = "$.total" }
records = "$.list"
"#;

/// The plans of a page; the last one contradicts the first of all.
fn page(asked: &Asked) -> axum::response::Response {
    let first = (asked.number("page") - 1) * ROWS;
    let plan = |row: u64| -> Value {
        let is_last = row + 1 == PAGES * ROWS;
        json!({ "agent": format!("A{:05}", if is_last { 0 } else { row }), "target": if is_last { "7" } else { "5" } })
    };
    answer(&json!({ "total": PAGES * ROWS, "list": (first..first + ROWS).map(plan).collect::<Vec<Value>>() }))
}

fn agents(pulled: &Pulled) -> Vec<String> {
    texts(pulled.frame(Table::PLANS).expect("plans"), "agent_id")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_long_walk_that_dies_leaves_no_row_and_goes_on_and_gives_all_in_their_order() {
    let broken = Arc::new(AtomicBool::new(true));
    let seen = broken.clone();
    let double = Double::new(move |asked| match asked.number("page") {
        20 if seen.load(Ordering::SeqCst) => StatusCode::BAD_REQUEST.into_response(),
        _ => page(asked),
    })
    .await;
    let (bench, source) = (Bench::new(), double.source("", PAGING));
    let lake = bench.folder.path().join("lake");
    bench.pull(&source).await.expect_err("a page that is refused");
    assert_eq!(files(&lake), Vec::<PathBuf>::new(), "38,000 rows were there, and none counts");

    broken.store(false, Ordering::SeqCst);
    double.take();
    let pulled = bench.pull(&source).await.unwrap_or_else(|error| panic!("{error:#}"));
    assert!(double.take() < 10, "it goes on where it was");
    let expected: Vec<String> = (0..PAGES * ROWS - 1).map(|row| format!("A{row:05}")).collect();
    assert_eq!(agents(&pulled), expected);
    assert_eq!(pulled.batches[0].duplicates, Duplicates { identical: 0, conflicting: 1 });
    assert_eq!((pulled.counts[0].records, pulled.counts[0].missing), (PAGES * ROWS, 0));

    let [file] = &files(&lake)[..] else { panic!("a month in one file") };
    std::fs::write(file, b"PAR1").expect("damaged");
    let again = bench.pull(&source).await.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!((double.take(), agents(&again)), (0, expected), "written anew from the kept pages");
}
