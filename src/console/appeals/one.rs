//! One appeal: what is disputed, what the card says, and the answer.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::super::attend::Visit;
use super::super::cards::{self, Body, Line};
use super::super::desk::Desk;
use super::super::home::{job_title, zone_of};
use super::super::page::{self, Page};
use super::super::proposals::say_barred;
use super::super::refusal::Refusal;
use super::super::requests;
use super::super::rights;
use super::correction::settable;
use super::row::AppealRow;
use crate::ledger::{Appeal, LONGEST_REASON, Sets};
use crate::words::Bilingual;

#[derive(Template)]
#[template(path = "appeals-one.html", config = "src/console/askama.toml")]
struct OnePage {
    page: Page,
    appeal: AppealRow,
    who: String,
    agent: String,
    card: String,
    card_path: String,
    edition: u32,
    line: Option<Line>,
    choices: Vec<Choice>,
    bar: Option<Bilingual>,
    rerun: Option<String>,
    /// What was typed and did not fit.
    wrong: Option<Bilingual>,
    typed: Typed,
    longest: usize,
}

/// What was typed, to be mended.
#[derive(Default)]
pub struct Typed {
    sets: String,
    amount: String,
    reason: String,
}

/// One thing that can be set.
struct Choice {
    value: &'static str,
    label: Bilingual,
    chosen: bool,
}

/// `GET /appeals/{appeal}`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let appeal = named(desk, visit)?;
    page::show(&compose(desk, visit, &appeal, None)?)
}

/// The same page again, with what is wrong with an answer.
pub fn again(desk: &Desk, visit: &Visit, appeal: &Appeal, wrong: Bilingual) -> Result<Response, Refusal> {
    let mut answer = page::show(&compose(desk, visit, appeal, Some(wrong))?)?;
    *answer.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

/// The appeal that the path names, if it is about an agent of a team that this person commands.
pub fn named(desk: &Desk, visit: &Visit) -> Result<Appeal, Refusal> {
    let (ledger, person) = (&desk.console.ledger, visit.person()?);
    let id = visit.params.number("appeal").ok_or(Refusal::NotFound)?;
    let appeal = ledger.appeal(id)?.filter(|one| person.sight.commands_in(&one.job, &one.period, Some(&one.team)));
    let appeal = appeal.ok_or(Refusal::NotFound)?;
    // Their rights to the card are looked at where all rights are.
    rights::open_card(ledger, &person.sight, appeal.document_id)?.ok_or(Refusal::NotFound)?;
    Ok(appeal)
}

fn compose(desk: &Desk, visit: &Visit, appeal: &Appeal, wrong: Option<Bilingual>) -> Result<OnePage, Refusal> {
    let (ledger, person) = (&desk.console.ledger, visit.person()?);
    let card = ledger.document(appeal.document_id)?.ok_or(Refusal::NotFound)?;
    let line = Body::of(&card)?.lines.into_iter().find(|line| line.id == appeal.line);
    let typed = Typed::of(visit);
    let choices = line.as_ref().map(settable).unwrap_or_default();
    Ok(OnePage {
        page: Page::of(visit),
        appeal: AppealRow::of(appeal, zone_of(desk, &appeal.job)),
        who: appeal.name.clone(),
        agent: appeal.agent.clone(),
        card: format!("{} {}", job_title(desk, &appeal.job, visit.locale), appeal.period),
        card_path: cards::path(card.id),
        edition: appeal.edition,
        choices: choices.into_iter().map(|sets| choice(sets, &typed)).collect(),
        line,
        bar: appeal.bar(&person.user, &person.sight.led()).map(say_barred),
        rerun: ledger.rerun_of_appeal(appeal.id)?.map(|request| requests::path(request.id)),
        wrong,
        typed,
        longest: LONGEST_REASON,
    })
}

impl Typed {
    fn of(visit: &Visit) -> Self {
        let field = |name| visit.form.get(name).to_owned();
        Self { sets: field("sets"), amount: field("amount"), reason: field("reason") }
    }
}

fn choice(sets: Sets, typed: &Typed) -> Choice {
    let label = match sets {
        Sets::Points => Bilingual::new("得分", "points"),
        Sets::Value => Bilingual::new("指标值（按规则重新计分）", "value (scored again by the rules)"),
        Sets::Numerator => Bilingual::new("分子（分母与规则不变）", "numerator (denominator and rules stay)"),
    };
    Choice { value: sets.word(), label, chosen: typed.sets == sets.word() }
}

impl OnePage {
    /// A text that may be missing.
    fn or_dash<'a>(&self, text: &'a Option<String>) -> &'a str {
        text.as_deref().unwrap_or("–")
    }
}
