//! Cards looked up by people: those of one period, one agent's over the periods, and the runs that stand on one.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::runs::{Run, read_run};
use super::store::{self, Row, params};
use super::stored::{At, Fraction, Label};
use super::whose::Whose;
use super::{Document, Ledger};
use crate::exact::Exact;
use crate::period::Period;

/// Which cards are wanted: the newest editions of one period of one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardWish {
    /// The job's id.
    pub job: String,
    /// The period that was scored.
    pub period: Period,
    /// Only this team's.
    pub team: Option<String>,
    /// Only this agent's.
    pub agent: Option<String>,
    /// Only those with this in the name or the staff number.
    pub text: String,
}

/// A card without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardSummary {
    /// The ledger's number for it.
    pub id: i64,
    /// The period that was scored.
    pub period: Period,
    /// The staff number.
    pub agent: String,
    /// The agent's name.
    pub name: String,
    /// The team's id.
    pub team: String,
    /// Which issue it is, from one.
    pub edition: u32,
    /// The total, if the agent was scored.
    pub total: Option<Exact>,
    /// The rank, if the agent was ranked.
    pub rank: Option<u32>,
    /// Among how many, if the agent was ranked.
    pub of: Option<u32>,
    /// The grade, if the agent was graded.
    pub grade: Option<String>,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
}

/// A period of a job that has cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardedPeriod {
    /// The job's id.
    pub job: String,
    /// The period.
    pub period: Period,
}

impl From<Document> for CardSummary {
    fn from(card: Document) -> Self {
        Self {
            id: card.id,
            period: card.period,
            agent: card.subject,
            name: card.name,
            team: card.team,
            edition: card.edition,
            total: card.total,
            rank: card.rank,
            of: card.of,
            grade: card.grade,
            created_at: card.created_at,
        }
    }
}

const COLUMNS: &str = "id, period, subject, name, team, edition, total, rank, rank_of, grade, created_at";

/// Keeps the newest edition of each.
const NEWEST: &str = "NOT EXISTS (SELECT 1 FROM documents AS newer WHERE newer.job = documents.job \
     AND newer.period = documents.period AND newer.kind = documents.kind AND newer.subject = documents.subject \
     AND newer.edition > documents.edition)";

impl Ledger {
    /// The periods that have cards, the one that began last first.
    pub fn carded_periods(&self) -> Result<Vec<CardedPeriod>> {
        self.read(|connection| {
            // There are few runs and many cards.
            let mut statement = connection.prepare_cached(
                "SELECT job, period FROM runs WHERE EXISTS (SELECT 1 FROM documents WHERE documents.job = runs.job \
                 AND documents.period = runs.period AND documents.kind = 'card') GROUP BY job, period ORDER BY job",
            )?;
            let found = statement.query_map([], |row| {
                Ok(CardedPeriod { job: row.get("job")?, period: row.get::<_, Label>("period")?.0 })
            })?;
            let mut periods = found.collect::<store::Result<Vec<_>>>()?;
            periods.sort_by_key(|one| std::cmp::Reverse(one.period.start));
            Ok(periods)
        })
    }

    /// Those of the teams that have cards of a period.
    pub fn carded_teams(&self, one: &CardedPeriod, whose: Whose<'_>) -> Result<BTreeSet<String>> {
        let sql = format!(
            "SELECT DISTINCT team FROM documents WHERE job = ?1 AND period = ?2 AND kind = 'card' AND {}",
            whose.among("team", 3)
        );
        let period = Label(one.period);
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let found = statement.query_map(whose.after(&[&one.job, &period]).as_slice(), |row| row.get("team"))?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// The cards that fit, best rank first within each team, at most `limit`.
    pub fn find_cards(&self, wish: &CardWish, limit: u32) -> Result<Vec<CardSummary>> {
        let pattern = contains(&wish.text);
        // A condition that is there is looked up; one that only may be there is tried on every card.
        let team = if wish.team.is_some() { "team = ?3" } else { "?3 = ''" };
        let agent = if wish.agent.is_some() { "subject = ?4" } else { "?4 = ''" };
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM documents WHERE job = ?1 AND period = ?2 AND kind = 'card' \
                 AND {team} AND {agent} \
                 AND (lower(name) LIKE ?5 ESCAPE '\\' OR lower(subject) LIKE ?5 ESCAPE '\\') AND {NEWEST} \
                 ORDER BY team, coalesce(rank, 1000000000), subject LIMIT ?6"
            ))?;
            let only = |one: &Option<String>| one.clone().unwrap_or_default();
            let found = statement.query_map(
                params![wish.job, Label(wish.period), only(&wish.team), only(&wish.agent), pattern, limit],
                read_summary,
            )?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// The newest edition of one agent's card in each period, the first period first.
    pub fn card_history(&self, job: &str, agent: &str) -> Result<Vec<CardSummary>> {
        self.read(|connection| {
            // Which ones they are is asked first: the index that holds all columns would be read through for the whole job.
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM documents WHERE id IN \
                 (SELECT id FROM documents WHERE job = ?1 AND kind = 'card' AND subject = ?2) AND {NEWEST}"
            ))?;
            let found = statement.query_map(params![job, agent], read_summary)?;
            let mut history = found.collect::<store::Result<Vec<_>>>()?;
            history.sort_by_key(|one| one.period.start);
            Ok(history)
        })
    }

    /// Every run that stands on a document, whether it issued it or found it unchanged; the first one first.
    pub fn document_runs(&self, document_id: i64) -> Result<Vec<Run>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT runs.* FROM runs JOIN run_documents ON run_documents.run_id = runs.id \
                 WHERE run_documents.document_id = ?1 ORDER BY runs.number",
            )?;
            let found = statement.query_map([document_id], read_run)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

