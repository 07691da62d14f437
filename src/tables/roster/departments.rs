//! Departments of a period: what the people's rows call them, and departments as the subjects of a scheme.

use std::collections::BTreeMap;

use anyhow::Context;
use polars::prelude::*;

use crate::period::Period;

use super::member::{Member, Role};
use crate::tables::cells::Cells;

/// One department as the period knows it.
#[derive(Clone, Debug)]
pub struct Department {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its class, such as front or support.
    pub class: Option<String>,
    /// Who heads it.
    pub head: Option<String>,
    /// Where its own papers go.
    pub email: Option<String>,
}

/// The departments by id: of several rows the one of the period's last month, else one without month, else the last.
pub fn of(frames: &BTreeMap<String, DataFrame>, period: &Period) -> anyhow::Result<BTreeMap<String, Department>> {
    let Some(frame) = frames.get("departments") else { return Ok(BTreeMap::new()) };
    let cells = Cells::of(frame);
    let (ids, names, classes) = (cells.texts("dept_id")?, cells.texts("name")?, cells.texts("class")?);
    let (months, heads, emails) = (cells.texts("month")?, cells.texts("head_agent_id")?, cells.texts("manager_email")?);
    let wanted = period.months().pop();
    let mut best: BTreeMap<String, (u8, Option<String>, Department)> = BTreeMap::new();
    for row in 0..ids.len() {
        let id = ids[row].clone().context("a row of `departments` has no `dept_id`")?;
        let nearness = match &months[row] {
            month if month.is_some() && *month == wanted => 2,
            None => 1,
            Some(_) => 0,
        };
        let department = Department {
            name: names[row].clone().unwrap_or_else(|| id.clone()),
            id: id.clone(),
            class: classes[row].clone(),
            head: heads[row].clone(),
            email: emails[row].clone(),
        };
        let is_better = best.get(&id).is_none_or(|(other, month, _)| (nearness, &months[row]) > (*other, month));
        if is_better {
            best.insert(id, (nearness, months[row].clone(), department));
        }
    }
    Ok(best.into_iter().map(|(id, (_, _, department))| (id, department)).collect())
}

/// A department as a subject: its class is its team, and its papers go to its own address, else to its head's.
pub fn member(department: Department, people: &[Member]) -> Member {
    let head = department.head.as_ref().and_then(|head| people.iter().find(|member| member.id == *head));
    let class = department.class.clone().unwrap_or_default();
    Member {
        name: department.name.clone(),
        team_id: class.clone(),
        team_name: class,
        role: Role::Agent,
        email: department.email.or_else(|| head.and_then(|head| head.email.clone())),
        dept_id: Some(department.id.clone()),
        dept_name: Some(department.name),
        dept_class: department.class,
        id: department.id,
        ..Member::default()
    }
}
