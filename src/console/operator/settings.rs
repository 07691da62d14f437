//! How this machine is set, without any secret, and everything that is wrong with what people wrote.

use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Checked, Fault, Grade, Tab, tabs};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::run_rows::Sheets;
use crate::words::Bilingual;

#[derive(Template)]
#[template(path = "operator-settings.html", config = "src/console/askama.toml")]
struct SettingsPage {
    page: Page,
    tabs: Vec<Tab>,
    settings: Vec<(Bilingual, String)>,
    look: Option<Look>,
}

/// What the last look found.
struct Look {
    at: String,
    errors: usize,
    warnings: usize,
    faults: Vec<Fault>,
    sheets: Sheets,
}

/// `GET /operator/settings?sheet=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let machine = &desk.console.machine;
    let look = machine.last_check().map(|checked| Look::of(checked, visit.query.get("sheet")));
    let page = Page::of(visit);
    page::show(&SettingsPage { tabs: tabs(&page), settings: machine.settings(), look, page })
}

/// `POST /operator/settings/check`: looks anew; nothing is changed and nobody outside is asked.
pub fn check(desk: &Arc<Desk>, _visit: &Visit) -> Result<Response, Refusal> {
    desk.console.machine.check();
    Ok(Redirect::to("/operator/settings").into_response())
}

impl Look {
    fn of(checked: Checked, sheet: &str) -> Self {
        let sheets = Sheets::of(checked.faults.len(), sheet);
        Self {
            at: checked.at.format("%Y-%m-%d %H:%M UTC").to_string(),
            errors: checked.faults.iter().filter(|fault| fault.grade == Grade::Error).count(),
            warnings: checked.faults.iter().filter(|fault| fault.grade == Grade::Warning).count(),
            faults: sheets.cut(&checked.faults).to_vec(),
            sheets,
        }
    }
}
