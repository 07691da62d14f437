//! One card: its numbers, its document, its history, its editions and its mails.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::super::appeals::OnCard;
use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::home::{job_title, zone_of};
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::super::{rights, say, tokens};
use super::body::Body;
use super::history::History;
use super::{dash, path, place, resend, total};
use crate::ledger::{Delivery, Document, RecipientRole, Role};
use crate::words::Bilingual;

#[derive(Template)]
#[template(path = "card.html", config = "src/console/askama.toml")]
struct CardPage {
    page: Page,
    path: String,
    name: String,
    agent: String,
    title: String,
    period: String,
    total: String,
    rank: String,
    grade: String,
    change: String,
    edition: u32,
    latest: u32,
    newest: Option<String>,
    issued: String,
    has_pdf: bool,
    body: Body,
    history: History,
    mails: Vec<MailRow>,
    may_explain: bool,
    may_resend: bool,
    rerun: Option<String>,
    voices: OnCard,
    key: String,
}

/// One mail with this card in it.
struct MailRow {
    to: Bilingual,
    state: Bilingual,
    tone: &'static str,
    when: String,
    reason: String,
}

/// `GET /cards/{card}`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let card = super::named(desk, visit)?;
    page::show_with_frame(&compose(desk, visit, &card)?)
}

fn compose(desk: &Desk, visit: &Visit, card: &Document) -> Result<CardPage, Refusal> {
    let (ledger, person) = (&desk.console.ledger, visit.person()?);
    let body = Body::of(card)?;
    let mails = rights::card_deliveries(ledger, &person.sight, card)?;
    let zone = zone_of(desk, &card.job);
    let editions = rights::editions(ledger, &person.sight, &card.job, &card.period, &card.subject)?;
    let newest = editions.last().unwrap_or(card);
    let commands = person.sight.commands_document(card);
    Ok(CardPage {
        page: Page::of(visit),
        path: path(card.id),
        name: card.name.clone(),
        agent: card.subject.clone(),
        title: job_title(desk, &card.job, visit.locale),
        period: card.period.to_string(),
        total: total(card.total.as_ref()),
        rank: place(card.rank, card.of),
        grade: card.grade.clone().filter(|grade| !grade.is_empty()).unwrap_or_else(dash),
        change: body.standing.change.as_ref().map_or_else(dash, |change| change.text.clone()),
        edition: card.edition,
        latest: newest.edition,
        newest: (newest.id != card.id).then(|| path(newest.id)),
        issued: say::when(card.created_at, zone),
        has_pdf: card.pdf_hash.is_some(),
        history: History::of(ledger, &person.sight, card)?,
        may_resend: resend::resendable(ledger, &person.sight, card, &mails)?.is_some(),
        mails: mails.iter().map(|mail| MailRow::of(mail, zone)).collect(),
        may_explain: commands && desk.job(&card.job).is_some(),
        rerun: (commands && person.user.role != Role::Agent && desk.job(&card.job).is_some()).then(|| rerun(card)),
        voices: OnCard::of(desk, person, card)?,
        key: tokens::fresh()?,
        body,
    })
}

fn rerun(card: &Document) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("job", &card.job).append_pair("period", &card.period.to_string());
    format!("/rerun?{}", query.append_pair("team", &card.team).finish())
}

impl CardPage {
    /// A text that may be missing.
    fn or_dash<'a>(&self, text: &'a Option<String>) -> &'a str {
        text.as_deref().unwrap_or("–")
    }

    /// What to know of a line before trusting it; nothing of a final one.
    fn status(&self, status: &str) -> Option<&'static str> {
        Some(match status {
            "provisional" => self.page.t("临时", "provisional"),
            "assumed" => self.page.t("按假定", "assumed"),
            "missing" => self.page.t("无数据", "no data"),
            "unset" => self.page.t("未设定", "unset"),
            _ => return None,
        })
    }
}

impl MailRow {
    fn of(mail: &Delivery, zone: chrono_tz::Tz) -> Self {
        let (state, tone) = say::delivery_state(mail.state);
        let to = match mail.role {
            RecipientRole::Agent => Bilingual::new("本人", "the agent"),
            RecipientRole::Manager => Bilingual::new("主管", "the manager"),
            RecipientRole::Reader => Bilingual::new("指定收件人", "a reader"),
        };
        let at = mail.sent_at.or(mail.in_doubt_at).or(mail.not_before);
        Self {
            to,
            state,
            tone: tone.class(),
            when: at.map_or_else(dash, |at| say::when(at, zone)),
            reason: mail.reason.clone().unwrap_or_default(),
        }
    }
}
