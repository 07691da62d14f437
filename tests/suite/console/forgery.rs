//! Forms of other sites, foreign names of the host, oversized bodies: refused, and nothing has happened.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::http::{StatusCode, header};
use scorepost::console::{Audience, Method, routes};
use scorepost::ledger::RunState;

use super::bench::{Bench, form, request};

/// Every path that changes something, made real for one run.
fn changing(run: &str) -> Vec<String> {
    let is_form = |audience| !matches!(audience, Audience::Anyone | Audience::Programs(_));
    let signed_in = routes().filter(|route| route.method == Method::Post && is_form(route.audience));
    signed_in.map(|route| route.path.replace("{run}", run)).collect()
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let (op, other) = (bench.browser("op"), bench.browser("hr"));
    for path in changing(&run.id) {
        for token in ["", "wrong", other.csrf.as_str()] {
            let answer = bench.post_with_token(Some(&op), &path, token, &[]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with `{token}`");
        }
    }
    assert!(bench.ledger.requests(9).expect("requests").is_empty());
    assert_eq!(bench.get(Some(&op), "/").await.status, StatusCode::OK, "still signed in");
}

#[tokio::test]
async fn a_form_of_another_site_changes_nothing_even_with_the_token() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let op = bench.browser("op");
    let foreign = [
        (header::ORIGIN.as_str(), "https://evil.example"),
        (header::ORIGIN.as_str(), "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    for path in changing(&run.id).into_iter().chain(["/sign-in".to_owned(), "/setup".to_owned()]) {
        for (name, value) in foreign {
            let request = request("POST", &path, Some(&op)).header(name, value);
            let answer = bench.send(request.body(form(&op.csrf, &[])).expect("a request")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {name}: {value}");
        }
    }
    assert!(bench.ledger.requests(9).expect("requests").is_empty());
}

#[tokio::test]
async fn only_the_consoles_own_names_are_answered() {
    let bench = Bench::shop();
    for (host, status) in [
        ("scores.example", StatusCode::OK),
        ("localhost:8080", StatusCode::OK),
        ("evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("192.0.2.1", StatusCode::MISDIRECTED_REQUEST),
    ] {
        let request = axum::http::Request::builder().uri("/sign-in").header(header::HOST, host);
        let answer = bench.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status, status, "{host}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{host}");
    }
}

#[tokio::test]
async fn forms_have_a_largest_size() {
    let bench = Bench::shop();
    let op = bench.browser("op");
    let large = "x".repeat(64 * 1024);
    let answer = bench.post(Some(&op), "/rerun/plan", &[("job", &large)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn looking_changes_nothing() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Ready);
    let plan = bench.plan(Some("T1"));
    let op = bench.browser("op");
    let state = || {
        let audit = bench.ledger.audit_entries(99).expect("entries").len();
        let runs = bench.ledger.runs(None, 99).expect("runs");
        (audit, runs, bench.ledger.requests(99).expect("requests"), bench.ledger.users().expect("users"))
    };
    let before = state();
    for route in routes().filter(|route| route.method == Method::Get && !route.path.ends_with("/events")) {
        let path = route.path.replace("{run}", &run.id).replace("{request}", &plan.to_string());
        bench.get(Some(&op), &path.replace("{document}", "1")).await;
    }
    assert!(state() == before, "a GET changed the ledger");
}

#[tokio::test]
async fn a_changing_path_cannot_be_looked_at() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", None, RunState::Ready);
    let op = bench.browser("op");
    for path in changing(&run.id) {
        let answer = bench.get(Some(&op), &path).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert!(answer.headers.contains_key(header::CONTENT_SECURITY_POLICY));
    }
}

#[tokio::test]
async fn a_file_of_a_stranger_is_refused_before_it_travels() {
    let bench = Bench::shop();
    let path = "/forms/monthly/2026-10/rating-supervisor-T1/upload";
    let asked = Arc::new(AtomicBool::new(false));
    let body = |asked: &Arc<AtomicBool>| {
        let asked = asked.clone();
        let piece = futures_util::stream::once(async move {
            asked.store(true, Ordering::SeqCst);
            Ok::<_, std::convert::Infallible>("--edge--")
        });
        Body::from_stream(piece)
    };
    let kind = "multipart/form-data; boundary=edge";
    let upload =
        |who| request("POST", path, who).header(header::CONTENT_TYPE, kind).header("sec-fetch-site", "same-origin");
    let answer = bench.send(upload(None).body(body(&asked)).expect("a request")).await;
    assert!(answer.location().starts_with("/sign-in"), "{:?}", answer.status);
    assert!(!asked.load(Ordering::SeqCst), "nothing of it was read");
    let lead = bench.browser("lead1");
    let answer = bench.send(upload(Some(&lead)).body(body(&asked)).expect("a request")).await;
    assert!(asked.load(Ordering::SeqCst), "of whoever is signed in it is");
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "without the form's token");
}
