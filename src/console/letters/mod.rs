//! The letters of a run: what changed on their documents, whom to mail now, and the very letter before it goes.

mod choice;
mod letter;
mod opened;
mod row;

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::attend::Visit;
use super::desk::Desk;
use super::home::job_title;
use super::page::{self, Page};
use super::refusal::Refusal;
use super::rights::{self, SeenRun};
use super::routes::Audience;
use super::run_rows::Sheets;
use super::{run_actions, say, tokens};
use crate::ledger::{Delivery, DocumentKind, RunState};
use row::LetterRow;

pub use choice::send;
pub use letter::{html, show as show_letter};
pub use row::{Change, changes};

#[derive(Template)]
#[template(path = "letters.html", config = "src/console/askama.toml")]
struct LettersPage {
    page: Page,
    run: String,
    title: String,
    period: String,
    state: String,
    tone: &'static str,
    issued: usize,
    unchanged: usize,
    rows: Vec<LetterRow>,
    sheets: Sheets,
    waiting: usize,
    changed: usize,
    managers: usize,
    first_word: Option<String>,
    may_choose: bool,
    key: String,
}

/// A run whose letters a person may look at, with those letters.
struct Post {
    seen: SeenRun,
    mails: Vec<Delivery>,
}

impl Post {
    /// The run that a visit names, for those who ask for runs and see any of it.
    fn of(desk: &Desk, visit: &Visit) -> Result<Self, Refusal> {
        let (person, ledger) = (visit.person()?, &desk.console.ledger);
        if !Audience::Runners.includes(person.user.role) {
            return Err(Refusal::NotFound);
        }
        let seen = rights::open_run(ledger, &person.sight, visit.params.get("run"))?.ok_or(Refusal::NotFound)?;
        let mails = rights::deliveries(ledger, &person.sight, &seen)?;
        Ok(Self { seen, mails })
    }

    /// Every letter with its document: those that can be chosen first, of these the changed ones first.
    fn rows(&self) -> Vec<LetterRow> {
        let mut rows: Vec<LetterRow> = self
            .mails
            .iter()
            .filter_map(|mail| {
                let document = self.seen.documents.iter().find(|document| document.id == mail.document_id)?;
                Some(LetterRow::of(&self.seen.run, document, mail))
            })
            .collect();
        rows.sort_by_key(|row| (!row.waits, !row.is_changed, row.subject.clone(), row.id));
        rows
    }
}

/// `GET /runs/{run}/letters`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let post = Post::of(desk, visit)?;
    let run = &post.seen.run;
    let (state, tone) = say::run_state(run.state);
    let rows = post.rows();
    let sheets = Sheets::of(rows.len(), visit.query.get("sheet"));
    let of_cards = post.seen.documents.iter().filter(|document| document.kind == DocumentKind::Card);
    let (issued, unchanged): (Vec<_>, Vec<_>) = of_cards.partition(|card| card.run_id == run.id);
    let count = |wanted: fn(&&LetterRow) -> bool| rows.iter().filter(|row| row.waits).filter(wanted).count();
    let waits = run.state == RunState::Ready;
    let first_word = if waits { desk.console.ledger.first_release_word(&run.id)? } else { None };
    page::show(&LettersPage {
        page: Page::of(visit),
        run: run.id.clone(),
        title: job_title(desk, &run.job, visit.locale),
        period: run.period.to_string(),
        state: state.get(visit.locale).to_owned(),
        tone: tone.class(),
        issued: issued.len(),
        unchanged: unchanged.len(),
        waiting: count(|_| true),
        changed: count(|row| row.is_changed),
        managers: count(|row| row.to_manager),
        may_choose: run_actions::may_release(&person.sight, run) && first_word.as_ref() != Some(&person.user.name),
        first_word,
        rows: sheets.cut(&rows).to_vec(),
        sheets,
        key: tokens::fresh()?,
    })
}
