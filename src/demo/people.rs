//! Who works in the shop: teams, their managers, and agents, some with a story of their own.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::beijing::month_of;
use super::chance::{Stream, mix};
use super::names;
use super::shop::ShopPlan;

/// The shop's account that several people use; it stands in no roster.
pub(super) const SHARED_ACCOUNT: &str = "cntaobao示例店:公用";

/// What makes an agent special.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Story {
    /// Nothing.
    Ordinary,
    /// On long leave (长假): in the roster, without any chat, order, punch or target.
    LongLeave,
    /// Hired on the 12th of the last full month.
    Joiner,
    /// Left on the 18th of the last full month, which is the last day at work.
    Leaver,
    /// Came hours late on one day of the last full month, which counts as absence (旷工).
    Absentee,
    /// Has no mail address.
    NoMail,
}

/// An agent (客服).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// The running number over all people, from one.
    pub number: u32,
    /// The 工号: `A001`.
    pub id: String,
    /// The name, which is also the nick of the account.
    pub name: String,
    /// The number of the team, from one.
    pub team: u32,
    /// The mail address; empty when there is none.
    pub mail: String,
    /// The chat account: `cntaobao示例店:小满`.
    pub account: String,
    /// The identity in DingTalk: `d001`.
    pub dingtalk: String,
    /// The identity in WeCom: `w001`; Feishu is asked by the 工号.
    pub wecom: String,
    /// The first day at work.
    pub hired: NaiveDate,
    /// The last day at work, if it is known.
    pub left: Option<NaiveDate>,
    /// What makes the agent special.
    pub story: Story,
}

impl Agent {
    /// Whether the agent is employed and expected on this day.
    pub fn employed(&self, day: NaiveDate) -> bool {
        self.story != Story::LongLeave && self.hired <= day && self.left.is_none_or(|left| day <= left)
    }
}

/// The manager (主管) of one team; managers neither chat nor punch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manager {
    /// The 工号: `M01`.
    pub id: String,
    /// The name.
    pub name: String,
    /// The number of the team, from one.
    pub team: u32,
    /// The mail address.
    pub mail: String,
    /// The first day at work.
    pub hired: NaiveDate,
}

/// A team of at most eight agents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its number, from one; its id is `T` and this number.
    pub number: u32,
    /// Its name: 售前一组.
    pub name: String,
}

impl Team {
    /// The id: `T1`.
    pub fn id(&self) -> String {
        format!("T{}", self.number)
    }
}

/// Everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct People {
    pub teams: Vec<Team>,
    pub agents: Vec<Agent>,
    pub managers: Vec<Manager>,
    /// The place of each chat account's agent in `agents`.
    accounts: BTreeMap<String, usize>,
}

impl People {
    /// The people of a plan.
    pub fn of(plan: &ShopPlan) -> Self {
        let count = plan.agents.div_ceil(8).max(3);
        let teams = (1..=count).map(|number| Team { number, name: names::team(number) }).collect();
        let agents: Vec<Agent> =
            (1..=plan.agents).map(|number| agent(plan, number, team_of(plan.agents, count, number))).collect();
        let managers = (1..=count).map(|team| manager(plan, team)).collect();
        let accounts = agents.iter().enumerate().map(|(place, agent)| (agent.account.clone(), place)).collect();
        Self { teams, agents, managers, accounts }
    }

    /// The agent whose chat account this is.
    pub fn by_account(&self, account: &str) -> Option<&Agent> {
        self.agents.get(*self.accounts.get(account)?)
    }

    /// The agent whose identity in DingTalk this is.
    pub fn by_dingtalk(&self, user: &str) -> Option<&Agent> {
        let number: usize = user.strip_prefix('d')?.parse().ok()?;
        self.agents.get(number.checked_sub(1)?).filter(|agent| agent.dingtalk == user)
    }
}

/// Agents stand in the order of their numbers, and the teams differ by one at most.
fn team_of(agents: u32, teams: u32, number: u32) -> u32 {
    let place = u64::from(number - 1) * u64::from(teams) / u64::from(agents.max(1));
    place as u32 + 1
}

fn agent(plan: &ShopPlan, number: u32, team: u32) -> Agent {
    let name = names::agent(number);
    let story = story_of(number);
    Agent {
        number,
        id: format!("A{number:03}"),
        team,
        mail: if story == Story::NoMail { String::new() } else { mail(number) },
        account: format!("cntaobao示例店:{name}"),
        dingtalk: format!("d{number:03}"),
        wecom: format!("w{number:03}"),
        hired: if story == Story::Joiner { plan.last_month + Days::new(11) } else { hired(plan, number) },
        left: (story == Story::Leaver).then(|| plan.last_month + Days::new(17)),
        story,
        name,
    }
}

fn manager(plan: &ShopPlan, team: u32) -> Manager {
    let number = plan.agents + team;
    Manager {
        id: format!("M{team:02}"),
        name: names::manager(team),
        team,
        mail: mail(number),
        hired: hired(plan, number),
    }
}

/// The stories are told by agents of different teams in the default shop; a smaller shop has fewer.
fn story_of(number: u32) -> Story {
    match number {
        5 => Story::LongLeave,
        10 => Story::Joiner,
        13 => Story::Leaver,
        16 => Story::Absentee,
        18 => Story::NoMail,
        _ => Story::Ordinary,
    }
}

fn mail(number: u32) -> String {
    format!("agent{number}@example.test")
}

/// One month to five years before the first month of the shop.
fn hired(plan: &ShopPlan, number: u32) -> NaiveDate {
    let before = 30 + mix(plan.seed, Stream::Hiring, &[number.into()]) % 1800;
    month_of(plan.first_month()) - Days::new(before)
}
