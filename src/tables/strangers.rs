//! Facts of staff numbers that are not on the roster: they count for nobody, and that is said.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::finding::Finding;
use crate::source::Grain;
use crate::source::Table;
use crate::words::Bilingual;

use super::{Roster, roster};

/// The tables as sources gave them whose rows name a staff number: what is derived later would be told twice.
pub fn facts(frames: &BTreeMap<String, DataFrame>) -> Vec<String> {
    let is_fact = |name: &str| {
        let table = Table::from_name(name);
        let is_dated = |table: Table| matches!(table.grain(), Grain::Day | Grain::DayOf(_));
        table.is_some_and(|table| is_dated(table) && table.column("agent_id").is_some())
    };
    let named = |frame: &DataFrame| frame.column("agent_id").is_ok_and(|ids| ids.null_count() < ids.len());
    frames.iter().filter(|(name, frame)| is_fact(name) && named(frame)).map(|(name, _)| name.clone()).collect()
}

/// One note for each such staff number and table, with its volume; a department's id is no stranger.
pub fn strangers(
    frames: &BTreeMap<String, DataFrame>,
    facts: &[String],
    roster: &Roster,
) -> anyhow::Result<Vec<Finding>> {
    let departments = roster::department_ids(frames)?;
    let mut findings = Vec::new();
    for table in facts {
        let Some(frame) = frames.get(table) else { continue };
        let volumes = unknown(frame, roster, &departments)?;
        findings.extend(volumes.into_iter().map(|(agent, rows)| stranger(table, agent, rows)));
    }
    Ok(findings)
}

/// How many rows each unknown number has.
fn unknown<'a>(
    frame: &'a DataFrame,
    roster: &Roster,
    departments: &BTreeSet<String>,
) -> PolarsResult<BTreeMap<&'a str, u64>> {
    let is_known = |id: &str| roster.member(id).is_some() || departments.contains(id);
    let mut volumes: BTreeMap<&str, u64> = BTreeMap::new();
    for agent in frame.column("agent_id")?.str()?.iter().flatten().filter(|agent| !is_known(agent)) {
        *volumes.entry(agent).or_default() += 1;
    }
    Ok(volumes)
}

fn stranger(table: &str, agent: &str, rows: u64) -> Finding {
    Finding::note(
        "unknown-agent",
        Bilingual::new(
            format!("工号 {agent} 不在本期名册中，其 {rows} 行 {table} 未计入任何人"),
            format!("staff number {agent} is not on the period's roster; its {rows} rows of {table} count for nobody"),
        ),
    )
    .about(agent)
    .next(Bilingual::new("请核对名册后重新运行", "check the roster and run again"))
}
