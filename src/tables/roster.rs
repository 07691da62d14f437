//! Who works where in a period.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};
use chrono::{Days, NaiveDate};
use polars::prelude::*;
use unicode_normalization::UnicodeNormalization;

use crate::finding::Finding;
use crate::period::Period;
use crate::words::Bilingual;

use super::OnlyTeam;

/// What a person does in the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Serves customers and is scored.
    Agent,
    /// Leads a team.
    Manager,
}

/// One person of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Staff number.
    pub id: String,
    /// Name in Unicode form NFC.
    pub name: String,
    /// The team's id.
    pub team_id: String,
    /// The team's name.
    pub team_name: String,
    /// What they do.
    pub role: Role,
    /// The mail address, if there is one.
    pub email: Option<String>,
    /// The first day of work.
    pub hired_on: Option<NaiveDate>,
    /// The last day of work.
    pub left_on: Option<NaiveDate>,
}

/// The people of one period, by staff number.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    members: Vec<Member>,
}

impl Roster {
    /// The people of the `agents` table who worked on some day of the period.
    pub fn of_agents(frames: &BTreeMap<String, DataFrame>, period: &Period) -> anyhow::Result<Self> {
        let frame =
            frames.get("agents").context("no source gave the table `agents`; add a roster source to the job")?;
        let text = |name: &str| -> anyhow::Result<Vec<Option<String>>> {
            Ok(frame.column(name)?.str()?.iter().map(|cell| cell.map(clean)).collect())
        };
        let day = |name: &str| -> anyhow::Result<Vec<Option<NaiveDate>>> {
            let days = frame.column(name)?.cast(&DataType::Date)?;
            let days = days.as_materialized_series().to_physical_repr().into_owned();
            Ok(days.i32()?.iter().map(|cell| cell.and_then(since_epoch)).collect())
        };
        let (ids, names) = (text("agent_id")?, text("name")?);
        let (teams, team_names, roles) = (text("team_id")?, text("team_name")?, text("role")?);
        let (emails, hired, left) = (text("email")?, day("hired_on")?, day("left_on")?);
        let mut members = Vec::with_capacity(ids.len());
        for row in 0..ids.len() {
            let member = Member {
                id: ids[row].clone().context("a row of the roster has no staff number")?,
                name: names[row].clone().unwrap_or_default(),
                team_id: teams[row].clone().unwrap_or_default(),
                team_name: team_names[row].clone().unwrap_or_default(),
                role: if roles[row].as_deref() == Some("manager") { Role::Manager } else { Role::Agent },
                email: emails[row].clone().filter(|address| !address.is_empty()),
                hired_on: hired[row],
                left_on: left[row],
            };
            if works_in(&member, period) {
                members.push(member);
            }
        }
        Self::sorted(members)
    }

    /// Everybody who appears in a fact table, in one team; for desks without a roster.
    pub fn of_table(frames: &BTreeMap<String, DataFrame>, team: &OnlyTeam) -> anyhow::Result<Self> {
        let frame = frames.get(&team.table).with_context(|| format!("no source gave the table `{}`", team.table))?;
        let ids: BTreeSet<String> = frame.column("agent_id")?.str()?.iter().flatten().map(clean).collect();
        let member = |id: String| Member {
            name: id.clone(),
            id,
            team_id: team.id.clone(),
            team_name: team.name.clone(),
            role: Role::Agent,
            email: None,
            hired_on: None,
            left_on: None,
        };
        Self::sorted(ids.into_iter().map(member).collect())
    }

    fn sorted(mut members: Vec<Member>) -> anyhow::Result<Self> {
        members.sort_by(|one, other| one.id.cmp(&other.id));
        if let Some(pair) = members.windows(2).find(|pair| pair[0].id == pair[1].id) {
            bail!(
                "the roster has staff number `{}` twice ({} and {}); correct the roster",
                pair[0].id,
                pair[0].name,
                pair[1].name
            );
        }
        Ok(Self { members })
    }

    /// All, by staff number.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Those who are scored.
    pub fn agents(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.role == Role::Agent)
    }

    /// Who leads a team; the first by staff number if the roster names several.
    pub fn manager_of(&self, team_id: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.role == Role::Manager && member.team_id == team_id)
    }

    /// Addresses that two people share and addresses that nobody wrote.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut owners: BTreeMap<String, Vec<&Member>> = BTreeMap::new();
        for member in &self.members {
            if let Some(email) = &member.email {
                owners.entry(email.to_lowercase()).or_default().push(member);
            }
        }
        owners.into_values().filter(|sharing| sharing.len() > 1).flatten().map(shared_address).collect()
    }
}

fn shared_address(member: &Member) -> Finding {
    Finding::hold_subject(
        "shared-address",
        &member.id,
        Bilingual::new(
            format!("{}（{}）与他人共用同一邮箱地址，其文件已挂起", member.name, member.id),
            format!(
                "{} ({}) shares a mail address with somebody else; their documents are held",
                member.name, member.id
            ),
        ),
        Bilingual::new("请在名册中更正邮箱后重新运行", "correct the addresses in the roster and run again"),
    )
}

/// One spelling for one name: composed characters, no outer space.
fn clean(text: &str) -> String {
    text.trim().nfc().collect()
}

fn works_in(member: &Member, period: &Period) -> bool {
    member.hired_on.is_none_or(|day| day < period.end) && member.left_on.is_none_or(|day| day >= period.start)
}

fn since_epoch(days: i32) -> Option<NaiveDate> {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    match u64::try_from(days) {
        Ok(days) => epoch.checked_add_days(Days::new(days)),
        Err(_) => epoch.checked_sub_days(Days::new(days.unsigned_abs().into())),
    }
}
