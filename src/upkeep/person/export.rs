//! Everything that is kept of one agent, in files that they can read; nothing of others.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::ledger::{AuditEntry, Delivery, Document, DocumentKind, RecordedEvent, WantedProposals};
use crate::tables::person;

use super::{Person, files};

/// So many rows are looked at before the next are read.
const AT_ONCE: u32 = 200;

impl Person<'_> {
    /// Writes `person.json`, `cards.csv`, their PDFs, letters and rows into a folder that is not there yet.
    ///
    /// # Errors
    /// When the folder is there already, or something cannot be read or written.
    pub fn export(&self, folder: &Path) -> Result<Value> {
        let made = fs::DirBuilder::new().mode(0o700).create(folder);
        made.with_context(|| format!("cannot make the folder `{}`: give one that is not there yet", folder.display()))?;
        let documents = self.documents()?;
        let deliveries = self.deliveries(&documents)?;
        let mut copied = 0;
        for document in &documents {
            let Some(hash) = &document.pdf_hash else { continue };
            let name = format!("{}-{}-{}-{}.pdf", document.job, document.period, document.kind, document.edition);
            copied += copy(&self.pipeline.folders.pdf(hash), &folder.join(name))?;
        }
        for delivery in deliveries.iter().filter(|one| one.recipient == self.agent) {
            let letter = self.pipeline.folders.letter(&delivery.mime_hash);
            copied += copy(&letter, &folder.join(format!("letter-{}.eml", delivery.id)))?;
        }
        let rows = self.rows(folder)?;
        write(&folder.join("cards.csv"), csv(&documents)?.as_slice())?;
        let facts = self.facts(&documents, &deliveries)?;
        write(&folder.join("person.json"), serde_json::to_vec_pretty(&facts)?.as_slice())?;
        Ok(json!({
            "agent": self.agent, "folder": folder.display().to_string(), "documents": documents.len(),
            "deliveries": deliveries.len(), "files": copied, "rows": rows,
        }))
    }

    /// The editions about the agent alone.
    fn documents(&self) -> Result<Vec<Document>> {
        let (mut found, mut last) = (Vec::new(), 0);
        loop {
            let batch = self.pipeline.ledger.documents_after(last, AT_ONCE)?;
            let Some(newest) = batch.last() else { return Ok(found) };
            last = newest.document.id;
            let own = |one: &Document| {
                one.subject == self.agent && matches!(one.kind, DocumentKind::Card | DocumentKind::ImprovementPlan)
            };
            found.extend(batch.into_iter().map(|one| one.document).filter(own));
        }
    }

    /// The letters to the agent, and those that carried a document about them alone.
    fn deliveries(&self, documents: &[Document]) -> Result<Vec<Delivery>> {
        let (mut found, mut last) = (Vec::new(), 0);
        loop {
            let batch = self.pipeline.ledger.deliveries_after(last, AT_ONCE)?;
            let Some(newest) = batch.last() else { return Ok(found) };
            last = newest.id;
            let own = |one: &Delivery| {
                one.recipient == self.agent || documents.iter().any(|document| document.id == one.document_id)
            };
            found.extend(batch.into_iter().filter(own));
        }
    }

    fn facts(&self, documents: &[Document], deliveries: &[Delivery]) -> Result<Value> {
        let ledger = &self.pipeline.ledger;
        let everything = WantedProposals { job: None, period: None, state: None };
        let mut proposals = ledger.proposals(&everything)?;
        proposals.retain(|one| one.agent == self.agent);
        let recorded = ledger.recorded_about(&self.agent)?;
        let mut users = ledger.users()?;
        users.retain(|user| user.staff_number.as_deref() == Some(&self.agent));
        let subjects: Vec<String> = deliveries
            .iter()
            .map(|one| format!("delivery {}", one.id))
            .chain(proposals.iter().map(|one| format!("proposal {}", one.id)))
            .chain(recorded.iter().map(|one| format!("event {}", one.id)))
            .collect();
        let mut audit = ledger.audit_entries(u32::MAX)?;
        audit.retain(|entry| {
            subjects.contains(&entry.subject)
                || users.iter().any(|user| [&entry.who, &entry.subject].contains(&&user.name))
        });
        Ok(json!({
            "agent": self.agent,
            "names": self.words.names,
            "accounts": self.words.ids,
            "users": users.iter().map(|user| json!({ "name": user.name, "role": user.role.word() })).collect::<Vec<_>>(),
            "documents": documents.iter().map(document).collect::<Vec<_>>(),
            "deliveries": deliveries.iter().map(delivery).collect::<Vec<_>>(),
            "proposals": proposals.iter().map(|one| json!({
                "id": one.id, "job": one.job, "period": one.period.to_string(), "state": one.state.word(),
                "text": one.what.text, "evidence": one.what.evidence,
            })).collect::<Vec<_>>(),
            "recorded": recorded.iter().map(event).collect::<Vec<_>>(),
            "audit": audit.iter().map(entry).collect::<Vec<_>>(),
        }))
    }

    /// Their rows of every table, a CSV file each; gives how many rows.
    fn rows(&self, folder: &Path) -> Result<usize> {
        let mut count = 0;
        for path in files::tables(self.pipeline) {
            let mut rows = person::rows_about(&path, &self.words)?;
            if rows.height() == 0 {
                continue;
            }
            count += rows.height();
            let inside = path.strip_prefix(self.pipeline.folders.root()).unwrap_or(&path).with_extension("csv");
            let name = inside.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("-");
            person::write_csv(&folder.join(name), &mut rows)?;
        }
        Ok(count)
    }
}

