//! What the gateway lets in, what it refuses, and how it pages.

use std::collections::BTreeSet;

use serde_json::Value;

use super::caller::{ALL_TYPES, Caller};

const TRADES: &str = "taobao.trades.sold.get";
const CHATS: &str = "shop.chats.get";
const WEEK: [(&str, &str); 2] = [("start_created", "2026-10-05 00:00:00"), ("end_created", "2026-10-11 23:59:59")];
const FIELDS: (&str, &str) = ("fields", "tid,type,status,payment,created,pay_time,buyer_open_uid,buyer_nick");

#[tokio::test]
async fn only_a_rightly_signed_call_of_now_comes_in() {
    let caller = Caller::of(3);
    let right = || caller.params(TRADES, &[FIELDS]);
    let spoiled = [
        ("method", "", 21),
        ("method", "taobao.items.onsale.get", 22),
        ("app_key", "", 28),
        ("app_key", "shopp", 29),
        ("session", "", 26),
        ("session", "sandbox2", 27),
        ("timestamp", "", 30),
        ("timestamp", "2026-11-09 04:00:00", 31), // UTC
        ("timestamp", "2026-11-09 11:49:59", 31),
        ("timestamp", "2026-11-09T12:00:00", 31),
        ("v", "1.0", 33),
        ("sign_method", "sha1", 25),
        ("sign_method", "hmac", 25), // signed with MD5 all the same
    ];
    for (name, value, code) in spoiled {
        let mut params = right();
        params.insert(name.to_owned(), value.to_owned());
        assert_eq!(caller.once(params).await["error_response"]["code"], code, "{name} = `{value}`");
    }
    let mut within = right();
    within.insert("timestamp".to_owned(), "2026-11-09 11:50:00".to_owned());
    assert!(caller.once(within).await["trades_sold_get_response"].is_object());
}

#[tokio::test]
async fn a_wrong_or_missing_signature_is_refused() {
    let caller = Caller::of(3);
    let mut params = caller.params(TRADES, &[FIELDS]);
    let missing: Value = serde_json::from_str(&caller.post(&params).await).expect("JSON");
    assert_eq!(missing["error_response"]["code"], 24);
    params.insert("sign".to_owned(), "0123456789ABCDEF0123456789ABCDEF".to_owned());
    let wrong: Value = serde_json::from_str(&caller.post(&params).await).expect("JSON");
    assert_eq!(wrong["error_response"]["code"], 25);
    assert_eq!(wrong["error_response"]["msg"], "Invalid Signature");
}

#[tokio::test]
async fn who_does_not_ask_for_json_gets_xml() {
    let caller = Caller::of(3);
    let mut params = caller.params(TRADES, &[FIELDS]);
    params.remove("format");
    let body = caller.post(&params).await;
    assert!(body.starts_with("<?xml") && body.contains("<code>23</code>"), "{body}");
}

#[tokio::test]
async fn limits_are_the_callers_fault() {
    let caller = Caller::of(40);
    let account = caller.shop.agents()[0].account.clone();
    let many: Vec<&str> = caller.shop.agents()[..31].iter().map(|agent| agent.account.as_str()).collect();
    let many = many.join(",");
    let chats = |ids: &str, from: &str, to: &str| {
        [("service_staff_ids", ids), ("start_time", from), ("end_time", to)]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .to_vec()
    };
    let refused = [
        (chats(&account, "2026-10-01 00:00:00", "2026-10-08 00:00:01"), "end_time"),
        (chats(&account, "2026-11-08 00:00:00", "2026-11-09 00:00:01"), "end_time"), // today
        (chats(&account, "2026-10-08 00:00:00", "2026-10-07 00:00:00"), "end_time"),
        (chats(&account, "2026-08-10 23:59:59", "2026-08-12 00:00:00"), "start_time"),
        (chats(&many, "2026-10-01 00:00:00", "2026-10-02 00:00:00"), "service_staff_ids"),
        (chats("cntaobao示例店:路人", "2026-10-01 00:00:00", "2026-10-02 00:00:00"), "service_staff_ids"),
    ];
    for (params, culprit) in refused {
        let params: Vec<(&str, &str)> = params.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let answer = caller.patient(CHATS, &params).await;
        assert_eq!(answer["code"], 15, "{params:?}");
        assert_eq!(answer["sub_code"], format!("isv.invalid-parameter:{culprit}"), "{params:?}");
    }
    let edge = chats(&account, "2026-08-11 00:00:00", "2026-08-18 00:00:00");
    let edge: Vec<(&str, &str)> = edge.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert!(caller.patient(CHATS, &edge).await["total_results"].is_u64());
}

#[tokio::test]
async fn trades_have_limits_too() {
    let caller = Caller::of(3);
    let refused = [
        (vec![FIELDS, ("page_size", "101")], 15, "isv.invalid-parameter:page_size"),
        (vec![FIELDS, ("start_created", "2026-08-08 23:59:59")], 15, "isv.invalid-parameter:start_created"),
        (
            vec![FIELDS, ("start_created", "2026-10-02 00:00:00"), ("end_created", "2026-10-01 00:00:00")],
            15,
            "isv.invalid-parameter:end_created",
        ),
        (vec![FIELDS, ("start_created", "2026-10-02")], 41, "isv.invalid-parameter:start_created"),
        (vec![FIELDS, ("page_no", "0")], 41, "isv.invalid-parameter:page_no"),
        (vec![], 40, "isv.missing-parameter:fields"),
    ];
    for (params, code, sub) in refused {
        let answer = caller.patient(TRADES, &params).await;
        assert_eq!((answer["code"].as_i64(), answer["sub_code"].as_str()), (Some(code), Some(sub)), "{params:?}");
    }
}

