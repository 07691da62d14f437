//! Orders by their last change: rows move while pages are turned.

use std::collections::BTreeSet;

use serde_json::Value;

use super::caller::{ALL_TYPES, Caller};

const METHOD: &str = "taobao.trades.sold.increment.get";
const DAY: [(&str, &str); 4] = [
    ("fields", "tid,modified"),
    ("type", ALL_TYPES),
    ("start_modified", "2026-10-14 00:00:00"),
    ("end_modified", "2026-10-14 23:59:59"),
];

async fn page(caller: &Caller, number: usize) -> (usize, Vec<u64>) {
    let number = number.to_string();
    let answer = caller.patient(METHOD, &[&DAY[..], &[("page_no", &number), ("page_size", "40")]].concat()).await;
    let rows = answer["trades"]["trade"].as_array().cloned().unwrap_or_default();
    let numbers = rows.iter().map(|row| row["tid"].as_u64().expect("a number")).collect();
    (answer["total_results"].as_u64().expect("a total") as usize, numbers)
}

#[tokio::test]
async fn turning_pages_forwards_loses_an_order() {
    let caller = Caller::of(12);
    let (total, mut seen) = page(&caller, 1).await;
    for number in 2..=total.div_ceil(40) {
        seen.extend(page(&caller, number).await.1);
    }
    assert!(total > 80, "{total}");
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), total - 1);
}

#[tokio::test]
async fn turning_them_backwards_loses_none() {
    let caller = Caller::of(12);
    let (total, first) = page(&caller, 1).await;
    let mut seen: BTreeSet<u64> = first.into_iter().collect();
    for number in (1..=total.div_ceil(40)).rev() {
        seen.extend(page(&caller, number).await.1);
    }
    assert_eq!(seen.len(), total);
}

#[tokio::test]
async fn the_moved_order_is_found_where_it_went() {
    let caller = Caller::of(12);
    let (_, first) = page(&caller, 1).await;
    let today = [DAY[0], DAY[1], ("start_modified", "2026-11-09 00:00:00"), ("end_modified", "2026-11-09 23:59:59")];
    let answer = caller.patient(METHOD, &[&today[..], &[("page_size", "100")]].concat()).await;
    assert_eq!(answer["trades"]["trade"][0]["tid"].as_u64(), first.first().copied());
}

#[tokio::test]
async fn a_window_of_more_than_a_day_is_refused() {
    let caller = Caller::of(3);
    let long = [DAY[0], ("start_modified", "2026-10-14 00:00:00"), ("end_modified", "2026-10-15 00:00:01")];
    assert_eq!(caller.patient(METHOD, &long).await["sub_code"], "isv.invalid-parameter:end_modified");
    let missing: Value = caller.patient(METHOD, &[DAY[0]]).await;
    assert_eq!(missing["code"], 40);
}
