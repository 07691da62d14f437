//! What is compared across many cards: their totals, and what stands in them.

use std::collections::BTreeMap;

use anyhow::Result;

use super::Ledger;
use super::cards::CardedPeriod;
use super::store::{self, Connection, Row, ToValue};
use super::stored::{Fraction, Label};
use super::whose::{Whose, places};
use crate::exact::Exact;

impl Ledger {
    /// The totals of a period's cards in their newest editions, by team; `None` for a card without one.
    pub fn card_totals(&self, one: &CardedPeriod, whose: Whose<'_>) -> Result<BTreeMap<String, Vec<Option<Exact>>>> {
        let sql = format!(
            "SELECT team, subject, edition, total FROM documents WHERE job = ?1 AND period = ?2 AND kind = 'card' AND {}",
            whose.among("team", 3)
        );
        let period = Label(one.period);
        self.read(|connection| {
            let later = later_editions(connection, one, whose)?;
            let mut totals: BTreeMap<String, Vec<Option<Exact>>> = BTreeMap::new();
            let mut statement = connection.prepare_cached(&sql)?;
            let read = |row: &Row<'_>| {
                let (subject, edition): (String, u32) = (row.get("subject")?, row.get("edition")?);
                let is_newest = later.get(&subject).is_none_or(|newest| *newest == edition);
                let total = row.get::<_, Option<Fraction>>("total")?.map(|total| total.0);
                Ok((is_newest, row.get("team")?, total))
            };
            for found in statement.query_map(whose.after(&[&one.job, &period]).as_slice(), read)? {
                let (is_newest, team, total): (bool, String, _) = found?;
                if is_newest {
                    totals.entry(team).or_default().push(total);
                }
            }
            Ok(totals)
        })
    }

    /// The contents of the documents of these numbers, as JSON.
    pub fn contents(&self, ids: &[i64]) -> Result<BTreeMap<i64, String>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let sql = format!("SELECT id, data FROM documents WHERE id IN ({})", places(1, ids.len()));
        let values: Vec<&dyn ToValue> = ids.iter().map(|id| id as &dyn ToValue).collect();
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let found = statement.query_map(values.as_slice(), |row| Ok((row.get("id")?, row.get("data")?)))?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

/// The newest edition of each agent's card of a period, of those that have more than one; there are few.
fn later_editions(connection: &Connection, one: &CardedPeriod, whose: Whose<'_>) -> Result<BTreeMap<String, u32>> {
    // Of some teams' agents each is looked up; of everybody all are read through.
    let theirs = match whose {
        Whose::Everybody => whose.among("team", 3),
        Whose::Teams(_) => format!(
            "subject IN (SELECT subject FROM documents WHERE job = ?1 AND period = ?2 AND kind = 'card' AND {})",
            whose.among("team", 3)
        ),
    };
    let sql = format!(
        "SELECT subject, max(edition) AS edition FROM documents WHERE job = ?1 AND period = ?2 AND kind = 'card' \
         AND edition > 1 AND {theirs} GROUP BY subject"
    );
    let period = Label(one.period);
    let mut statement = connection.prepare_cached(&sql)?;
    let read = |row: &Row<'_>| Ok((row.get("subject")?, row.get("edition")?));
    let found = statement.query_map(whose.after(&[&one.job, &period]).as_slice(), read)?;
    Ok(found.collect::<store::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ledger::NewDocument;
    use crate::ledger::bench::{card, ledger, new_run, period};

    #[test]
    fn totals_are_those_of_the_newest_editions_wherever_the_agent_is_now() {
        let (ledger, _) = ledger();
        let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        let issue = |agent: &str, team: &str, total: Option<i64>| {
            let content = format!("{team} {total:?}");
            let new = NewDocument { team: team.to_owned(), total: total.map(Exact::whole), ..card(agent, &content) };
            ledger.issue(&run, &new).expect("issued").0.id
        };
        issue("A001", "T1", Some(80));
        let newest = issue("A001", "T2", Some(90));
        issue("A002", "T1", Some(70));
        issue("A003", "T1", None);
        let one = CardedPeriod { job: "monthly".to_owned(), period: period("2026-10") };
        let first = BTreeSet::from(["T1".to_owned()]);
        let of = |whose: Whose<'_>| ledger.card_totals(&one, whose).expect("totals");
        let in_first = vec![Some(Exact::whole(70)), None];
        assert_eq!(of(Whose::Teams(&first)), BTreeMap::from([("T1".to_owned(), in_first.clone())]));
        let all = [("T1".to_owned(), in_first), ("T2".to_owned(), vec![Some(Exact::whole(90))])];
        assert_eq!(of(Whose::Everybody), BTreeMap::from(all));
        assert_eq!(ledger.carded_teams(&one, Whose::Teams(&first)).expect("teams"), first);
        assert_eq!(ledger.carded_teams(&one, Whose::Everybody).expect("teams").len(), 2);
        let contents = ledger.contents(&[newest, 999]).expect("contents");
        assert_eq!(contents, BTreeMap::from([(newest, "{}".to_owned())]));
    }
}
