//! One run: how far it is, what was found, the cards and packs, the mails that need a person.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::attend::Visit;
use super::desk::Desk;
use super::home::{asked_by, job_title, zone_of};
use super::page::{self, Page};
use super::refusal::Refusal;
use super::rights::{self, SeenRun};
use super::run_actions;
use super::say;
use super::sessions::SignedIn;
use super::tokens;
use crate::finding::{Finding, Weight};
use crate::ledger::{Delivery, DeliveryState, Document, DocumentKind, RecipientRole, Role, Run, RunState};
use crate::words::{Bilingual, Locale};

/// Cards on one page of the table.
const CARDS_PER_PAGE: usize = 100;

#[derive(Template)]
#[template(path = "run.html", config = "src/console/askama.toml")]
struct RunPage {
    page: Page,
    id: String,
    title: String,
    period: String,
    scope: String,
    state: String,
    tone: &'static str,
    moving: bool,
    progress: Option<Progress>,
    steps: Vec<Step>,
    facts: Vec<(Bilingual, String)>,
    error: Option<String>,
    findings: Vec<FindingRow>,
    held_elsewhere: bool,
    packs: Vec<PackRow>,
    groups: Vec<Group>,
    several_teams: bool,
    sheets: Sheets,
    troubles: Vec<Trouble>,
    may_release: bool,
    may_cancel: bool,
    rerun: Option<String>,
    key: String,
}

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

/// One stage on the way, with the class of the style sheet for it.
struct Step {
    name: Bilingual,
    class: &'static str,
    word: Bilingual,
}

struct FindingRow {
    weight: Bilingual,
    tone: &'static str,
    subject: Option<String>,
    text: Bilingual,
    next: Bilingual,
}

struct PackRow {
    name: String,
    edition: u32,
    pdf: Option<String>,
}

/// The cards of one team.
struct Group {
    team: String,
    cards: Vec<CardRow>,
}

struct CardRow {
    rank: String,
    name: String,
    subject: String,
    total: String,
    grade: String,
    edition: u32,
    changed: bool,
    delivery: Option<(Bilingual, &'static str)>,
    pdf: Option<String>,
}

/// Which sheet of the table is shown, of how many.
struct Sheets {
    now: usize,
    count: usize,
    all: usize,
}

/// A mail that needs a person.
struct Trouble {
    name: String,
    state: Bilingual,
    tone: &'static str,
    reason: String,
}

/// `GET /runs/{run}`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let ledger = &desk.console.ledger;
    let seen = rights::open_run(ledger, &person.sight, visit.params.get("run"))?.ok_or(Refusal::NotFound)?;
    let deliveries = rights::deliveries(ledger, &person.sight, &seen)?;
    page::show(&compose(desk, visit, person, &seen, &deliveries)?)
}

fn compose(
    desk: &Desk,
    visit: &Visit,
    person: &SignedIn,
    seen: &SeenRun,
    deliveries: &[Delivery],
) -> Result<RunPage, Refusal> {
    let (run, locale) = (&seen.run, visit.locale);
    let (state, tone) = say::run_state(run.state);
    let teams = desk.console.ledger.team_names(&run.job)?;
    let cards = cards_in_order(&seen.documents);
    let sheets = Sheets::of(cards.len(), visit.query.get("sheet"));
    let is_agent = person.user.role == Role::Agent;
    Ok(RunPage {
        page: Page::of(visit),
        id: run.id.clone(),
        title: job_title(desk, &run.job, locale),
        period: run.period.to_string(),
        scope: say::scope_with_name(&run.scope, &teams).get(locale).to_owned(),
        state: state.get(locale).to_owned(),
        tone: tone.class(),
        moving: say::is_moving(run.state),
        progress: Progress::of(run),
        steps: if is_agent { Vec::new() } else { steps(run.state) },
        facts: facts(desk, run, locale),
        error: run.error.clone().filter(|_| person.sight.sees_errors()),
        findings: seen.findings.iter().map(FindingRow::of).collect(),
        held_elsewhere: seen.held_elsewhere && !is_agent,
        packs: of_kind(&seen.documents, DocumentKind::Pack).map(|pack| PackRow::of(run, pack)).collect(),
        several_teams: cards.iter().any(|card| card.team != cards[0].team),
        groups: groups(run, sheets.cut(&cards), &teams, deliveries),
        sheets,
        troubles: deliveries.iter().filter_map(|delivery| Trouble::of(delivery, &seen.documents)).collect(),
        may_release: run_actions::may_release(&person.sight, run),
        may_cancel: run_actions::may_cancel(&person.sight, run),
        rerun: (!is_agent && desk.job(&run.job).is_some()).then(|| rerun_path(run)),
        key: tokens::fresh()?,
    })
}

