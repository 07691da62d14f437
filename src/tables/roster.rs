//! Who works where in a period.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use chrono::{Days, NaiveDate};
use polars::prelude::*;

use crate::finding::Finding;
use crate::period::Period;
use crate::words::Bilingual;

use super::OnlyTeam;
use super::spelling::clean;

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
    /// The day on which managers must be in office; `None` for desks without any.
    cut_off: Option<NaiveDate>,
    /// Staff numbers that several rows have.
    repeated: BTreeSet<String>,
}

impl Roster {
    /// The people of the `agents` table who worked on some day of the period, and the managers in office at the cut-off.
    pub fn of_agents(
        frames: &BTreeMap<String, DataFrame>,
        period: &Period,
        cut_off: NaiveDate,
    ) -> anyhow::Result<Self> {
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
            if works_in(&member, period) || leads_on(&member, cut_off) {
                members.push(member);
            }
        }
        Ok(Self::sorted(members, Some(cut_off)))
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
        Ok(Self::sorted(ids.into_iter().map(member).collect(), None))
    }

    /// The first row of each staff number stays, so that the run goes on to its findings.
    fn sorted(mut members: Vec<Member>, cut_off: Option<NaiveDate>) -> Self {
        members.sort_by(|one, other| one.id.cmp(&other.id));
        let same = members.windows(2).filter(|pair| pair[0].id == pair[1].id);
        let repeated = same.map(|pair| pair[0].id.clone()).collect();
        members.dedup_by(|later, first| later.id == first.id);
        Self { members, cut_off, repeated }
    }

    /// The person with this staff number.
    pub fn member(&self, id: &str) -> Option<&Member> {
        let place = self.members.binary_search_by(|member| member.id.as_str().cmp(id)).ok()?;
        self.members.get(place)
    }

    /// All, by staff number.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Those who are scored.
    pub fn agents(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.role == Role::Agent)
    }

    /// Who leads a team at the cut-off; the one hired last if the roster names several.
    pub fn manager_of(&self, team_id: &str) -> Option<&Member> {
        // Of those hired on one day the first by staff number: a maximum keeps the last, so it goes backwards.
        self.managers().filter(|member| member.team_id == team_id).rev().max_by_key(|member| member.hired_on)
    }

    fn managers(&self) -> impl DoubleEndedIterator<Item = &Member> {
        self.members.iter().filter(|member| self.cut_off.is_some_and(|day| leads_on(member, day)))
    }

    /// What is wrong with the roster: repeated staff numbers, several managers, shared addresses.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.repeated.iter().map(|id| repeated_number(id)).collect();
        findings.extend(self.several_managers());
        findings.extend(self.shared_addresses());
        findings
    }

    fn several_managers(&self) -> Vec<Finding> {
        let mut teams: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for manager in self.managers() {
            teams.entry(&manager.team_id).or_default().push(&manager.id);
        }
        let several = teams.into_iter().filter(|(_, managers)| managers.len() > 1);
        several
            .filter_map(|(team, managers)| Some(chosen_manager(team, &managers, &self.manager_of(team)?.id)))
            .collect()
    }

    /// Whoever shares an address might read the other's card.
    fn shared_addresses(&self) -> Vec<Finding> {
        let mut owners: BTreeMap<String, Vec<&Member>> = BTreeMap::new();
        for member in &self.members {
            if let Some(email) = &member.email {
                owners.entry(email.to_lowercase()).or_default().push(member);
            }
        }
        owners.into_values().filter(|sharing| sharing.len() > 1).flatten().map(shared_address).collect()
    }
}

fn repeated_number(id: &str) -> Finding {
    Finding::hold(
        "duplicate-staff-number",
        Bilingual::new(
            format!("名册中工号 {id} 出现不止一次"),
            format!("the roster has staff number {id} more than once"),
        ),
        Bilingual::new("请在名册中更正后用 --refresh 重新运行", "correct the roster and run again with `--refresh`"),
    )
    .about(id)
}

fn chosen_manager(team: &str, managers: &[&str], chosen: &str) -> Finding {
    Finding::note(
        "several-managers",
        Bilingual::new(
            format!("小组 {team} 有多名主管（{}），汇总发给最近入职的 {chosen}", managers.join("、")),
            format!(
                "team {team} has several managers ({}); its pack goes to {chosen}, hired last",
                managers.join(", ")
            ),
        ),
    )
    .about(team)
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

fn works_in(member: &Member, period: &Period) -> bool {
    member.hired_on.is_none_or(|day| day < period.end) && member.left_on.is_none_or(|day| day >= period.start)
}

/// Whether somebody is a manager in office on a day; a period that is over says nothing about who leads now.
fn leads_on(member: &Member, day: NaiveDate) -> bool {
    member.role == Role::Manager
        && member.hired_on.is_none_or(|hired| hired <= day)
        && member.left_on.is_none_or(|left| left >= day)
}

fn since_epoch(days: i32) -> Option<NaiveDate> {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    match u64::try_from(days) {
        Ok(days) => epoch.checked_add_days(Days::new(days)),
        Err(_) => epoch.checked_sub_days(Days::new(days.unsigned_abs().into())),
    }
}
