//! Everything that the ledger knows of one agent, and how it forgets them: a pseudonym stands in their place.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::Ledger;
use super::audit::{ERASE, redact};
use super::documents::read_document;
use super::proofs::{EMPTIED, Removed, seal_row};
use super::recorded;
use super::store::{self, Connection, Row, params};
use crate::period::Period;

/// Columns of free text by table; whoever is erased is left out of them.
const TEXTS: &[(&str, &[&str])] = &[
    ("findings", &["subject", "text_zh", "text_en", "next_zh", "next_en"]),
    (
        "proposals",
        &["text_zh", "text_en", "evidence_zh", "evidence_en", "decided_by", "reason", "first_by", "first_reason"],
    ),
    ("requests", &["agent", "requested_by", "answer"]),
    ("runs", &["agent", "requested_by", "error"]),
    ("deliveries", &["reply", "reason"]),
    ("test_letters", &["reply"]),
    ("notices", &["reason"]),
    ("reminders", &["reason"]),
    ("backups", &["who"]),
    ("announcements", &["text_zh", "text_en"]),
    ("pauses", &["who", "reason"]),
    ("form_answers", &["form", "author", "answers"]),
    ("recorded_events", &["evidence", "author", "withdrawn_by", "reason"]),
    ("appeals", &["reason", "answer", "answered_by"]),
    ("adjustments", &["agent", "author", "reason"]),
    ("scheme_values", &["who", "reason"]),
    ("simulations", &["requested_by", "answer"]),
    ("simulated_periods", &["agents"]),
];

/// How an agent is erased.
pub struct Erasure<'a> {
    /// The staff number.
    pub agent: &'a str,
    /// What stands in its place from now on.
    pub pseudonym: &'a str,
    /// Who erases.
    pub who: &'a str,
    /// Why.
    pub reason: &'a str,
    /// A text without the agent; `None` when they are not in it.
    pub text: &'a dyn Fn(&str) -> Option<String>,
    /// The content of a document without the agent, and its new content hash; `None` when they are not in it.
    pub content: &'a dyn Fn(&str) -> Option<(String, String)>,
}

/// The files that show an agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonFiles {
    /// Hashes of PDFs.
    pub pdfs: BTreeSet<String>,
    /// Hashes of sealed letters.
    pub letters: BTreeSet<String>,
}

impl Ledger {
    /// The audit's number of the last erasure: what was worked out about people before is not shown any more.
    pub fn last_erasure(&self) -> Result<Option<i64>> {
        self.read(|connection| {
            let sql = "SELECT max(number) FROM audit WHERE action = ?1";
            Ok(connection.query_row(sql, [ERASE], |row| row.get(0))?)
        })
    }

    /// The names and mail addresses under which the ledger knows an agent.
    pub fn names_of(&self, agent: &str) -> Result<BTreeSet<String>> {
        self.read(|connection| {
            let sql = "SELECT name FROM documents WHERE subject = ?1 AND kind IN ('card', 'improvement-plan') \
                       UNION SELECT address FROM deliveries WHERE recipient = ?1 \
                       UNION SELECT address FROM reminders WHERE recipient = ?1 \
                       UNION SELECT name FROM users WHERE staff_number = ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let names = statement.query_map([agent], |row| row.get::<_, String>(0))?;
            let mut names = names.collect::<store::Result<BTreeSet<String>>>()?;
            names.remove("");
            Ok(names)
        })
    }

    /// The files of documents that are about an agent or, by `mentions`, say something of them.
    pub fn files_about(&self, agent: &str, mentions: &dyn Fn(&str) -> bool) -> Result<PersonFiles> {
        self.read(|connection| {
            let mut files = PersonFiles::default();
            let mut documents = connection.prepare_cached("SELECT * FROM documents ORDER BY id")?;
            let mut letters = connection.prepare_cached("SELECT mime_hash FROM deliveries WHERE document_id = ?1")?;
            for document in documents.query_map([], read_document)? {
                let document = document?;
                if document.subject != agent && !mentions(&document.data) {
                    continue;
                }
                files.pdfs.extend(document.pdf_hash);
                let hashes = letters.query_map([document.id], |row| row.get::<_, String>(0))?;
                files.letters.extend(hashes.collect::<store::Result<Vec<_>>>()?);
            }
            let mut own = connection.prepare_cached("SELECT mime_hash FROM deliveries WHERE recipient = ?1")?;
            let hashes = own.query_map([agent], |row| row.get::<_, String>(0))?;
            files.letters.extend(hashes.collect::<store::Result<Vec<_>>>()?);
            Ok(files)
        })
    }

    /// Fails while a letter to or about an agent may still go out or wants a person.
    pub fn refuse_to_erase(&self, agent: &str) -> Result<()> {
        self.read(|connection| refuse_under_way(connection, agent))
    }

