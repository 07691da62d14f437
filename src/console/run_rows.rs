//! The rows of a run's page: stages, findings, packs, cards, mails that need a person.

use std::ops::Range;

use super::rights::Sight;
use super::{cards, say, verdicts};
use crate::finding::{Finding, Weight};
use crate::ledger::{
    Delivery, DeliveryState, DocumentHead, Progress as StageProgress, RecipientRole, Run, RunState, TeamNames,
};
use crate::words::Bilingual;

/// Cards on one sheet of the table.
const CARDS_PER_SHEET: usize = 100;

/// How far a run at work is.
pub struct Progress {
    /// Pieces done in this stage.
    pub done: u64,
    /// Pieces in all; nought while unknown.
    pub total: u64,
}

impl Progress {
    /// The progress of a run at work; none of one at rest.
    pub fn of(run: &Run) -> Option<Self> {
        say::is_moving(run.state).then_some(Self { done: run.stage_done.min(run.stage_total), total: run.stage_total })
    }
}

/// The first of many rows, and how many there are.
pub struct Cut<T> {
    /// Those that are shown.
    pub shown: Vec<T>,
    /// How many there are.
    pub all: usize,
}

impl<T> Cut<T> {
    /// As many rows as a list shows that leads nowhere else.
    pub const ROWS: usize = 40;

    /// The rows of these things.
    pub fn of<'a, S>(things: &[&'a S], row: impl Fn(&'a S) -> T) -> Self {
        Self { shown: things.iter().take(Self::ROWS).map(|one| row(one)).collect(), all: things.len() }
    }

    /// The first rows of so many.
    pub fn first(shown: Vec<T>, all: usize) -> Self {
        Self { shown, all }
    }

    /// How many are not shown.
    pub fn hidden(&self) -> usize {
        self.all - self.shown.len()
    }
}

/// One stage on the way, with the class of the style sheet for it.
pub struct Step {
    /// What it is called.
    pub name: Bilingual,
    /// The class of the style sheet.
    pub class: &'static str,
    /// Whether it is done, in words.
    pub word: Bilingual,
    /// The word under which the ledger keeps its progress.
    pub stage: &'static str,
    /// How far it came, such as `3 / 12`; empty where nobody counts.
    pub count: String,
    /// What is being worked on; empty where that is nobody's business.
    pub what: String,
}

/// One thing that the run noticed.
pub struct FindingRow {
    /// What it does to the run.
    pub weight: Bilingual,
    /// How it looks.
    pub tone: &'static str,
    /// What it is about.
    pub subject: Option<String>,
    /// What was noticed.
    pub text: Bilingual,
    /// What to do; may be empty.
    pub next: Bilingual,
}

/// One team's pack.
pub struct PackRow {
    /// The team.
    pub name: String,
    /// The issue, counted from one.
    pub edition: u32,
    /// Where the document is, once it is made.
    pub pdf: Option<String>,
}

/// One report.
pub struct ReportRow {
    /// What it is.
    pub kind: Bilingual,
    /// The team or company that it is about.
    pub name: String,
    /// The issue, counted from one.
    pub edition: u32,
    /// Its letters that arrived, of how many; none for one that goes to nobody.
    pub letters: Option<(usize, usize)>,
    /// Where the document is, once it is made.
    pub pdf: Option<String>,
}

/// The cards of one team.
pub struct Group {
    /// What the team is called.
    pub team: String,
    /// Its cards in order.
    pub cards: Vec<CardRow>,
}