/// The pattern of texts that contain this one, in which nothing stands for anything else.
pub(super) fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for sign in text.to_lowercase().chars() {
        if matches!(sign, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}

fn read_summary(row: &Row<'_>) -> store::Result<CardSummary> {
    Ok(CardSummary {
        id: row.get("id")?,
        period: row.get::<_, Label>("period")?.0,
        agent: row.get("subject")?,
        name: row.get("name")?,
        team: row.get("team")?,
        edition: row.get("edition")?,
        total: row.get::<_, Option<Fraction>>("total")?.map(|total| total.0),
        rank: row.get("rank")?,
        of: row.get("rank_of")?,
        grade: row.get("grade")?,
        created_at: row.get::<_, At>("created_at")?.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{card, ledger, new_run, period};
    use crate::ledger::{DocumentKind, NewDocument};

    fn wish(text: &str) -> CardWish {
        CardWish {
            job: "monthly".to_owned(),
            period: period("2026-10"),
            team: None,
            agent: None,
            text: text.to_owned(),
        }
    }

    #[test]
    fn newest_editions_are_found_by_part_of_a_name_or_number() {
        let (ledger, _) = ledger();
        let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        let named = |agent: &str, name: &str, team: &str, rank: u32, content: &str| {
            let new =
                NewDocument { name: name.to_owned(), team: team.to_owned(), rank: Some(rank), ..card(agent, content) };
            ledger.issue(&run, &new).expect("issued");
        };
        named("A001", "白露", "T1", 2, "v1");
        named("A001", "白露", "T1", 1, "v2");
        named("A002", "Spring_100%", "T1", 2, "v1");
        named("B001", "寒露", "T2", 1, "v1");
        let found = |wish: &CardWish| -> Vec<(String, u32)> {
            ledger.find_cards(wish, 9).expect("cards").into_iter().map(|one| (one.agent, one.edition)).collect()
        };
        let all = [("A001", 2), ("A002", 1), ("B001", 1)].map(|(agent, edition)| (agent.to_owned(), edition));
        assert_eq!(found(&wish("")), all);
        assert_eq!(found(&wish("露")), [all[0].clone(), all[2].clone()]);
        assert_eq!(found(&wish("sPRING_100%")), [all[1].clone()]);
        assert_eq!(found(&wish("a00")), all[..2]);
        for nobody in ["%", "_", "\\"] {
            let expected = if nobody == "\\" { 0 } else { 1 };
            assert_eq!(found(&wish(nobody)).len(), expected, "{nobody}");
        }
        assert_eq!(found(&CardWish { team: Some("T2".to_owned()), ..wish("") }), [all[2].clone()]);
        assert_eq!(found(&CardWish { agent: Some("A002".to_owned()), ..wish("") }), [all[1].clone()]);
        assert_eq!(found(&CardWish { period: period("2026-09"), ..wish("") }), []);
        assert_eq!(ledger.find_cards(&wish(""), 1).expect("cards").len(), 1);
    }

    #[test]
    fn an_agent_is_followed_over_the_periods() {
        let (ledger, _) = ledger();
        for (label, content) in [("2026-10", "v1"), ("2026-09", "v1"), ("2026-09", "v2")] {
            let run = ledger.start_run(&new_run(label)).expect("a run").id;
            let new = NewDocument { period: period(label), ..card("A001", content) };
            ledger.issue(&run, &new).expect("issued");
            let pack = NewDocument { kind: DocumentKind::Pack, period: period(label), ..card("T1", content) };
            ledger.issue(&run, &pack).expect("issued");
        }
        let history = ledger.card_history("monthly", "A001").expect("cards");
        let brief: Vec<_> = history.iter().map(|one| (one.period.to_string(), one.edition)).collect();
        assert_eq!(brief, [("2026-09".to_owned(), 2), ("2026-10".to_owned(), 1)]);
        let periods = ledger.carded_periods().expect("periods");
        let labels: Vec<String> = periods.iter().map(|one| one.period.to_string()).collect();
        assert_eq!(labels, ["2026-10", "2026-09"]);
    }

    #[test]
    fn the_runs_of_a_document_are_those_that_stand_on_it() {
        let (ledger, _) = ledger();
        let first = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        let second = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        let (document, _) = ledger.issue(&first, &card("A001", "v1")).expect("issued");
        ledger.issue(&second, &card("A001", "v1")).expect("issued");
        let runs = ledger.document_runs(document.id).expect("runs");
        assert_eq!(runs.iter().map(|run| run.id.as_str()).collect::<Vec<_>>(), [first.as_str(), second.as_str()]);
        assert!(ledger.document_runs(999).expect("runs").is_empty());
    }
}
