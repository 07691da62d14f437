//! What goes over the wire. Decimals and instants are texts: no program rounds a score, and none guesses a zone.

use chrono::{DateTime, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::finding::Finding as Found;
use crate::ledger::{self, CardSummary, Document};
use crate::words::Bilingual;

/// RFC 3339 in UTC.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The jobs that can be run.
#[derive(Serialize, JsonSchema)]
pub struct Jobs {
    /// In the order in which people are offered them.
    pub jobs: Vec<Job>,
}

/// A job.
#[derive(Serialize, JsonSchema)]
pub struct Job {
    /// Its id, the name of its file.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// The zone of its days, such as `Asia/Shanghai`.
    pub time_zone: String,
    /// When it runs next by its schedule.
    pub next: Option<String>,
}

/// A text in both languages.
#[derive(Serialize, JsonSchema)]
pub struct Text {
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&Bilingual> for Text {
    fn from(text: &Bilingual) -> Self {
        Self { zh: text.zh.clone(), en: text.en.clone() }
    }
}

/// Some runs, the newest first.
#[derive(Serialize, JsonSchema)]
pub struct Runs {
    /// The runs.
    pub runs: Vec<Run>,
    /// Whether there are more after them.
    pub more: bool,
}

/// A run.
#[derive(Serialize, JsonSchema)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// The job's id.
    pub job: String,
    /// The period that is scored.
    pub period: String,
    /// The only team that it is about.
    pub team: Option<String>,
    /// The only agent that it is about, by staff number.
    pub agent: Option<String>,
    /// Why it was started: `schedule`, `ad-hoc`, `demo` or `history`.
    pub trigger: String,
    /// Who asked for it.
    pub requested_by: String,
    /// How far it is: `planned`, `pulling`, `scoring`, `rendering`, `held`, `ready`, `releasing`, `sent`, `partly-sent`,
    /// `failed`, `cancelled` or `done`.
    pub state: String,
    /// Steps done in the present stage.
    pub stage_done: u64,
    /// Steps of the present stage; nought while unknown.
    pub stage_total: u64,
    /// When it was recorded.
    pub created_at: String,
    /// When it ended.
    pub finished_at: Option<String>,
    /// Data later than this does not count.
    pub cut_off: Option<String>,
    /// The scheme's id.
    pub scheme: Option<String>,
    /// The scheme's version.
    pub scheme_version: Option<String>,
}

impl From<&ledger::Run> for Run {
    fn from(run: &ledger::Run) -> Self {
        Self {
            id: run.id.clone(),
            job: run.job.clone(),
            period: run.period.to_string(),
            team: run.scope.team.clone(),
            agent: run.scope.agent.clone(),
            trigger: run.trigger.word().to_owned(),
            requested_by: run.requested_by.clone(),
            state: run.state.word().to_owned(),
            stage_done: run.stage_done,
            stage_total: run.stage_total,
            created_at: instant(run.created_at),
            finished_at: run.finished_at.map(instant),
            cut_off: run.cut_off.map(instant),
            scheme: run.pins.scheme_id.clone(),
            scheme_version: run.pins.scheme_version.clone(),
        }
    }
}

/// A run with what was found.
#[derive(Serialize, JsonSchema)]
pub struct RunInFull {
    /// The run.
    #[serde(flatten)]
    pub run: Run,
    /// Why it failed; told to operators and HR only.
    pub error: Option<String>,
    /// How many of its cards the token's user may see.
    pub cards: usize,
    /// What was noticed, as far as the token's user may read it.
    pub findings: Vec<Finding>,
}

/// Something that a run noticed.
#[derive(Serialize, JsonSchema)]
pub struct Finding {
    /// What it does to the run: `hold`, `hold-subject` or `note`.
    pub weight: String,
    /// A stable name, such as `short-pull`.
    pub code: String,
    /// The agent, team, source or file that it is about.
    pub subject: Option<String>,
    /// What was noticed.
    pub text: Text,
    /// What a person can do about it.
    pub next: Text,
}

impl From<&Found> for Finding {
    fn from(found: &Found) -> Self {
        Self {
            weight: found.weight.word().to_owned(),
            code: found.code.clone(),
            subject: found.subject.clone(),
            text: (&found.text).into(),
            next: (&found.next).into(),
        }
    }
}

/// Some cards.
#[derive(Serialize, JsonSchema)]
pub struct Cards {
    /// The cards.
    pub cards: Vec<Card>,
    /// Whether there are more after them.
    pub more: bool,
}

/// One edition of a card.
#[derive(Serialize, JsonSchema)]
pub struct Card {
    /// The ledger's number for it.
    pub id: i64,
    /// The period that was scored.
    pub period: String,
    /// The staff number.
    pub agent: String,
    /// The agent's name.
    pub name: String,
    /// The team's id.
    pub team: String,
    /// Which issue it is, from one.
    pub edition: u32,
    /// The exact total as a decimal or a fraction; null when the agent was not scored.
    pub total: Option<String>,
    /// The rank, if the agent was ranked.
    pub rank: Option<u32>,
    /// Among how many.
    pub of: Option<u32>,
    /// The grade, if the agent was graded.
    pub grade: Option<String>,
    /// When it was issued.
    pub issued_at: String,
}

impl From<CardSummary> for Card {
    fn from(card: CardSummary) -> Self {
        Self {
            id: card.id,
            period: card.period.to_string(),
            agent: card.agent,
            name: card.name,
            team: card.team,
            edition: card.edition,
            total: card.total.map(|total| total.to_string()),
            rank: card.rank,
            of: card.of,
            grade: card.grade,
            issued_at: instant(card.created_at),
        }
    }
}

/// A card with its content.
#[derive(Serialize, JsonSchema)]
pub struct CardInFull {
    /// The card.
    #[serde(flatten)]
    pub card: Card,
    /// The job's id.
    pub job: String,
    /// Everything that stands on it, in the language in which it was made.
    pub content: Value,
    /// What differs from the edition before; null for a first one.
    pub changed: Option<Value>,
    /// The hash of its PDF (SHA-256), once rendered.
    pub pdf: Option<String>,
    /// The editions that the token's user may see, the first one first.
    pub editions: Vec<Card>,
}

impl CardInFull {
    /// Reads the content of a document.
    pub(super) fn of(card: &Document, editions: Vec<Document>) -> serde_json::Result<Self> {
        Ok(Self {
            card: CardSummary::from(card.clone()).into(),
            job: card.job.clone(),
            content: serde_json::from_str(&card.data)?,
            changed: card.changed.as_deref().map(serde_json::from_str).transpose()?,
            pdf: card.pdf_hash.clone(),
            editions: editions.into_iter().map(|one| CardSummary::from(one).into()).collect(),
        })
    }
}

/// Some mails.
#[derive(Serialize, JsonSchema)]
pub struct Deliveries {
    /// The mails.
    pub deliveries: Vec<Delivery>,
    /// Whether there are more after them.
    pub more: bool,
}

/// One mail to one recipient.
#[derive(Serialize, JsonSchema)]
pub struct Delivery {
    /// The ledger's number for it.
    pub id: i64,
    /// The number of the document that it carries.
    pub document: i64,
    /// The kind of that document, such as `card` or `pack`.
    pub kind: String,
    /// The agent or team that the document is about.
    pub subject: String,
    /// The edition that it carries.
    pub edition: u32,
    /// As what the recipient gets it: `agent`, `manager` or `reader`.
    pub role: String,
    /// How far it is, such as `pending`, `sent`, `failed` or `unknown`.
    pub state: String,
    /// When the server took it.
    pub sent_at: Option<String>,
    /// Why it was deferred, failed or is unknown.
    pub reason: Option<String>,
}

impl From<ledger::Delivery> for Delivery {
    fn from(one: ledger::Delivery) -> Self {
        Self {
            id: one.id,
            document: one.document_id,
            kind: one.kind.word().to_owned(),
            subject: one.subject,
            edition: one.edition,
            role: one.role.word().to_owned(),
            state: one.state.word().to_owned(),
            sent_at: one.sent_at.map(instant),
            reason: one.reason,
        }
    }
}

/// What a program asks for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// A plan, which changes nothing, or a run.
    pub kind: AskedKind,
    /// The job's id.
    pub job: String,
    /// A period that has begun, such as `2026-10`.
    pub period: String,
    /// Only this team, by its id; a manager's token must name one.
    pub team: Option<String>,
    /// Only this agent, by staff number.
    pub agent: Option<String>,
    /// Whether kept raw data is pulled again.
    #[serde(default)]
    pub refresh: bool,
    /// Whether the mails go out when the run is ready; needs a token that may `release`.
    #[serde(default)]
    pub send: bool,
}

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AskedKind {
    /// What a run would do.
    Plan,
    /// A run.
    Run,
}

/// A request and what came of it.
#[derive(Serialize, JsonSchema)]
pub struct Request {
    /// The ledger's number for it.
    pub id: i64,
    /// What was asked for: `plan`, `run`, `release`, `cancel` or `resend`.
    pub kind: String,
    /// The job's id.
    pub job: String,
    /// The period.
    pub period: String,
    /// The only team that it is about.
    pub team: Option<String>,
    /// The only agent that it is about.
    pub agent: Option<String>,
    /// Whether kept raw data is pulled again.
    pub refresh: bool,
    /// Whether mails go out.
    pub send: bool,
    /// How far it is: `waiting`, `taken`, `done` or `failed`.
    pub state: String,
    /// The run that was started for it, or that it is about.
    pub run: Option<String>,
    /// What came of it, such as the effects of a plan; why it failed is told to operators and HR only.
    pub answer: Option<Value>,
    /// Who asked.
    pub requested_by: String,
    /// When.
    pub created_at: String,
}