    /// Forgets an agent in one step, audited; numbers of rows, and the chain, stay as they are. Gives the jobs and periods
    /// whose recorded events are others since.
    ///
    /// Refused while a letter to or about them may still go out.
    pub fn erase_person(&self, erasure: &Erasure<'_>) -> Result<BTreeSet<(String, Period)>> {
        let now = self.now();
        self.write(|transaction| {
            refuse_under_way(transaction, erasure.agent)?;
            erase_documents(transaction, erasure)?;
            let sql = "UPDATE deliveries SET recipient = ?2, address = '', reply = NULL WHERE recipient = ?1";
            transaction.execute(sql, [erasure.agent, erasure.pseudonym])?;
            transaction.execute("DELETE FROM reminders WHERE recipient = ?1", [erasure.agent])?;
            let mentions = |text: &str| (erasure.text)(text).is_some();
            let places = recorded::places_about(transaction, erasure.agent, mentions)?;
            recorded::forget_about(transaction, erasure.agent)?;
            for (table, columns) in TEXTS {
                for column in *columns {
                    clean_column(transaction, table, column, erasure.text)?;
                }
            }
            transaction
                .execute("UPDATE team_leads SET manager = ?2 WHERE manager = ?1", [erasure.agent, erasure.pseudonym])?;
            erase_users(transaction, erasure.agent)?;
            redact(transaction, now, erasure.who, (erasure.pseudonym, erasure.reason), erasure.text)?;
            Ok(places)
        })
    }
}

fn refuse_under_way(connection: &Connection, agent: &str) -> Result<()> {
    let sql = "SELECT count(*) FROM deliveries JOIN documents ON documents.id = deliveries.document_id \
               WHERE (recipient = ?1 OR (subject = ?1 AND kind IN ('card', 'improvement-plan'))) \
               AND state IN ('pending', 'claimed', 'in-doubt', 'deferred', 'resolved-resend', 'unknown')";
    let waiting: i64 = connection.query_row(sql, [agent], |row| row.get(0))?;
    if waiting > 0 {
        bail!(
            "{waiting} letters to or about `{agent}` are not at their end: send them, resolve them or cancel their run, \
             then erase"
        );
    }
    Ok(())
}

/// Their own documents keep that they were issued; those of others are left without them.
fn erase_documents(connection: &Connection, erasure: &Erasure<'_>) -> Result<()> {
    let mut statement = connection.prepare_cached("SELECT * FROM documents ORDER BY id")?;
    let documents = statement.query_map([], read_document)?.collect::<store::Result<Vec<_>>>()?;
    for document in documents {
        let (data, hash, name, subject) = if document.subject == erasure.agent {
            (EMPTIED.to_owned(), String::new(), erasure.pseudonym.to_owned(), erasure.pseudonym.to_owned())
        } else {
            let Some((data, hash)) = (erasure.content)(&document.data) else { continue };
            (data, hash, document.name.clone(), document.subject.clone())
        };
        let changed = document.changed.as_deref().map(|text| (erasure.text)(text).unwrap_or_else(|| text.to_owned()));
        connection.execute(
            "UPDATE documents SET data = ?2, content_hash = ?3, name = ?4, subject = ?5, changed = ?6 WHERE id = ?1",
            params![document.id, data, hash, name, subject, changed],
        )?;
        if document.subject == erasure.agent {
            let sql = "UPDATE documents SET total = NULL, rank = NULL, rank_of = NULL, grade = NULL, grade_id = NULL, \
                       changed = NULL, marks = '' WHERE id = ?1";
            connection.execute(sql, [document.id])?;
            let sql = "UPDATE run_documents SET subject = ?2 WHERE document_id = ?1";
            connection.execute(sql, params![document.id, erasure.pseudonym])?;
        }
        let mut again = connection.prepare_cached("SELECT * FROM documents WHERE id = ?1")?;
        seal_row(connection, &again.query_row([document.id], read_document)?)?;
    }
    Ok(())
}

fn clean_column(
    connection: &Connection,
    table: &str,
    column: &str,
    clean: &dyn Fn(&str) -> Option<String>,
) -> Result<()> {
    let sql = format!("SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL");
    let mut statement = connection.prepare_cached(&sql)?;
    let texts = statement.query_map([], |row: &Row<'_>| row.get::<_, String>(0))?;
    for text in texts.collect::<store::Result<Vec<_>>>()? {
        if let Some(cleaned) = clean(&text) {
            let sql = format!("UPDATE {table} SET {column} = ?2 WHERE {column} = ?1");
            connection.execute(&sql, [&text, &cleaned])?;
        }
    }
    Ok(())
}

fn erase_users(connection: &Connection, agent: &str) -> Result<()> {
    let names = "SELECT name FROM users WHERE staff_number = ?1";
    // What refers to a user goes first.
    for table in ["sessions", "team_grants", "sign_in_links", "api_tokens"] {
        connection.execute(&format!("DELETE FROM {table} WHERE \"user\" IN ({names})"), [agent])?;
    }
    for table in ["failed_sign_ins", "link_asks"] {
        connection.execute(&format!("DELETE FROM {table} WHERE name IN ({names})"), [agent])?;
    }
    connection.execute("DELETE FROM users WHERE staff_number = ?1", [agent])?;
    Ok(())
}

impl PersonFiles {
    /// Each kind with its hashes.
    pub fn by_kind(&self) -> [(Removed, Vec<String>); 2] {
        [(Removed::Pdf, self.pdfs.iter().cloned().collect()), (Removed::Letter, self.letters.iter().cloned().collect())]
    }
}
