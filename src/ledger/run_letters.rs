//! The letters of a run: counted, put in order and read a few at a time, without reading the others.

use std::collections::BTreeMap;

use anyhow::Result;

use super::Ledger;
use super::deliveries::{Delivery, RecipientRole, SELECT, read_delivery};
use super::delivery_state::DeliveryState;
use super::portions::{DocumentHead, all, of_teams};
use super::runs::Run;
use super::store::{self, Row, ToValue, params};
use super::stored::Label;
use super::whose::{Whose, places};

/// A letter of a run as far as its place in a list needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterMark {
    /// The ledger's number for it.
    pub id: i64,
    /// As what the recipient gets it.
    pub role: RecipientRole,
    /// Whether the run issued its document, and did not find it unchanged.
    pub is_issued: bool,
    /// Whether it waits to be sent; one about an edition that has a later one does not.
    pub waits: bool,
}

/// Letters of a run in a state that asks for a person, by team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TroubledLetters {
    /// The team of their documents.
    pub team: String,
    /// `failed`, `bounced`, `unknown` or `resolved-resend`.
    pub state: DeliveryState,
    /// How many.
    pub letters: usize,
}

/// Few letters are in such a state, and a run may have thousands: the letters are looked at first, and of each whether it is
/// the run's; a run's id that is no bare column is not looked up in an index, which would be read through for each letter.
const TROUBLED: &str = "deliveries.state <> 'sent' AND deliveries.state IN ('failed', 'bounced', 'unknown', 'resolved-resend') \
     AND run_documents.document_id = deliveries.document_id AND run_documents.run_id || '' = ?1";

impl Ledger {
    /// A team's letters about documents on which a run stands, also those that an earlier run planned or sent.
    pub fn letters_of_team(&self, run_id: &str, team: &str) -> Result<Vec<Delivery>> {
        let sql = format!(
            "{SELECT} JOIN run_documents ON run_documents.document_id = documents.id \
             WHERE run_documents.run_id = ?1 AND run_documents.team = ?2 \
             ORDER BY documents.kind, documents.subject, role, recipient"
        );
        self.read(|connection| all(connection, &sql, params![run_id, team], read_delivery))
    }

