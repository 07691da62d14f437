//! The forms of a period: those to fill in, and for whoever leads a team who has not handed in.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::home::zone_of;
use super::super::page::{self, Page};
use super::super::periods::{self, Chosen, Ways, asked_job};
use super::super::refusal::Refusal;
use super::super::rights::Sight;
use super::super::run_rows::Sheets;
use super::super::say;
use super::super::sessions::SignedIn;
use super::named::{PEER, SELF, fills_in};
use super::{LIST, Sheet};
use crate::ledger::{AnswerStage, Answers};
use crate::period::Period;

#[derive(Template)]
#[template(path = "forms-list.html", config = "src/console/askama.toml")]
struct ListPage {
    page: Page,
    ways: Ways,
    mine: Vec<FormRow>,
    others: Vec<FormRow>,
    sheets: Sheets,
    query: String,
    lacking: usize,
}

/// One form.
struct FormRow {
    path: Option<String>,
    team: String,
    role: String,
    rater: Option<String>,
    /// Cells that are filled in of those asked for, in this person's draft.
    draft: Option<String>,
    /// Who handed in, and when.
    handed_in: Vec<String>,
    /// How many did of those who are asked, where that is more than one.
    share: Option<String>,
    /// Whether somebody still owes it.
    is_owed: bool,
}

/// `GET /forms?job=&period=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let job = asked_job(desk, visit)?.or(desk.console.jobs.first()).ok_or(Refusal::NotFound)?;
    let chosen = Chosen::of(desk, visit, job, |present| present.previous())?;
    let period = chosen.period;
    let all = desk.console.forms.sheets(&job.id, &period, visit.locale)?;
    let answers = desk.console.ledger.all_answers(&job.id, &period)?;
    let of = (job.id.as_str(), &period);
    let row = |sheet: &Sheet| FormRow::of(desk, visit, person, (&job.id, &period), sheet, &answers);
    let (mine, led): (Vec<&Sheet>, Vec<&Sheet>) = all
        .iter()
        .filter(|one| fills_in(person, of, one) || person.sight.commands_in(&job.id, &period, Some(&one.team)))
        .partition(|one| is_theirs(person, of, one));
    let mine = mine.into_iter().map(row).collect();
    let mut others: Vec<FormRow> = led.into_iter().map(row).collect();
    // Whoever has not handed in comes first.
    others.sort_by_key(|one| !one.is_owed);
    let sheets = Sheets::of(others.len(), visit.query.get("sheet"));
    let page = Page::of(visit);
    page::show(&ListPage {
        ways: chosen.ways(desk, &page),
        mine,
        lacking: others.iter().filter(|one| one.is_owed).count(),
        query: chosen.query(),
        others,
        sheets,
        page,
    })
}

/// Whether a form waits for this person above all; whoever sees the whole shop may fill in what any leader does.
fn is_theirs(person: &SignedIn, of: (&str, &Period), sheet: &Sheet) -> bool {
    let is_own = matches!(sheet.role.as_str(), SELF | PEER);
    fills_in(person, of, sheet) && (is_own || person.sight != Sight::Everything)
}

impl ListPage {
    /// The rows of the sheet that is shown.
    fn shown(&self) -> &[FormRow] {
        self.sheets.cut(&self.others)
    }
}

impl FormRow {
    fn of(
        desk: &Desk,
        visit: &Visit,
        person: &SignedIn,
        (job, period): (&str, &Period),
        sheet: &Sheet,
        answers: &[Answers],
    ) -> Self {
        let zone = zone_of(desk, job);
        let own = answers.iter().filter(|one| one.of.form == sheet.name);
        let draft = own.clone().find(|one| one.stage == AnswerStage::Draft && one.of.author == person.user.name);
        let handed_in: Vec<&Answers> = own.filter(|one| one.stage == AnswerStage::HandedIn).collect();
        let (count, raters) = (handed_in.len(), sheet.raters());
        let leads = person.sight.commands_in(job, period, Some(&sheet.team));
        // Colleagues do not learn of each other who rated.
        let seen = handed_in.into_iter().filter(|one| leads || one.of.author == person.user.name);
        Self {
            path: fills_in(person, (job, period), sheet).then(|| periods::path(LIST, job, period, &sheet.name)),
            team: sheet.team_called().to_owned(),
            role: sheet.role_name.get(visit.locale).to_owned(),
            rater: sheet.rater.as_ref().map(|(id, name)| format!("{name} {id}")),
            draft: draft.map(|one| format!("{} / {}", one.given.len(), sheet.asked())),
            handed_in: seen.map(|one| format!("{} · {}", one.of.author, say::when(one.at, zone))).collect(),
            share: (leads && raters > 1).then(|| format!("{count} / {raters}")),
            is_owed: count < raters,
        }
    }
}
