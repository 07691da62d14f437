//! A month pulled through the doubles and counted here by other code comes to the shop's own truth.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;
use scorepost::demo::TruthRow;
use serde_json::Value;

use super::caller::{ALL_TYPES, Caller, day};

const SHARED: &str = "cntaobao示例店:公用";

async fn pull_chats(caller: &Caller) -> Vec<Value> {
    let accounts: Vec<String> = caller.shop.agents().iter().map(|agent| agent.account.clone()).collect();
    let accounts = format!("{},{SHARED}", accounts.join(","));
    let mut chats = Vec::new();
    for first in (0..35).step_by(7) {
        let from = day(9, 30) + Days::new(first);
        let (from, to) = (format!("{from} 00:00:00"), format!("{} 23:59:59", from + Days::new(6)));
        let ask = [("service_staff_ids", accounts.as_str()), ("start_time", &from), ("end_time", &to)];
        chats.extend(caller.all("shop.chats.get", ["chats", "chat"], &ask).await);
    }
    chats
}

async fn pull_orders(caller: &Caller) -> Vec<Value> {
    let fields = ("fields", "tid,payment,created,pay_time,buyer_open_uid");
    let span = [("start_created", "2026-10-01 00:00:00"), ("end_created", "2026-10-31 23:59:59")];
    caller.all("taobao.trades.sold.get", ["trades", "trade"], &[fields, span[0], span[1], ("type", ALL_TYPES)]).await
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_else(|| panic!("`{key}` of {row}"))
}

/// The account with which the buyer of an order talked last before it, on its day or the day before.
fn credited<'a>(order: &Value, chats: &BTreeMap<&str, Vec<&'a Value>>) -> Option<&'a str> {
    let created = text(order, "created");
    let today: chrono::NaiveDate = created[..10].parse().expect("a day");
    let yesterday = (today - Days::new(1)).to_string();
    let talks = chats.get(text(order, "buyer_open_uid"))?.iter().map(|chat| (text(chat, "start_time"), *chat));
    let (_, last) =
        talks.filter(|(start, _)| *start >= yesterday.as_str() && *start < created).max_by_key(|talk| talk.0)?;
    Some(text(last, "service_staff_id"))
}

fn count(account: &str, chats: &[Value], credits: &[(&Value, &str)]) -> TruthRow {
    let mut row = TruthRow::default();
    let (mut asking, mut paying) = (BTreeSet::new(), BTreeSet::new());
    let october = |chat: &&Value| text(chat, "start_time").starts_with("2026-10-");
    for chat in chats.iter().filter(october).filter(|chat| text(chat, "service_staff_id") == account) {
        row.received += 1;
        row.replied += u64::from(chat["agent_msgs"] != 0);
        row.response_seconds += chat["response_seconds"].as_u64().expect("seconds");
        row.response_count += chat["response_count"].as_u64().expect("a count");
        if chat["is_inquiry"] == true {
            asking.insert((&text(chat, "start_time")[..10], text(chat, "buyer_open_uid")));
        }
    }
    for (order, _) in credits.iter().filter(|(_, credited)| *credited == account) {
        row.paid_amount += text(order, "payment").replace('.', "").parse::<i64>().expect("yuan");
        paying.insert((&text(order, "created")[..10], text(order, "buyer_open_uid")));
    }
    TruthRow { inquiries: asking.len() as u64, paid_buyers: paying.len() as u64, ..row }
}

#[tokio::test]
async fn a_pulled_month_is_the_true_month() {
    let caller = Caller::of(14);
    let (chats, orders) = (pull_chats(&caller).await, pull_orders(&caller).await);
    let mut by_buyer: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    chats.iter().for_each(|chat| by_buyer.entry(text(chat, "buyer_open_uid")).or_default().push(chat));
    let paid = orders.iter().filter(|order| order.get("pay_time").is_some());
    let credits: Vec<(&Value, &str)> =
        paid.clone().filter_map(|order| Some((order, credited(order, &by_buyer)?))).collect();
    assert!(credits.len() < paid.count(), "some orders are silent");
    let truth = caller.shop.truth(day(10, 1));
    for (agent, wanted) in caller.shop.agents().iter().zip(&truth) {
        let counted = count(&agent.account, &chats, &credits);
        let counted = TruthRow { agent: agent.id.clone(), target_fen: wanted.target_fen, ..counted };
        assert_eq!(&counted, wanted);
    }
    let known: BTreeSet<&str> = caller.shop.agents().iter().map(|agent| agent.account.as_str()).collect();
    let strangers: BTreeSet<&str> =
        chats.iter().map(|chat| text(chat, "service_staff_id")).filter(|account| !known.contains(account)).collect();
    assert_eq!(strangers, [SHARED].into());
}

#[tokio::test]
async fn chats_and_punches_agree() {
    let caller = Caller::of(21);
    let users: BTreeMap<&str, &str> =
        caller.shop.agents().iter().map(|agent| (agent.account.as_str(), agent.dingtalk.as_str())).collect();
    let ids: Vec<&str> = users.values().copied().collect();
    let accounts: Vec<&str> = users.keys().copied().collect();
    let accounts = accounts.join(",");
    let mut absences = 0;
    for (from, to) in [(day(10, 12), day(10, 18)), (day(10, 19), day(10, 25))] {
        let (start, end) = (format!("{from} 00:00:00"), format!("{to} 23:59:59"));
        let ask = [("service_staff_ids", accounts.as_str()), ("start_time", &start), ("end_time", &end)];
        let chats = caller.all("shop.chats.get", ["chats", "chat"], &ask).await;
        let chatting: BTreeSet<(&str, &str)> =
            chats.iter().map(|chat| (users[text(chat, "service_staff_id")], &text(chat, "start_time")[..10])).collect();
        let punches = caller.all_punches(&ids, from, to).await;
        for row in punches.iter().filter(|row| row["checkType"] == "OnDuty") {
            let at =
                chrono::DateTime::from_timestamp_millis(row["workDate"].as_i64().expect("ms")).expect("an instant");
            let work_day = (at + chrono::TimeDelta::hours(8)).date_naive().to_string();
            let away = row["timeResult"] == "Absenteeism" || row.get("approveId").is_some();
            absences += usize::from(away);
            assert_eq!(chatting.contains(&(text(row, "userId"), work_day.as_str())), !away, "{row}");
        }
        let punched: usize = punches.iter().filter(|row| row["checkType"] == "OnDuty").count();
        assert!(chatting.len() <= punched, "nobody chats without a shift");
    }
    assert!(absences > 1);
}
