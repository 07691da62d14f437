//! The rows of the `agents` table as members.

use std::collections::BTreeMap;

use anyhow::Context;
use polars::prelude::*;

use crate::period::Period;

use super::departments::{self, Department};
use super::member::{Member, Role};
use crate::tables::cells::Cells;

/// Every row, in the order of the table, with its department's name and class.
pub fn rows(frames: &BTreeMap<String, DataFrame>, period: &Period) -> anyhow::Result<Vec<Member>> {
    let frame = frames.get("agents").context("no source gave the table `agents`; add a roster source to the job")?;
    let mut members = persons(&Cells::of(frame))?;
    employment(&Cells::of(frame), &mut members)?;
    let departments = departments::of(frames, period)?;
    members.iter_mut().for_each(|member| name_department(member, &departments));
    Ok(members)
}

/// Who they are and where they work.
fn persons(cells: &Cells<'_>) -> anyhow::Result<Vec<Member>> {
    let (ids, names, roles) = (cells.texts("agent_id")?, cells.texts("name")?, cells.texts("role")?);
    let (teams, team_names, emails) = (cells.texts("team_id")?, cells.texts("team_name")?, cells.texts("email")?);
    let (hired, left) = (cells.days("hired_on")?, cells.days("left_on")?);
    let (from, to) = (cells.days("active_from")?, cells.days("active_to")?);
    let person = |row: usize| -> anyhow::Result<Member> {
        Ok(Member {
            id: ids[row].clone().context("a row of the roster has no staff number")?,
            name: names[row].clone().unwrap_or_default(),
            team_id: teams[row].clone().unwrap_or_default(),
            team_name: team_names[row].clone().unwrap_or_default(),
            role: if roles[row].as_deref() == Some("manager") { Role::Manager } else { Role::Agent },
            role_word: roles[row].clone().unwrap_or_default(),
            email: emails[row].clone(),
            hired_on: hired[row],
            left_on: left[row],
            active_from: from[row],
            active_to: to[row],
            ..Member::default()
        })
    };
    (0..ids.len()).map(person).collect()
}

/// What schemes ask about them.
fn employment(cells: &Cells<'_>, members: &mut [Member]) -> anyhow::Result<()> {
    let (genders, statuses) = (cells.texts("gender")?, cells.texts("employment_status")?);
    let (departments, shops) = (cells.texts("dept_id")?, cells.texts("shop_id")?);
    let (titles, since) = (cells.texts("title")?, cells.days("title_since")?);
    let reception = cells.flags("is_reception_staff")?;
    for (row, member) in members.iter_mut().enumerate() {
        member.gender = genders[row].clone();
        member.employment_status = statuses[row].clone();
        member.dept_id = departments[row].clone();
        member.shop_id = shops[row].clone();
        member.title = titles[row].clone();
        member.title_since = since[row];
        member.is_reception_staff = reception[row];
    }
    Ok(())
}

fn name_department(member: &mut Member, departments: &BTreeMap<String, Department>) {
    let department = member.dept_id.as_ref().and_then(|id| departments.get(id));
    member.dept_name = department.map(|department| department.name.clone());
    member.dept_class = department.and_then(|department| department.class.clone());
}
