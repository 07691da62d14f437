//! The forms of a period: those to fill in, and for whoever leads a team who has not handed in.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::home::zone_of;
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::super::rights::Sight;
use super::super::run_rows::Sheets;
use super::super::say;
use super::super::sessions::SignedIn;
use super::Sheet;
use super::named::{PEER, SELF, fills_in, path};
use crate::ledger::{AnswerStage, Answers};
use crate::period::Period;

/// How many periods are offered.
const PERIODS: usize = 4;

#[derive(Template)]
#[template(path = "forms-list.html", config = "src/console/askama.toml")]
struct ListPage {
    page: Page,
    jobs: Vec<Tab>,
    periods: Vec<Tab>,
    mine: Vec<FormRow>,
    others: Vec<FormRow>,
    sheets: Sheets,
    query: String,
    lacking: usize,
}

/// A job or period to look at.
struct Tab {
    path: String,
    label: String,
    here: bool,
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
    let first = desk.console.jobs.first();
    let job = visit.query.given("job").map_or(first, |id| desk.job(id)).ok_or(Refusal::NotFound)?;
    let today = desk.console.clock.now().with_timezone(&job.zone).date_naive();
    let present = Period::containing(job.cycle, today);
    let asked = visit.query.given("period").map(|text| Period::parse_for(job.cycle, text).ok_or(Refusal::NotFound));
    let period = asked.transpose()?.unwrap_or_else(|| present.previous());
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
    page::show(&ListPage {
        page: Page::of(visit),
        jobs: desk
            .console
            .jobs
            .iter()
            .map(|one| tab(&one.id, None, one.title.get(visit.locale), one.id == job.id))
            .collect(),
        periods: std::iter::successors(Some(present), |one| Some(one.previous()))
            .take(PERIODS)
            .map(|one| tab(&job.id, Some(&one), &one.to_string(), one == period))
            .collect(),
        mine,
        lacking: others.iter().filter(|one| one.is_owed).count(),
        query: query(&job.id, Some(&period)),
        others,
        sheets,
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

fn tab(job: &str, period: Option<&Period>, label: &str, here: bool) -> Tab {
    Tab { path: format!("/forms?{}", query(job, period)), label: label.to_owned(), here }
}

fn query(job: &str, period: Option<&Period>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("job", job);
    if let Some(period) = period {
        query.append_pair("period", &period.to_string());
    }
    query.finish()
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
            path: fills_in(person, (job, period), sheet).then(|| path(job, period, &sheet.name)),
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
