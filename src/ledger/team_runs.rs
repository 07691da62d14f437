//! Runs by the teams whose cards stand in them.

use std::collections::BTreeSet;

use anyhow::Result;

use super::Ledger;
use super::runs::{Run, read_run};
use super::store::{self, params};

/// How many of the newest runs of a team are looked through.
const LOOKED_THROUGH: u32 = 5000;

impl Ledger {
    /// The newest runs that are about one of these teams or have a card or pack of one, and that `sees` lets through for
    /// that team, at most `limit`.
    pub fn runs_of_teams(
        &self,
        teams: &BTreeSet<String>,
        limit: usize,
        sees: impl Fn(&str, &Run) -> bool,
    ) -> Result<Vec<Run>> {
        let mut found = Vec::new();
        for team in teams {
            let all = self.runs_of_team(team, LOOKED_THROUGH)?;
            found.extend(all.into_iter().filter(|(_, run)| sees(team, run)).take(limit));
        }
        // A run about the whole shop is found once for each team.
        found.sort_by_key(|one: &(i64, Run)| std::cmp::Reverse(one.0));
        found.dedup_by_key(|one| one.0);
        found.truncate(limit);
        Ok(found.into_iter().map(|(_, run)| run).collect())
    }

    /// The newest runs that stand on a card of this agent, at most `limit`.
    pub fn runs_of_agent(&self, agent: &str, limit: u32) -> Result<Vec<Run>> {
        self.read(|connection| {
            let sql = "SELECT * FROM runs WHERE EXISTS (SELECT 1 FROM run_documents WHERE run_documents.run_id = runs.id \
                       AND run_documents.kind = 'card' AND run_documents.subject = ?1) ORDER BY number DESC LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map(params![agent, limit], read_run)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    fn runs_of_team(&self, team: &str, limit: u32) -> Result<Vec<(i64, Run)>> {
        self.read(|connection| {
            let sql = "SELECT * FROM runs WHERE team = ?1 OR EXISTS (SELECT 1 FROM run_documents \
                       WHERE run_documents.run_id = runs.id AND run_documents.kind IN ('card', 'pack') \
                       AND run_documents.team = ?1) \
                       ORDER BY number DESC LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found =
                statement.query_map(params![team, limit], |row| Ok((row.get::<_, i64>("number")?, read_run(row)?)))?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::ledger::bench::{card, ledger, new_run};
    use crate::ledger::{NewRun, Scope};

    #[test]
    fn a_team_has_its_own_runs_and_those_with_its_cards() {
        let (ledger, _) = ledger();
        let shop = ledger.start_run(&new_run("2026-10")).expect("a run");
        ledger.issue(&shop.id, &card("A001", "1")).expect("a card");
        let team = card("A001", "1").team;
        let own = NewRun { scope: Scope { team: Some(team.clone()), agent: None }, ..new_run("2026-10") };
        let own = ledger.start_run(&own).expect("a run");
        ledger.start_run(&new_run("2026-10")).expect("a run without its cards");
        let both = |teams: &[&str]| {
            let teams = teams.iter().map(|one| (*one).to_owned()).collect();
            ledger
                .runs_of_teams(&teams, 9, |_, _| true)
                .expect("runs")
                .into_iter()
                .map(|run| run.id)
                .collect::<Vec<_>>()
        };
        let of_agent = ledger.runs_of_agent("A001", 9).expect("runs");
        assert!(of_agent.len() == 1 && of_agent[0].id == shop.id);
        assert_eq!(both(&[&team, "another"]), [own.id, shop.id]);
        assert!(both(&["another"]).is_empty() && both(&[]).is_empty());
    }
}
