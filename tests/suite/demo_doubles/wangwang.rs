//! The retired statistics by account and day.

use serde_json::Value;

use super::caller::{Caller, day};

async fn week(caller: &Caller, method: &str, accounts: &str, from: &str, to: &str) -> Value {
    let ask = [("service_staff_id", accounts), ("start_date", from), ("end_date", to)];
    caller.patient(&format!("taobao.wangwang.eservice.{method}.get"), &ask).await
}

#[tokio::test]
async fn a_month_of_online_time_and_ratings_is_the_true_one() {
    let caller = Caller::of(2);
    let account = caller.shop.agents()[0].account.clone();
    let (mut seconds, mut ratings) = (0, 0);
    for (from, to) in [(1, 7), (8, 14), (15, 21), (22, 28), (29, 31)] {
        let (from, to) = (format!("{} 00:00:00", day(10, from)), format!("{} 00:00:00", day(10, to)));
        let online = week(&caller, "onlinetime", &account, &from, &to).await;
        for of_day in online["online_times_list_on_days"]["online_times_on_day"].as_array().expect("days") {
            // One account asked for: an object where two would be an array.
            seconds += of_day["online_time_by_ids"]["online_time_by_id"]["online_times"].as_i64().expect("seconds");
        }
        let given = week(&caller, "evaluation", &account, &from, &to).await;
        for of_day in given["staff_eval_stat_on_days"]["staff_eval_stat_on_day"].as_array().expect("days") {
            let levels = &of_day["staff_eval_stat_by_ids"]["staff_eval_stat_by_id"]["evaluations"]["evaluation"];
            let numbers = levels.as_array().expect("levels").iter().map(|level| &level["evaluation_num"]);
            ratings +=
                numbers.map(|text| text.as_str().expect("a text").parse::<u64>().expect("a number")).sum::<u64>();
        }
    }
    let truth = &caller.shop.service(day(10, 1))[1];
    assert_eq!((seconds, ratings), (truth.online_seconds, truth.stars.iter().sum()));
    assert!(seconds > 100 * 3600, "{seconds}");
}

#[tokio::test]
async fn a_day_of_one_is_an_object_and_today_is_refused() {
    let caller = Caller::of(2);
    let account = caller.shop.agents()[0].account.clone();
    let one = week(&caller, "receivenum", &account, "2026-10-14 00:00:00", "2026-10-14 00:00:00").await;
    assert!(one["reply_stat_list_on_days"]["reply_stat_on_day"]["reply_date"].is_string(), "{one}");
    for (from, to, culprit) in [
        ("2026-11-09 00:00:00", "2026-11-09 00:00:00", "end_date"),
        ("2026-10-01 00:00:00", "2026-10-08 00:00:00", "end_date"),
        ("2026-08-10 00:00:00", "2026-08-11 00:00:00", "start_date"),
    ] {
        let refused = week(&caller, "noreplynum", &account, from, to).await;
        assert_eq!(refused["sub_code"], format!("isv.invalid-parameter:{culprit}"), "{from}");
    }
}
