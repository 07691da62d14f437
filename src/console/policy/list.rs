//! Every scheme with its versions: since when each is in force, which jobs use it, what is still open.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::{Tab, filled, path, tabs};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::home::job_title;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::scheme::Scheme;
use crate::words::Locale;

#[derive(Template)]
#[template(path = "policy-list.html", config = "src/console/askama.toml")]
struct ListPage {
    page: Page,
    tabs: Vec<Tab>,
    schemes: Vec<Row>,
}

/// One version.
struct Row {
    path: String,
    title: String,
    id: String,
    catalogue: String,
    version: String,
    from: String,
    /// Whether a period that ends today is judged by it.
    in_force: bool,
    jobs: Vec<String>,
    open: usize,
    assumed: usize,
}

/// `GET /policy`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let registry = desk.console.policies.schemes();
    let (today, jobs) = (desk.console.clock.now().date_naive(), desk.console.policies.jobs());
    let mut rows = Vec::new();
    for scheme in registry.all() {
        let in_force = registry.in_force(&scheme.id, today).is_ok_and(|one| one.version == scheme.version);
        let used = jobs.iter().filter(|(_, id)| *id == scheme.id);
        let titles = used.map(|(job, _)| job_title(desk, job, visit.locale)).collect();
        rows.push(row(desk, scheme, visit.locale, in_force, titles)?);
    }
    // What is used comes first.
    rows.sort_by_key(|row| row.jobs.is_empty());
    let page = Page::of(visit);
    page::show(&ListPage { tabs: tabs(&page), schemes: rows, page })
}

fn row(desk: &Desk, scheme: &Scheme, locale: Locale, in_force: bool, jobs: Vec<String>) -> anyhow::Result<Row> {
    let (filled, _) = filled(desk, scheme)?;
    Ok(Row {
        path: path(scheme),
        title: scheme.title.get(locale).to_owned(),
        id: scheme.id.clone(),
        catalogue: scheme.catalogue.clone().unwrap_or_default(),
        version: scheme.version.clone(),
        from: scheme.effective_from.to_string(),
        in_force,
        jobs,
        open: filled.unset().len(),
        assumed: scheme.assumptions().len(),
    })
}
