//! Whom a call asks about: chat accounts, with the limits that the methods share.

use super::params::Params;
use super::refusal::Refusal;
use crate::demo::people::SHARED_ACCOUNT;
use crate::demo::shop::Shop;

/// The numbers of the accounts that a parameter lists, each once and sorted; zero is the shared one.
pub(super) fn numbers(shop: &Shop, params: &Params, name: &'static str, most: usize) -> Result<Vec<u32>, Refusal> {
    let asked = params.list(name)?;
    if asked.len() > most {
        return Err(Refusal::OverLimit(name, "客服账号数量超过上限"));
    }
    let known = |account: &str| number(shop, account).ok_or(Refusal::OverLimit(name, "客服账号不属于本店铺"));
    let mut numbers = asked.into_iter().map(known).collect::<Result<Vec<u32>, Refusal>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// The account of a number, `cntaobao` before the nick.
pub(super) fn account(shop: &Shop, number: u32) -> &str {
    match number.checked_sub(1) {
        None => SHARED_ACCOUNT,
        Some(place) => &shop.agents()[place as usize].account,
    }
}

/// The nick of a number.
pub(super) fn nick(shop: &Shop, number: u32) -> &str {
    let account = account(shop, number);
    account.strip_prefix("cntaobao").unwrap_or(account)
}

fn number(shop: &Shop, account: &str) -> Option<u32> {
    match account {
        SHARED_ACCOUNT => Some(0),
        _ => shop.people.by_account(account).map(|agent| agent.number),
    }
}
