//! How DingTalk's reports and directory behave and misbehave.

use serde_json::{Value, json};

use super::caller::Caller;

/// The body of one call with a token that holds; the platform's moods are waited out.
async fn ask(caller: &Caller, path: &str, body: &Value) -> Value {
    let mut token = caller.token().await;
    for _ in 0..5 {
        let (status, text) = caller.post_json(&format!("{path}?access_token={token}"), None, body).await;
        assert_eq!(status, 200, "DingTalk always says 200");
        match serde_json::from_str::<Value>(&text) {
            Ok(answer) if answer["errcode"] == 42001 => token = caller.token().await,
            Ok(answer) if answer["errcode"].is_null() || answer["errcode"] == 90018 => (),
            Ok(answer) => return answer,
            Err(_) => assert!(text.contains("<html>"), "{text}"),
        }
    }
    panic!("no answer from {path}");
}

fn records(users: Value, from: &str, to: &str) -> Value {
    json!({"userIds": users, "checkDateFrom": format!("{from} 00:00:00"), "checkDateTo": format!("{to} 23:59:59")})
}

#[tokio::test]
async fn the_77th_call_meets_a_web_page() {
    let caller = Caller::of(3);
    let body = records(json!(["d001"]), "2026-10-05", "2026-10-05");
    let mut pages = Vec::new();
    for call in 1..=80 {
        let token = caller.token().await;
        let (status, text) =
            caller.post_json(&format!("/attendance/listRecord?access_token={token}"), None, &body).await;
        assert_eq!(status, 200);
        pages.extend(text.contains("<html>").then_some(call));
    }
    assert_eq!(pages, [77]);
}

#[tokio::test]
async fn both_ways_give_one_token() {
    let caller = Caller::of(3);
    let (status, text) =
        caller.post_json("/v1.0/oauth2/accessToken", None, &json!({"appKey": "shop", "appSecret": "no"})).await;
    assert_eq!(status, 400, "{text}");
    let right = json!({"appKey": "shop", "appSecret": "sandbox"});
    let (_, text) = caller.post_json("/v1.0/oauth2/accessToken", None, &right).await;
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(answer["accessToken"], caller.token().await.as_str());
}

#[tokio::test]
async fn every_punch_is_told_and_those_that_do_not_count_say_so() {
    let caller = Caller::of(21);
    let users: Vec<&str> = caller.shop.agents().iter().map(|agent| agent.dingtalk.as_str()).collect();
    let mut rows = Vec::new();
    for (from, to) in [("01", "07"), ("08", "14"), ("15", "21"), ("22", "28"), ("29", "31")] {
        let body = records(json!(users), &format!("2026-10-{from}"), &format!("2026-10-{to}"));
        let answer = ask(&caller, "/attendance/listRecord", &body).await;
        rows.extend(answer["recordresult"].as_array().expect("rows").clone());
    }
    let count = |key: &str, value: &str| rows.iter().filter(|row| row[key] == value).count() as u64;
    let truth = caller.shop.attended(super::caller::day(10, 1));
    assert_eq!(count("isLegal", "N"), truth.iter().map(|row| row.illegal).sum::<u64>());
    assert!(count("isLegal", "N") > 0 && count("sourceType", "SYSTEM") == 0);
    let free = rows.iter().filter(|row| row.get("baseCheckTime").is_none()).count() as u64;
    assert_eq!(free, truth.iter().map(|row| row.unplanned).sum::<u64>());
    assert!(free > 0);
    let too_long = records(json!(["d001"]), "2026-10-01", "2026-10-08");
    assert_eq!(ask(&caller, "/attendance/listRecord", &too_long).await["errcode"], 40035);
    let nobody = records(json!(["d999"]), "2026-10-01", "2026-10-02");
    assert!(ask(&caller, "/attendance/listRecord", &nobody).await.get("recordresult").is_none());
}

