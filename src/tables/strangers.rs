//! Facts of staff numbers that are not on the roster: they count for nobody, and that is said.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::finding::Finding;
use crate::words::Bilingual;

use super::Roster;

/// The tables whose rows a person makes by working.
const WORK: [&str; 3] = ["calls", "chats", "punches"];

/// One note for each such staff number and table, with its volume.
pub fn strangers(frames: &BTreeMap<String, DataFrame>, roster: &Roster) -> PolarsResult<Vec<Finding>> {
    let mut findings = Vec::new();
    for table in WORK {
        let Some(frame) = frames.get(table).filter(|frame| frame.schema().contains("agent_id")) else { continue };
        let mut volumes: BTreeMap<&str, u64> = BTreeMap::new();
        for agent in frame.column("agent_id")?.str()?.iter().flatten().filter(|agent| roster.member(agent).is_none()) {
            *volumes.entry(agent).or_default() += 1;
        }
        findings.extend(volumes.into_iter().map(|(agent, rows)| stranger(table, agent, rows)));
    }
    Ok(findings)
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
