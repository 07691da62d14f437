//! The Zendesk desk: who may read, how often, and tickets that come twice.

use std::collections::BTreeMap;

use serde_json::Value;

use super::caller::{Caller, day};

// sandbox@example.test/token:sandbox
const BASIC: (&str, &str) = ("authorization", "Basic c2FuZGJveEBleGFtcGxlLnRlc3QvdG9rZW46c2FuZGJveA==");

async fn patient(caller: &Caller, path: &str) -> Value {
    loop {
        let (status, headers, body) = caller.ask(path, BASIC).await;
        match status {
            200 => return serde_json::from_str(&body).expect("JSON"),
            429 => assert_eq!(headers["retry-after"], "1"),
            other => panic!("{other} {body}"),
        }
    }
}

async fn export(caller: &Caller, query: &str) -> Vec<Value> {
    let mut path = format!("/api/v2/incremental/tickets/cursor.json?{query}");
    let mut lines = Vec::new();
    loop {
        let answer = patient(caller, &path).await;
        lines.extend(answer["tickets"].as_array().expect("tickets").clone());
        if answer["end_of_stream"] == true {
            return lines;
        }
        let after = answer["after_url"].as_str().expect("an address");
        path = after.strip_prefix(&caller.served.base).expect("the same origin").to_owned();
    }
}

#[tokio::test]
async fn a_stranger_is_refused_and_a_hurried_caller_waits() {
    let caller = Caller::of(1);
    let users = "/api/v2/users.json?role[]=agent";
    assert_eq!(caller.ask(users, ("authorization", "Basic b3RoZXI=")).await.0, 401);
    let statuses =
        [caller.ask(users, BASIC).await.0, caller.ask(users, BASIC).await.0, caller.ask(users, BASIC).await.0];
    assert_eq!(statuses, [200, 429, 200]);
}

#[tokio::test]
async fn the_newest_state_of_each_ticket_is_the_true_one() {
    let caller = Caller::of(4);
    let lines = export(&caller, "start_time=1790784000&per_page=50&include=metric_sets&exclude_deleted=true").await;
    let mut newest: BTreeMap<u64, &Value> = BTreeMap::new();
    for line in &lines {
        let known = newest.entry(line["id"].as_u64().expect("an id")).or_insert(line);
        if known["updated_at"].as_str() <= line["updated_at"].as_str() {
            *known = line;
        }
    }
    assert!(lines.len() > newest.len() + lines.len() / 50, "{} lines of {} tickets", lines.len(), newest.len());
    let october = newest.values().filter(|line| {
        let opened = line["created_at"].as_str().expect("a time");
        ("2026-09-30T16:00:00Z".."2026-10-31T16:00:00Z").contains(&opened)
    });
    let (mut cases, mut solved, mut minutes, mut reopened) = (0, 0, 0, 0);
    for line in october {
        cases += 1;
        solved += u64::from(line["status"] == "solved");
        minutes += line["metric_set"]["full_resolution_time_in_minutes"]["calendar"].as_i64().unwrap_or_default();
        reopened += u64::from(line["metric_set"]["reopens"].as_u64().expect("a count") > 0);
    }
    let truth = caller.shop.service(day(10, 1));
    let sum = |part: fn(&scorepost::demo::ServiceRow) -> u64| truth.iter().map(part).sum::<u64>();
    assert_eq!((cases, solved, reopened), (sum(|row| row.cases), sum(|row| row.solved), sum(|row| row.reopened)));
    assert_eq!(minutes, truth.iter().map(|row| row.solve_minutes).sum::<i64>());
    assert!(cases > 100, "{cases}");
}

#[tokio::test]
async fn deleted_tickets_and_metrics_come_as_they_are_asked_for() {
    let caller = Caller::of(1);
    let plain = export(&caller, "start_time=1793462400").await;
    assert!(plain.iter().any(|line| line["status"] == "deleted"));
    assert!(plain.iter().all(|line| line.get("metric_set").is_none()));
    for wrong in ["start_time=1794196800", "per_page=10", "start_time=1793462400&per_page=1001", "cursor=nothing"] {
        let path = format!("/api/v2/incremental/tickets/cursor.json?{wrong}");
        let (mut status, ..) = caller.ask(&path, BASIC).await;
        if status == 429 {
            (status, ..) = caller.ask(&path, BASIC).await;
        }
        assert_eq!(status, 422, "{wrong}");
    }
}

#[tokio::test]
async fn people_come_by_cursor_with_their_staff_numbers() {
    let caller = Caller::of(4);
    let mut path = "/api/v2/users.json?role[]=agent&page[size]=2".to_owned();
    let mut numbers = Vec::new();
    loop {
        let answer = patient(&caller, &path).await;
        let users = answer["users"].as_array().expect("users").clone();
        numbers.extend(users.iter().filter_map(|user| user["external_id"].as_str().map(str::to_owned)));
        let Some(next) = answer["links"]["next"].as_str() else { break };
        assert_eq!(answer["meta"]["has_more"], true);
        path = next.strip_prefix(&caller.served.base).expect("the same origin").to_owned();
    }
    assert_eq!(numbers, caller.shop.agents().iter().map(|agent| agent.id.clone()).collect::<Vec<_>>());
    let everybody = patient(&caller, "/api/v2/users.json").await;
    assert!(everybody["users"].as_array().expect("users").len() > 5, "customers as well");
}
