//! Signing in: one answer for every wrong try, a new token for every right one, and an end to every session.

use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use scorepost::ledger::RunState;

use super::bench::{Answer, Bench, Browser, PASSWORD, request};

async fn sign_in(bench: &Bench, name: &str, password: &str) -> Answer {
    bench.post(None, "/sign-in", &[("name", name), ("password", password), ("next", "/")]).await
}

fn browser(answer: &Answer) -> Browser {
    Browser { cookie: answer.cookie().expect("a cookie"), csrf: String::new() }
}

#[tokio::test]
async fn the_right_password_opens_a_session() {
    let bench = Bench::shop();
    let answer = sign_in(&bench, "lead1", PASSWORD).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
    let cookie = answer.headers[header::SET_COOKIE].to_str().expect("text");
    for part in ["__Host-scorepost=", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie} lacks {part}");
    }
    let value = answer.cookie().expect("a cookie").replace("__Host-scorepost=", "");
    assert!(value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()), "{value}");
    let home = bench.get(Some(&browser(&answer)), "/").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.body.contains("lead1"));
    let actions: Vec<String> =
        bench.ledger.audit_entries(9).expect("entries").into_iter().map(|entry| entry.action).collect();
    assert_eq!(actions, ["sign-in"]);
}

#[tokio::test]
async fn on_plain_loopback_the_cookie_has_no_prefix_that_browsers_would_refuse() {
    let bench = Bench::shop_without_tls();
    let answer = sign_in(&bench, "op", PASSWORD).await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().expect("text");
    assert!(cookie.starts_with("scorepost=") && !cookie.contains("Secure"), "{cookie}");
    assert!(!answer.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    assert_eq!(bench.get(Some(&browser(&answer)), "/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_wrong_try_gets_the_same_answer() {
    let bench = Bench::shop();
    bench.ledger.disable_user("lead2").expect("disabled");
    let wrong = sign_in(&bench, "hr", "not the password").await;
    let unknown = sign_in(&bench, "xx", "not the password").await;
    let disabled = sign_in(&bench, "lead2", PASSWORD).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.cookie().is_none());
    let without = |answer: &Answer, name: &str| answer.body.replace(&format!("value=\"{name}\""), "");
    assert_eq!(without(&wrong, "hr"), without(&unknown, "xx"));
    assert_eq!(without(&wrong, "hr"), without(&disabled, "lead2"));
    assert_eq!(wrong.status, unknown.status);
    assert_eq!(wrong.status, disabled.status);
}

#[tokio::test]
async fn a_token_from_before_is_worth_nothing_afterwards() {
    let bench = Bench::shop();
    let planted = Browser { cookie: "__Host-scorepost=planted".to_owned(), csrf: String::new() };
    let old = bench.browser("a001");
    for before in [planted, old] {
        let form = [("name", "lead1"), ("password", PASSWORD)];
        let answer = bench.post(Some(&before), "/sign-in", &form).await;
        assert_ne!(answer.cookie().expect("a cookie"), before.cookie);
        assert_eq!(bench.get(Some(&before), "/").await.status, StatusCode::SEE_OTHER, "{}", before.cookie);
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_for_good() {
    let bench = Bench::shop();
    let browser = bench.browser("op");
    let answer = bench.post(Some(&browser), "/sign-out", &[]).await;
    assert_eq!(answer.location(), "/sign-in");
    assert!(answer.headers[header::SET_COOKIE].to_str().expect("text").contains("Max-Age=0"));
    assert_eq!(bench.get(Some(&browser), "/").await.location(), "/sign-in");
}

#[tokio::test]
async fn sessions_end_when_idle_and_after_half_a_day() {
    let bench = Bench::shop();
    let idle = bench.browser("op");
    bench.later(TimeDelta::minutes(29));
    assert_eq!(bench.get(Some(&idle), "/").await.status, StatusCode::OK);
    bench.later(TimeDelta::minutes(29));
    assert_eq!(bench.get(Some(&idle), "/").await.status, StatusCode::OK, "a visit counts");
    bench.later(TimeDelta::minutes(30));
    assert_eq!(bench.get(Some(&idle), "/").await.status, StatusCode::SEE_OTHER);
    let busy = bench.browser("op");
    for _ in 0..35 {
        bench.later(TimeDelta::minutes(20));
        assert_eq!(bench.get(Some(&busy), "/").await.status, StatusCode::OK);
    }
    bench.later(TimeDelta::minutes(20));
    assert_eq!(bench.get(Some(&busy), "/").await.status, StatusCode::SEE_OTHER, "twelve hours are over");
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once() {
    let bench = Bench::shop();
    let browser = bench.browser("lead1");
    assert_eq!(bench.get(Some(&browser), "/").await.status, StatusCode::OK);
    bench.ledger.disable_user("lead1").expect("disabled");
    assert_eq!(bench.get(Some(&browser), "/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn guessing_becomes_slow_for_known_and_unknown_names_alike() {
    let bench = Bench::shop();
    for name in ["hr", "nobody"] {
        for _ in 0..5 {
            assert_eq!(sign_in(&bench, name, "a wrong password").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let locked = sign_in(&bench, name, PASSWORD).await;
        assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS, "{name}");
        assert_eq!(locked.headers[header::RETRY_AFTER], "60");
    }
    assert_eq!(sign_in(&bench, "op", PASSWORD).await.status, StatusCode::SEE_OTHER, "others are not locked");
    bench.later(TimeDelta::seconds(61));
    assert_eq!(sign_in(&bench, "hr", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn patient_guessing_waits_longer() {
    let bench = Bench::shop();
    for _ in 0..10 {
        bench.ledger.record_failed_sign_in("hr", "192.0.2.1").expect("noted");
    }
    bench.later(TimeDelta::minutes(2));
    let locked = sign_in(&bench, "hr", PASSWORD).await;
    assert_eq!(locked.headers[header::RETRY_AFTER], "900");
    bench.later(TimeDelta::minutes(14));
    assert_eq!(sign_in(&bench, "hr", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_stranger_is_led_back_to_where_they_wanted_to_go() {
    let bench = Bench::shop();
    let run = bench.run("2026-10", Some("T1"), RunState::Ready);
    let path = format!("/runs/{}", run.id);
    let to_sign_in = bench.get(None, &path).await;
    assert_eq!(to_sign_in.location(), format!("/sign-in?next={}", path.replace('/', "%2F")));
    let page = bench.get(None, to_sign_in.location()).await.body;
    assert!(page.contains(&format!("name=\"next\" value=\"{path}\"")), "{page}");
    let form = [("name", "lead1"), ("password", PASSWORD), ("next", path.as_str())];
    assert_eq!(bench.post(None, "/sign-in", &form).await.location(), path);
    let elsewhere = [("name", "lead1"), ("password", PASSWORD), ("next", "//evil.example/")];
    assert_eq!(bench.post(None, "/sign-in", &elsewhere).await.location(), "/");
}

#[tokio::test]
async fn health_needs_no_session_and_tells_nothing() {
    let bench = Bench::shop();
    for (path, body) in [("/healthz", "alive\n"), ("/readyz", "ready\n")] {
        let answer = bench.get(None, path).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, body));
    }
    let head = bench.send(request("HEAD", "/healthz", None).body(axum::body::Body::empty()).expect("a request")).await;
    assert_eq!(head.status, StatusCode::OK);
}
