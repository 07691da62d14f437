//! Which letters of a released run may go: all, or those that somebody chose.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use super::Ledger;
use super::audit::append;
use super::releases::begin_wait;
use super::runs::{RunState, find_run};
use super::store::{self, Connection, Transaction, params};

/// The letters that a word of release is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Letters {
    /// Every letter of the run.
    All,
    /// These deliveries.
    These(Vec<i64>),
}

impl Letters {
    /// What the audit trail says of them.
    pub(super) fn detail(&self) -> String {
        match self {
            Self::All => String::new(),
            Self::These(ids) => format!("; letters chosen: {}", ids.len()),
        }
    }
}

/// Holds for a delivery of the run `?1` that may go.
pub(super) const MAY_GO: &str = "(NOT EXISTS (SELECT 1 FROM chosen_letters WHERE chosen_letters.run_id = ?1) \
     OR deliveries.id IN (SELECT delivery_id FROM chosen_letters WHERE chosen_letters.run_id = ?1))";

impl Ledger {
    /// The deliveries of a run that may go; `None` where all may.
    pub fn chosen_letters(&self, run_id: &str) -> Result<Option<BTreeSet<i64>>> {
        let chosen = self.read(|connection| chosen(connection, run_id))?;
        Ok(Some(chosen).filter(|chosen| !chosen.is_empty()))
    }

    /// Lets a run wait for another release, after the chosen letters went: the words so far count no more.
    pub fn wait_for_the_rest(&self, run_id: &str) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            for table in ["chosen_letters", "release_words", "waits"] {
                transaction.execute(&format!("DELETE FROM {table} WHERE run_id = ?1"), [run_id])?;
            }
            let sql =
                "UPDATE runs SET state = 'ready', send = 0, finished_at = NULL WHERE id = ?1 AND state = 'releasing'";
            super::touched(transaction.execute(sql, [run_id])?, "run that is going out", run_id)?;
            begin_wait(transaction, run_id, now)?;
            append(transaction, now, "scorepost", "wait-for-the-rest", run_id, "the chosen letters went")
        })
    }
}

fn chosen(connection: &Connection, run_id: &str) -> Result<BTreeSet<i64>> {
    let mut statement = connection.prepare_cached("SELECT delivery_id FROM chosen_letters WHERE run_id = ?1")?;
    let ids = statement.query_map([run_id], |row| row.get(0))?;
    Ok(ids.collect::<store::Result<_>>()?)
}

/// Notes what may go of a run that waits for its release; one whose letters are going out goes on with its own.
pub(super) fn choose(transaction: &Transaction<'_>, run_id: &str, letters: &Letters) -> Result<()> {
    let state = find_run(transaction, run_id)?.with_context(|| format!("there is no run `{run_id}`"))?.state;
    match letters {
        Letters::All if state != RunState::Ready => Ok(()),
        Letters::All => forget(transaction, run_id),
        Letters::These(_) if state != RunState::Ready => {
            bail!("run `{run_id}` is {state}: letters are chosen while it waits for its release")
        }
        Letters::These(ids) => {
            let own = ids_of(transaction, run_id)?;
            if ids.is_empty() || !ids.iter().all(|id| own.contains(id)) {
                bail!("the letters that were chosen are not those of run `{run_id}`; look at it and choose again");
            }
            forget(transaction, run_id)?;
            let sql = "INSERT INTO chosen_letters (run_id, delivery_id) VALUES (?1, ?2) \
                       ON CONFLICT (run_id, delivery_id) DO NOTHING";
            let mut statement = transaction.prepare_cached(sql)?;
            for id in ids {
                statement.execute(params![run_id, id])?;
            }
            Ok(())
        }
    }
}

/// Lets the second of two persons leave out some of what the first chose; nothing is added.
pub(super) fn narrow(transaction: &Transaction<'_>, run_id: &str, letters: &Letters) -> Result<()> {
    let Letters::These(ids) = letters else { return Ok(()) };
    let before = chosen(transaction, run_id)?;
    let both: Vec<i64> = ids.iter().copied().filter(|id| before.is_empty() || before.contains(id)).collect();
    choose(transaction, run_id, &Letters::These(both))
}