#[tokio::test]
async fn the_report_is_for_one_person_and_forgets_who_should_have_come() {
    let caller = Caller::of(21);
    let columns = ask(&caller, "/topapi/attendance/getattcolumns", &json!({})).await;
    let columns = columns["result"]["columns"].as_array().expect("columns").clone();
    let id = |alias: &str| columns.iter().find(|column| column["alias"] == alias).expect("a column")["id"].clone();
    assert!(columns.iter().any(|column| column.get("id").is_none()), "leave has no id");
    let body = |user: &str, list: String, from: &str, to: &str| {
        let (from, to) = (format!("2026-{from} 00:00:00"), format!("2026-{to} 00:00:00"));
        json!({"userid": user, "column_id_list": list, "from_date": from, "to_date": to})
    };
    let both = format!("{},{}", id("should_attendance_days"), id("attendance_class"));
    let answer = ask(&caller, "/topapi/attendance/getcolumnval", &body("d001", both, "10-20", "10-31")).await;
    let values = &answer["result"]["column_vals"];
    assert_eq!(values[1]["fixed_value"], "客服早晚班");
    let should: Vec<&str> =
        values[0]["column_vals"].as_array().expect("days").iter().filter_map(|day| day["value"].as_str()).collect();
    // 15 days before the 9th of November is the 25th of October.
    assert!(should[..5].iter().all(|value| *value == "0.0"), "{should:?}");
    assert!(should[5..].contains(&"1.0"), "{should:?}");
    let leaver = body("d013", id("late_times").to_string(), "10-01", "10-31");
    let gone = ask(&caller, "/topapi/attendance/getcolumnval", &leaver).await;
    assert_eq!(gone["result"]["column_vals"][0]["column_vals"], json!([]));
    let spoiled = [
        body("d001", vec!["81001"; 21].join(","), "10-01", "10-31"),
        body("d001", "1".to_owned(), "10-01", "10-31"),
        body("d001", "81001".to_owned(), "09-01", "10-31"),
        json!({"userid": "d001", "column_id_list": "81001", "start_date": "2026-10-01 00:00:00", "end_date": "2026-10-02 00:00:00"}),
    ];
    for wrong in spoiled {
        assert_eq!(ask(&caller, "/topapi/attendance/getcolumnval", &wrong).await["errcode"], 40035, "{wrong}");
    }
}

#[tokio::test]
async fn leave_comes_in_hundredths_of_days_or_hours() {
    let caller = Caller::of(21);
    let users: Vec<&str> = caller.shop.agents().iter().map(|agent| agent.dingtalk.as_str()).collect();
    let body = |offset: usize, size: usize| {
        json!({"userid_list": users.join(","), "start_time": 1_790_784_000_000_i64, "end_time": 1_793_462_399_000_i64,
            "offset": offset, "size": size})
    };
    let (mut rows, mut more) = (Vec::new(), true);
    while more {
        let answer = ask(&caller, "/topapi/attendance/getleavestatus", &body(rows.len(), 3)).await;
        rows.extend(answer["result"]["leave_status"].as_array().expect("rows").clone());
        more = answer["result"]["has_more"] == true;
    }
    let truth = caller.shop.attended(super::caller::day(10, 1));
    assert_eq!(rows.len() as u64, truth.iter().map(|row| row.leaves).sum::<u64>());
    let units = |unit: &str, percent: i64| {
        rows.iter().any(|row| row["duration_unit"] == unit && row["duration_percent"] == percent)
    };
    assert!(units("percent_day", 100) && units("percent_hour", 800), "{rows:?}");
    assert_eq!(ask(&caller, "/topapi/attendance/getleavestatus", &body(0, 21)).await["errcode"], 40035);
}

#[tokio::test]
async fn the_directory_lists_by_department_and_forgets_who_left() {
    let caller = Caller::of(21);
    let below = async |id: u64| {
        let answer = ask(&caller, "/topapi/v2/department/listsubid", &json!({"dept_id": id})).await;
        answer["result"]["dept_id_list"].clone()
    };
    assert_eq!((below(1).await, below(100).await), (json!([100]), json!([101, 102, 103])));
    let mut users = Vec::new();
    for department in [100, 101, 102, 103] {
        let mut cursor = json!(0);
        while !cursor.is_null() {
            let body = json!({"dept_id": department, "cursor": cursor, "size": 3});
            let answer = ask(&caller, "/topapi/v2/user/list", &body).await;
            users.extend(answer["result"]["list"].as_array().expect("people").clone());
            cursor = answer["result"]["next_cursor"].clone();
        }
    }
    let count = |user: &str| users.iter().filter(|row| row["userid"] == user).count();
    assert_eq!((count("d001"), count("d007"), count("d013"), count("robot01")), (1, 2, 0, 1));
    assert_eq!(users.len(), 20 + 2 + 1);
}
