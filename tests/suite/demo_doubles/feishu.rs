//! How the Feishu double behaves and misbehaves.

use serde_json::{Value, json};

use super::caller::Caller;

const BASE: &str = "/open-apis/attendance/v1";

async fn token(caller: &Caller) -> String {
    let right = json!({"app_id": "shop", "app_secret": "sandbox"});
    let (_, text) = caller.post_json("/open-apis/auth/v3/tenant_access_token/internal", None, &right).await;
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    answer["tenant_access_token"].as_str().expect("a token").to_owned()
}

/// One call through every mood of the platform; the status and the answer.
async fn ask(caller: &Caller, path: &str, body: &Value) -> (u16, Value) {
    for _ in 0..6 {
        let (status, text) = caller.post_json(&format!("{BASE}{path}"), Some(&token(caller).await), body).await;
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        if ![99_991_400, 99_991_663, 1_228_000].contains(&answer["code"].as_i64().expect("a code")) {
            return (status, answer);
        }
    }
    panic!("no answer from {path}");
}

fn month(users: &[&str]) -> Value {
    json!({"user_ids": users, "check_date_from": 20_261_001, "check_date_to": 20_261_031})
}

const TASKS: &str =
    "/user_tasks/query?employee_type=employee_no&ignore_invalid_users=true&include_terminated_user=true";
const STATS: &str = "/user_stats_datas/query?employee_type=employee_no";

#[tokio::test]
async fn only_a_good_token_opens() {
    let caller = Caller::of(3);
    let (_, text) = caller
        .post_json(
            "/open-apis/auth/v3/tenant_access_token/internal",
            None,
            &json!({"app_id": "shop", "app_secret": "x"}),
        )
        .await;
    assert!(text.contains("10014"), "{text}");
    let path = format!("{BASE}{TASKS}");
    let body = month(&["A001"]);
    let code = |text: String| serde_json::from_str::<Value>(&text).expect("JSON")["code"].as_i64().expect("a code");
    let first = token(&caller).await;
    let mut seen = Vec::new();
    for bearer in
        [None, Some("x"), Some("made-up"), Some(&*first), Some(&*first), Some(&*first), Some(&*first), Some(&*first)]
    {
        let (status, text) = caller.post_json(&path, bearer, &body).await;
        seen.push((status, code(text)));
    }
    let wanted = [
        (400, 99_991_661),
        (400, 99_991_400),
        (400, 99_991_663),
        (200, 0),
        (500, 1_228_000),
        (200, 0),
        (200, 0),
        (400, 99_991_663),
    ];
    assert_eq!(seen, wanted);
    assert_ne!(token(&caller).await, first, "a dead token is replaced");
}

#[tokio::test]
async fn an_unknown_person_fails_the_call_unless_it_says_otherwise() {
    let caller = Caller::of(21);
    let strict = "/user_tasks/query?employee_type=employee_no";
    assert_eq!(ask(&caller, strict, &month(&["A001", "A999"])).await.1["code"], 1_220_004);
    assert_eq!(ask(&caller, strict, &month(&["A013"])).await.1["code"], 1_220_004, "who left is unknown");
    let (_, lenient) = ask(&caller, TASKS, &month(&["A001", "A999", "A013"])).await;
    assert_eq!(lenient["data"]["invalid_user_ids"], json!(["A999"]));
    let rows = lenient["data"]["user_task_results"].as_array().expect("rows");
    assert_eq!(rows.iter().filter(|row| row["user_id"] == "A013").count(), 18, "up to the last day at work");
    let by_id = "/user_tasks/query?employee_type=employee_id";
    assert_eq!(ask(&caller, by_id, &month(&["fs500001"])).await.1["code"], 0);
}

#[tokio::test]
async fn days_are_numbers_and_spans_and_lists_have_limits() {
    let caller = Caller::of(3);
    let crowd: Vec<String> = (1..=51).map(|number| format!("A{number:03}")).collect();
    let spoiled = [
        json!({"user_ids": ["A001"], "check_date_from": "20261001", "check_date_to": 20_261_002}),
        json!({"user_ids": ["A001"], "check_date_from": 20_261_001, "check_date_to": 20_261_101}),
        json!({"user_ids": crowd, "check_date_from": 20_261_001, "check_date_to": 20_261_002}),
        json!({"user_ids": [], "check_date_from": 20_261_001, "check_date_to": 20_261_002}),
    ];
    for wrong in spoiled {
        assert_eq!(ask(&caller, TASKS, &wrong).await, ask(&caller, TASKS, &wrong).await);
        assert_eq!(ask(&caller, TASKS, &wrong).await.1["code"], 1_220_001, "{wrong}");
    }
    let stats = json!({"locale": "zh", "stats_type": "daily", "start_date": 20_261_001, "end_date": 20_261_002,
        "user_ids": ["A001"]});
    assert_eq!(ask(&caller, STATS, &stats).await.1["code"], 1_220_001, "nobody asks");
}

