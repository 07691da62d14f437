//! TOP's methods about service: ratings, presence, sub-accounts, reviews.

use std::collections::BTreeMap;

use scorepost::demo::ServiceRow;
use serde_json::Value;

use super::caller::{Caller, day};

const KEFUEVAL: &str = "taobao.airisland.kefueval.get";
const PRESENCE: &str = "taobao.qianniu.cloudkefu.onlinestatuslog.get";
const RATES: &str = "taobao.traderates.get";

fn rows(inside: &Value) -> Vec<Value> {
    match inside {
        Value::Array(rows) => rows.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

#[tokio::test]
async fn ratings_of_a_month_are_the_true_ones_upside_down() {
    let caller = Caller::of(6);
    let mut stars: BTreeMap<String, [u64; 5]> = BTreeMap::new();
    let accounts: Vec<String> = caller.shop.agents().iter().map(|agent| agent.account.clone()).collect();
    let ids = format!("{},cntaobao示例店:公用", accounts.join(","));
    for week in ["01", "08", "15", "22", "29"] {
        let last = if week == "29" { 31 } else { week.parse::<u32>().expect("a day") + 6 };
        let (from, to) = (format!("202610{week}000000"), format!("202610{last:02}235959"));
        let answer = caller.patient(KEFUEVAL, &[("query_ids", &ids), ("btime", &from), ("etime", &to)]).await;
        let given = rows(&answer["staff_eval_details"]["eval_detail"]);
        assert_eq!(answer["result_count"], given.len(), "{answer}");
        for row in given {
            let code = row["eval_code"].as_u64().expect("a code") as usize;
            stars.entry(row["eval_sender"].as_str().expect("an account").to_owned()).or_default()[4 - code] += 1;
        }
    }
    let truth = caller.shop.service(day(10, 1));
    assert!(truth.iter().map(|row| row.stars.iter().sum::<u64>()).sum::<u64>() > 300);
    for ServiceRow { account, stars: true_stars, .. } in truth {
        assert_eq!(stars.remove(&account).unwrap_or_default(), true_stars, "{account}");
    }
}

#[tokio::test]
async fn ratings_have_their_limits() {
    let caller = Caller::of(21);
    let account = caller.shop.agents()[0].account.clone();
    let many: Vec<&str> = caller.shop.agents()[..11].iter().map(|agent| agent.account.as_str()).collect();
    let many = many.join(",");
    let refused = [
        (many.as_str(), "20261001000000", "20261002000000", "query_ids"),
        (&account, "20261001000000", "20261008000001", "etime"),
        (&account, "20261107000000", "20261108120001", "etime"), // less than a day ago
        (&account, "20260811115959", "20260812000000", "btime"),
    ];
    for (ids, from, to, culprit) in refused {
        let answer = caller.patient(KEFUEVAL, &[("query_ids", ids), ("btime", from), ("etime", to)]).await;
        assert_eq!(answer["sub_code"], format!("isv.invalid-parameter:{culprit}"), "{from} {to}");
    }
    let dashed = [("query_ids", account.as_str()), ("btime", "2026-10-01 00:00:00"), ("etime", "20261002000000")];
    assert_eq!(caller.patient(KEFUEVAL, &dashed).await["code"], 41);
}

#[tokio::test]
async fn presence_is_known_for_thirty_days_and_by_number() {
    let caller = Caller::of(6);
    let users = caller.patient("taobao.sellercenter.subusers.page", &[("nick", "示例店"), ("page_size", "200")]).await;
    let users = rows(&users["subusers"]["sub_user_info"]);
    assert_eq!(users.len(), 7, "six agents and the shared account");
    let number = users[1]["sub_id"].clone();
    let id = number.to_string();
    let ask = |from: &'static str, to: &'static str| {
        [("account_ids", id.clone()), ("start_date", from.into()), ("end_date", to.into())]
    };
    let call = async |ask: [(&str, String); 3]| {
        let ask: Vec<(&str, &str)> = ask.iter().map(|(key, value)| (*key, value.as_str())).collect();
        caller.patient(PRESENCE, &ask).await
    };
    let too_old = call(ask("2026-10-09 00:00:00", "2026-10-10 00:00:00")).await;
    assert_eq!(too_old["sub_code"], "isv.invalid-parameter:start_date");
    let events = call(ask("2026-10-12 00:00:00", "2026-10-18 00:00:00")).await;
    let events = rows(&events["record_list"]["record_list"]);
    let count = |status: i64| events.iter().filter(|event| event["status"] == status).count();
    assert!(count(1) >= 4 && count(2) == count(3), "{events:?}");
    assert!(events.iter().all(|event| event["account_id"] == number));
    let stranger = [
        ("account_ids", "42".to_owned()),
        ("start_date", "2026-10-12 00:00:00".into()),
        ("end_date", "2026-10-12 00:00:00".into()),
    ];
    let inside = call(stranger).await;
    assert_eq!(inside["cause"], "INVALID_ACCOUNT", "an error inside a success: {inside}");
    assert!(inside.get("record_list").is_none());
}

#[tokio::test]
async fn a_sub_account_tells_its_staff_number() {
    let caller = Caller::of(6);
    let users = caller.patient("taobao.sellercenter.subusers.page", &[("nick", "示例店")]).await;
    let users = rows(&users["subusers"]["sub_user_info"]);
    for (place, user) in users.iter().enumerate() {
        let id = user["sub_id"].to_string();
        let ask = [("sub_id", id.as_str()), ("fields", "sub_id,nick,employee_num")];
        let info = caller.patient("taobao.subuser.fullinfo.get", &ask).await["sub_fullinfo"].clone();
        assert_eq!(info["nick"], user["nick"]);
        let number = place.checked_sub(1).map(|place| caller.shop.agents()[place].id.clone());
        assert_eq!(info.get("employee_num").and_then(Value::as_str).map(str::to_owned), number);
    }
    let one = caller.patient("taobao.sellercenter.subusers.page", &[("nick", "示例店"), ("page_size", "1")]).await;
    assert!(one["subusers"]["sub_user_info"].is_object(), "a list of one is an object");
}

#[tokio::test]
async fn reviews_of_a_month_are_the_true_ones() {
    let caller = Caller::of(12);
    let ask = [
        ("fields", "tid,oid,result,created"),
        ("rate_type", "get"),
        ("role", "buyer"),
        ("start_date", "2026-10-01 00:00:00"),
        ("end_date", "2026-10-31 23:59:59"),
    ];
    let rows = caller.all(RATES, ["trade_rates", "trade_rate"], &ask).await;
    let count = |word: &str| rows.iter().filter(|row| row["result"] == word).count() as u64;
    assert_eq!([count("good"), count("neutral"), count("bad")], caller.shop.sold(day(10, 1)).reviews);
    assert!(rows.len() > 100, "{}", rows.len());
    let other = caller.patient(RATES, &[ask[0], ask[1], ("role", "seller")]).await;
    assert_eq!(other["sub_code"], "isv.invalid-parameter:role");
}
