//! The real service desk and a made-up month of it with lines that slipped.

use std::collections::BTreeMap;
use std::path::PathBuf;

use axum::response::IntoResponse;
use polars::prelude::DataFrame;
use scorepost::extract::Pulled;
use scorepost::finding::Weight;
use scorepost::source::Table;

use super::double::{Double, status};
use super::{Bench, finding, holds, shipped, texts};

/// Serves one file under one name, as a static file server does.
async fn served(name: &'static str, file: PathBuf) -> Double {
    let text = std::fs::read(&file).expect("a month of calls");
    Double::new(move |asked| if asked.path == name { text.clone().into_response() } else { status(404, "not found") })
        .await
}

async fn month(label: &str, name: &'static str, file: PathBuf) -> Pulled {
    let double = served(name, file).await;
    let source = shipped("phone-desk", "PHONE_DESK_URL", &double.base);
    Bench::new().period(label).pull(&source).await.expect("pulled")
}

/// Answered calls by agent.
fn answered(frame: &DataFrame) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (outcome, agent) in texts(frame, "outcome").into_iter().zip(texts(frame, "agent_id")) {
        if outcome == "AGENT" && agent != "-" {
            *counts.entry(agent).or_default() += 1;
        }
    }
    counts
}

#[tokio::test]
async fn slipped_lines_are_set_aside_and_the_rest_is_whole() {
    let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/phone-desk/1999-02.tsv");
    let pulled = month("1999-02", "/1999-02.tsv", fixture).await;
    let count = &pulled.counts[0];
    assert_eq!((count.records, count.set_aside), (25, 15));
    assert_eq!(count.skipped, BTreeMap::from([("phantom".to_owned(), 2)]));
    let calls = pulled.frame(Table::Calls).expect("calls");
    assert_eq!(calls.height(), 8);
    assert_eq!(answered(calls), BTreeMap::from([("OREN".to_owned(), 3), ("TALIA".to_owned(), 3)]));
    let told = finding(&pulled, "rows-set-aside").expect("a finding");
    assert_eq!(told.weight, Weight::Note);
    for part in [
        "15 of 25 records cannot be used",
        "number of fields differs from the header 2 (row 7, 8)",
        "`agent_id` has a value that is not allowed 5",
        "`date` is not date 3",
        "`date` lies outside the days asked for 1 (row 9)",
        "`outcome` has a value that is not allowed 1",
        "`queue_seconds` has a value that is not allowed 1",
        "`queue_seconds` is not int 1",
        "`service_seconds` is not int 1",
    ] {
        assert!(told.text.en.contains(part), "{part}: {}", told.text.en);
    }
    assert_eq!(holds(&pulled), Vec::<&str>::new());
}

/// Runs where the shared month lies; elsewhere there is nothing to read.
#[tokio::test]
async fn the_real_january_is_whole() {
    let Some(shared) = std::env::var_os("SCOREPOST_SHARED") else { return };
    let file = PathBuf::from(shared).join("real/january.txt");
    let begun = std::time::Instant::now();
    let pulled = month("1999-01", "/1999-01.tsv", file).await;
    eprintln!("pulled in {:?}", begun.elapsed());
    let count = &pulled.counts[0];
    assert_eq!((count.records, count.set_aside), (31_599, 0));
    assert_eq!(count.skipped, BTreeMap::from([("phantom".to_owned(), 240)]));
    let calls = pulled.frame(Table::Calls).expect("calls");
    assert_eq!(calls.height(), 31_359);
    assert_eq!(answered(calls).values().sum::<usize>(), 26_570);
    assert_eq!(holds(&pulled), Vec::<&str>::new());
}