#[tokio::test]
async fn leaving_out_the_type_loses_rows_in_silence() {
    let caller = Caller::of(21);
    let default = caller.patient(TRADES, &[FIELDS, WEEK[0], WEEK[1]]).await;
    let all = caller.patient(TRADES, &[FIELDS, WEEK[0], WEEK[1], ("type", ALL_TYPES)]).await;
    let fixed = caller.patient(TRADES, &[FIELDS, WEEK[0], WEEK[1], ("type", "fixed")]).await;
    let count = |answer: &Value| answer["total_results"].as_u64().expect("a count");
    assert!(count(&fixed) > 0);
    assert_eq!(count(&default) + count(&fixed), count(&all));
}

#[tokio::test]
async fn pages_sum_to_the_total_newest_first_each_order_once() {
    let caller = Caller::of(21);
    let ask = [FIELDS, WEEK[0], ("end_created", "2026-10-11 15:00:00"), ("type", ALL_TYPES)];
    let total = caller.patient(TRADES, &ask).await["total_results"].as_u64().expect("a count");
    let rows = caller.all(TRADES, ["trades", "trade"], &ask).await;
    assert_eq!(rows.len() as u64, total);
    assert!(total > 500, "{total}");
    let numbers: BTreeSet<u64> = rows.iter().map(|row| row["tid"].as_u64().expect("a number")).collect();
    assert_eq!(numbers.len(), rows.len());
    assert!(numbers.iter().all(|tid| tid.to_string().len() == 19));
    let created: Vec<&str> = rows.iter().map(|row| row["created"].as_str().expect("a time")).collect();
    assert!(created.is_sorted_by(|newer, older| newer >= older));
    assert!(created.iter().all(|at| ("2026-10-05 00:00:00"..="2026-10-11 15:00:00").contains(at)));
    for row in &rows {
        let unpaid = matches!(row["status"].as_str(), Some("TRADE_CLOSED" | "WAIT_BUYER_PAY"));
        assert_eq!(unpaid, row.get("pay_time").is_none(), "{row}");
    }
}

#[tokio::test]
async fn nobody_sees_orders_of_the_future() {
    let caller = Caller::of(21);
    let ask = [FIELDS, ("start_created", "2026-11-09 00:00:00"), ("end_created", "2026-11-12 00:00:00")];
    let rows = caller.all(TRADES, ["trades", "trade"], &ask).await;
    let before = |row: &Value| row["created"].as_str().is_some_and(|at| at <= "2026-11-09 12:00:00");
    assert!(!rows.is_empty() && rows.iter().all(before));
}

#[tokio::test]
async fn a_list_of_one_is_an_object_and_an_empty_one_is_absent() {
    let caller = Caller::of(5);
    let worker = caller.shop.agents()[0].account.clone();
    let week = [("start_time", "2026-10-05 00:00:00"), ("end_time", "2026-10-12 00:00:00")];
    let one = caller.patient(CHATS, &[("service_staff_ids", &worker), week[0], week[1], ("page_size", "1")]).await;
    assert_eq!(one["chats"]["chat"]["service_staff_id"], worker.as_str());
    let two = caller.patient(CHATS, &[("service_staff_ids", &worker), week[0], week[1], ("page_size", "2")]).await;
    assert_eq!(two["chats"]["chat"].as_array().map(Vec::len), Some(2));
    let on_leave = caller.shop.agents()[4].account.clone();
    let none = caller.patient(CHATS, &[("service_staff_ids", &on_leave), week[0], week[1]]).await;
    assert_eq!(none["total_results"], 0);
    assert!(none.get("chats").is_none());
}

#[tokio::test]
async fn the_simple_form_has_no_wrapping() {
    let caller = Caller::of(3);
    let ask = [FIELDS, WEEK[0], WEEK[1], ("simplify", "true")];
    let answer = caller.once(caller.params(TRADES, &ask)).await;
    assert!(answer["trades"].is_array() && answer["total_results"].is_u64(), "{answer}");
}

#[tokio::test]
async fn the_gateway_is_restless_at_known_calls() {
    let caller = Caller::of(1);
    let mut troubled = Vec::new();
    for call in 1..=50 {
        let answer = caller.once(caller.params(TRADES, &[FIELDS, ("page_size", "1")])).await;
        if let Some(code) = answer["error_response"]["code"].as_i64() {
            troubled.push((call, code, answer["error_response"]["sub_code"].as_str().unwrap_or("").to_owned()));
        }
    }
    let limited = "accesscontrol.limited-by-api-access-count".to_owned();
    assert_eq!(troubled, [(5, 7, limited), (30, 15, "isp.top-remote-connection-timeout".to_owned())]);
}

#[tokio::test]
async fn refunds_are_listed_by_their_last_change() {
    let caller = Caller::of(21);
    let span = [("start_modified", "2026-10-01 00:00:00"), ("end_modified", "2026-10-31 23:59:59")];
    let fields = ("fields", "refund_id,tid,total_fee,refund_fee,status,reason,created,modified,refund_phase");
    let ask = [fields, span[0], span[1], ("type", ALL_TYPES)];
    let rows = caller.all("taobao.refunds.receive.get", ["refunds", "refund"], &ask).await;
    assert!(rows.len() > 100, "{}", rows.len());
    let cents =
        |row: &Value, key: &str| row[key].as_str().expect("yuan").replace('.', "").parse::<i64>().expect("a sum");
    for row in &rows {
        assert!(cents(row, "refund_fee") <= cents(row, "total_fee"), "{row}");
        assert!(row["modified"].as_str().is_some_and(|at| at.starts_with("2026-10-")), "{row}");
    }
    let narrow = caller.all("taobao.refunds.receive.get", ["refunds", "refund"], &ask[..3]).await;
    assert!(narrow.len() < rows.len());
}
