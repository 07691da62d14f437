//! `taobao.sellercenter.subusers.page` and `taobao.subuser.fullinfo.get`: who the sub-accounts (子账号) are.

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::envelope::{Answer, List};
use super::params::Params;
use super::refusal::Refusal;
use super::{Gateway, staff};
use crate::demo::people::Agent;
use crate::demo::shop::Shop;

/// The number of the main account.
pub(super) const MAIN: u64 = 2_200_000_000_000;

const LIST: List = List::FromXml { outer: "subusers", inner: "sub_user_info" };
const SELLER: &str = "示例店";

/// Whose sub-account it is.
#[derive(Clone, Copy)]
pub(super) enum Owner<'a> {
    /// Several people's.
    Shared,
    /// One agent's.
    Agent(&'a Agent),
}

/// The number of a sub-account; zero is the shared one's.
pub(super) fn id(number: u32) -> u64 {
    MAIN + 1000 + u64::from(number)
}

/// The sub-account with this number, written out.
pub(super) fn by_id<'a>(shop: &'a Shop, text: &str) -> Option<Owner<'a>> {
    let number = text.parse::<u64>().ok()?.checked_sub(id(0))?;
    match number {
        0 => Some(Owner::Shared),
        _ => shop.agents().get(usize::try_from(number).ok()? - 1).map(Owner::Agent),
    }
}

/// Answers a call for a page of sub-accounts, at most 200.
pub(super) fn answer(gateway: &Gateway, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
    let shop = &gateway.stand.shop;
    if params.required("nick")? != SELLER {
        return Err(Refusal::OverLimit("nick", "卖家昵称与授权不符"));
    }
    let (skip, size) = params.slice("page_num", 200)?;
    let total = shop.agents().len() + 1;
    let rows = (0..total as u32).skip(skip).take(size).map(|number| row(shop, number, now)).collect();
    Ok(Answer::list(vec![("total_count", json!(total))], LIST, rows))
}

fn row(shop: &Shop, number: u32, now: NaiveDateTime) -> Value {
    let agent = number.checked_sub(1).map(|place| &shop.agents()[place as usize]);
    let gone = agent.and_then(|agent| agent.left).is_some_and(|left| left < now.date());
    json!({
        "sub_id": id(number),
        "nick": staff::nick(shop, number),
        "full_name": agent.map_or("公用", |agent| agent.name.as_str()),
        "seller_id": MAIN,
        "seller_nick": SELLER,
        "status": if gone { -1 } else { 1 },
        "is_online": 2,
    })
}

/// Answers a call for everything about one sub-account; the shared one has no 工号.
pub(super) fn one(gateway: &Gateway, params: &Params, _: NaiveDateTime) -> Result<Answer, Refusal> {
    let shop = &gateway.stand.shop;
    let owner = by_id(shop, params.required("sub_id")?).ok_or(Refusal::OverLimit("sub_id", "子账号不存在"))?;
    let fields = params.list("fields")?;
    let known = fields.iter().filter_map(|name| Some(((*name).to_owned(), field(shop, owner, name)?)));
    let info = Value::Object(known.collect::<Map<String, Value>>());
    Ok(Answer::plain(vec![("sub_fullinfo", info)]))
}

fn field(shop: &Shop, owner: Owner, name: &str) -> Option<Value> {
    let number = match owner {
        Owner::Shared => 0,
        Owner::Agent(agent) => agent.number,
    };
    match (name, owner) {
        ("sub_id", _) => Some(json!(id(number))),
        ("nick", _) => Some(json!(staff::nick(shop, number))),
        ("employee_name", Owner::Agent(agent)) => Some(json!(agent.name)),
        ("employee_num", Owner::Agent(agent)) => Some(json!(agent.id)),
        ("department_name", Owner::Agent(agent)) => Some(json!(shop.teams()[agent.team as usize - 1].name)),
        ("entry_date", Owner::Agent(agent)) => Some(json!(format!("{} 00:00:00", agent.hired))),
        _ => None,
    }
}
