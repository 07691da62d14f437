//! One run: how far it is, what was found, the cards and packs, the mails that need a person.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::appeals;
use super::attend::Visit;
use super::desk::Desk;
use super::home::{asked_by, job_title, zone_of};
use super::page::{self, Page};
use super::proposals;
use super::refusal::Refusal;
use super::rights::{self, SeenRun};
use super::run_actions;
use super::run_rows::{FindingRow, Group, PackRow, Progress, ReportRow, Sheets, Step, Trouble, groups, steps};
use super::say;
use super::sessions::SignedIn;
use super::tokens;
use crate::ledger::{Delivery, DeliveryState, Document, DocumentKind, Role, Run, RunState};
use crate::words::{Bilingual, Locale};

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
    outliers: Vec<FindingRow>,
    findings: Vec<FindingRow>,
    first_word: Option<String>,
    held_elsewhere: bool,
    packs: Vec<PackRow>,
    reports: Vec<ReportRow>,
    groups: Vec<Group>,
    several_teams: bool,
    sheets: Sheets,
    troubles: Vec<Trouble>,
    proposals: usize,
    looks_through: bool,
    gone: Option<Bilingual>,
    may_release: bool,
    may_cancel: bool,
    may_resend: bool,
    rerun: Option<String>,
    key: String,
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
    let waits = run.state == RunState::Ready && !is_agent;
    let first_word = if waits { desk.console.ledger.first_release_word(&run.id)? } else { None };
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
        steps: if is_agent { Vec::new() } else { steps(run.state, &desk.console.ledger.progress(&run.id)?) },
        facts: facts(desk, run, locale).into_iter().chain(read_by(desk, seen, is_agent)?).collect(),
        error: run.error.clone().filter(|_| person.sight.sees_errors()),
        outliers: seen.findings.iter().filter(|one| one.is_outlier()).map(FindingRow::of).collect(),
        findings: seen.findings.iter().filter(|one| !one.is_outlier()).map(FindingRow::of).collect(),
        looks_through: !is_agent && !cards.is_empty() && !say::is_moving(run.state),
        gone: (run.state == RunState::Cancelled && !is_agent).then(|| gone(deliveries)),
        may_release: run_actions::may_release(&person.sight, run) && first_word.as_ref() != Some(&person.user.name),
        first_word,
        held_elsewhere: seen.held_elsewhere && !is_agent,
        packs: of_kind(&seen.documents, DocumentKind::Pack).map(|pack| PackRow::of(run, pack)).collect(),
        reports: reports(&seen.documents).map(|report| ReportRow::of(run, report, deliveries)).collect(),
        several_teams: cards.iter().any(|card| card.team != cards[0].team),
        groups: groups(run, sheets.cut(&cards), &teams, deliveries),
        sheets,
        troubles: deliveries
            .iter()
            .filter_map(|delivery| Trouble::of(run, delivery, &seen.documents, &person.sight))
            .collect(),
        proposals: proposals::waiting_of_run(desk, &person.sight, &run.id)?,
        may_resend: run_actions::may_resend(&person.sight, run) && deliveries.iter().any(waits_to_be_resent),
        may_cancel: run_actions::may_cancel(&person.sight, run),
        rerun: (!is_agent && desk.job(&run.job).is_some()).then(|| rerun_path(run)),
        key: tokens::fresh()?,
    })
}

/// How many of the cards that they see were read, for those who are not one of the readers.
fn read_by(desk: &Desk, seen: &SeenRun, is_agent: bool) -> anyhow::Result<Option<(Bilingual, String)>> {
    if is_agent {
        return Ok(None);
    }
    appeals::acknowledged(desk, &seen.run.id, seen.run.state, &seen.documents)
}

/// What had gone out of a run that was cancelled.
fn gone(deliveries: &[Delivery]) -> Bilingual {
    let count = |states: &[DeliveryState]| deliveries.iter().filter(|one| states.contains(&one.state)).count();
    let sent = count(&[DeliveryState::Sent, DeliveryState::ResolvedSent]);
    let (unknown, all) = (count(&[DeliveryState::Unknown, DeliveryState::InDoubt]), deliveries.len());
    Bilingual::new(
        format!("已取消：{all} 封邮件中已有 {sent} 封发出，{unknown} 封不明"),
        format!("Cancelled: {sent} of {all} letters had gone out, {unknown} are unknown"),
    )
}

fn waits_to_be_resent(delivery: &Delivery) -> bool {
    matches!(delivery.state, DeliveryState::Failed | DeliveryState::Bounced | DeliveryState::ResolvedResend)
}

fn of_kind(documents: &[Document], kind: DocumentKind) -> impl Iterator<Item = &Document> {
    documents.iter().filter(move |document| document.kind == kind)
}

/// Everything but cards and packs.
fn reports(documents: &[Document]) -> impl Iterator<Item = &Document> {
    documents.iter().filter(|document| !matches!(document.kind, DocumentKind::Card | DocumentKind::Pack))
}

/// Team by team, best rank first, those without a rank last.
fn cards_in_order(documents: &[Document]) -> Vec<&Document> {
    let mut cards: Vec<&Document> = of_kind(documents, DocumentKind::Card).collect();
    cards.sort_by_key(|card| (&card.team, card.rank.unwrap_or(u32::MAX), &card.subject));
    cards
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