fn of_kind(documents: &[Document], kind: DocumentKind) -> impl Iterator<Item = &Document> {
    documents.iter().filter(move |document| document.kind == kind)
}

/// Team by team, best rank first, those without a rank last.
fn cards_in_order(documents: &[Document]) -> Vec<&Document> {
    let mut cards: Vec<&Document> = of_kind(documents, DocumentKind::Card).collect();
    cards.sort_by_key(|card| (&card.team, card.rank.unwrap_or(u32::MAX), &card.subject));
    cards
}

/// Cards that are in order, team by team.
fn groups(run: &Run, cards: &[&Document], teams: &BTreeMap<String, String>, deliveries: &[Delivery]) -> Vec<Group> {
    let by_team = cards.chunk_by(|one, next| one.team == next.team);
    by_team
        .map(|cards| Group {
            team: teams.get(&cards[0].team).unwrap_or(&cards[0].team).clone(),
            cards: cards.iter().map(|card| CardRow::of(run, card, deliveries)).collect(),
        })
        .collect()
}

fn facts(desk: &Desk, run: &Run, locale: Locale) -> Vec<(Bilingual, String)> {
    let zone = zone_of(desk, &run.job);
    let scheme = run.pins.scheme_id.as_ref().map(|id| match &run.pins.scheme_version {
        Some(version) => format!("{id} {version}"),
        None => id.clone(),
    });
    let rows = [
        (Bilingual::new("发起", "asked by"), Some(asked_by(run, locale))),
        (Bilingual::new("开始", "started"), Some(say::when(run.created_at, zone))),
        (Bilingual::new("结束", "finished"), run.finished_at.map(|at| say::when(at, zone))),
        (Bilingual::new("数据截至", "data up to"), run.cut_off.map(|at| say::when(at, zone))),
        (Bilingual::new("考核方案", "scheme"), scheme),
        (Bilingual::new("编号", "number"), Some(run.id.clone())),
    ];
    rows.into_iter().filter_map(|(label, value)| Some((label, value?))).collect()
}

fn rerun_path(run: &Run) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("job", &run.job).append_pair("period", &run.period.to_string());
    if let Some(team) = &run.scope.team {
        query.append_pair("team", team);
    }
    format!("/rerun?{}", query.finish())
}

/// The five stages; empty for a run that ended early, of which the ledger does not say where.
fn steps(state: RunState) -> Vec<Step> {
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
    let names = names.into_iter().enumerate();
    names
        .map(|(place, (zh, en))| {
            let (class, word) = match now {
                _ if place < done => ("good", Bilingual::new("完成", "done")),
                Some(class) if place == done => (class, Bilingual::new("当前", "now")),
                _ => ("quiet", Bilingual::new("未开始", "not yet")),
            };
            Step { name: Bilingual::new(zh, en), class, word }
        })
        .collect()
}

fn pdf_path(run: &Run, document: &Document) -> Option<String> {
    document.pdf_hash.as_ref().map(|_| format!("/runs/{}/documents/{}/pdf", run.id, document.id))
}

impl FindingRow {
    fn of(finding: &Finding) -> Self {
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
    fn of(run: &Run, pack: &Document) -> Self {
        Self { name: pack.name.clone(), edition: pack.edition, pdf: pdf_path(run, pack) }
    }
}

impl CardRow {
    fn of(run: &Run, card: &Document, deliveries: &[Delivery]) -> Self {
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
        }
    }
}

impl Sheets {
    fn of(all: usize, asked: &str) -> Self {
        let count = all.div_ceil(CARDS_PER_PAGE).max(1);
        Self { now: asked.parse().unwrap_or(1).clamp(1, count), count, all }
    }

    fn cut<'a, T>(&self, rows: &'a [T]) -> &'a [T] {
        let start = (self.now - 1) * CARDS_PER_PAGE;
        &rows[start..rows.len().min(start + CARDS_PER_PAGE)]
    }
}

impl Trouble {
    fn of(delivery: &Delivery, documents: &[Document]) -> Option<Self> {
        let needs_person = matches!(delivery.state, DeliveryState::Unknown | DeliveryState::Failed);
        let document = documents.iter().find(|document| document.id == delivery.document_id)?;
        let (state, tone) = say::delivery_state(delivery.state);
        needs_person.then(|| Self {
            name: document.name.clone(),
            state,
            tone: tone.class(),
            reason: delivery.reason.clone().or_else(|| delivery.reply.clone()).unwrap_or_default(),
        })
    }
}
