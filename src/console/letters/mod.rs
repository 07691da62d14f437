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
use super::rights::{self, Sight};
use super::routes::Audience;
use super::run_rows::Sheets;
use super::seen_run::SeenRun;
use super::{run_actions, say, tokens};
use crate::ledger::{Delivery, Ledger, LetterMark, RecipientRole, RunState};
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

/// A run whose letters a person may look at.
struct Post {
    seen: SeenRun,
}

impl Post {
    /// The run that a visit names, for those who ask for runs and see any of it.
    fn of(desk: &Desk, visit: &Visit) -> Result<Self, Refusal> {
        let (person, ledger) = (visit.person()?, &desk.console.ledger);
        if !Audience::Runners.includes(person.user.role) {
            return Err(Refusal::NotFound);
        }
        let seen = rights::open_run(ledger, &person.sight, visit.params.get("run"))?.ok_or(Refusal::NotFound)?;
        Ok(Self { seen })
    }

    /// The row of one letter.
    fn row(&self, ledger: &Ledger, sight: &Sight, id: i64) -> anyhow::Result<Option<(LetterRow, Delivery)>> {
        let found = self.seen.letter(ledger, sight, id)?;
        Ok(found.map(|(document, mail)| (LetterRow::of(&self.seen.run, &document, &mail), mail)))
    }
}

/// `GET /runs/{run}/letters`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let post = Post::of(desk, visit)?;
    let run = &post.seen.run;
    let (state, tone) = say::run_state(run.state);
    let ledger = &desk.console.ledger;
    let marks = post.seen.letter_marks(ledger)?;
    let sheets = Sheets::of(marks.len(), visit.query.get("sheet"));
    let ids: Vec<i64> = sheets.cut(&marks).iter().map(|mark| mark.id).collect();
    let letters = ledger.run_letters(&run.id, &ids)?;
    let rows = letters.iter().map(|(document, mail)| LetterRow::of(run, document, mail)).collect();
    let issued = post.seen.of_cards().map(|portion| portion.issued).sum();
    let count = |wanted: fn(&&LetterMark) -> bool| marks.iter().filter(|mark| mark.waits).filter(wanted).count();
    let waits = run.state == RunState::Ready;
    let first_word = if waits { ledger.first_release_word(&run.id)? } else { None };
    page::show(&LettersPage {
        page: Page::of(visit),
        run: run.id.clone(),
        title: job_title(desk, &run.job, visit.locale),
        period: run.period.to_string(),
        state: state.get(visit.locale).to_owned(),
        tone: tone.class(),
        issued,
        unchanged: post.seen.cards() - issued,
        waiting: count(|_| true),
        changed: count(|mark| mark.is_issued),
        managers: count(|mark| mark.role == RecipientRole::Manager),
        may_choose: run_actions::may_release(&person.sight, run) && first_word.as_ref() != Some(&person.user.name),
        first_word,
        rows,
        sheets,
        key: tokens::fresh()?,
    })
}
