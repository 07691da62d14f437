//! Who owns which account, day by day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use polars::prelude::*;

use crate::tables::cells::Cells;

use super::spelling::{Spelt, spell};
use super::unowned::Unowned;

/// The owners of all accounts.
#[derive(Debug, Default)]
pub struct Book {
    /// By platform and nick, in the order of the table.
    entries: BTreeMap<String, BTreeMap<String, Vec<Entry>>>,
}

/// One row of the table `accounts`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// The account as it is written there.
    account: String,
    shop: Option<String>,
    owner: String,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

/// Whose an account is on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody's; the table does not know it.
    Unknown,
    /// Nobody's on that day, although it is somebody's on others.
    Gap,
    /// The account of this staff number.
    One(String),
    /// Two people's or more: the table contradicts itself.
    Several(BTreeSet<String>),
}

/// An account that two people own on the same day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Its platform.
    pub platform: String,
    /// The account as the table writes it.
    pub account: String,
    /// All who own it on some of those days.
    pub owners: BTreeSet<String>,
    /// The first such day of the period.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
}

impl Book {
    /// Reads the table `accounts`; an owner who is named by mail address is looked up in the table `agents`.
    pub fn of(frames: &BTreeMap<String, DataFrame>) -> anyhow::Result<Self> {
        let Some(frame) = frames.get("accounts") else { return Ok(Self::default()) };
        let mails = mails(frames)?;
        let cells = Cells::of(frame);
        let (platforms, accounts) = (cells.texts("platform")?, cells.texts("account")?);
        let (owners, addresses) = (cells.texts("agent_id")?, cells.texts("email")?);
        let (from, to) = (cells.days("active_from")?, cells.days("active_to")?);
        let mut book = Self::default();
        for row in 0..frame.height() {
            let by_mail = || addresses[row].as_ref().and_then(|mail| mails.get(&mail.to_lowercase()).cloned());
            let owner = owners[row].clone().or_else(by_mail);
            if let (Some(platform), Some(account), Some(owner)) = (&platforms[row], &accounts[row], owner) {
                book.add(platform, account, owner, (from[row], to[row]));
            }
        }
        Ok(book)
    }

    fn add(
        &mut self,
        platform: &str,
        account: &str,
        owner: String,
        (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    ) {
        let Spelt { shop, nick } = spell(platform, account);
        let entry = Entry { account: account.to_owned(), shop, owner, from, to };
        let entries = self.entries.entry(platform.to_owned()).or_default().entry(nick).or_default();
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }

    /// Whose an account is; without a platform it may be of any, without a day every owner counts.
    pub fn owner(&self, platform: Option<&str>, account: &str, day: Option<NaiveDate>) -> Owner {
        let platforms = self.entries.iter().filter(|(name, _)| platform.is_none_or(|wanted| wanted == name.as_str()));
        let entries: Vec<&Entry> = platforms.flat_map(|(name, nicks)| known(nicks, &spell(name, account))).collect();
        let owners: BTreeSet<String> =
            entries.iter().filter(|entry| entry.holds_on(day)).map(|entry| entry.owner.clone()).collect();
        match owners.len() {
            0 if entries.is_empty() => Owner::Unknown,
            0 => Owner::Gap,
            1 => owners.into_iter().next().map_or(Owner::Unknown, Owner::One),
            _ => Owner::Several(owners),
        }
    }

    /// Accounts with two owners on a day from `first` to `last`, by platform and account.
    pub fn clashes(&self, first: NaiveDate, last: NaiveDate) -> Vec<Clash> {
        let of_nick = |platform: &str, entries: &[Entry]| -> Vec<Clash> {
            let within: Vec<&Entry> = entries.iter().filter(|entry| entry.meets(first, last)).collect();
            let mut shops: Vec<Option<&String>> = within.iter().map(|entry| entry.shop.as_ref()).collect();
            shops.sort();
            shops.dedup();
            shops.into_iter().filter_map(|shop| clash(platform, &within, shop, (first, last))).collect()
        };
        let all = self.entries.iter().flat_map(|(platform, nicks)| nicks.values().map(move |one| (platform, one)));
        all.flat_map(|(platform, entries)| of_nick(platform, entries)).collect()
    }
}

impl Clash {
    /// Whether rows of an account with these owners are about it.
    pub fn is_of(&self, rows: &Unowned, owners: &BTreeSet<String>) -> bool {
        rows.platform.as_ref().is_none_or(|platform| *platform == self.platform)
            && owners.is_subset(&self.owners)
            && spell(&self.platform, &rows.account).nick == spell(&self.platform, &self.account).nick
    }
}

/// The entries of an account. One that is written without its shop is the shop's only account of that nick.
fn known<'a>(nicks: &'a BTreeMap<String, Vec<Entry>>, spelt: &Spelt) -> Vec<&'a Entry> {
    let Some(entries) = nicks.get(&spelt.nick) else { return Vec::new() };
    let same: Vec<&Entry> = entries.iter().filter(|entry| entry.shop == spelt.shop).collect();
    if !same.is_empty() {
        return same;
    }
    match &spelt.shop {
        Some(_) => entries.iter().filter(|entry| entry.shop.is_none()).collect(),
        None => {
            let shops: BTreeSet<&Option<String>> = entries.iter().map(|entry| &entry.shop).collect();
            if shops.len() == 1 { entries.iter().collect() } else { Vec::new() }
        }
    }
}

/// The days of an account on which it has several owners, from the first to the last of them.
fn clash(
    platform: &str,
    entries: &[&Entry],
    shop: Option<&String>,
    (first, last): (NaiveDate, NaiveDate),
) -> Option<Clash> {
    let entries: Vec<&&Entry> = entries.iter().filter(|entry| entry.shop.as_ref() == shop).collect();
    let mut clash: Option<Clash> = None;
    for day in first.iter_days().take_while(|day| *day <= last) {
        let holding = entries.iter().filter(|entry| entry.holds_on(Some(day)));
        let owners: BTreeSet<String> = holding.map(|entry| entry.owner.clone()).collect();
        if owners.len() > 1 {
            let (platform, account) = (platform.to_owned(), entries[0].account.clone());
            let known =
                clash.get_or_insert_with(|| Clash { platform, account, owners: BTreeSet::new(), from: day, to: day });
            known.owners.extend(owners);
            known.to = day;
        }
    }
    clash
}

impl Entry {
    fn holds_on(&self, day: Option<NaiveDate>) -> bool {
        day.is_none_or(|day| self.meets(day, day))
    }

    fn meets(&self, first: NaiveDate, last: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= last) && self.to.is_none_or(|to| to >= first)
    }
}

/// Staff numbers by mail address; case does not count in one, and an address of two people is nobody's.
fn mails(frames: &BTreeMap<String, DataFrame>) -> anyhow::Result<BTreeMap<String, String>> {
    let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    if let Some(agents) = frames.get("agents") {
        let cells = Cells::of(agents);
        for (mail, id) in cells.texts("email")?.into_iter().zip(cells.texts("agent_id")?) {
            if let (Some(mail), Some(id)) = (mail, id) {
                owners.entry(mail.to_lowercase()).or_default().insert(id);
            }
        }
    }
    let sole = |(mail, ids): (String, BTreeSet<String>)| match ids.len() {
        1 => ids.into_iter().next().map(|id| (mail, id)),
        _ => None,
    };
    Ok(owners.into_iter().filter_map(sole).collect())
}
