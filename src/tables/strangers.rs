//! Facts of staff numbers that are not on the roster, or not at work on their day: said with their volume.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use polars::prelude::*;

use crate::finding::Finding;
use crate::source::Grain;
use crate::source::Table;
use crate::words::Bilingual;

use super::build::Site;
use super::cells::Cells;
use super::roster::Member;
use super::volume::{self, Volume};
use super::{Roster, Tables, roster};

/// Tables of work that is done on its day; a rating or a refund may well come after somebody left.
const WORK: [&str; 7] =
    ["attendance_days", "calls", "chat_sessions", "chats", "chats_daily", "funnel_daily", "punches"];

/// The tables as sources gave them whose rows name a staff number, by name: what is derived later would be told twice.
pub fn facts(site: &Site) -> BTreeSet<String> {
    let is_fact = |name: &str| {
        let table = Table::from_name(name);
        let is_dated = |table: Table| matches!(table.grain(), Grain::Day | Grain::DayOf(_));
        table.is_some_and(|table| is_dated(table) && table.column("agent_id").is_some())
    };
    let named = |frame: &DataFrame| frame.column("agent_id").is_ok_and(|ids| ids.null_count() < ids.len());
    let in_memory = site.frames.iter().filter(|(_, frame)| named(frame)).map(|(name, _)| name);
    let on_disk = site.bulk.iter().filter(|(_, bulk)| bulk.named).map(|(name, _)| name);
    in_memory.chain(on_disk).filter(|name| is_fact(name)).cloned().collect()
}

/// One note for each such staff number and table, with its volume; a department's id is no stranger.
pub fn strangers(tables: &Tables, facts: &BTreeSet<String>) -> anyhow::Result<Vec<Finding>> {
    let departments = roster::department_ids(&tables.frames)?;
    let mut findings = Vec::new();
    for table in facts {
        let (unknown, away) = sorted_out(table, tables, &departments)?;
        findings.extend(unknown.into_iter().map(|(agent, volume)| stranger(&agent, &volume.of(table))));
        let away = away.into_iter().filter_map(|(agent, volume)| Some((tables.roster.member(&agent)?, volume)));
        findings.extend(away.map(|(member, volume)| not_at_work(member, &volume.of(table))));
    }
    Ok(findings)
}

type Volumes = BTreeMap<String, Volume>;

/// The volumes of unknown numbers, and those of members on days on which they were not employed.
fn sorted_out(table: &str, tables: &Tables, departments: &BTreeSet<String>) -> anyhow::Result<(Volumes, Volumes)> {
    let columns = ["agent_id", "date"].into_iter().chain(volume::measure(table)).map(str::to_owned).collect();
    let of_part = |rows| Ok(sorted_part(table, rows, &tables.roster, departments));
    let (mut unknown, mut away) = (Volumes::new(), Volumes::new());
    for part in tables.each_part(table, &columns, of_part)? {
        let (strange, absent) = part?;
        for (volumes, more) in [(&mut unknown, strange), (&mut away, absent)] {
            more.into_iter().for_each(|(agent, volume)| volumes.entry(agent).or_default().add(&volume));
        }
    }
    Ok((unknown, away))
}

/// The same of some rows.
fn sorted_part(
    table: &str,
    rows: DataFrame,
    roster: &Roster,
    departments: &BTreeSet<String>,
) -> anyhow::Result<(Volumes, Volumes)> {
    let rows = rows.lazy().filter(col("agent_id").is_not_null());
    let grouped = rows.group_by([col("agent_id"), col("date")]).agg(volume::sums(table)).collect()?;
    let (agents, days) = (grouped.column("agent_id")?.str()?, Cells::of(&grouped).days("date")?);
    let (mut unknown, mut away) = (Volumes::new(), Volumes::new());
    for (row, agent) in agents.iter().enumerate() {
        let Some(agent) = agent else { continue };
        let volumes = match roster.member(agent) {
            None if departments.contains(agent) => continue,
            None => &mut unknown,
            Some(member) if WORK.contains(&table) && is_away(member, days[row]) => &mut away,
            Some(_) => continue,
        };
        volumes.entry(agent.to_owned()).or_default().add(&Volume::of_row(table, &grouped, row)?);
    }
    Ok((unknown, away))
}

fn is_away(member: &Member, day: Option<NaiveDate>) -> bool {
    let before = |day| member.hired_on.is_some_and(|hired| day < hired);
    let after = |day| member.left_on.is_some_and(|left| day > left);
    day.is_some_and(|day| before(day) || after(day))
}

fn stranger(agent: &str, volume: &Bilingual) -> Finding {
    Finding::note(
        "unknown-agent",
        Bilingual::new(
            format!("工号 {agent} 不在本期名册中，其 {} 未计入任何人", volume.zh),
            format!("staff number {agent} is not on the period's roster; its {} count for nobody", volume.en),
        ),
    )
    .about(agent)
    .next(Bilingual::new("请核对名册后重新运行", "check the roster and run again"))
}

fn not_at_work(member: &Member, volume: &Bilingual) -> Finding {
    let on = |day: Option<NaiveDate>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let (id, name, hired, left) = (&member.id, &member.name, on(member.hired_on), on(member.left_on));
    Finding::note(
        "not-at-work",
        Bilingual::new(
            format!("{name}（{id}）在职期间为 {hired} 至 {left}，此外还有 {}，仍计入本人", volume.zh),
            format!(
                "{name} ({id}) was employed from {hired} to {left} and has {} on other days; they count",
                volume.en
            ),
        ),
    )
    .about(id)
    .next(Bilingual::new(
        "请核对名册中的入职与离职日期，以及账号的使用日期",
        "check the first and last day of work on the roster, and who had the account then",
    ))
}
