//! One letter in the list of a run's letters.

use serde_json::Value;

use super::super::{cards, say};
use crate::ledger::{Delivery, DocumentHead, DocumentKind, RecipientRole, Run};
use crate::words::Bilingual;

/// A letter with what changed on its document.
pub struct LetterRow {
    /// The ledger's number for the letter.
    pub id: i64,
    /// Whom the document is about.
    pub name: String,
    /// The staff number or the team's id.
    pub subject: String,
    /// What the document is.
    pub kind: Bilingual,
    /// As what the reader gets it.
    pub to: Bilingual,
    /// The edition.
    pub edition: u32,
    /// How the letter stands.
    pub state: Bilingual,
    /// How that looks.
    pub tone: &'static str,
    /// Whether it waits to be sent.
    pub waits: bool,
    /// Whether the run issued its document anew.
    pub is_changed: bool,
    /// What differs from the edition before.
    pub changes: Vec<Change>,
    /// Where the letter itself is shown.
    pub path: String,
    /// Where its document is.
    pub pdf: Option<String>,
    /// Where everything about a card is.
    pub card: Option<String>,
}

/// One difference to the edition before; values are empty where words say all.
pub struct Change {
    /// What differs.
    pub what: Bilingual,
    /// What it was.
    pub before: String,
    /// What it is.
    pub after: String,
}

impl LetterRow {
    /// The letter about a document of a run.
    pub fn of(run: &Run, document: &DocumentHead, mail: &Delivery) -> Self {
        let (state, tone) = say::delivery_state(mail.state);
        let to = match mail.role {
            RecipientRole::Agent => Bilingual::new("本人", "the agent"),
            RecipientRole::Manager => Bilingual::new("主管", "the manager"),
            RecipientRole::Reader => Bilingual::new("指定收件人", "a reader"),
        };
        Self {
            id: mail.id,
            name: document.name.clone(),
            subject: document.subject.clone(),
            kind: document.kind.title(),
            to,
            edition: document.edition,
            state,
            tone: tone.class(),
            waits: mail.state.waits_to_go() && mail.edition == mail.latest_edition,
            is_changed: document.run_id == run.id,
            changes: changes(document),
            path: format!("/runs/{}/letters/{}", run.id, mail.id),
            pdf: document.pdf_hash.as_ref().map(|_| format!("/runs/{}/documents/{}/pdf", run.id, document.id)),
            card: (document.kind == DocumentKind::Card).then(|| cards::path(document.id)),
        }
    }
}

/// What an edition says otherwise than the one before, as it was found when it was issued.
pub fn changes(document: &DocumentHead) -> Vec<Change> {
    let Some(Ok(Value::Array(all))) = document.changed.as_deref().map(serde_json::from_str) else { return Vec::new() };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let change = |one: &Value| Change {
        what: Bilingual::new(text(&one["what"]["zh"]), text(&one["what"]["en"])),
        before: text(&one["before"]),
        after: text(&one["after"]),
    };
    all.iter().map(change).collect()
}
