//! JD's gateway: what it lets in, how it wraps errors, and the robot in its logs.

use serde_json::{Value, json};

use super::caller::{Caller, day};

const SESSIONS: &str = "jingdong.im.pop.sessionlist.get";

fn month_of(waiter: &str, week: u32) -> Value {
    let last = (week + 6).min(31);
    json!({
        "waiter": waiter, "page": 1, "pageSize": 50,
        "startTime": format!("{} 00:00:00", day(10, week)), "endTime": format!("{} 23:59:59", day(10, last)),
    })
}

#[tokio::test]
async fn only_a_rightly_signed_call_of_now_comes_in() {
    let caller = Caller::of(2);
    let spoiled = [
        ("method", "", "14"),
        ("method", "jingdong.im.pop.nothing.get", "15"),
        ("v", "1.0", "5"),
        ("app_key", "other", "21"),
        ("timestamp", "2026-11-09 04:00:00", "8"), // UTC
        ("timestamp", "2026-11-09 12:06:01", "8"),
        ("access_token", "other", "19"),
    ];
    for (name, value, code) in spoiled {
        let spoil = |params: &mut std::collections::BTreeMap<String, String>| {
            params.insert(name.to_owned(), value.to_owned());
        };
        let answer = caller.jd_once(SESSIONS, &json!({}), spoil).await;
        assert_eq!(answer["error_response"]["code"], code, "{name} = `{value}`");
    }
}

#[tokio::test]
async fn an_error_of_the_service_looks_like_a_success() {
    let caller = Caller::of(2);
    let eight_days =
        json!({ "waiter": "示例店小满", "startTime": "2026-10-01 00:00:00", "endTime": "2026-10-08 00:00:01" });
    let stranger = json!({ "waiter": "路人", "startTime": "2026-10-01 00:00:00", "endTime": "2026-10-02 00:00:00" });
    let old = json!({ "waiter": "示例店小满", "startTime": "2026-08-08 23:59:59", "endTime": "2026-08-09 00:00:00" });
    for business in [eight_days, stranger, old] {
        assert_eq!(caller.jd(SESSIONS, &business).await["code"], "67", "{business}");
    }
}

#[tokio::test]
async fn sessions_of_a_month_are_the_true_ones() {
    let caller = Caller::of(2);
    let group = caller.jd("jingdong.im.pop.groupinfo.get", &json!({})).await;
    let waiters = group["popgroup"]["waiterList"].as_array().expect("waiters").clone();
    assert_eq!(waiters.len(), 3);
    for (waiter, truth) in waiters.iter().zip(caller.shop.service(day(10, 1))) {
        let (mut sessions, mut answered, mut waited) = (0, 0, 0);
        for week in [1, 8, 15, 22, 29] {
            let mut ask = month_of(waiter["waiter"].as_str().expect("a name"), week);
            for page in 1.. {
                ask["page"] = json!(page);
                let answer = caller.jd(SESSIONS, &ask).await["ChatSessionPage"].clone();
                let Some(rows) = answer["chatSessionList"].as_array() else { break };
                for row in rows {
                    sessions += 1;
                    if let Some(reply) = row["replyTime"].as_i64() {
                        answered += 1;
                        waited += (reply - row["beginTime"].as_i64().expect("ms")) / 1000;
                    }
                }
            }
        }
        assert_eq!((sessions, answered, waited), (truth.sessions, truth.answered, truth.first_reply_seconds));
    }
}

#[tokio::test]
async fn a_robot_greets_in_the_first_second_of_every_log() {
    let caller = Caller::of(2);
    let ask = month_of("示例店小满", 8);
    let sessions = caller.jd(SESSIONS, &ask).await["ChatSessionPage"]["chatSessionList"].clone();
    let answered = sessions.as_array().expect("sessions").iter().find(|row| !row["replyTime"].is_null()).expect("one");
    let mut ask = ask;
    ask["customer"] = answered["customer"].clone();
    let log = caller.jd("jingdong.im.pop.chatlog.get", &ask).await["ChatLogPage"]["chatLogList"].clone();
    let mine = log.as_array().expect("messages").iter().filter(|row| row["sid"] == answered["sid"]);
    let by_waiter: Vec<i64> =
        mine.filter(|row| row["waiterSend"] == true).filter_map(|row| row["time"].as_i64()).collect();
    let begun = answered["beginTime"].as_i64().expect("ms");
    assert_eq!(by_waiter[0], begun, "the robot");
    assert_eq!(by_waiter[1], answered["replyTime"].as_i64().expect("ms"), "the person");
}

#[tokio::test]
async fn statistics_are_texts_by_day() {
    let caller = Caller::of(2);
    let truth = &caller.shop.service(day(10, 1))[1];
    let (mut online, mut stars) = (0, [0; 5]);
    for week in [1, 8, 15, 22, 29] {
        let ask = month_of("示例店小满", week);
        let days = caller.jd("jingdong.im.pop.waiter.onlinetime.stat.get", &ask).await;
        for row in days["WaiterDailyStat"].as_array().expect("days") {
            online += row["result"].as_str().expect("a text").parse::<i64>().expect("a number");
        }
        let given = caller.jd("jingdong.im.pop.evaluationstat.get", &ask).await;
        for row in given["WaiterDailyEvaStat"].as_array().into_iter().flatten() {
            stars[row["score"].as_u64().expect("a score") as usize - 1] += row["count"].as_u64().expect("a count");
        }
    }
    assert_eq!((online, stars), (truth.online_seconds, truth.stars));
}
