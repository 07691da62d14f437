//! `jingdong.im.pop.groupinfo.get`: the shop's waiters (客服), and who they are.

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::params::Business;
use super::refusal::Refusal;
use crate::demo::people::SHARED_ACCOUNT;
use crate::demo::shop::Shop;

/// Answers a call for the group.
pub(super) fn group(shop: &Shop, _: &Business, now: NaiveDateTime) -> Result<Map<String, Value>, Refusal> {
    let today = now.date();
    let works = |number: u32| match number {
        0 => true,
        _ => shop.agents()[number as usize - 1].left.is_none_or(|left| today <= left),
    };
    let row = |number: u32| {
        let yn = i32::from(works(number));
        json!({ "waiter": waiter(shop, number), "yn": yn, "leader": number == 1, "level": 1 })
    };
    let list: Vec<Value> = (0..=shop.agents().len() as u32).map(row).collect();
    let group = json!({ "shopName": "示例店", "waiterCount": list.len(), "waiterList": list });
    Ok(Map::from_iter([("popgroup".to_owned(), group)]))
}

/// The name of a waiter: the shop's name and the agent's; zero is the shared account.
pub(super) fn waiter(shop: &Shop, number: u32) -> String {
    let account = match number.checked_sub(1) {
        None => SHARED_ACCOUNT,
        Some(place) => &shop.agents()[place as usize].account,
    };
    account.trim_start_matches("cntaobao").replace(':', "")
}

/// The number of the waiter that a call asks about.
pub(super) fn asked(shop: &Shop, business: &Business) -> Result<u32, Refusal> {
    let name = business.text("waiter")?;
    let mut numbers = 0..=shop.agents().len() as u32;
    numbers.find(|number| waiter(shop, *number) == name).ok_or(Refusal::Parameter("waiter", "不属于本店铺"))
}
