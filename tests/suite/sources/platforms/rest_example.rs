//! The example for newcomers, against an interface such as they may have.

use axum::http::StatusCode;
use scorepost::diag::AuthoredFile;
use scorepost::source::{self, Variables};
use serde_json::json;

use crate::sources::double::{Asked, Double, json, status};
use crate::sources::stage::frame;
use crate::sources::{Bench, holds, texts};

const TICKETS: u64 = 120;

fn answer(asked: &Asked) -> axum::response::Response {
    let token = asked.headers.get("authorization").and_then(|value| value.to_str().ok());
    if token != Some("Bearer s3cr3t-value") {
        return status(StatusCode::UNAUTHORIZED.as_u16(), "who are you");
    }
    assert_eq!(
        (asked.param("from").as_deref(), asked.param("to").as_deref()),
        (Some("2026-10-01"), Some("2026-10-31"))
    );
    let (page, size) = (asked.number("page"), asked.number("per_page"));
    let tickets: Vec<_> = ((page - 1) * size + 1..=(page * size).min(TICKETS))
        .map(|number| {
            let kind = if number == 7 { "test" } else { "case" };
            let opened = format!("2026-10-{:02}T09:00:00+08:00", number % 31 + 1);
            json!({ "id": number, "kind": kind, "assignee": { "login": "xiaoman" }, "created_at": opened,
                "closed_at": null, "state": "open", "messages": number % 5 })
        })
        .collect();
    json(&json!({ "total": TICKETS, "tickets": tickets }))
}

#[tokio::test]
async fn the_example_pulls_all_pages() {
    let double = Double::new(answer).await;
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/sources/rest-example.toml");
    let variables = Variables::default().with("REST_URL", double.base.as_str()).with("REST_TOKEN", "s3cr3t-value");
    let source = source::read(&AuthoredFile::read(&path).expect("a file"), &variables);
    let source = source.unwrap_or_else(|found| panic!("{found}"));
    let pulled = Bench::new().pull(&source).await.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(holds(&pulled), Vec::<&str>::new(), "{:?}", pulled.findings);
    let tickets = frame(&pulled, "tickets");
    assert_eq!(tickets.height() as u64, TICKETS - 1, "all but the test ticket");
    assert!(texts(tickets, "account").iter().all(|account| account == "xiaoman"));
    assert_eq!(double.take(), 3, "three pages of fifty");
}
