//! A workbook that comes back: every wrong cell by its place, and what would change, before any of it is taken.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::check;
use super::named::Named;
use super::{Item, UploadedCell};
use crate::ledger::{AnswerStage, Given};
use crate::words::Bilingual;

/// How many wrong cells, and how many changes, are listed.
const LISTED: usize = 100;

#[derive(Template)]
#[template(path = "forms-upload.html", config = "src/console/askama.toml")]
struct UploadPage {
    page: Page,
    path: String,
    form: String,
    /// Why the file is not read at all.
    unreadable: Option<Bilingual>,
    wrong: Vec<WrongCell>,
    changes: Vec<CellChange>,
    more: usize,
}

/// A cell that does not fit.
struct WrongCell {
    place: String,
    what: String,
    why: Bilingual,
}

/// A cell that would say otherwise.
struct CellChange {
    item: String,
    who: String,
    before: String,
    after: String,
}

/// `POST /forms/{job}/{period}/{form}/upload`: looks at a workbook, and keeps it apart until somebody takes it.
pub fn upload(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let named = Named::of(desk, visit)?;
    desk.console.ledger.drop_upload(&named.of)?;
    let read = desk.console.forms.read(visit.upload.as_deref().unwrap_or_default());
    let cells = match read {
        Ok(cells) => cells,
        Err(error) => {
            let reason = format!("{error:#}");
            let why = Bilingual::new(format!("文件读不出来：{reason}"), format!("The file cannot be read: {reason}"));
            return refuse(UploadPage { unreadable: Some(why), ..UploadPage::of(visit, &named) });
        }
    };
    let (given, mut wrong) = weigh(&named, &cells);
    if !wrong.is_empty() {
        let more = wrong.len().saturating_sub(LISTED);
        wrong.truncate(LISTED);
        return refuse(UploadPage { wrong, more, ..UploadPage::of(visit, &named) });
    }
    desk.console.ledger.put_answers(&named.of, AnswerStage::Upload, &given)?;
    Ok(Redirect::to(&format!("{}/preview", named.path)).into_response())
}

/// `GET /forms/{job}/{period}/{form}/preview`: what the upload would change.
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let named = Named::of(desk, visit)?;
    if desk.console.ledger.answers(&named.of, AnswerStage::Upload)?.is_none() {
        return Ok(Redirect::to(&named.path).into_response());
    }
    let (draft, upload) = (named.given(desk, AnswerStage::Draft)?, named.given(desk, AnswerStage::Upload)?);
    let mut changes = changes(&named, &draft, &upload);
    let more = changes.len().saturating_sub(LISTED);
    changes.truncate(LISTED);
    page::show(&UploadPage { changes, more, ..UploadPage::of(visit, &named) })
}

/// `POST /forms/{job}/{period}/{form}/take`: the upload becomes the draft, or is left out.
pub fn take(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let named = Named::of(desk, visit)?;
    match visit.form.get("word") {
        "take" => desk.console.ledger.take_upload(&named.of)?,
        _ => desk.console.ledger.drop_upload(&named.of)?,
    }
    Ok(Redirect::to(&named.path).into_response())
}

impl UploadPage {
    fn of(visit: &Visit, named: &Named) -> Self {
        Self {
            page: Page::of(visit),
            path: named.path.clone(),
            form: named.of.form.clone(),
            unreadable: None,
            wrong: Vec::new(),
            changes: Vec::new(),
            more: 0,
        }
    }
}

fn refuse(page: UploadPage) -> Result<Response, Refusal> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page::show(&page)?).into_response())
}

/// The cells as they are kept, and those that do not fit.
fn weigh(named: &Named, cells: &[UploadedCell]) -> (Vec<Given>, Vec<WrongCell>) {
    let (mut given, mut wrong, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for cell in cells {
        let is_new = seen.insert((&cell.given.item, &cell.given.agent));
        match weighed(named, cell) {
            Ok(one) if is_new => given.push(one),
            Ok(_) => wrong.push(cell.wrong(Bilingual::new("同一人同一项出现了两次", "the same person and item twice"))),
            Err(why) => wrong.push(cell.wrong(why)),
        }
    }
    given.sort();
    (given, wrong)
}

fn weighed(named: &Named, cell: &UploadedCell) -> Result<Given, Bilingual> {
    let foreign = || {
        Bilingual::new(
            "这一行不属于本表：请用在这里下载的表",
            "this row is not of this form: use the one downloaded here",
        )
    };
    let item = named.sheet.items.iter().find(|item| item.id == cell.given.item);
    let item: &Item = item.filter(|_| cell.role == named.sheet.role).ok_or_else(foreign)?;
    if !named.asks(&item.id, &cell.given.agent) {
        return Err(foreign());
    }
    let comment = check::comment(&cell.given.comment).ok_or_else(|| {
        let most = check::LONGEST_COMMENT;
        Bilingual::new(format!("评语不超过 {most} 字"), format!("a comment has at most {most} letters"))
    })?;
    let given = check::read(item, &cell.given.given)
        .map_err(|allowed| Bilingual::new(format!("应为{}", allowed.zh), format!("it must be {}", allowed.en)))?;
    if let Some(why) = check::lacks_reason(item, &given, &comment) {
        return Err(why);
    }
    Ok(Given { item: item.id.clone(), agent: cell.given.agent.clone(), given, comment })
}

impl UploadedCell {
    fn wrong(&self, why: Bilingual) -> WrongCell {
        WrongCell { place: format!("{} · {}", self.sheet, self.cell), what: self.given.given.clone(), why }
    }
}

/// What the upload says otherwise than the draft, in the order of the form; an empty cell takes back what was there.
fn changes(named: &Named, draft: &[Given], upload: &[Given]) -> Vec<CellChange> {
    let by_cell = |given: &[Given]| -> BTreeMap<(String, String), (String, String)> {
        let cell = |one: &Given| ((one.item.clone(), one.agent.clone()), (one.given.clone(), one.comment.clone()));
        given.iter().map(cell).collect()
    };
    let (before, after) = (by_cell(draft), by_cell(upload));
    let mut changes = Vec::new();
    for item in &named.sheet.items {
        for (agent, name) in &item.people {
            let key = (item.id.clone(), agent.clone());
            let (before, after) = (before.get(&key), after.get(&key));
            if before != after {
                changes.push(CellChange {
                    item: item.label.clone(),
                    who: format!("{name} {agent}"),
                    before: shown(item, before),
                    after: shown(item, after),
                });
            }
        }
    }
    changes
}

fn shown(item: &Item, cell: Option<&(String, String)>) -> String {
    let Some((given, comment)) = cell else { return "–".to_owned() };
    let label = item.levels.iter().find(|(id, _)| id == given).map_or(given, |(_, label)| label);
    [label.as_str(), comment.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
}
