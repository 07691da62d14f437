//! How the attendance double behaves and misbehaves.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::caller::{Caller, day, window};

#[tokio::test]
async fn wrong_credentials_get_no_token() {
    let caller = Caller::of(3);
    for query in ["", "?appkey=shop", "?appkey=shop&appsecret=wrong"] {
        let (status, body) = caller.get(&format!("/gettoken{query}")).await;
        let body: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!((status, &body["errcode"]), (200, &json!(40089)));
        assert!(body.get("access_token").is_none());
    }
}

#[tokio::test]
async fn the_first_token_dies_early_and_the_second_does_not() {
    let caller = Caller::of(3);
    let ask = window(&["d001"], day(10, 5), day(10, 6), 0);
    let first = caller.token().await;
    assert_eq!(caller.punches("made-up", &ask).await["errcode"], 40014);
    let mut seen = Vec::new();
    for _ in 2..=18 {
        seen.push(caller.punches(&first, &ask).await["errcode"].as_i64());
    }
    // The ninth call meets the ban, which has no errcode; the fifteen good ones end with the seventeenth call.
    let mut wanted = vec![Some(0); 17];
    wanted[7] = None;
    wanted[16] = Some(42001);
    assert_eq!(seen, wanted);
    let second = caller.token().await;
    assert_ne!(first, second);
    for call in 19..=60 {
        let expected = if call == 50 { 90018 } else { 0 };
        assert_eq!(caller.punches(&second, &ask).await["errcode"], expected, "call {call}");
    }
    assert_eq!(caller.punches(&first, &ask).await["errcode"], 42001);
}

#[tokio::test]
async fn windows_and_lists_over_the_limit_are_refused() {
    let caller = Caller::of(3);
    let token = caller.token().await;
    let right = || window(&["d001"], day(10, 1), day(10, 8), 0);
    assert_eq!(caller.punches(&token, &right()).await["errcode"], 0);
    let crowd: Vec<String> = (1..=51).map(|number| format!("d{number:03}")).collect();
    let spoiled = [
        ("workDateTo", json!("2026-10-08 00:00:01")),
        ("workDateTo", json!("2026-09-30 00:00:00")),
        ("workDateFrom", json!("2026-10-01")),
        ("userIdList", json!(crowd)),
        ("userIdList", json!([])),
        ("limit", json!(51)),
    ];
    for (name, value) in spoiled {
        let mut body = right();
        body[name] = value.clone();
        assert_eq!(caller.punches(&token, &body).await["errcode"], 40035, "{name} = {value}");
    }
}

#[tokio::test]
async fn a_month_of_punches_has_every_kind() {
    let caller = Caller::of(21);
    let users: Vec<&str> = caller.shop.agents().iter().map(|agent| agent.dingtalk.as_str()).collect();
    let mut rows = Vec::new();
    for first in [1, 8, 15, 22, 29] {
        rows.extend(caller.all_punches(&users, day(10, first), day(10, (first + 6).min(31))).await);
    }
    let ids: BTreeSet<u64> = rows.iter().map(|row| row["id"].as_u64().expect("an id")).collect();
    assert_eq!(ids.len(), rows.len());
    let count = |key: &str, value: &str| rows.iter().filter(|row| row[key] == value).count();
    assert_eq!(count("timeResult", "Absenteeism"), 1);
    for kind in ["Normal", "Late", "Early", "NotSigned"] {
        assert!(count("timeResult", kind) > 0, "{kind}");
    }
    assert!(rows.iter().any(|row| row.get("approveId").is_some()));
    for row in rows.iter().filter(|row| row["timeResult"] == "NotSigned") {
        assert_eq!(row["sourceType"], "SYSTEM");
        assert_eq!(row["userCheckTime"], row["baseCheckTime"]);
    }
    let on_leave = &caller.shop.agents()[4].dingtalk;
    assert_eq!(count("userId", on_leave), 0);
    assert!(rows.iter().all(|row| row["workDate"].as_i64().is_some_and(|at| (at + 28_800_000) % 86_400_000 == 0)));
}

#[tokio::test]
async fn nobody_knows_the_punches_of_tomorrow() {
    let caller = Caller::of(21);
    let users: Vec<&str> = caller.shop.agents().iter().map(|agent| agent.dingtalk.as_str()).collect();
    assert!(caller.all_punches(&users, day(11, 10), day(11, 15)).await.is_empty());
    let today = caller.all_punches(&users, day(11, 9), day(11, 9)).await;
    assert!(!today.is_empty() && today.iter().all(|row| row["checkType"] == "OnDuty"));
}
