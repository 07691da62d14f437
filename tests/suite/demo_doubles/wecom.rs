//! How the WeCom double behaves and misbehaves.

use serde_json::{Value, json};

use super::caller::Caller;

/// 2026-10-01 00:00 in Beijing.
const FIRST: i64 = 1_790_784_000;
const DAY: i64 = 86_400;

async fn token(caller: &Caller) -> String {
    let (_, text) = caller.get("/cgi-bin/gettoken?corpid=shop&corpsecret=sandbox").await;
    serde_json::from_str::<Value>(&text).expect("JSON")["access_token"].as_str().expect("a token").to_owned()
}

/// One call through every mood of the platform.
async fn ask(caller: &Caller, path: &str, body: &Value) -> Value {
    for _ in 0..6 {
        let token = token(caller).await;
        let answer = once(caller, path, &token, body).await;
        if ![45009, 42001].contains(&answer["errcode"].as_i64().expect("a code")) {
            return answer;
        }
    }
    panic!("no answer from {path}");
}

async fn once(caller: &Caller, path: &str, token: &str, body: &Value) -> Value {
    let (status, text) = caller.post_json(&format!("/cgi-bin{path}?access_token={token}"), None, body).await;
    assert_eq!(status, 200, "WeCom always says 200");
    serde_json::from_str(&text).expect("JSON")
}

fn everybody(caller: &Caller) -> Vec<&str> {
    caller.shop.agents().iter().map(|agent| agent.wecom.as_str()).collect()
}

fn days(users: &[&str], start: i64, end: i64) -> Value {
    json!({"starttime": start, "endtime": end, "useridlist": users})
}

const DAYDATA: &str = "/checkin/getcheckin_daydata";

fn sum(rows: &[Value], of: impl Fn(&Value) -> i64) -> i64 {
    rows.iter().map(of).sum()
}

#[tokio::test]
async fn tokens_die_and_calls_are_limited() {
    let caller = Caller::of(3);
    let (_, text) = caller.get("/cgi-bin/gettoken?corpid=shop&corpsecret=wrong").await;
    assert!(text.contains("40001"), "{text}");
    let body = days(&["w001"], FIRST, FIRST);
    let first = token(&caller).await;
    let mut seen = Vec::new();
    for token in ["made-up", &first, &first, &first, &first, &first] {
        seen.push(once(&caller, DAYDATA, token, &body).await["errcode"].as_i64().expect("a code"));
    }
    assert_eq!(seen, [40014, 45009, 0, 0, 0, 42001]);
    assert_ne!(token(&caller).await, first);
}

#[tokio::test]
async fn lists_and_spans_over_the_limit_have_one_number() {
    let caller = Caller::of(3);
    let crowd = vec!["w001"; 101];
    for wrong in [
        days(&[], FIRST, FIRST + DAY),
        days(&crowd, FIRST, FIRST + DAY),
        days(&["w001"], FIRST, FIRST + 31 * DAY),
        days(&["w001"], FIRST, FIRST - DAY),
    ] {
        assert_eq!(ask(&caller, DAYDATA, &wrong).await["errcode"], 301_023, "{wrong}");
    }
}

#[tokio::test]
async fn what_is_not_midnight_gives_nothing_in_silence() {
    let caller = Caller::of(3);
    let rows = async |start: i64, end: i64| {
        let answer = ask(&caller, DAYDATA, &days(&["w001", "w999"], start, end)).await;
        assert_eq!(answer["errcode"], 0);
        answer["datas"].as_array().expect("rows").len()
    };
    assert_eq!(rows(FIRST, FIRST + 6 * DAY).await, 7, "both days count, and unknown people are passed over");
    assert_eq!(rows(FIRST, FIRST + 7 * DAY - 1).await, 0);
    let today = FIRST + 39 * DAY;
    assert_eq!((rows(today - DAY, today).await, rows(today, today).await), (1, 0), "today has no row yet");
}

#[tokio::test]
async fn days_and_months_tell_the_same_truth() {
    let caller = Caller::of(21);
    let users = everybody(&caller);
    let (halves, mut rows) = ([(0, 15), (16, 30)], Vec::new());
    for (from, to) in halves {
        let answer = ask(&caller, DAYDATA, &days(&users, FIRST + from * DAY, FIRST + to * DAY)).await;
        rows.extend(answer["datas"].as_array().expect("rows").clone());
    }
    let month = ask(&caller, "/checkin/getcheckin_monthdata", &days(&users, FIRST, FIRST + 30 * DAY)).await;
    let months = month["datas"].as_array().expect("rows").clone();
    let truth = caller.shop.attended(super::caller::day(10, 1));
    assert_eq!(rows.len() as u64, truth.iter().map(|row| row.days).sum::<u64>());
    let exception = |row: &Value, kind: i64, field: &str| -> i64 {
        let all = row["exception_infos"].as_array().into_iter().flatten();
        all.filter(|one| one["exception"] == kind).filter_map(|one| one[field].as_i64()).sum()
    };
    for rows in [&rows, &months] {
        assert_eq!(
            sum(rows, |row| exception(row, 1, "duration")),
            60 * truth.iter().map(|row| row.late_minutes).sum::<i64>()
        );
        assert_eq!(sum(rows, |row| exception(row, 4, "count")), 1);
        let worked = sum(rows, |row| row["summary_info"]["regular_work_sec"].as_i64().expect("seconds"));
        assert_eq!(worked, 60 * truth.iter().map(|row| row.worked_minutes).sum::<i64>());
        let leave = sum(rows, |row| row["sp_items"][0]["duration"].as_i64().unwrap_or_default());
        assert_eq!(leave, 60 * truth.iter().map(|row| row.leave_minutes).sum::<i64>());
    }
    assert!(rows.iter().any(|row| row.get("exception_infos").is_none()), "an empty list is not there");
    let items: Vec<&Value> = rows.iter().filter_map(|row| row["sp_items"].get(0)).collect();
    let counts = |unit: u64, count: u64| items.iter().any(|item| item["time_type"] == unit && item["count"] == count);
    assert!(counts(0, 1) && counts(1, 8), "days and hours: {items:?}");
}

