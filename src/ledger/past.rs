//! Results of earlier periods, for the trend on a card.

use anyhow::Result;

use super::Ledger;
use super::store::{self, Connection, Row, params};
use super::stored::{Fraction, Label};
use crate::exact::Exact;
use crate::period::Period;

/// The result of one agent for an earlier period: that of the latest edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastResult {
    /// The period.
    pub period: Period,
    /// The agent's id.
    pub agent: String,
    /// The team's id at that time.
    pub team: String,
    /// The total, if the agent was scored.
    pub total: Option<Exact>,
    /// The rank, if the agent was ranked.
    pub rank: Option<u32>,
    /// Among how many, if the agent was ranked.
    pub ranked: Option<u32>,
    /// The grade's id, if the agent was graded.
    pub grade: Option<String>,
    /// The gates and quotas that held.
    pub marks: Vec<String>,
}

impl Ledger {
    /// The cards of the last `limit` periods of the same length that came before `before`, by period and agent.
    pub fn past_results(&self, job: &str, before: &Period, limit: u32) -> Result<Vec<PastResult>> {
        self.read(|connection| {
            let mut periods = carded_periods(connection, job)?;
            periods.retain(|period| period.cycle == before.cycle && period.start < before.start);
            let skipped = periods.len().saturating_sub(limit as usize);
            let mut results = Vec::new();
            for period in &periods[skipped..] {
                results.extend(results_of(connection, job, period)?);
            }
            Ok(results)
        })
    }
}

/// The periods that have cards, in order of time.
fn carded_periods(connection: &Connection, job: &str) -> Result<Vec<Period>> {
    let sql = "SELECT DISTINCT period FROM documents WHERE job = ?1 AND kind = 'card'";
    let mut statement = connection.prepare_cached(sql)?;
    let labels = statement.query_map([job], |row| Ok(row.get::<_, Label>(0)?.0))?;
    let mut periods = labels.collect::<store::Result<Vec<Period>>>()?;
    periods.sort_by_key(|period| period.start);
    Ok(periods)
}

fn results_of(connection: &Connection, job: &str, period: &Period) -> Result<Vec<PastResult>> {
    let mut statement = connection.prepare_cached(
        "SELECT period, subject, team, total, rank, rank_of, grade, grade_id, marks FROM documents AS own \
         WHERE job = ?1 AND period = ?2 AND kind = 'card' AND edition = (SELECT max(edition) FROM documents AS newer \
             WHERE newer.job = own.job AND newer.period = own.period AND newer.kind = own.kind \
             AND newer.subject = own.subject) ORDER BY subject",
    )?;
    let results = statement.query_map(params![job, Label(*period)], read_result)?;
    Ok(results.collect::<store::Result<_>>()?)
}

fn read_result(row: &Row<'_>) -> store::Result<PastResult> {
    Ok(PastResult {
        period: row.get::<_, Label>("period")?.0,
        agent: row.get("subject")?,
        team: row.get("team")?,
        total: row.get::<_, Option<Fraction>>("total")?.map(|total| total.0),
        rank: row.get("rank")?,
        ranked: row.get("rank_of")?,
        // Results of before grades had ids kept only the label.
        grade: row.get::<_, Option<String>>("grade_id")?.or(row.get("grade")?),
        marks: row.get::<_, String>("marks")?.lines().map(str::to_owned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{card, ledger, new_run, period};
    use crate::ledger::{DocumentKind, NewDocument};

    #[test]
    fn the_latest_editions_of_the_last_periods_come_in_order() {
        let (ledger, _) = ledger();
        let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        let issue = |label: &str, agent: &str, total: i64| {
            let new = NewDocument {
                period: period(label),
                total: Some(Exact::whole(total)),
                ..card(agent, &total.to_string())
            };
            ledger.issue(&run, &new).expect("issued");
        };
        for (label, agent, total) in [
            ("2026-09", "A002", 70),
            ("2026-09", "A001", 80),
            ("2026-09", "A001", 81),
            ("2025-12", "A001", 60),
            ("2026-01", "A001", 61),
            ("2026-10", "A001", 99),
            ("2026-11", "A001", 98),
            ("2026-Q2", "A001", 97),
            ("2026-09-from-21", "A001", 96),
            ("2026-10-from-21", "A001", 95),
        ] {
            issue(label, agent, total);
        }
        let pack = NewDocument { kind: DocumentKind::Pack, period: period("2026-09"), ..card("T1", "p") };
        ledger.issue(&run, &pack).expect("issued");
        let past = ledger.past_results("monthly", &period("2026-10"), 2).expect("results");
        let brief: Vec<_> =
            past.iter().map(|one| (one.period.to_string(), one.agent.as_str(), one.total.clone())).collect();
        let expected = [("2026-01", "A001", 61), ("2026-09", "A001", 81), ("2026-09", "A002", 70)]
            .map(|(label, agent, total)| (label.to_owned(), agent, Some(Exact::whole(total))));
        assert_eq!(brief, expected);
        let shifted = ledger.past_results("monthly", &period("2026-11-from-21"), 9).expect("results");
        let labels: Vec<String> = shifted.iter().map(|one| one.period.to_string()).collect();
        assert_eq!(labels, ["2026-09-from-21", "2026-10-from-21"]);
        assert_eq!(ledger.past_results("monthly", &period("2026-10"), 0).expect("results"), []);
        assert_eq!(ledger.past_results("other", &period("2026-10"), 9).expect("results"), []);
    }
}