/// One agent's card.
pub struct CardRow {
    /// The place, or a dash.
    pub rank: String,
    /// The agent.
    pub name: String,
    /// The staff number.
    pub subject: String,
    /// Two decimals, or a dash.
    pub total: String,
    /// The grade, or a dash.
    pub grade: String,
    /// The issue, counted from one.
    pub edition: u32,
    /// Whether this run changed it.
    pub changed: bool,
    /// The state of the agent's mail, with how it looks.
    pub delivery: Option<(Bilingual, &'static str)>,
    /// Where the document is, once it is made.
    pub pdf: Option<String>,
    /// Where everything about it is.
    pub path: String,
    /// The ledger's number for it.
    pub document: i64,
}

/// Which sheet of the table is shown, of how many.
pub struct Sheets {
    /// The one that is shown, counted from one.
    pub now: usize,
    /// How many there are.
    pub count: usize,
    /// The rows of all.
    pub all: usize,
}

/// A mail that needs a person.
pub struct Trouble {
    /// Whose document it carried.
    pub name: String,
    /// What became of it.
    pub state: Bilingual,
    /// How that looks.
    pub tone: &'static str,
    /// What the mail server or the line said.
    pub reason: String,
    /// Where to say what became of it, for those who may while nobody knows.
    pub verdict: Option<String>,
}

/// Cards that are in order, team by team.
pub fn groups(run: &Run, cards: &[DocumentHead], teams: &TeamNames, deliveries: &[Delivery]) -> Vec<Group> {
    let by_team = cards.chunk_by(|one, next| one.team == next.team);
    by_team
        .map(|cards| Group {
            team: teams.get(&cards[0].team).unwrap_or(&cards[0].team).clone(),
            cards: cards.iter().map(|card| CardRow::of(run, card, deliveries)).collect(),
        })
        .collect()
}

/// The five stages; empty for a run that ended early, of which the ledger does not say where.
pub fn steps(state: RunState, progress: &[StageProgress]) -> Vec<Step> {
    let (done, now) = match state {
        RunState::Planned => (0, None),
        RunState::Pulling => (0, Some("busy")),
        RunState::Scoring => (1, Some("busy")),
        RunState::Rendering => (2, Some("busy")),
        RunState::Held | RunState::Ready => (3, Some("wait")),
        RunState::Done => (3, None),
        RunState::Releasing => (4, Some("busy")),
        RunState::PartlySent => (4, Some("wait")),
        RunState::Sent => (5, None),
        RunState::Failed | RunState::Cancelled => return Vec::new(),
    };
    let names = [("取数", "pull"), ("评分", "score"), ("制作", "render"), ("发布", "release"), ("投递", "deliver")];
    let told = |stage: &str| progress.iter().find(|one| one.stage == stage);
    let names = names.into_iter().enumerate();
    names
        .map(|(place, (zh, en))| {
            let (class, word) = match now {
                _ if place < done => ("good", Bilingual::new("完成", "done")),
                Some(class) if place == done => (class, Bilingual::new("当前", "now")),
                _ => ("quiet", Bilingual::new("未开始", "not yet")),
            };
            // What an earlier pass through a stage counted says nothing before the stage begins.
            let told = told(en).filter(|_| place <= done);
            let at_work = told.filter(|_| class == "busy");
            Step {
                name: Bilingual::new(zh, en),
                class,
                word,
                stage: en,
                count: told.map(counted).unwrap_or_default(),
                what: at_work.map(|one| one.what.clone()).unwrap_or_default(),
            }
        })
        .collect()
}

/// How far a stage came, such as `3 / 12`.
pub fn counted(progress: &StageProgress) -> String {
    match progress.total {
        0 => String::new(),
        total => format!("{} / {total}", progress.done.min(total)),
    }
}

fn pdf_path(run: &Run, document: &DocumentHead) -> Option<String> {
    document.pdf_hash.as_ref().map(|_| format!("/runs/{}/documents/{}/pdf", run.id, document.id))
}

impl FindingRow {
    /// The row of a finding.
    pub fn of(finding: &Finding) -> Self {
        let (weight, tone) = match finding.weight {
            Weight::Hold => (Bilingual::new("挂起整个运行", "holds the run"), "bad"),
            Weight::HoldSubject => (Bilingual::new("挂起", "holds"), "wait"),
            Weight::Note => (Bilingual::new("提示", "note"), "quiet"),
        };
        let subject = finding.subject.clone();
        Self { weight, tone, subject, text: finding.text.clone(), next: finding.next.clone() }
    }
}

impl PackRow {
    /// The row of a pack.
    pub fn of(run: &Run, pack: &DocumentHead) -> Self {
        Self { name: pack.name.clone(), edition: pack.edition, pdf: pdf_path(run, pack) }
    }
}

impl ReportRow {
    /// The row of a report, with what became of its letters.
    pub fn of(run: &Run, report: &DocumentHead, deliveries: &[Delivery]) -> Self {
        let own: Vec<&Delivery> = deliveries.iter().filter(|one| one.document_id == report.id).collect();
        let arrived = own.iter().filter(|one| matches!(one.state, DeliveryState::Sent | DeliveryState::ResolvedSent));
        Self {
            kind: report.kind.title(),
            name: report.name.clone(),
            edition: report.edition,
            letters: (!own.is_empty()).then(|| (arrived.count(), own.len())),
            pdf: pdf_path(run, report),
        }
    }
}

impl CardRow {
    /// The row of a card, with what became of its mail.
    pub fn of(run: &Run, card: &DocumentHead, deliveries: &[Delivery]) -> Self {
        let delivery = deliveries
            .iter()
            .find(|delivery| delivery.document_id == card.id && delivery.role == RecipientRole::Agent)
            .map(|delivery| say::delivery_state(delivery.state))
            .map(|(words, tone)| (words, tone.class()));
        Self {
            rank: card.rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string()),
            name: card.name.clone(),
            subject: card.subject.clone(),
            total: card.total.as_ref().map_or_else(|| "–".to_owned(), |total| total.fixed(2)),
            grade: card.grade.clone().unwrap_or_else(|| "–".to_owned()),
            edition: card.edition,
            changed: card.edition > 1 && card.run_id == run.id,
            delivery,
            pdf: pdf_path(run, card),
            path: cards::path(card.id),
            document: card.id,
        }
    }
}