#[tokio::test]
async fn a_punch_that_nobody_made_has_a_time_all_the_same() {
    let caller = Caller::of(21);
    let users = everybody(&caller);
    let body = |kind: u8, from: i64, to: i64| {
        let mut body = days(&users, FIRST + from * DAY, FIRST + to * DAY - 1);
        body["opencheckindatatype"] = json!(kind);
        body
    };
    let mut rows = Vec::new();
    for (from, to) in [(0, 15), (15, 31)] {
        let answer = ask(&caller, "/checkin/getcheckindata", &body(3, from, to)).await;
        rows.extend(answer["checkindata"].as_array().expect("rows").clone());
    }
    let truth = caller.shop.attended(super::caller::day(10, 1));
    let total = |of: fn(&scorepost::demo::AttendedRow) -> u64| truth.iter().map(of).sum::<u64>() as i64;
    let with = |word: &str| sum(&rows, |row| row["exception_type"].as_str().expect("text").contains(word).into());
    assert_eq!(with("未打卡"), total(|row| row.missed));
    assert_eq!(with("地点异常"), total(|row| row.illegal));
    assert_eq!(sum(&rows, |row| (row["checkin_type"] == "外出打卡").into()), total(|row| row.unplanned));
    for row in rows.iter().filter(|row| row["exception_type"] == "未打卡") {
        assert_eq!(row["checkin_time"], row["sch_checkin_time"]);
    }
    assert_eq!(ask(&caller, "/checkin/getcheckindata", &body(4, 0, 1)).await["errcode"], 40058);
    let mut machine = days(&["w001", "w999"], FIRST, FIRST + 30 * DAY);
    machine["filter_type"] = json!(1);
    let answer = ask(&caller, "/hardware/get_hardware_checkin_data", &machine).await;
    assert!(answer["checkindata"].as_array().expect("rows").iter().all(|row| row["userid"] == "w001"));
}

#[tokio::test]
async fn the_directory_goes_by_cursor_and_pages_as_it_pleases() {
    let caller = Caller::of(21);
    let (mut cursor, mut rows, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let answer = ask(&caller, "/user/list_id", &json!({"cursor": cursor, "limit": 10_000})).await;
        rows.extend(answer["dept_user"].as_array().expect("rows").clone());
        pages += 1;
        cursor = answer["next_cursor"].as_str().expect("a cursor").to_owned();
        if cursor.is_empty() {
            break;
        }
    }
    let count = |user: &str| rows.iter().filter(|row| row["userid"] == user).count();
    assert_eq!((count("w001"), count("w007"), count("w013"), count("wm01")), (1, 2, 0, 1));
    assert_eq!((rows.len(), pages), (20 + 2 + 3, 2));
    assert_eq!(ask(&caller, "/user/list_id", &json!({"limit": 10_001})).await["errcode"], 40058);
}

#[tokio::test]
async fn service_statistics_are_by_closed_midnights_up_to_yesterday() {
    let caller = Caller::of(21);
    let path = "/kf/get_servicer_statistic";
    let body = |start: i64, end: i64| json!({"open_kfid": "kf-shop", "servicer_userid": "w001", "start_time": start, "end_time": end});
    let answer = ask(&caller, path, &body(FIRST, FIRST + 30 * DAY)).await;
    let list = answer["statistic_list"].as_array().expect("days");
    assert_eq!(list.len(), 31);
    let of = |row: &Value, name: &str| row["statistic"].get(name).cloned();
    let free = list.iter().find(|row| of(row, "session_cnt") == Some(json!(0))).expect("a free day");
    assert_eq!((of(free, "reply_rate"), of(free, "first_reply_average_sec")), (None, None));
    let truth = caller.shop.truth(super::caller::day(10, 1));
    let sessions = list.iter().filter_map(|row| of(row, "session_cnt")?.as_u64()).sum::<u64>();
    assert_eq!(sessions, truth[0].received);
    let rates = list.iter().filter_map(|row| of(row, "reply_rate")?.as_f64());
    assert!(rates.clone().count() > 15 && rates.clone().all(|rate| (0.0..=1.0).contains(&rate)));
    for (start, end) in [
        (FIRST, FIRST + 31 * DAY),
        (FIRST + 1, FIRST + DAY),
        (FIRST, FIRST + DAY - 1),
        (FIRST + 38 * DAY, FIRST + 39 * DAY),
        (FIRST - 145 * DAY, FIRST - 140 * DAY),
    ] {
        assert_eq!(ask(&caller, path, &body(start, end)).await["errcode"], 40058, "{start} {end}");
    }
}
