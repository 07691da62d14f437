//! The ways in beside the password: one-time links, the proxy in front, a provider of identities.

use axum::body::Body;
use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use scorepost::ledger::Role;

use super::bench::{Answer, Bench, Browser, PROXY, arriving, request};

async fn ask(bench: &Bench, name: &str) -> Answer {
    bench.post(None, "/sign-in/link", &[("name", name), ("password", "ignored"), ("next", "/cards")]).await
}

fn with_address(bench: &Bench, name: &str) {
    bench.ledger.set_address(name, Some(&format!("{name}@shop.example"))).expect("an address");
}

fn token(url: &str) -> String {
    url.strip_prefix("https://scores.example/sign-in/link?token=").expect("a link").to_owned()
}

fn browser(answer: &Answer) -> Browser {
    Browser { cookie: answer.cookie().expect("a cookie"), csrf: String::new() }
}

#[tokio::test]
async fn a_link_signs_in_once_and_looking_at_it_does_not_use_it_up() {
    let bench = Bench::shop();
    with_address(&bench, "lead1");
    assert_eq!(ask(&bench, "lead1").await.status, StatusCode::OK);
    let letter = bench.mailed();
    assert_eq!((letter.to.as_str(), letter.name.as_str()), ("lead1@shop.example", "lead1"));
    let token = token(&letter.url);
    for _ in 0..2 {
        let page = bench.get(None, &format!("/sign-in/link?token={token}")).await;
        assert!(page.status == StatusCode::OK && page.cookie().is_none() && page.body.contains(&token));
    }
    let old = bench.browser("a001");
    let opened = bench.post(Some(&old), "/sign-in/link/open", &[("token", &token)]).await;
    assert_eq!((opened.status, opened.location()), (StatusCode::SEE_OTHER, "/cards"));
    assert!(bench.get(Some(&browser(&opened)), "/").await.body.contains("lead1"));
    assert_eq!(bench.get(Some(&old), "/").await.status, StatusCode::SEE_OTHER, "the session of before has ended");
    let again = bench.post(None, "/sign-in/link/open", &[("token", &token)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.cookie().is_none());
}

#[tokio::test]
async fn a_link_does_not_live_long_and_a_newer_one_takes_its_place() {
    let bench = Bench::shop();
    with_address(&bench, "lead1");
    ask(&bench, "lead1").await;
    let first = token(&bench.mailed().url);
    ask(&bench, "lead1").await;
    let second = token(&bench.mailed().url);
    bench.later(TimeDelta::minutes(15));
    for token in [first, second, "0".repeat(64), String::new()] {
        let answer = bench.post(None, "/sign-in/link/open", &[("token", &token)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{token}");
    }
}

/// The answer is the same, and is given before anything that depends on the person happens.
#[tokio::test]
async fn asking_for_a_link_tells_nothing_of_who_exists() {
    let bench = Bench::shop();
    for name in ["lead1", "lead2"] {
        with_address(&bench, name);
    }
    bench.ledger.disable_user("lead2").expect("disabled");
    let mut answers = Vec::new();
    for name in ["nobody", "hr", "lead2", "lead1"] {
        answers.push(ask(&bench, name).await);
    }
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (StatusCode::OK, &answers[0].body));
        assert_eq!(answer.headers, answers[0].headers);
    }
    assert_eq!(bench.mailed().name, "lead1", "nobody else gets one");
}

#[tokio::test]
async fn nobody_is_flooded_with_links() {
    let bench = Bench::shop();
    with_address(&bench, "lead1");
    with_address(&bench, "op");
    let first = ask(&bench, "lead1").await;
    for _ in 0..5 {
        assert_eq!(ask(&bench, "lead1").await.body, first.body, "the answer stays the same");
    }
    ask(&bench, "op").await;
    let mut names: Vec<String> = (0..4).map(|_| bench.mailed().name).collect();
    names.sort();
    assert_eq!(names, ["lead1", "lead1", "lead1", "op"]);
    for _ in 0..40 {
        ask(&bench, "nobody").await;
    }
    assert_eq!(ask(&bench, "nobody").await.status, StatusCode::TOO_MANY_REQUESTS, "so many from one address");
}

fn through(peer: &str, headers: &[(&str, &str)], path: &str, who: Option<&Browser>) -> axum::http::Request<Body> {
    let mut asked = request("GET", path, who);
    for (name, value) in headers {
        asked = asked.header(*name, *value);
    }
    arriving(asked.body(Body::empty()).expect("a request"), peer)
}

#[tokio::test]
async fn the_proxy_in_front_says_who_signed_in() {
    let bench = Bench::shop();
    let asked = through(PROXY, &[("x-remote-user", "lead1")], "/sign-in?next=%2Fcards", None);
    let answer = bench.send(asked).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/cards"));
    let browser = browser(&answer);
    let home = |user: &'static str| through(PROXY, &[("x-remote-user", user)], "/", Some(&browser));
    assert!(bench.send(home("lead1")).await.body.contains("lead1"));
    // Somebody else at the same browser is not taken for the one before.
    let other = bench.send(home("hr")).await;
    assert_eq!((other.status, other.location()), (StatusCode::SEE_OTHER, "/sign-in"));
    for unknown in ["nobody", "", "LEAD1"] {
        let answer = bench.send(through(PROXY, &[("x-remote-user", unknown)], "/sign-in", None)).await;
        assert!(answer.status == StatusCode::OK && answer.cookie().is_none(), "{unknown}");
    }
    bench.ledger.disable_user("lead1").expect("disabled");
    let answer = bench.send(through(PROXY, &[("x-remote-user", "lead1")], "/sign-in", None)).await;
    assert!(answer.cookie().is_none());
}

#[tokio::test]
async fn a_forged_header_of_a_proxy_is_refused() {
    let bench = Bench::shop();
    for (peer, headers) in [
        ("192.0.2.10", vec![("x-remote-user", "op")]),
        ("192.0.2.10", vec![("X-Remote-User", "op"), ("x-forwarded-for", PROXY)]),
        ("127.0.0.1", vec![("x-remote-user", "op")]),
        (PROXY, vec![("x-remote-user", "op"), ("x-remote-user", "hr")]),
    ] {
        for path in ["/sign-in", "/", "/healthz"] {
            let answer = bench.send(through(peer, &headers, path, None)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{peer} {path}");
            assert!(answer.cookie().is_none());
        }
    }
    let audit = bench.ledger.audit_entries(9).expect("entries");
    assert!(audit.is_empty(), "nobody came in");
}

/// Guessing through the proxy is slowed by the guesser's address, which the guesser cannot choose.
#[tokio::test]
async fn the_address_behind_the_proxy_counts() {
    let bench = Bench::shop();
    for _ in 0..30 {
        bench.ledger.record_failed_sign_in("somebody", "203.0.113.5").expect("noted");
    }
    let post = |peer: &str, forwarded: &str| {
        let asked = request("POST", "/sign-in", None)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", forwarded);
        arriving(asked.body(Body::from("name=x&password=y")).expect("a request"), peer)
    };
    for (peer, forwarded, slowed) in [
        (PROXY, "203.0.113.5", true),
        (PROXY, "198.51.100.1, 203.0.113.5", true),
        (PROXY, "203.0.113.5, 198.51.100.1", false),
        ("203.0.113.5", "198.51.100.1", true),
    ] {
        let status = bench.send(post(peer, forwarded)).await.status;
        assert_eq!(status == StatusCode::TOO_MANY_REQUESTS, slowed, "{peer} for {forwarded}");
    }
}

async fn journey(bench: &Bench) -> (Browser, String) {
    let answer = bench.get(None, "/sign-in/identity?next=%2Fcards").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let cookie = answer.headers[header::SET_COOKIE].to_str().expect("text");
    for part in ["__Host-scorepost-journey=", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/", "; Max-Age=600"] {
        assert!(cookie.contains(part), "{cookie} lacks {part}");
    }
    let state = answer.location().split(['=', '&']).nth(1).expect("a state").to_owned();
    assert!(answer.location().ends_with("&back=https://scores.example/sign-in/identity/back"));
    (browser(&answer), state)
}

#[tokio::test]
async fn a_provider_of_identities_lets_its_people_in() {
    let bench = Bench::shop();
    let (there, state) = journey(&bench).await;
    let back = format!("/sign-in/identity/back?code=lead1&state={state}");
    let answer = bench.get(Some(&there), &back).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/cards"));
    assert!(bench.get(Some(&browser(&answer)), "/").await.body.contains("lead1"));
    assert_eq!(bench.get(Some(&there), &back).await.status, StatusCode::FORBIDDEN, "an answer counts once");
}

#[tokio::test]
async fn an_answer_that_was_not_asked_for_opens_nothing() {
    let bench = Bench::shop();
    let refused = async |who: Option<&Browser>, path: String| {
        let answer = bench.get(who, &path).await;
        let cookie = answer.cookie().unwrap_or_default();
        (answer.status == StatusCode::FORBIDDEN && !cookie.starts_with("__Host-scorepost=")).then_some(())
    };
    let (there, state) = journey(&bench).await;
    let good = format!("/sign-in/identity/back?code=lead1&state={state}");
    refused(None, good.clone()).await.expect("another browser began it");
    refused(Some(&there), good.replace(&state, "wrong")).await.expect("another journey's state");
    refused(Some(&there), good).await.expect("the journey is used up by the wrong one");
    let (there, state) = journey(&bench).await;
    bench.later(TimeDelta::minutes(10));
    refused(Some(&there), format!("/sign-in/identity/back?code=lead1&state={state}")).await.expect("too late");
    for code in ["wrong", "nobody"] {
        let (there, state) = journey(&bench).await;
        refused(Some(&there), format!("/sign-in/identity/back?code={code}&state={state}")).await.expect(code);
    }
    bench.ledger.disable_user("lead1").expect("disabled");
    let (there, state) = journey(&bench).await;
    refused(Some(&there), format!("/sign-in/identity/back?code=lead1&state={state}")).await.expect("disabled");
    let (there, state) = journey(&bench).await;
    let said_no = bench.get(Some(&there), &format!("/sign-in/identity/back?error=no&state={state}")).await;
    assert_eq!(said_no.location(), "/sign-in");
}

#[tokio::test]
async fn whoever_comes_in_by_a_link_can_give_themself_a_password() {
    let bench = Bench::shop();
    let browser = bench.browser("op");
    let added =
        [("name", "new"), ("role", Role::Manager.word()), ("staff_number", "M7"), ("address", "new@shop.example")];
    assert_eq!(bench.post(Some(&browser), "/people/add", &added).await.location(), "/people/new");
    ask(&bench, "new").await;
    let opened = bench.post(None, "/sign-in/link/open", &[("token", &token(&bench.mailed().url))]).await;
    let cookie = opened.cookie().expect("a cookie");
    let page = bench.get(Some(&Browser { cookie: cookie.clone(), csrf: String::new() }), "/me").await.body;
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token");
    let me = Browser { cookie, csrf: csrf.to_owned() };
    let wish = [("password", "three words and more"), ("again", "three words and more")];
    let changed = bench.post(Some(&me), "/me/password", &wish).await;
    assert_eq!(changed.location(), "/me");
    let entered = bench.post(None, "/sign-in", &[("name", "new"), ("password", "three words and more")]).await;
    assert_eq!(entered.location(), "/");
}
