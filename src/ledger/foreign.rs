//! Which findings of a run name people or teams that are not of some teams, so that their leaders do not read them.
//!
//! A run has thousands of names and its findings seldom change, so the answer is kept, without any name, for as long as the
//! run stands on the same documents.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use sha2::{Digest, Sha256};

use super::Ledger;
use super::portions::all;
use super::runs::{Run, RunState};
use crate::finding::{Finding, Names};

/// Answers that are kept at most; beyond it all are found anew.
const MOST: usize = 1_000;

/// The answers, by what was asked.
pub(super) type Answers = Mutex<HashMap<[u8; 32], Kept>>;

/// One answer.
pub(super) struct Kept {
    stand: Stand,
    mentions: Arc<[bool]>,
}

/// On what a run stood when it was found; another one may have other documents.
#[derive(PartialEq, Eq)]
enum Stand {
    /// A run at rest issues nothing before it comes to another step; this is the last one.
    AtRest(Option<i64>),
    /// One at work: how many documents, and the newest.
    AtWork(i64, Option<i64>),
}

impl Ledger {
    /// Of each finding whether a person or a team stands in it that is of the run and of none of these teams.
    pub fn mentions_others(&self, run: &Run, teams: &BTreeSet<String>, findings: &[Finding]) -> Result<Arc<[bool]>> {
        if findings.is_empty() {
            return Ok(Arc::new([]));
        }
        let (question, stand) = (question(&run.id, teams, findings), self.stand(run)?);
        let answers = &self.shared.mentions;
        if let Some(kept) = answers.lock().unwrap_or_else(PoisonError::into_inner).get(&question)
            && kept.stand == stand
        {
            return Ok(kept.mentions.clone());
        }
        let foreign = self.names_beside(&run.id, teams)?;
        let mentions: Arc<[bool]> = findings.iter().map(|finding| finding.mentions_any(&foreign)).collect();
        let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= MOST {
            answers.clear();
        }
        answers.insert(question, Kept { stand, mentions: mentions.clone() });
        Ok(mentions)
    }

    fn stand(&self, run: &Run) -> Result<Stand> {
        use RunState::{Done, Held, PartlySent, Ready, Releasing, Sent};
        self.read(|connection| {
            Ok(if matches!(run.state, Held | Ready | Releasing | Sent | PartlySent | Done) {
                let sql = "SELECT max(id) FROM run_steps WHERE run_id = ?1";
                Stand::AtRest(connection.query_row(sql, [&run.id], |row| row.get(0))?)
            } else {
                let sql = "SELECT count(*), max(document_id) FROM run_documents WHERE run_id = ?1";
                connection.query_row(sql, [&run.id], |row| Ok(Stand::AtWork(row.get(0)?, row.get(1)?)))?
            })
        })
    }

    /// What people and teams are called that stand in a run and are of none of these teams.
    fn names_beside(&self, run_id: &str, teams: &BTreeSet<String>) -> Result<Names> {
        let sql = "SELECT documents.team, documents.subject, documents.name FROM run_documents \
                   JOIN documents ON documents.id = run_documents.document_id WHERE run_documents.run_id = ?1";
        let read = |row: &super::store::Row<'_>| -> super::store::Result<[String; 3]> {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?])
        };
        let named = self.read(|connection| all(connection, sql, [run_id], read))?;
        Ok(named.into_iter().filter(|[team, ..]| !teams.contains(team)).flatten().collect())
    }
}

/// What stands for a question: nothing of it can be read from that.
fn question(run_id: &str, teams: &BTreeSet<String>, findings: &[Finding]) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update(text.len().to_be_bytes());
        hash.update(text);
    };
    add(run_id);
    add(&teams.len().to_string());
    teams.iter().for_each(|team| add(team));
    for finding in findings {
        [&finding.text.zh, &finding.text.en, &finding.next.zh, &finding.next.en].into_iter().for_each(|text| add(text));
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::NewDocument;
    use crate::ledger::bench::{card, ledger, new_run};
    use crate::words::Bilingual;

    #[test]
    fn others_are_found_and_found_again_when_the_run_has_more_of_them() {
        let (ledger, _) = ledger();
        let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        let now = || ledger.run(&run).expect("a look").expect("the run");
        let issue = |agent: &str, name: &str, team: &str| {
            let new = NewDocument { name: name.to_owned(), team: team.to_owned(), ..card(agent, name) };
            ledger.issue(&run, &new).expect("issued");
        };
        issue("A001", "白露", "T1");
        issue("B001", "寒露", "T2");
        let text = |text: &str| Finding::note("said", Bilingual::new(text, "said"));
        let findings = ["3 行", "白露的会话少", "寒露的会话少", "T2", "B002 的会话少"].map(text);
        let of = |team: &str| {
            let teams = BTreeSet::from([team.to_owned()]);
            ledger.mentions_others(&now(), &teams, &findings).expect("an answer").to_vec()
        };
        for _ in 0..2 {
            assert_eq!(of("T1"), [false, false, true, true, false]);
            assert_eq!(of("T2"), [false, true, false, false, false]);
        }
        // Kept while it rests, and found anew after it went on and rests again.
        ledger.set_state(&run, RunState::Ready).expect("at rest");
        assert_eq!(of("T1"), [false, false, true, true, false]);
        ledger.set_state(&run, RunState::Scoring).expect("at work");
        assert_eq!(of("T1"), [false, false, true, true, false]);
        issue("B002", "霜降", "T2");
        assert_eq!(of("T1"), [false, false, true, true, true]);
        ledger.set_state(&run, RunState::Ready).expect("at rest");
        assert_eq!(of("T1"), [false, false, true, true, true]);
        let nothing = ledger.mentions_others(&now(), &BTreeSet::new(), &[]).expect("an answer");
        assert!(nothing.is_empty());
    }
}
