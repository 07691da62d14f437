//! Every way of turning pages comes to the end, never stands still, and never loses a row that moved.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use scorepost::source::Table;
use serde_json::{Value, json};

use super::double::{Asked, Double, json, plan};
use super::{Bench, finding, holds, texts};

/// Plans of so many agents from one number to another, both counted.
fn list(from: u64, to: u64) -> Vec<Value> {
    (from..=to).map(plan).collect()
}

fn agents(from: u64, to: u64) -> Vec<String> {
    (from..=to).map(|number| format!("A{number:03}")).collect()
}

/// A page of three with a `Link` header and the number of all.
fn linked(asked: &Asked, total: u64, at: &str) -> Response {
    let page = asked.number("page").max(1);
    let link = match page * 3 < total {
        true => {
            format!("<{at}/plans?page={}&size=3&key=s3cr3t-value>; rel=\"next\", <{at}/plans>; rel=\"first\"", page + 1)
        }
        false => format!("<{at}/plans>; rel=\"first\""),
    };
    let body = json!(list(page * 3 - 2, total.min(page * 3)));
    ([(header::LINK.as_str(), link), ("x-total-count", total.to_string())], json(&body)).into_response()
}

const LINKS: &str = r#"
query = { key = "${SECRET}" }
paginator = { kind = "next-link", next-header = "Link", total-header = "X-Total-Count", size-param = "size", size = 3 }
records = "$"
"#;

#[tokio::test]
async fn links_in_headers_are_followed_and_replayed_without_their_secrets() {
    let double = Double::new(|asked| linked(asked, 7, &format!("http://{}", asked.host()))).await;
    let (bench, source) = (Bench::new(), double.source("", LINKS));
    let pulled = bench.pull(&source).await.expect("pulled");
    assert_eq!(texts(pulled.frame(Table::PLANS).expect("plans"), "agent_id"), agents(1, 7));
    let asked: Vec<String> = double.asked().into_iter().map(|asked| asked.query).collect();
    assert_eq!(asked[1], "key=s3cr3t-value&page=2&size=3", "each parameter once");
    assert_eq!(double.take(), 3);
    assert!(!bench.everything().contains("s3cr3t"));
    let again = bench.pull(&source).await.expect("pulled again");
    assert_eq!((double.take(), again.raw_hash), (0, pulled.raw_hash));
}

#[tokio::test]
async fn a_link_to_another_host_is_refused_before_anything_is_sent() {
    let double = Double::new(|asked| linked(asked, 7, "http://elsewhere.invalid")).await;
    let told = format!("{:#}", Bench::new().pull(&double.source("", LINKS)).await.expect_err("refused"));
    assert!(told.contains("`elsewhere.invalid`") && told.contains("not the host of `base-url`"), "{told}");
    assert!(!told.contains("s3cr3t"), "{told}");
    assert_eq!(double.take(), 1);
}

#[tokio::test]
async fn links_in_bodies_may_be_relative() {
    let double = Double::new(|asked| match asked.number("page") {
        0 => json(&json!({ "list": list(1, 2), "next": "?page=2" })),
        2 => json(&json!({ "list": list(3, 4), "next": "/plans?page=3" })),
        _ => json(&json!({ "list": list(5, 5), "next": null })),
    })
    .await;
    let source = double.source("", "paginator = { kind = \"next-link\", next = \"$.next\" }\nrecords = \"$.list\"");
    assert_eq!(Bench::new().pull(&source).await.expect("pulled").counts[0].records, 5);
}

#[tokio::test]
async fn links_that_lead_in_a_circle_end_the_pull() {
    let double = Double::new(|asked| {
        let other = if asked.number("page") == 1 { 2 } else { 1 };
        json(&json!({ "list": [], "next": format!("/plans?page={other}") }))
    })
    .await;
    let source = double.source("", "paginator = { kind = \"next-link\", next = \"$.next\" }\nrecords = \"$.list\"");
    let told = format!("{:#}", Bench::new().pull(&source).await.expect_err("a circle"));
    assert!(told.contains("leads to the same page again"), "{told}");
}

#[tokio::test]
async fn a_full_first_page_without_a_mark_is_told() {
    let double = Double::new(|_| json(&json!({ "list": list(1, 3) }))).await;
    let resource =
        "paginator = { kind = \"cursor\", cursor-param = \"after\", next = \"$.nxt\", size = 3 }\nrecords = \"$.list\"";
    let pulled = Bench::new().pull(&double.source("", resource)).await.expect("pulled");
    assert!(finding(&pulled, "end-of-pages-unsure").is_some());
}

#[tokio::test]
async fn the_end_of_the_stream_ends_the_cursors_and_the_start_is_said_once() {
    let double = Double::new(|asked| match asked.param("cursor").as_deref() {
        None if asked.param("start").is_some() => json(&json!({ "list": list(1, 2), "after": "b", "end": false })),
        Some("b") if asked.param("start").is_none() => json(&json!({ "list": list(3, 3), "after": "b", "end": true })),
        other => panic!("asked for {other:?} with {}", asked.query),
    })
    .await;
    let resource = r#"
query = { start = "{window.start:%s}" }
window = {}
paginator = { kind = "cursor", cursor-param = "cursor", next = "$.after", done = "$.end", first-only = ["start"] }
records = "$.list"
"#;
    assert_eq!(Bench::new().pull(&double.source("", resource)).await.expect("pulled").counts[0].records, 3);
}