fn document(one: &Document) -> Value {
    let content: Value = serde_json::from_str(&one.data).unwrap_or_default();
    json!({
        "kind": one.kind.word(), "job": one.job, "period": one.period.to_string(), "edition": one.edition,
        "issued_at": one.created_at.to_rfc3339(), "pdf": one.pdf_hash, "content": content,
    })
}

fn delivery(one: &Delivery) -> Value {
    // The recipient of another's letter about them is not theirs to know.
    json!({
        "id": one.id, "state": one.state.word(), "kind": one.kind.word(), "period": one.period.to_string(),
        "edition": one.edition, "role": one.role.word(), "message_id": one.message_id,
        "sent_at": one.sent_at.map(|at| at.to_rfc3339()),
    })
}

fn event(one: &RecordedEvent) -> Value {
    let RecordedEvent { id, what, at, withdrawn } = one;
    json!({
        "id": id, "job": what.job, "period": what.period.to_string(), "day": what.day.to_string(), "kind": what.kind,
        "cause": what.cause, "count": what.count, "points": what.points.as_ref().map(|points| points.trimmed(6)),
        "evidence": what.evidence, "at": at.to_rfc3339(), "withdrawn": withdrawn.as_ref().map(|one| &one.reason),
    })
}

fn entry(one: &AuditEntry) -> Value {
    json!({ "number": one.number, "at": one.at.to_rfc3339(), "action": one.action, "subject": one.subject, "hash": one.hash })
}

fn csv(documents: &[Document]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["job", "period", "kind", "edition", "total", "rank", "of", "grade"])?;
    for one in documents {
        let number = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
        writer.write_record([
            one.job.clone(),
            one.period.to_string(),
            one.kind.to_string(),
            one.edition.to_string(),
            one.total.as_ref().map(|total| total.fixed(2)).unwrap_or_default(),
            number(one.rank),
            number(one.of),
            one.grade.clone().unwrap_or_default(),
        ])?;
    }
    writer.into_inner().map_err(|error| anyhow::anyhow!("cannot write `cards.csv`: {error}"))
}

/// Copies a file that is there; one that was removed for its age is left out.
fn copy(from: &Path, to: &Path) -> Result<u64> {
    match fs::read(from) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", from.display())),
        Ok(bytes) => write(to, &bytes).map(|()| 1),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(bytes)).with_context(|| format!("cannot write `{}`", path.display()))
}
