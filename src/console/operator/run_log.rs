//! The log of a run: when each stage began and how long it took, what it read, what people did, what came of the mails.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use chrono::{DateTime, Utc};

use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::home::{asked_by, job_title, zone_of};
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::rights;
use crate::console::run_rows::{FindingRow, Sheets};
use crate::console::say;
use crate::console::seen_run::SeenRun;
use crate::ledger::{DeliveryState, Run};
use crate::words::{Bilingual, Locale};

#[derive(Template)]
#[template(path = "operator-run-log.html", config = "src/console/askama.toml")]
struct LogPage {
    page: Page,
    id: String,
    title: String,
    period: String,
    state: String,
    tone: &'static str,
    error: Option<String>,
    zone: String,
    events: Vec<Event>,
    read: Vec<Bilingual>,
    pins: Vec<(Bilingual, String)>,
    documents: usize,
    mails: Vec<(Bilingual, &'static str, usize)>,
    findings: Vec<FindingRow>,
    sheets: Sheets,
}

/// Something that happened.
struct Event {
    at: DateTime<Utc>,
    when: String,
    what: String,
    who: String,
    detail: String,
}

/// `GET /operator/runs/{run}/log?sheet=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (ledger, sight) = (&desk.console.ledger, &visit.person()?.sight);
    let seen = rights::open_run(ledger, sight, visit.params.get("run"))?.ok_or(Refusal::NotFound)?;
    let sheets = Sheets::of(seen.findings.len(), visit.query.get("sheet"));
    let run = &seen.run;
    let (state, tone) = say::run_state(run.state);
    page::show(&LogPage {
        page: Page::of(visit),
        id: run.id.clone(),
        title: job_title(desk, &run.job, visit.locale),
        period: run.period.to_string(),
        state: state.get(visit.locale).to_owned(),
        tone: tone.class(),
        error: run.error.clone(),
        zone: zone_of(desk, &run.job).to_string(),
        events: events(desk, &seen, visit.locale)?,
        read: desk.console.machine.read_by(&run.id)?,
        pins: pins(run),
        documents: seen.documents(),
        mails: mails(&seen.letter_states(ledger)?),
        findings: sheets.cut(&seen.findings).iter().map(FindingRow::of).collect(),
        sheets,
    })
}

/// Everything with a time of its own, in order.
fn events(desk: &Desk, seen: &SeenRun, locale: Locale) -> anyhow::Result<Vec<Event>> {
    let (ledger, run) = (&desk.console.ledger, &seen.run);
    let zone = zone_of(desk, &run.job);
    let event = |at: DateTime<Utc>, what: Bilingual, who: &str, detail: String| Event {
        at,
        when: at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string(),
        what: what.get(locale).to_owned(),
        who: who.to_owned(),
        detail,
    };
    let asked = Bilingual::new("登记", "recorded");
    let mut all =
        vec![event(run.created_at, asked, &asked_by(run, locale), say::scope(&run.scope).get(locale).to_owned())];
    let steps = ledger.run_steps(&run.id)?;
    for (place, step) in steps.iter().enumerate() {
        let until = steps.get(place + 1).map(|next| next.at).or(run.finished_at.filter(|at| *at > step.at));
        let took = until.map(|until| say::length(until - step.at)).unwrap_or_default();
        all.push(event(step.at, say::run_state(step.state).0, "", took));
    }
    for entry in ledger.audit_of_run(&run.id)? {
        all.push(event(entry.at, Bilingual::same(entry.action), &entry.who, entry.detail));
    }
    for told in ledger.run_announcements(&run.id)? {
        all.push(event(told.at, Bilingual::new("通知", "announced"), "", told.said.text.get(locale).to_owned()));
    }
    all.sort_by_key(|event| event.at);
    Ok(all)
}

/// The hashes on which its result depends.
fn pins(run: &Run) -> Vec<(Bilingual, String)> {
    let pins = &run.pins;
    let named = [
        (Bilingual::new("原始数据", "raw data"), &pins.raw),
        (Bilingual::new("考核方案", "scheme"), &pins.scheme),
        (Bilingual::new("模板", "templates"), &pins.templates),
        (Bilingual::new("字体", "fonts"), &pins.fonts),
    ];
    named.into_iter().filter_map(|(name, hash)| Some((name, hash.clone()?))).collect()
}

/// How many mails there are in each state.
fn mails(states: &[(DeliveryState, usize)]) -> Vec<(Bilingual, &'static str, usize)> {
    let count = |state| states.iter().filter(|one| one.0 == state).map(|one| one.1).sum();
    let counted = DeliveryState::ALL.iter().map(|state| (say::delivery_state(*state), count(*state)));
    counted
        .filter(|(_, count): &(_, usize)| *count > 0)
        .map(|((words, tone), count)| (words, tone.class(), count))
        .collect()
}
