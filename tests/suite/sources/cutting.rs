//! Windows and batches are cut as the interface takes them, and cut again where it silently gives less than there is.

use std::collections::BTreeSet;

use axum::response::Response;
use scorepost::source::Table;
use serde_json::{Value, json};

use super::double::{Asked, Double, json};
use super::{Bench, holds, texts};

/// The seconds from one parameter to another.
fn span(asked: &Asked) -> (u64, u64) {
    (asked.number("from"), asked.number("to"))
}

const HOUR: u64 = 3600;

/// One record an hour, no more than so many at once, and no word about the rest.
fn hourly(asked: &Asked, most: usize) -> Response {
    let (from, to) = span(asked);
    let rows = (from.div_ceil(HOUR)..to.div_ceil(HOUR)).map(|hour| json!({ "agent": format!("H{hour}"), "target": 1 }));
    json(&json!({ "list": rows.take(most).collect::<Vec<Value>>() }))
}

/// Every hour of October by the clocks of Shanghai, once.
fn all_hours() -> BTreeSet<String> {
    let start = 1_790_784_000 / HOUR;
    (start..start + 31 * 24).map(|hour| format!("H{hour}")).collect()
}

fn source(double: &Double, window: &str) -> scorepost::source::Source {
    let query = "query = { from = \"{window.start:%s}\", to = \"{window.end:%s}\" }";
    double.source("", &format!("{query}\nwindow = {{ {window} }}\nrecords = \"$.list\""))
}

async fn rows(double: &Double, window: &str) -> Vec<String> {
    let pulled = Bench::new().pull(&source(double, window)).await.expect("pulled");
    assert_eq!(holds(&pulled), Vec::<&str>::new());
    texts(pulled.frame(Table::PLANS).expect("plans"), "agent_id")
}

#[tokio::test]
async fn half_hours_and_hours_cover_the_month_without_overlap() {
    let double = Double::new(|asked| hourly(asked, 99)).await;
    for (window, requests, length) in [("step = \"hour\"", 31 * 24, HOUR), ("max-span = \"8h\"", 31 * 3, 8 * HOUR)] {
        let rows = rows(&double, window).await;
        assert_eq!(rows.len(), 31 * 24);
        assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), all_hours());
        assert!(double.asked().iter().all(|asked| span(asked).1 - span(asked).0 == length));
        assert_eq!(double.take(), requests);
    }
}

#[tokio::test]
async fn a_silent_cut_halves_the_window_until_all_is_there() {
    let double = Double::new(|asked| hourly(asked, 100)).await;
    let rows = rows(&double, "too-large = 100").await;
    assert_eq!(rows.len(), 31 * 24);
    assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), all_hours());
    // 31 → 15 + 16 → 7 + 8 + 8 + 8 → all but one of 3 or 4 days.
    assert_eq!(double.take(), 15);
}

#[tokio::test]
async fn a_pull_repeated_from_kept_pages_halves_in_the_same_way() {
    let double = Double::new(|asked| hourly(asked, 100)).await;
    let (bench, source) = (Bench::new(), source(&double, "too-large = 100"));
    let first = bench.pull(&source).await.expect("pulled");
    double.take();
    let again = bench.pull(&source).await.expect("repeated");
    assert_eq!((double.take(), again.raw_hash), (0, first.raw_hash));
}

#[tokio::test]
async fn a_day_is_not_cut_unless_the_interface_takes_hours() {
    let double = Double::new(|asked| hourly(asked, 10)).await;
    let error = Bench::new().pull(&source(&double, "too-large = 10")).await.expect_err("one day has more");
    let told = format!("{error:#}");
    assert!(told.contains("resource `plans`") && told.contains("more here than it gives at once"), "{told}");
    double.take();
    let rows = rows(&double, "max-span = \"24h\", too-large = 10").await;
    assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), all_hours());
}

#[tokio::test]
async fn a_declared_total_that_is_too_large_halves_at_once() {
    let double = Double::new(|asked| {
        let (from, to) = span(asked);
        let hours: Vec<u64> = (from / HOUR..to / HOUR).collect();
        let page = usize::try_from(asked.number("page")).expect("a page");
        let rows = hours.chunks(50).nth(page - 1).unwrap_or_default();
        assert!(hours.len() <= 400 || page == 1, "nothing more is asked where the total says that it is in vain");
        let rows: Vec<Value> = rows.iter().map(|hour| json!({ "agent": format!("H{hour}"), "target": 1 })).collect();
        json(&json!({ "total": hours.len(), "list": rows }))
    })
    .await;
    let resource = r#"
query = { from = "{window.start:%s}", to = "{window.end:%s}" }
window = { too-large = 400 }
paginator = { kind = "page", page-param = "page", total = "$.total" }
records = "$.list"
"#;
    let pulled = Bench::new().pull(&double.source("", resource)).await.expect("pulled");
    assert_eq!((pulled.counts[0].records, holds(&pulled).len()), (31 * 24, 0));
}

#[tokio::test]
async fn where_the_window_cannot_be_halved_the_batch_is() {
    let double = Double::new(|asked| {
        let ids = asked.param("ids").expect("ids");
        let rows =
            ids.split(',').flat_map(|id| (0..3).map(move |n| json!({ "agent": format!("{id}-{n}"), "target": 1 })));
        json(&json!({ "list": rows.take(5).collect::<Vec<Value>>() }))
    })
    .await;
    let resource = r#"
query = { ids = "{ids}", day = "{window.start:%Y-%m}" }
window = { step = "month", too-large = 5 }
fan-out = { over = "accounts", platform = "taobao", batch = 4, prefix = "cntaobao" }
records = "$.list"
"#;
    let mut bench = Bench::new();
    let accounts = polars::df!("platform" => ["taobao"; 4], "account" => ["a", "b", "c", "d"]).expect("a frame");
    bench.tables.insert(Table::ACCOUNTS, accounts);
    let pulled = bench.pull(&double.source("", resource)).await.expect("pulled");
    assert_eq!(pulled.counts[0].records, 12);
    let asked: Vec<String> = double.asked().iter().filter_map(|asked| asked.param("ids")).collect();
    assert_eq!(asked[0], "cntaobaoa,cntaobaob,cntaobaoc,cntaobaod");
    assert_eq!(asked.last().map(String::as_str), Some("cntaobaod"));
}

#[tokio::test]
async fn the_last_instant_is_the_end_less_the_granularity() {
    let double = Double::new(|_| json(&json!({ "list": [] }))).await;
    for (granularity, last) in [("1ms", "1793462399999"), ("1s", "1793462399000"), ("1d", "1793376000000")] {
        let query = "query = { last = \"{window.last:%s%3f}\", utc = \"{window.start:%H:%M@UTC}\" }";
        let window = format!("window = {{ granularity = \"{granularity}\" }}");
        let source = double.source("", &format!("{query}\n{window}\nrecords = \"$.list\""));
        Bench::new().pull(&source).await.expect("pulled");
        let asked = double.asked().remove(0);
        assert_eq!((asked.param("last").as_deref(), asked.param("utc").as_deref()), (Some(last), Some("16:00")));
        double.take();
    }
}
