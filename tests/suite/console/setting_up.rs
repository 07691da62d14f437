//! The first operator comes in by a link that works once, for an hour, while there is nobody else.

use axum::http::StatusCode;
use chrono::TimeDelta;
use futures_util::future::join_all;
use scorepost::console::first_user_token;
use scorepost::ledger::Role;

use super::bench::{Answer, Bench, PASSWORD};

fn token(bench: &Bench) -> String {
    let path = &bench.invitation.as_ref().expect("an invitation").path;
    path.strip_prefix("/setup?token=").expect("a token").to_owned()
}

async fn create(bench: &Bench, token: &str, name: &str) -> Answer {
    let form = [("token", token), ("name", name), ("password", PASSWORD), ("again", PASSWORD)];
    bench.post(None, "/setup", &form).await
}

#[tokio::test]
async fn the_link_makes_one_operator_and_is_used_up() {
    let bench = Bench::empty();
    let token = token(&bench);
    assert_eq!(bench.get(None, &format!("/setup?token={token}")).await.status, StatusCode::OK);
    let many = join_all(["one", "two", "three"].map(|name| create(&bench, &token, name))).await;
    let made = many.iter().filter(|answer| answer.location() == "/sign-in").count();
    assert_eq!(made, 1);
    let users = bench.ledger.users().expect("users");
    assert_eq!((users.len(), users[0].role), (1, Role::Operator));
    assert_eq!(bench.get(None, &format!("/setup?token={token}")).await.status, StatusCode::NOT_FOUND);
    let sign_in = [("name", users[0].name.as_str()), ("password", PASSWORD)];
    assert_eq!(bench.post(None, "/sign-in", &sign_in).await.location(), "/");
    assert!(first_user_token(&bench.ledger, &bench.clock).expect("a read").is_none(), "no second invitation");
}

#[tokio::test]
async fn without_the_token_there_is_nothing() {
    let bench = Bench::empty();
    for wrong in ["", "0", &"0".repeat(64)] {
        assert_eq!(bench.get(None, &format!("/setup?token={wrong}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(create(&bench, wrong, "me").await.status, StatusCode::NOT_FOUND);
    }
    bench.later(TimeDelta::hours(1));
    assert_eq!(create(&bench, &token(&bench), "late").await.status, StatusCode::NOT_FOUND);
    assert!(bench.ledger.users().expect("users").is_empty());
}

#[tokio::test]
async fn a_weak_password_does_not_use_the_link_up() {
    let bench = Bench::empty();
    let token = token(&bench);
    for (password, again) in [("short", "short"), ("password12345", "password12345"), (PASSWORD, "another one")] {
        let form = [("token", token.as_str()), ("name", "me"), ("password", password), ("again", again)];
        assert_eq!(bench.post(None, "/setup", &form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{password}");
    }
    assert_eq!(create(&bench, &token, "me").await.location(), "/sign-in");
}
