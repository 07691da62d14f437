//! What a run noticed about its data, people or documents.

use std::collections::BTreeSet;

use anyhow::Result;

use super::Ledger;
use super::store::{self, Row, Transaction, params};
use super::whose::Whose;
use crate::finding::{Finding, Weight};
use crate::words::Bilingual;

impl Ledger {
    /// Replaces all findings of the run by these, kept in their order.
    pub fn record_findings(&self, run_id: &str, findings: &[Finding]) -> Result<()> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM findings WHERE run_id = ?1", [run_id])?;
            for (position, finding) in findings.iter().enumerate() {
                insert(transaction, run_id, position as i64, finding)?;
            }
            Ok(())
        })
    }

    /// The findings of the run in the order in which they were recorded.
    pub fn findings(&self, run_id: &str) -> Result<Vec<Finding>> {
        self.read(|connection| {
            let sql = "SELECT * FROM findings WHERE run_id = ?1 ORDER BY position";
            let mut statement = connection.prepare_cached(sql)?;
            let findings = statement.query_map([run_id], read_finding)?;
            Ok(findings.collect::<store::Result<_>>()?)
        })
    }

    /// The findings of the run about nobody, about these teams, and about those of them of whom it has cards.
    pub fn findings_near(&self, run_id: &str, teams: &BTreeSet<String>) -> Result<Vec<Finding>> {
        let theirs = Whose::Teams(teams);
        let (is_team, of_team) = (theirs.among("subject", 2), theirs.among("team", 2));
        let sql = format!(
            "SELECT * FROM findings WHERE run_id = ?1 AND (subject IS NULL OR {is_team} OR subject IN (SELECT subject \
             FROM run_documents WHERE run_id = ?1 AND kind = 'card' AND {of_team})) ORDER BY position"
        );
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let findings = statement.query_map(theirs.after(&[&run_id]).as_slice(), read_finding)?;
            Ok(findings.collect::<store::Result<_>>()?)
        })
    }

    /// How many findings hold the whole run.
    pub fn count_holds(&self, run_id: &str) -> Result<usize> {
        self.read(|connection| {
            let sql = "SELECT count(*) FROM findings WHERE run_id = ?1 AND weight = ?2";
            let count: i64 = connection.query_row(sql, [run_id, Weight::Hold.word()], |row| row.get(0))?;
            Ok(count.unsigned_abs() as usize)
        })
    }

    /// Whether a finding holds back any of these agents or teams of the run.
    pub fn holds_back(&self, run_id: &str, subjects: [&str; 2]) -> Result<bool> {
        self.read(|connection| {
            let sql = "SELECT count(*) FROM findings WHERE run_id = ?1 AND weight = ?2 AND subject IN (?3, ?4)";
            let [first, second] = subjects;
            let values = params![run_id, Weight::HoldSubject.word(), first, second];
            let count: i64 = connection.query_row(sql, values, |row| row.get(0))?;
            Ok(count > 0)
        })
    }
}

/// Records one more finding of a run, inside a caller's transaction.
pub(super) fn add_finding(transaction: &Transaction<'_>, run_id: &str, finding: &Finding) -> Result<()> {
    let sql = "SELECT coalesce(max(position), -1) + 1 FROM findings WHERE run_id = ?1";
    let position: i64 = transaction.query_row(sql, [run_id], |row| row.get(0))?;
    insert(transaction, run_id, position, finding)
}

fn insert(transaction: &Transaction<'_>, run_id: &str, position: i64, finding: &Finding) -> Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO findings (run_id, position, weight, code, subject, text_zh, text_en, next_zh, next_en) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let (text, next) = (&finding.text, &finding.next);
    statement.execute(params![
        run_id,
        position,
        finding.weight.word(),
        finding.code,
        finding.subject,
        text.zh,
        text.en,
        next.zh,
        next.en
    ])?;
    Ok(())
}

fn read_finding(row: &Row<'_>) -> store::Result<Finding> {
    Ok(Finding {
        weight: Weight::from_word(&row.get::<_, String>("weight")?),
        code: row.get("code")?,
        subject: row.get("subject")?,
        text: Bilingual { zh: row.get("text_zh")?, en: row.get("text_en")? },
        next: Bilingual { zh: row.get("next_zh")?, en: row.get("next_en")? },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::NewDocument;
    use crate::ledger::bench::{card, ledger, new_run};

    #[test]
    fn findings_are_replaced_as_a_whole() {
        let (ledger, _) = ledger();
        let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        let note = Finding::note("rows-set-aside", Bilingual::new("3 行", "3 rows"));
        let held = Finding::hold_subject("no-address", "A001", Bilingual::same("?"), Bilingual::new("补", "add"));
        let hold = Finding::hold("short-pull", Bilingual::same("!"), Bilingual::same("pull again"));
        ledger.record_findings(&run, std::slice::from_ref(&note)).expect("recorded");
        let all = [hold, held, note];
        ledger.record_findings(&run, &all).expect("recorded");
        assert_eq!(ledger.findings(&run).expect("findings"), all);
        assert_eq!(ledger.count_holds(&run).expect("a count"), 1);
        assert!(ledger.holds_back(&run, ["A001", "T1"]).expect("an answer"));
        assert!(!ledger.holds_back(&run, ["A002", "T1"]).expect("an answer"));
        ledger.record_findings("nothing", &all).expect_err("a run that is not there has no findings");
    }

    #[test]
    fn a_team_is_told_what_is_near_to_it() {
        let (ledger, _) = ledger();
        let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        for (agent, team) in [("A001", "T1"), ("B001", "T2")] {
            let new = NewDocument { team: team.to_owned(), ..card(agent, "v1") };
            ledger.issue(&run, &new).expect("issued");
        }
        let about = |subject: &str| Finding::note("few-chats", Bilingual::same("!")).about(subject);
        let shop = Finding::note("rows-set-aside", Bilingual::same("3"));
        ledger
            .record_findings(&run, &[about("B001"), shop.clone(), about("T1"), about("A001"), about("T2")])
            .expect("recorded");
        let near = |teams: &[&str]| {
            let teams = teams.iter().map(|team| (*team).to_owned()).collect();
            ledger.findings_near(&run, &teams).expect("findings")
        };
        assert_eq!(near(&["T1"]), [shop.clone(), about("T1"), about("A001")]);
        assert_eq!(near(&[]), [shop]);
        assert_eq!(near(&["T1", "T2"]).len(), 5);
    }
}
