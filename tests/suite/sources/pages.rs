//! Pages follow each other until all is there; what falls short is told.

use axum::response::Response;
use scorepost::source::Table;
use serde_json::json;

use super::double::{Asked, Double, PAGES, json, plan, plans};
use super::{Bench, finding, holds, texts};

#[tokio::test]
async fn all_pages_become_rows_in_their_order() {
    let double = Double::new(|asked| plans(asked, 7)).await;
    let pulled = Bench::new().pull(&double.source("", PAGES)).await.expect("pulled");
    let frame = pulled.frame(Table::PLANS).expect("plans");
    let expected: Vec<String> = (1..=7).map(|number| format!("A{number:03}")).collect();
    assert_eq!(texts(frame, "agent_id"), expected);
    assert_eq!(texts(frame, "source"), ["double"; 7]);
    assert_eq!((pulled.counts[0].pages, pulled.counts[0].records, pulled.findings.len()), (3, 7, 0));
    assert_eq!(double.asked()[2].query, "state=all&page=3&size=3");
}

#[tokio::test]
async fn fewer_rows_than_declared_hold_the_run() {
    let double = Double::new(|asked| {
        let list = if asked.number("page") == 1 { vec![plan(1), plan(2), plan(3)] } else { vec![plan(4)] };
        json(&json!({ "total": if asked.number("page") > 2 { 5 } else { 9 }, "list": if asked.number("page") > 2 { vec![] } else { list } }))
    })
    .await;
    let pulled = Bench::new().pull(&double.source("", PAGES)).await.expect("pulled");
    assert_eq!(holds(&pulled), ["short-pull"]);
    let text = &finding(&pulled, "short-pull").expect("a finding").text;
    assert_eq!(text.en, "the source declared 5 records and gave 4; 1 are missing");
    assert!(text.zh.contains("缺 1 条"), "{}", text.zh);
}

#[tokio::test]
async fn a_total_that_is_promised_must_be_there() {
    let double = Double::new(|_| json(&json!({ "list": [plan(1)] }))).await;
    let error = Bench::new().pull(&double.source("", PAGES)).await.expect_err("no total");
    assert!(format!("{error:#}").contains("does not say how many records there are"), "{error:#}");
}

#[tokio::test]
async fn smaller_pages_than_asked_for_make_no_holes() {
    let double = Double::new(|asked| {
        let from = asked.number("offset");
        json(&json!({ "more": from + 2 < 7, "list": (from..7.min(from + 2)).map(plan).collect::<Vec<_>>() }))
    })
    .await;
    let resource = r#"
paginator = { kind = "offset", offset-param = "offset", size-param = "limit", size = 5, has-more = "$.more" }
records = "$.list"
"#;
    let pulled = Bench::new().pull(&double.source("", resource)).await.expect("pulled");
    assert_eq!((pulled.counts[0].records, pulled.findings.len()), (7, 0));
}

#[tokio::test]
async fn pages_that_shift_hold_the_run() {
    let double = Double::new(|asked| plans(asked, if asked.before == 0 { 5 } else { 6 })).await;
    let pulled = Bench::new().pull(&double.source("", PAGES)).await.expect("pulled");
    assert_eq!(holds(&pulled), ["pages-shifted"]);
}

#[tokio::test]
async fn a_source_that_does_not_turn_pages_is_stopped() {
    let same = |asked: &Asked| -> Response {
        json(&json!({ "more": true, "request": asked.before, "list": [plan(1), plan(2), plan(3)] }))
    };
    let double = Double::new(same).await;
    let resource = PAGES.replace("total = \"$.total\"", "has-more = \"$.more\"");
    let error = Bench::new().pull(&double.source("", &resource)).await.expect_err("stands still");
    let text = format!("{error:#}");
    assert!(text.contains("page=2") && text.contains("does not turn pages"), "{text}");
    assert_eq!(double.take(), 2);
}

