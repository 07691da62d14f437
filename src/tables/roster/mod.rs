//! Who works where in a period.

mod departments;
mod findings;
mod history;
mod member;
mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context;
use chrono::NaiveDate;
use polars::prelude::*;

use crate::finding::Finding;
use crate::period::Period;

use super::spelling::clean;
use super::{OnlyTeam, streamed};
use crate::tables::cells::Cells;

pub use member::{Member, Role};

/// The people of one period, by staff number; its copies share them.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    members: Arc<Vec<Member>>,
    /// The rows of those who lead a team at the cut-off; none for desks without managers.
    managers: Vec<Member>,
    /// Every row by which somebody led a team on some day of the period or leads it at the cut-off, and whether they do.
    leads: Vec<(Member, bool)>,
    /// Staff numbers of which two rows hold on the same day.
    repeated: BTreeSet<String>,
}

impl Roster {
    /// The people of the `agents` table who worked on some day of the period, and the managers in office at the cut-off.
    /// Several rows of one number are a history: the one that holds on the period's last day counts, else the last.
    pub fn of_agents(
        frames: &BTreeMap<String, DataFrame>,
        period: &Period,
        cut_off: NaiveDate,
    ) -> anyhow::Result<Self> {
        let people = history::choose(read::rows(frames, period)?, period, cut_off);
        Ok(Self::of_people(people))
    }

    fn of_people(people: history::People) -> Self {
        let history::People { mut members, managers, leads, repeated } = people;
        members.shrink_to_fit();
        Self { members: Arc::new(members), managers, leads, repeated }
    }

    /// Everybody who appears in a fact table, in one team; for desks without a roster.
    pub(super) fn of_table(rows: Option<LazyFrame>, team: &OnlyTeam) -> anyhow::Result<Self> {
        let rows = rows.with_context(|| format!("no source gave the table `{}`", team.table))?;
        let named = streamed(rows.select([col("agent_id")]).unique(None, UniqueKeepStrategy::Any))?;
        let ids: BTreeSet<String> = named.column("agent_id")?.str()?.iter().flatten().map(clean).collect();
        let member = |id: String| Member {
            name: id.clone(),
            id,
            team_id: team.id.clone(),
            team_name: team.name.clone(),
            ..Member::default()
        };
        Ok(Self { members: Arc::new(ids.into_iter().map(member).collect()), ..Self::default() })
    }

    /// The departments as subjects, each in the team of its class; for schemes about departments. A manager of the
    /// `agents` table whose team is a class leads it.
    pub fn of_departments(
        frames: &BTreeMap<String, DataFrame>,
        period: &Period,
        cut_off: NaiveDate,
    ) -> anyhow::Result<Self> {
        frames.get("departments").context("no source gave the table `departments`; add one to the job")?;
        let people = match frames.get("agents") {
            Some(_) => history::choose(read::rows(frames, period)?, period, cut_off),
            None => history::People::default(),
        };
        let departments = departments::of(frames, period)?;
        let members = departments.into_values().map(|one| departments::member(one, &people.members)).collect();
        Ok(Self::of_people(history::People { members, ..people }))
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

    /// Every row of a person: as a member, and as the manager of a team.
    pub fn rows_of(&self, id: &str) -> impl Iterator<Item = &Member> {
        self.member(id).into_iter().chain(self.managers.iter().filter(move |member| member.id == id))
    }

    /// The same roster without the agents that `keep` refuses; managers stay.
    pub fn only(mut self, keep: impl Fn(&Member) -> bool) -> Self {
        let stays = |member: &Member| member.role == Role::Manager || keep(member);
        if !self.members.iter().all(stays) {
            Arc::make_mut(&mut self.members).retain(stays);
        }
        self
    }

    /// Those who are scored.
    pub fn agents(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.role == Role::Agent)
    }

    /// Who leads a team at the cut-off; the one hired last if the roster names several.
    pub fn manager_of(&self, team_id: &str) -> Option<&Member> {
        // Of those hired on one day the first by staff number: a maximum keeps the last, so it goes backwards.
        self.managers.iter().filter(|member| member.team_id == team_id).rev().max_by_key(|member| member.hired_on)
    }

    /// Who led which team on some day of the period, and whether they lead it at the cut-off.
    pub fn leads(&self) -> impl Iterator<Item = (&Member, bool)> {
        self.leads.iter().map(|(member, in_office)| (member, *in_office))
    }

    /// What is wrong with the roster: repeated staff numbers, several managers, shared addresses.
    pub(super) fn findings(&self) -> Vec<Finding> {
        findings::of(self)
    }
}

/// The ids of all departments, whatever the period: subjects of ratings that are no staff numbers.
pub(super) fn department_ids(frames: &BTreeMap<String, DataFrame>) -> anyhow::Result<BTreeSet<String>> {
    let Some(frame) = frames.get("departments") else { return Ok(BTreeSet::new()) };
    Ok(Cells::of(frame).texts("dept_id")?.into_iter().flatten().collect())
}
