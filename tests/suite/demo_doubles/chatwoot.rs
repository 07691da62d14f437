//! The Chatwoot desk: who may read, what the defaults hide, and a list that moves.

use std::collections::BTreeSet;

use serde_json::Value;

use super::caller::{Caller, day};

const TOKEN: (&str, &str) = ("api_access_token", "sandbox");

async fn patient(caller: &Caller, path: &str) -> Value {
    loop {
        let (status, headers, body) = caller.ask(path, TOKEN).await;
        match status {
            200 => return serde_json::from_str(&body).expect("JSON"),
            429 => assert_eq!(headers["retry-after"], "1"),
            502 => assert!(body.starts_with("<html>")),
            other => panic!("{other} {body}"),
        }
    }
}

async fn all(caller: &Caller, query: &str) -> (u64, Vec<u64>) {
    let (mut seen, mut declared) = (Vec::new(), 0);
    for page in 1.. {
        let answer = patient(caller, &format!("/api/v1/accounts/1/conversations?{query}&page={page}")).await;
        let rows = answer["data"]["payload"].as_array().expect("rows");
        declared = answer["data"]["meta"]["all_count"].as_u64().expect("a count");
        seen.extend(rows.iter().map(|row| row["id"].as_u64().expect("an id")));
        if rows.len() < 25 {
            break;
        }
    }
    (declared, seen)
}

#[tokio::test]
async fn only_a_person_with_a_token_reads_reports() {
    let caller = Caller::of(1);
    let summary = "/api/v2/accounts/1/summary_reports/agent?since=1790784000&until=1793462400";
    for token in ["", "other", "sandbox-bot"] {
        let (status, _, body) = caller.ask(summary, ("api_access_token", token)).await;
        assert_eq!(status, 401, "{token} {body}");
    }
    assert!(patient(&caller, summary).await.is_array());
    assert_eq!(caller.ask("/api/v1/accounts/2/agents", TOKEN).await.0, 404);
}

#[tokio::test]
async fn who_does_not_ask_for_all_sees_the_open_ones() {
    let caller = Caller::of(1);
    let (open, _) = all(&caller, "sort_by=created_at_asc").await;
    let (every, numbers) = all(&caller, "status=all&sort_by=created_at_asc").await;
    assert!(open > 0 && open * 10 < every, "{open} of {every}");
    assert_eq!(numbers, (1..=every).collect::<Vec<_>>(), "oldest first, each once");
}

#[tokio::test]
async fn by_activity_the_list_moves_while_it_is_read() {
    let caller = Caller::of(1);
    let (every, numbers) = all(&caller, "status=all").await;
    assert_eq!(numbers.len() as u64, every, "as many rows as declared");
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len() as u64, every - 1, "but one twice and one never");
}

#[tokio::test]
async fn answers_to_the_survey_come_without_a_total() {
    let caller = Caller::of(2);
    let window = "since=1790784000&until=1793462400"; // October in Beijing
    let mut stars = [0; 5];
    for page in 1.. {
        let rows = patient(&caller, &format!("/api/v1/accounts/1/csat_survey_responses?{window}&page={page}")).await;
        let rows = rows.as_array().expect("a bare list").clone();
        rows.iter().for_each(|row| stars[row["rating"].as_u64().expect("stars") as usize - 1] += 1);
        if rows.len() < 25 {
            break;
        }
    }
    let truth = caller
        .shop
        .service(day(10, 1))
        .iter()
        .fold([0; 5], |sum: [u64; 5], row| std::array::from_fn(|place| sum[place] + row.stars[place]));
    assert_eq!(stars, truth);
    let metrics = patient(&caller, &format!("/api/v1/accounts/1/csat_survey_responses/metrics?{window}")).await;
    assert_eq!(metrics["total_count"].as_u64(), Some(truth.iter().sum()));
}

#[tokio::test]
async fn a_summary_counts_sessions_and_says_nothing_of_idle_people() {
    let caller = Caller::of(5);
    let rows = patient(&caller, "/api/v2/accounts/1/summary_reports/agent?since=1790784000&until=1793462400").await;
    let truth = caller.shop.service(day(10, 1));
    for (row, truth) in rows.as_array().expect("rows").iter().zip(&truth) {
        assert_eq!(row["conversations_count"].as_u64().unwrap_or_default(), truth.sessions);
    }
    let idle = &rows[5];
    assert!(idle["conversations_count"].is_null() && idle["avg_first_response_time"].is_null(), "{idle}");
}