impl Sheets {
    /// How many rows are on one.
    pub const ROWS: usize = CARDS_PER_SHEET;

    /// How many rows stand on the sheets before it.
    pub fn first(&self) -> usize {
        (self.now - 1) * CARDS_PER_SHEET
    }

    /// The sheet that was asked for, or the nearest there is.
    pub fn of(all: usize, asked: &str) -> Self {
        let count = all.div_ceil(CARDS_PER_SHEET).max(1);
        Self { now: asked.parse().unwrap_or(1).clamp(1, count), count, all }
    }

    /// The places of its rows among all.
    pub fn range(&self) -> Range<usize> {
        self.first()..self.all.min(self.first() + CARDS_PER_SHEET)
    }

    /// The rows of the sheet.
    pub fn cut<'a, T>(&self, rows: &'a [T]) -> &'a [T] {
        &rows[self.range()]
    }
}

impl Trouble {
    /// Whether a person has to look at letters in this state.
    pub fn is(state: DeliveryState) -> bool {
        matches!(state, DeliveryState::Unknown | DeliveryState::Failed | DeliveryState::Bounced)
    }

    /// The row of a letter that a person has to look at.
    pub fn of(run: &Run, (document, delivery): &(DocumentHead, Delivery), sight: &Sight) -> Self {
        let (state, tone) = say::delivery_state(delivery.state);
        let open = delivery.state == DeliveryState::Unknown && verdicts::may_decide(sight, document);
        Self {
            verdict: open.then(|| format!("/runs/{}/deliveries/{}/resolve", run.id, delivery.id)),
            name: document.name.clone(),
            state,
            tone: tone.class(),
            reason: delivery.reason.clone().or_else(|| delivery.reply.clone()).unwrap_or_default(),
        }
    }
}