#[tokio::test]
async fn offsets_go_into_the_json_body() {
    let double = Double::new(|asked| {
        let body: serde_json::Value = serde_json::from_str(&asked.body).expect("a body");
        let offset = body["offset"].as_u64().expect("a number");
        json(&json!({ "hasMore": offset < 4, "rows": [plan(offset), plan(offset + 1)] }))
    })
    .await;
    let source = double.source(
        "",
        r#"
method = "POST"
body = { kind = "all", deep = { list = [1, "two"] } }
paginator = { kind = "offset", offset-param = "offset", size-param = "limit", size = 2, has-more = "$.hasMore" }
records = "$.rows"
"#,
    );
    let pulled = Bench::new().pull(&source).await.expect("pulled");
    assert_eq!(pulled.counts[0].records, 6);
    let last: serde_json::Value = serde_json::from_str(&double.asked()[2].body).expect("a body");
    assert_eq!(last, json!({ "kind": "all", "deep": { "list": [1, "two"] }, "offset": 4, "limit": 2 }));
}

#[tokio::test]
async fn cursors_are_followed_to_the_last() {
    let double = Double::new(|asked| match asked.param("after").as_deref() {
        None => json(&json!({ "list": [plan(1)], "next": "b" })),
        Some("b") => json(&json!({ "list": [plan(2)], "next": "" })),
        other => panic!("asked for {other:?}"),
    })
    .await;
    let source = double.source(
        "",
        "paginator = { kind = \"cursor\", cursor-param = \"after\", next = \"$.next\" }\nrecords = \"$.list\"",
    );
    assert_eq!(Bench::new().pull(&source).await.expect("pulled").counts[0].records, 2);
}

#[tokio::test]
async fn windows_and_batches_ask_for_every_day_and_id_once() {
    let double = Double::new(|asked| {
        let (from, ids) = (asked.param("from").expect("from"), asked.param("ids").expect("ids"));
        let rows: Vec<_> = ids.split('|').map(|id| json!({ "agent": format!("{from} {id}"), "target": 1 })).collect();
        json(&json!({ "list": rows }))
    })
    .await;
    let source = double.source(
        "",
        r#"
query = { from = "{window.start:%m-%d}", to = "{window.last:%m-%d}", ids = "{ids}" }
window = { max-span = "10d" }
fan-out = { over = "accounts", platform = "taobao", batch = 2, join = "|" }
records = "$.list"
"#,
    );
    let mut bench = Bench::new();
    bench.tables.insert(Table::ACCOUNTS, accounts(&[("taobao", "c"), ("jd", "x"), ("taobao", "a"), ("taobao", "b")]));
    let pulled = bench.pull(&source).await.expect("pulled");
    let expected: Vec<String> = ["10-01", "10-11", "10-21", "10-31"]
        .iter()
        .flat_map(|from| ["a", "b", "c"].map(|id| format!("{from} {id}")))
        .collect();
    assert_eq!(texts(pulled.frame(Table::PLANS).expect("plans"), "agent_id"), expected);
    let mut asked: Vec<String> = double.asked().into_iter().map(|asked| asked.query).collect();
    asked.sort();
    assert_eq!(asked.len(), 8);
    assert_eq!(asked[1], "from=10-01&ids=c&to=10-10");
    assert_eq!(asked[7], "from=10-31&ids=c&to=10-31");
}

#[tokio::test]
async fn a_fan_out_needs_its_table_and_its_ids() {
    let double = Double::new(|asked| plans(asked, 1)).await;
    let fan_out = "query = { ids = \"{ids}\" }\nfan-out = { over = \"accounts\", platform = \"taobao\", batch = 2 }\nrecords = \"$.list\"";
    let source = double.source("", fan_out);
    let mut bench = Bench::new();
    let error = format!("{:#}", bench.pull(&source).await.expect_err("no table"));
    assert!(error.contains("resource `plans`") && error.contains("each of `accounts`"), "{error}");
    bench.tables.insert(Table::ACCOUNTS, accounts(&[("jd", "x")]));
    let pulled = bench.pull(&source).await.expect("pulled");
    assert_eq!(holds(&pulled), ["nothing-to-ask-for"]);
    assert_eq!(double.take(), 0);
}

fn accounts(rows: &[(&str, &str)]) -> polars::prelude::DataFrame {
    use polars::df;
    let (platforms, names): (Vec<&str>, Vec<&str>) = rows.iter().copied().unzip();
    df!("platform" => platforms, "account" => names).expect("a frame")
}