    /// How many letters of a run failed, came back, are unknown or are to be sent again.
    pub fn count_troubled(&self, run_id: &str) -> Result<Vec<TroubledLetters>> {
        let sql = format!(
            "SELECT run_documents.team, deliveries.state, count(*) AS letters FROM deliveries CROSS JOIN run_documents \
             WHERE {TROUBLED} GROUP BY run_documents.team, deliveries.state ORDER BY run_documents.team, deliveries.state"
        );
        let read = |row: &Row<'_>| {
            let letters = row.get::<_, i64>("letters")?.unsigned_abs() as usize;
            Ok(TroubledLetters { team: row.get("team")?, state: row.get("state")?, letters })
        };
        self.read(|connection| all(connection, &sql, [run_id], read))
    }

    /// The first letters of a run that failed, came back or are unknown, by team, kind and subject.
    pub fn troubled_letters(
        &self,
        run_id: &str,
        whose: Whose<'_>,
        limit: usize,
    ) -> Result<Vec<(DocumentHead, Delivery)>> {
        let sql = format!(
            "SELECT deliveries.id FROM deliveries CROSS JOIN run_documents WHERE {TROUBLED} \
             AND deliveries.state <> 'resolved-resend' AND {} ORDER BY run_documents.team, run_documents.kind, \
             run_documents.subject, deliveries.role, deliveries.recipient LIMIT ?2",
            whose.among("run_documents.team", 3)
        );
        let limit = limit as i64;
        let values = whose.after(&[&run_id, &limit]);
        let ids: Vec<i64> = self.read(|connection| all(connection, &sql, values.as_slice(), |row| row.get("id")))?;
        self.run_letters(run_id, &ids)
    }

    /// Whether nothing more is to happen to any letter of a run: each arrived, or is not to be sent any more.
    pub fn all_settled(&self, run_id: &str) -> Result<bool> {
        let sql = "SELECT count(*) FROM run_documents \
                   JOIN deliveries ON deliveries.document_id = run_documents.document_id \
                   JOIN documents ON documents.id = run_documents.document_id \
                   WHERE run_documents.run_id = ?1 AND deliveries.state NOT IN ('sent', 'resolved-sent', 'withdrawn') \
                   AND NOT (deliveries.state IN ('pending', 'deferred', 'failed', 'resolved-resend', 'bounced') \
                   AND EXISTS (SELECT 1 FROM documents AS newer WHERE newer.job = documents.job \
                   AND newer.kind = documents.kind AND newer.subject = documents.subject \
                   AND newer.period = documents.period AND newer.edition > documents.edition))";
        let open: i64 = self.read(|connection| Ok(connection.query_row(sql, [run_id], |row| row.get(0))?))?;
        Ok(open == 0)
    }

    /// How many letters of a run are in each state.
    pub fn count_letters(&self, run_id: &str, whose: Whose<'_>) -> Result<Vec<(DeliveryState, usize)>> {
        let sql = format!(
            "SELECT deliveries.state AS state, count(*) AS letters FROM run_documents \
             JOIN deliveries ON deliveries.document_id = run_documents.document_id \
             WHERE run_documents.run_id = ?1 AND {} GROUP BY deliveries.state ORDER BY deliveries.state",
            of_teams(whose, 2)
        );
        let read = |row: &Row<'_>| Ok((row.get("state")?, row.get::<_, i64>("letters")?.unsigned_abs() as usize));
        self.read(|connection| all(connection, &sql, whose.after(&[&run_id]).as_slice(), read))
    }

    /// Every letter of a run with what its place in a list depends on: those that wait first, of these the documents that
    /// the run issued first, each by subject.
    pub fn letter_marks(&self, run: &Run, whose: Whose<'_>) -> Result<Vec<LetterMark>> {
        // A later edition has a higher number than the one before; no document need be read to find whether there is one.
        let sql = format!(
            "SELECT deliveries.id, deliveries.role, run_documents.issued AS is_issued, \
             CASE WHEN deliveries.state IN ('pending', 'deferred', 'resolved-resend') AND NOT EXISTS \
             (SELECT 1 FROM documents AS newer WHERE newer.job = ?2 AND newer.kind = run_documents.kind \
             AND newer.subject = run_documents.subject AND newer.period = ?3 AND newer.id > run_documents.document_id) \
             THEN 1 ELSE 0 END AS waits \
             FROM run_documents JOIN deliveries ON deliveries.document_id = run_documents.document_id \
             WHERE run_documents.run_id = ?1 AND {} ORDER BY waits DESC, is_issued DESC, run_documents.subject, deliveries.id",
            of_teams(whose, 4)
        );
        let period = Label(run.period);
        let values = whose.after(&[&run.id, &run.job, &period]);
        self.read(|connection| all(connection, &sql, values.as_slice(), read_mark))
    }

    /// The letters of these numbers with their documents, in the order of the numbers; those that are not the run's are
    /// left out.
    pub fn run_letters(&self, run_id: &str, ids: &[i64]) -> Result<Vec<(DocumentHead, Delivery)>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("{SELECT} WHERE deliveries.id IN ({})", places(1, ids.len()));
        let values: Vec<&dyn ToValue> = ids.iter().map(|id| id as &dyn ToValue).collect();
        let letters = self.read(|connection| all(connection, &sql, values.as_slice(), read_delivery))?;
        let documents: Vec<i64> = letters.iter().map(|letter| letter.document_id).collect();
        let heads: BTreeMap<i64, DocumentHead> =
            self.heads(run_id, &documents)?.into_iter().map(|head| (head.id, head)).collect();
        let mut by_id: BTreeMap<i64, Delivery> = letters.into_iter().map(|letter| (letter.id, letter)).collect();
        let with_head = |letter: Delivery| Some((heads.get(&letter.document_id)?.clone(), letter));
        Ok(ids.iter().filter_map(|id| by_id.remove(id)).filter_map(with_head).collect())
    }
}