const BACKWARD: &str = r#"
paginator = { kind = "last-to-first", page-param = "page", size-param = "size", size = 3, total = "$.total" }
records = "$.list"
"#;

/// A page of three of a list whose first row left it after so many requests: what stood behind it moved forward.
fn shrinking(asked: &Asked, total: u64, leaves_after: usize) -> Response {
    let gone = u64::from(asked.before >= leaves_after);
    let rows: Vec<u64> = (1 + gone..=total).collect();
    let page = usize::try_from(asked.number("page")).expect("a page");
    let rows: Vec<Value> = rows.chunks(3).nth(page - 1).unwrap_or_default().iter().map(|row| plan(*row)).collect();
    json(&json!({ "total": total - gone, "list": rows }))
}

#[tokio::test]
async fn what_moves_forward_while_paging_is_not_lost_backward() {
    for leaves_after in 1..=4 {
        let double = Double::new(move |asked| shrinking(asked, 9, leaves_after)).await;
        let pulled = Bench::new().pull(&double.source("", BACKWARD)).await.expect("pulled");
        let mut rows = texts(pulled.frame(Table::PLANS).expect("plans"), "agent_id");
        rows.sort();
        let kept = if leaves_after < 4 { agents(2, 9) } else { agents(1, 9) };
        assert!(kept.iter().all(|agent| rows.contains(agent)), "after {leaves_after}: {rows:?}");
        assert_eq!(holds(&pulled), Vec::<&str>::new(), "after {leaves_after}");
        let pages: Vec<u64> = double.asked().iter().map(|asked| asked.number("page")).collect();
        assert_eq!(pages, [1, 3, 2, 1]);
    }
    let forward = BACKWARD.replace("last-to-first", "page");
    let double = Double::new(|asked| shrinking(asked, 9, 1)).await;
    let pulled = Bench::new().pull(&double.source("", &forward)).await.expect("pulled");
    assert!(!texts(pulled.frame(Table::PLANS).expect("plans"), "agent_id").contains(&"A004".to_owned()));
    assert_eq!(holds(&pulled), ["pages-shifted"], "forward it is lost, and said");
}

#[tokio::test]
async fn the_probe_is_no_page_of_the_list_also_when_a_pull_goes_on() {
    let double = Double::new(|asked| match asked.before {
        2 => super::double::status(400, "no"),
        _ => shrinking(asked, 6, 99),
    })
    .await;
    let (bench, source) = (Bench::new(), double.source("", BACKWARD));
    bench.pull(&source).await.expect_err("the second page of the list is refused");
    assert_eq!(double.take(), 3);
    let pulled = bench.pull(&source).await.expect("goes on");
    assert_eq!((pulled.counts[0].records, double.asked()[0].number("page"), double.take()), (6, 1, 1));
}

#[tokio::test]
async fn pages_are_asked_for_ahead_once_their_number_is_declared_and_stay_in_order() {
    let double = Double::new(|asked| {
        let page = asked.number("page");
        json(&json!({ "pages": 40, "list": list(page * 2 - 1, page * 2) }))
    })
    .await;
    let resource =
        "paginator = { kind = \"page\", page-param = \"page\", total-pages = \"$.pages\" }\nrecords = \"$.list\"";
    let pulled = Bench::new().pull(&double.source("", resource)).await.expect("pulled");
    assert_eq!(texts(pulled.frame(Table::PLANS).expect("plans"), "agent_id"), agents(1, 80));
    assert_eq!(double.take(), 40, "each page once");
}

#[tokio::test]
async fn a_guess_that_was_wrong_costs_requests_but_no_rows() {
    // The server gives five records first and three a time later on.
    let double = Double::new(|asked| {
        let from = asked.number("offset");
        let to = 20.min(if from == 0 { 5 } else { from + 3 });
        json(&json!({ "total": 20, "list": list(from + 1, to) }))
    })
    .await;
    let resource =
        "paginator = { kind = \"offset\", offset-param = \"offset\", total = \"$.total\" }\nrecords = \"$.list\"";
    let pulled = Bench::new().pull(&double.source("", resource)).await.expect("pulled");
    assert_eq!(texts(pulled.frame(Table::PLANS).expect("plans"), "agent_id"), agents(1, 20));
    assert_eq!(holds(&pulled), Vec::<&str>::new());
}

#[tokio::test]
async fn page_parameters_may_stay_in_the_query_beside_a_body() {
    let double = Double::new(|asked| {
        let body: Value = serde_json::from_str(&asked.body).expect("a body");
        assert_eq!(body, json!({ "from": 20261001, "who": ["all"] }));
        json(&json!({ "list": if asked.number("page") < 3 { list(asked.number("page"), asked.number("page")) } else { vec![] } }))
    })
    .await;
    let resource = r#"
method = "POST"
body = { from = { "$number" = "{window.start:%Y%m%d}" }, who = ["all"] }
window = {}
paginator = { kind = "page", page-param = "page", size = 1, place = "query" }
records = "$.list"
"#;
    assert_eq!(Bench::new().pull(&double.source("", resource)).await.expect("pulled").counts[0].records, 2);
}
