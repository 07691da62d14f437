//! What is said about accounts that are nobody's or two people's.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::period::Period;
use crate::tables::Roster;
use crate::tables::volume::together;
use crate::words::Bilingual;

use super::book::{Book, Clash};
use super::unowned::{Cause, Unowned};

/// Accounts that are told one by one; the rest is told in one list.
const ONE_BY_ONE: usize = 20;

/// One finding for each account without an owner, and one for each with two.
pub fn findings(book: &Book, unowned: &[Unowned], roster: &Roster, period: &Period) -> Vec<Finding> {
    let clashes = book.clashes(period.start, period.last_day());
    let accounts = by_account(unowned.iter().filter(|one| !clashes.iter().any(|clash| is_of(clash, one))));
    let mut lost: Vec<(&Account, &Vec<Bilingual>)> = accounts.iter().collect();
    let rest = lost.split_off(lost.len().min(ONE_BY_ONE));
    let mut findings: Vec<Finding> = lost.into_iter().map(|(account, volumes)| unmapped(account, volumes)).collect();
    findings.extend(others(&rest));
    findings.extend(clashes.iter().map(|clash| shared(clash, unowned, roster)));
    findings
}

/// Whether rows without an agent are those of a clash.
fn is_of(clash: &Clash, one: &Unowned) -> bool {
    matches!(&one.cause, Cause::Shared(owners) if clash.is_of(one, owners))
}

/// Platform, account and why it is nobody's.
type Account = (Option<String>, String, Cause);

/// What each account has in every table.
fn by_account<'u>(unowned: impl Iterator<Item = &'u Unowned>) -> BTreeMap<Account, Vec<Bilingual>> {
    let mut accounts: BTreeMap<Account, Vec<Bilingual>> = BTreeMap::new();
    for one in unowned {
        let account = (one.platform.clone(), one.account.clone(), one.cause.clone());
        accounts.entry(account).or_default().push(one.volume.of(&one.table));
    }
    accounts
}

fn unmapped((platform, account, cause): &Account, volumes: &[Bilingual]) -> Finding {
    let (name, volume) = (named(platform.as_deref(), account), together(volumes));
    let text = match cause {
        Cause::Gap => Bilingual::new(
            format!("账号 {name} 在这些日期没有使用人，其 {} 未计入任何人", volume.zh),
            format!("account {name} has no owner on those days; its {} count for nobody", volume.en),
        ),
        Cause::Shared(owners) => {
            let owners: Vec<&str> = owners.iter().map(String::as_str).collect();
            Bilingual::new(
                format!(
                    "账号 {name} 可能属于 {}（在不同平台上），数据未写明平台，其 {} 未计入任何人",
                    owners.join("、"),
                    volume.zh
                ),
                format!(
                    "account {name} may be that of {} on different platforms, and the rows name none; its {} count for nobody",
                    owners.join(" or "),
                    volume.en
                ),
            )
        }
        Cause::Unknown => Bilingual::new(
            format!("账号 {name} 不属于名册中的任何人，其 {} 未计入任何人", volume.zh),
            format!("account {name} belongs to nobody on the roster; its {} count for nobody", volume.en),
        ),
    };
    Finding::note("unmapped-account", text).about(account).next(register())
}

/// The accounts for which there is no finding of their own.
fn others(rest: &[(&Account, &Vec<Bilingual>)]) -> Option<Finding> {
    let one = |((platform, account, _), volumes): &(&Account, &Vec<Bilingual>)| {
        let (name, volume) = (named(platform.as_deref(), account), together(volumes));
        Bilingual::new(format!("{name}：{}", volume.zh), format!("{name}: {}", volume.en))
    };
    let (count, all): (usize, Vec<Bilingual>) = (rest.len(), rest.iter().map(one).collect());
    let list = |pick: fn(&Bilingual) -> &str, mark: &str| all.iter().map(pick).collect::<Vec<&str>>().join(mark);
    let text = Bilingual::new(
        format!("另有 {count} 个账号没有使用人，未计入任何人：{}", list(|one| &one.zh, "；")),
        format!("{count} more accounts have no owner and count for nobody: {}", list(|one| &one.en, "; ")),
    );
    (count > 0).then(|| Finding::note("unmapped-account", text).next(register()))
}

fn shared(clash: &Clash, unowned: &[Unowned], roster: &Roster) -> Finding {
    let volumes: Vec<Bilingual> =
        unowned.iter().filter(|one| is_of(clash, one)).map(|one| one.volume.of(&one.table)).collect();
    let nothing = Bilingual::new("没有数据行", "no rows");
    let volume = if volumes.is_empty() { nothing } else { together(&volumes) };
    let called = |id: &String| match roster.member(id) {
        Some(member) => format!("{} {id}", member.name),
        None => id.clone(),
    };
    let owners: Vec<String> = clash.owners.iter().map(called).collect();
    let (name, from, to) = (named(Some(&clash.platform), &clash.account), clash.from, clash.to);
    Finding::hold(
        "shared-account",
        Bilingual::new(
            format!("账号 {name} 在 {from} 至 {to} 同时属于 {}，涉及 {}，未计入任何人", owners.join("、"), volume.zh),
            format!(
                "account {name} belongs to {} at once, from {from} to {to}; {} count for nobody",
                owners.join(" and "),
                volume.en
            ),
        ),
        Bilingual::new(
            "请在账号表中用 active_from、active_to 写明每人使用的日期后重新运行",
            "say in the table `accounts` who had it on which days (`active_from`, `active_to`) and run again",
        ),
    )
    .about(&clash.account)
}

/// `taobao cntaobao示例店:公用`, or the account alone.
fn named(platform: Option<&str>, account: &str) -> String {
    platform.map_or_else(|| account.to_owned(), |platform| format!("{platform} {account}"))
}

fn register() -> Bilingual {
    Bilingual::new(
        "请在账号表中登记该账号的使用人和日期后重新运行",
        "say in the table `accounts` whose it is and on which days, and run again",
    )
}