fn read_mark(row: &Row<'_>) -> store::Result<LetterMark> {
    Ok(LetterMark {
        id: row.get("id")?,
        role: row.get("role")?,
        is_issued: row.get("is_issued")?,
        waits: row.get("waits")?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ledger::Resolution;
    use crate::ledger::bench::{card, ledger, mail, new_run, planned};

    #[test]
    fn the_letters_of_a_run_are_counted_and_the_troubled_ones_found() {
        let (ledger, _) = ledger();
        let run = planned(&ledger, &["A001", "A002"]);
        let letter = ledger.claim_delivery(&run, "w").expect("a claim").expect("a letter");
        ledger.mark_in_doubt(letter.id, "w").expect("a mark");
        ledger.mark_unknown(letter.id, "?").expect("a mark");
        let team = card("A001", "1").team;
        let counts = ledger.count_troubled(&run).expect("counts");
        assert_eq!(counts, [TroubledLetters { team: team.clone(), state: DeliveryState::Unknown, letters: 1 }]);
        let (mine, others) = (BTreeSet::from([team.clone()]), BTreeSet::from(["T9".to_owned()]));
        let troubled = |whose: Whose<'_>, limit: usize| -> Vec<i64> {
            let found = ledger.troubled_letters(&run, whose, limit).expect("letters");
            found.iter().map(|(_, mail)| mail.id).collect()
        };
        assert_eq!(troubled(Whose::Everybody, 9), [letter.id]);
        assert_eq!(troubled(Whose::Teams(&mine), 9), [letter.id]);
        assert!(troubled(Whose::Teams(&others), 9).is_empty() && troubled(Whose::Everybody, 0).is_empty());
        let states = |whose: Whose<'_>| ledger.count_letters(&run, whose).expect("counts");
        assert_eq!(states(Whose::Everybody), [(DeliveryState::Pending, 1), (DeliveryState::Unknown, 1)]);
        assert_eq!((states(Whose::Teams(&mine)).len(), states(Whose::Teams(&others)).len()), (2, 0));
        assert_eq!(ledger.letters_of_team(&run, &team).expect("letters").len(), 2);
        ledger.acknowledge(letter.document_id, "A001", "link").expect("a word");
        assert_eq!(ledger.count_acknowledged(&run).expect("counts"), [(team, 1)]);
    }

    #[test]
    fn a_run_is_settled_when_each_letter_arrived_or_has_a_later_edition() {
        let (ledger, _) = ledger();
        let run = planned(&ledger, &["A001", "A002"]);
        assert!(!ledger.all_settled(&run).expect("an answer"), "two wait");
        let letter = ledger.claim_delivery(&run, "w").expect("a claim").expect("a letter");
        ledger.mark_in_doubt(letter.id, "w").expect("a mark");
        ledger.mark_unknown(letter.id, "?").expect("a mark");
        let later = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        for agent in ["A001", "A002"] {
            ledger.issue(&later, &card(agent, "v2")).expect("issued");
        }
        assert!(!ledger.all_settled(&run).expect("an answer"), "one may have arrived; the other is out of date");
        ledger.resolve_unknown(letter.id, Resolution::Arrived, "lead", "the log says so").expect("resolved");
        assert!(ledger.all_settled(&run).expect("an answer"));
    }

    #[test]
    fn letters_that_wait_come_first_and_those_of_later_editions_wait_no_more() {
        let (ledger, _) = ledger();
        let first = planned(&ledger, &["A001", "A002", "A003"]);
        let second = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        for (agent, content) in [("A001", "v1"), ("A002", "v2"), ("A003", "v1")] {
            let (document, _) = ledger.issue(&second, &card(agent, content)).expect("issued");
            ledger.plan_deliveries(&[mail(document.id, &second, agent)]).expect("planned");
        }
        let marks = |run: &str, whose: Whose<'_>| -> Vec<(String, bool, bool)> {
            let run = ledger.run(run).expect("a read").expect("a run");
            let marks = ledger.letter_marks(&run, whose).expect("marks");
            let ids: Vec<i64> = marks.iter().map(|mark| mark.id).collect();
            let letters = ledger.run_letters(&run.id, &ids).expect("letters");
            assert_eq!(letters.iter().map(|(_, letter)| letter.id).collect::<Vec<_>>(), ids);
            let told = letters.into_iter().zip(marks);
            told.map(|((head, _), mark)| (head.subject, mark.waits, mark.is_issued)).collect()
        };
        let told = |subject: &str, waits: bool, is_issued: bool| (subject.to_owned(), waits, is_issued);
        let of_first = [told("A001", true, true), told("A003", true, true), told("A002", false, true)];
        assert_eq!(marks(&first, Whose::Everybody), of_first, "a later run issued another edition");
        let of_second = [told("A002", true, true), told("A001", true, false), told("A003", true, false)];
        assert_eq!(marks(&second, Whose::Everybody), of_second, "what the run issued comes first");
        assert!(marks(&second, Whose::Teams(&BTreeSet::new())).is_empty());
        let mut all = ledger.deliveries(&first).expect("letters");
        all.retain(|letter| letter.subject == "A002");
        assert!(ledger.run_letters(&second, &[all[0].id, 999]).expect("a read").is_empty(), "the other run's letter");
    }
}
