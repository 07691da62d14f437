//! One run: how far it is, what was found, the cards and packs, the mails that need a person.

use std::collections::BTreeSet;
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
use super::rights::{self, Sight};
use super::run_actions;
use super::run_rows::{Cut, FindingRow, Group, PackRow, Progress, ReportRow, Sheets, Step, Trouble, groups, steps};
use super::say;
use super::seen_run::SeenRun;
use super::sessions::SignedIn;
use super::tokens;
use crate::finding::Finding;
use crate::ledger::{Delivery, DeliveryState, DocumentHead, DocumentKind, Ledger, Role, Run, RunState};
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
    outliers: Cut<FindingRow>,
    findings: Cut<FindingRow>,
    first_word: Option<String>,
    held_elsewhere: bool,
    packs: Vec<PackRow>,
    reports: Vec<ReportRow>,
    groups: Vec<Group>,
    several_teams: bool,
    sheets: Sheets,
    troubles: Cut<Trouble>,
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
    page::show(&compose(desk, visit, person, &seen)?)
}

fn compose(desk: &Desk, visit: &Visit, person: &SignedIn, seen: &SeenRun) -> Result<RunPage, Refusal> {
    let (ledger, run, locale) = (&desk.console.ledger, &seen.run, visit.locale);
    let (state, tone) = say::run_state(run.state);
    let teams = ledger.team_names(&run.job)?;
    let sheets = Sheets::of(seen.cards(), visit.query.get("sheet"));
    let sheet = Sheet::of(ledger, &person.sight, seen, &sheets)?;
    let troubled = seen.troubled(ledger, &person.sight)?;
    let (outliers, mut findings): (Vec<&Finding>, Vec<&Finding>) =
        seen.findings.iter().partition(|one| one.is_outlier());
    // What holds the run is read before what is only to be known.
    findings.sort_by_key(|one| one.weight);
    let is_agent = person.user.role == Role::Agent;
    let waits = run.state == RunState::Ready && !is_agent;
    let first_word = if waits { ledger.first_release_word(&run.id)? } else { None };
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
        steps: if is_agent { Vec::new() } else { steps(run.state, &ledger.progress(&run.id)?) },
        facts: facts(desk, run, locale).into_iter().chain(read_by(desk, seen, is_agent)?).collect(),
        error: run.error.clone().filter(|_| person.sight.sees_errors()),
        outliers: Cut::of(&outliers, FindingRow::of),
        findings: Cut::of(&findings, FindingRow::of),
        looks_through: !is_agent && seen.cards() > 0 && !say::is_moving(run.state),
        gone: match run.state {
            RunState::Cancelled if !is_agent => Some(gone(&seen.letter_states(ledger)?)),
            _ => None,
        },
        may_release: run_actions::may_release(&person.sight, run) && first_word.as_ref() != Some(&person.user.name),
        first_word,
        held_elsewhere: seen.held_elsewhere && !is_agent,
        packs: sheet.packs.iter().map(|pack| PackRow::of(run, pack)).collect(),
        reports: sheet.reports.iter().map(|report| ReportRow::of(run, report, &sheet.letters)).collect(),
        several_teams: seen.of_cards().count() > 1,
        groups: groups(run, &sheet.cards, &teams, &sheet.letters),
        troubles: troubles(ledger, &person.sight, seen, &troubled)?,
        sheets,
        proposals: proposals::waiting_of_run(desk, &person.sight, &run.id)?,
        may_resend: run_actions::may_resend(&person.sight, run)
            && troubled.iter().any(|(state, _)| waits_to_be_resent(*state)),
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
    appeals::acknowledged(desk, seen)
}

/// What had gone out of a run that was cancelled.
fn gone(letters: &[(DeliveryState, usize)]) -> Bilingual {
    let count = |states: &[DeliveryState]| -> usize {
        letters.iter().filter(|one| states.contains(&one.0)).map(|one| one.1).sum()
    };
    let sent = count(&[DeliveryState::Sent, DeliveryState::ResolvedSent]);
    let (unknown, all) = (count(&[DeliveryState::Unknown, DeliveryState::InDoubt]), count(DeliveryState::ALL));
    Bilingual::new(
        format!("已取消：{all} 封邮件中已有 {sent} 封发出，{unknown} 封不明"),
        format!("Cancelled: {sent} of {all} letters had gone out, {unknown} are unknown"),
    )
}

/// The first letters that need a person, of so many.
fn troubles(
    ledger: &Ledger,
    sight: &Sight,
    seen: &SeenRun,
    troubled: &[(DeliveryState, usize)],
) -> anyhow::Result<Cut<Trouble>> {
    let all = troubled.iter().filter(|(state, _)| Trouble::is(*state)).map(|(_, count)| count).sum();
    let first = match all {
        0 => Vec::new(),
        _ => seen.troubled_letters(ledger, sight, Cut::<Trouble>::ROWS)?,
    };
    Ok(Cut::first(first.iter().map(|one| Trouble::of(&seen.run, one, sight)).collect(), all))
}

fn waits_to_be_resent(state: DeliveryState) -> bool {
    matches!(state, DeliveryState::Failed | DeliveryState::Bounced | DeliveryState::ResolvedResend)
}

/// What stands on one sheet: its cards, and of packs and reports those of the same teams and of all teams.
struct Sheet {
    cards: Vec<DocumentHead>,
    packs: Vec<DocumentHead>,
    reports: Vec<DocumentHead>,
    letters: Vec<Delivery>,
}

impl Sheet {
    fn of(ledger: &Ledger, sight: &Sight, seen: &SeenRun, sheets: &Sheets) -> anyhow::Result<Self> {
        let cards = seen.cards_in(ledger, sheets.range())?;
        let of_cards: BTreeSet<&str> = cards.iter().map(|card| card.team.as_str()).collect();
        // A run of packs and reports alone shows them all.
        let is_here = |team: &str| cards.is_empty() || of_cards.contains(team);
        let is_pack = |kind| kind == DocumentKind::Pack;
        let is_report = |kind| !matches!(kind, DocumentKind::Card | DocumentKind::Pack);
        let (packs, reports) =
            (seen.documents_of(ledger, is_pack, is_here)?, seen.documents_of(ledger, is_report, is_here)?);
        let mut letters = Vec::new();
        for team in reports.iter().map(|report| report.team.as_str()).chain(of_cards).collect::<BTreeSet<&str>>() {
            letters.extend(seen.letters_of(ledger, sight, team)?);
        }
        Ok(Self { packs, reports, letters, cards })
    }
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