#[tokio::test]
async fn a_month_has_every_kind_of_day() {
    let caller = Caller::of(21);
    let users: Vec<&str> = caller.shop.agents().iter().map(|agent| agent.id.as_str()).collect();
    let (_, answer) = ask(&caller, TASKS, &month(&users)).await;
    let rows = answer["data"]["user_task_results"].as_array().expect("rows");
    let records: Vec<&Value> = rows.iter().flat_map(|row| row["records"].as_array().expect("records")).collect();
    let truth = caller.shop.attended(super::caller::day(10, 1));
    assert_eq!(rows.len() as u64, truth.iter().map(|row| row.days).sum::<u64>());
    let count = |test: &dyn Fn(&Value) -> bool| records.iter().filter(|record| test(record)).count() as u64;
    let leave = count(&|record| record["check_in_result"] == "Lack" && record["check_in_result_supplement"] == "Leave");
    assert_eq!(leave, truth.iter().map(|row| row.leaves).sum::<u64>());
    assert_eq!(count(&|record| record["check_in_result"] == "SeriousLate"), 1);
    let visits = count(&|record| record["check_in_result"] == "NoNeedCheck" && !record["check_in_record"].is_null());
    assert!(visits > 0, "somebody came on a free day");
    assert!(count(&|record| record["check_out_record"].is_null() && record["check_out_result"] == "Lack") > 0);
    let times = records.iter().filter_map(|record| record["check_in_record"].get("check_time"));
    assert!(times.clone().count() > 300 && times.clone().all(Value::is_string));
}

#[tokio::test]
async fn statistics_are_text_and_cut_off_in_silence() {
    let caller = Caller::of(200);
    let users: Vec<&str> = caller.shop.agents().iter().map(|agent| agent.id.as_str()).collect();
    let body = |kind: &str, end: u32| {
        json!({"locale": "zh", "stats_type": kind, "start_date": 20_261_001, "end_date": end, "user_ids": users,
            "user_id": "boss"})
    };
    let rows = async |body: Value| {
        let (_, answer) = ask(&caller, STATS, &body).await;
        answer["data"]["user_datas"].as_array().expect("rows").clone()
    };
    let one_day = rows(body("daily", 20_261_001)).await;
    assert!(one_day.len() > 190 && rows(body("daily", 20_261_031)).await.len() == 1000);
    let value = |row: &Value, code: &str| {
        let datas = row["datas"].as_array().expect("datas");
        datas.iter().find(|data| data["code"] == code).expect("a code")["value"].as_str().expect("text").to_owned()
    };
    assert!(one_day.iter().any(|row| value(row, "52201") == "-"), "a free day has no number of late arrivals");
    assert!(one_day.iter().any(|row| value(row, "51501").starts_with("无需打卡(-)")), "some values are prose");
    let present: u64 =
        rows(body("month", 20_261_031)).await.iter().map(|row| value(row, "52102").parse::<u64>().expect("days")).sum();
    let truth = caller.shop.attended(super::caller::day(10, 1));
    let known = truth.iter().filter(|row| row.agent != "A013" && row.agent != "A005");
    assert_eq!(present, known.map(|row| row.present).sum::<u64>(), "who left is not in the statistics");
}

#[tokio::test]
async fn leave_without_a_zone_is_in_utc() {
    let caller = Caller::of(21);
    let users: Vec<&str> = caller.shop.agents().iter().map(|agent| agent.id.as_str()).collect();
    let body = json!({"user_ids": users, "check_date_from": 20_261_001, "check_date_to": 20_261_030});
    let (_, answer) =
        ask(&caller, "/user_approvals/query?employee_type=employee_no&include_terminated_user=true", &body).await;
    let rows = answer["data"]["user_approvals"].as_array().expect("rows");
    let begins = |zone: &str| -> Vec<String> {
        let leaves = rows.iter().map(|row| &row["leaves"][0]).filter(|leave| leave["time_zone"] == zone);
        leaves.map(|leave| leave["start_time"].as_str().expect("text")[11..].to_owned()).collect()
    };
    assert!(!begins("").is_empty() && begins("").iter().all(|time| time == "01:00:00" || time == "05:00:00"));
    let local = begins("Asia/Shanghai");
    assert!(!local.is_empty() && local.iter().all(|time| time == "09:00:00" || time == "13:00:00"), "{local:?}");
}