fn forget(transaction: &Transaction<'_>, run_id: &str) -> Result<()> {
    transaction.execute("DELETE FROM chosen_letters WHERE run_id = ?1", [run_id])?;
    Ok(())
}

fn ids_of(connection: &Connection, run_id: &str) -> Result<BTreeSet<i64>> {
    let sql = "SELECT deliveries.id FROM deliveries JOIN run_documents \
               ON run_documents.document_id = deliveries.document_id WHERE run_documents.run_id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement.query_map([run_id], |row| row.get(0))?;
    Ok(ids.collect::<store::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Word;
    use crate::ledger::bench::{ledger, planned};

    /// A ready run with three letters.
    fn ready() -> (Ledger, String, Vec<i64>) {
        let (ledger, _) = ledger();
        let run = planned(&ledger, &["A001", "A002", "A003"]);
        ledger.set_state(&run, RunState::Ready).expect("ready");
        let ids = ledger.deliveries(&run).expect("letters").iter().map(|one| one.id).collect();
        (ledger, run, ids)
    }

    fn claimed(ledger: &Ledger, run: &str) -> Vec<i64> {
        ledger.claim_deliveries(run, "w1", 9).expect("claims").iter().map(|one| one.id).collect()
    }

    #[test]
    fn only_the_chosen_letters_go_and_the_others_wait_for_another_word() {
        let (ledger, run, ids) = ready();
        ledger.release_letters(&run, "hr", &Letters::These(vec![ids[1]])).expect("released");
        assert_eq!(claimed(&ledger, &run), [ids[1]]);
        ledger.wait_for_the_rest(&run).expect("waits");
        assert_eq!(ledger.run(&run).expect("a read").expect("the run").state, RunState::Ready);
        assert_eq!(ledger.chosen_letters(&run).expect("a read"), None);
        ledger.release_run(&run, "hr").expect("released");
        assert_eq!(claimed(&ledger, &run), [ids[0], ids[2]]);
    }

    #[test]
    fn what_goes_was_chosen_by_both_persons() {
        let (ledger, run, ids) = ready();
        let some = |places: &[usize]| Letters::These(places.iter().map(|place| ids[*place]).collect());
        assert_eq!(ledger.say_release_of(&run, "hr", &some(&[0, 1])).expect("a word"), Word::First);
        assert!(ledger.say_release_of(&run, "hr", &some(&[2])).is_err(), "one person is not two");
        assert_eq!(ledger.chosen_letters(&run).expect("a read"), Some(BTreeSet::from([ids[0], ids[1]])));
        assert!(ledger.say_release_of(&run, "boss", &some(&[2])).is_err(), "nothing in common");
        assert_eq!(ledger.say_release_of(&run, "boss", &some(&[1, 2])).expect("a word"), Word::Second);
        assert_eq!(claimed(&ledger, &run), [ids[1]]);
        ledger.wait_for_the_rest(&run).expect("waits");
        assert_eq!(ledger.first_release_word(&run).expect("a read"), None, "the rest needs two words again");
    }

    #[test]
    fn a_choice_names_letters_of_the_run_while_it_waits() {
        let (ledger, run, ids) = ready();
        for wrong in [Vec::new(), vec![ids[0], 999]] {
            assert!(ledger.release_letters(&run, "hr", &Letters::These(wrong)).is_err());
        }
        ledger.release_letters(&run, "hr", &Letters::These(vec![ids[0]])).expect("released");
        assert!(ledger.release_letters(&run, "hr", &Letters::These(vec![ids[1]])).is_err(), "it is under way");
        ledger.release_run(&run, "hr").expect("goes on");
        assert_eq!(claimed(&ledger, &run), [ids[0]], "going on adds nothing");
    }
}
