//! Two versions side by side: what was added, what is gone, and what reads otherwise, before → after.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::{encoded, filled};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::scheme::reading::{Difference, compare, read};
use crate::scheme::{Registry, Scheme};

#[derive(Template)]
#[template(path = "policy-compare.html", config = "src/console/askama.toml")]
struct ComparePage {
    page: Page,
    versions: Vec<Choice>,
    groups: Vec<Group>,
    count: usize,
    chosen: bool,
}

/// A version that can stand on either side.
struct Choice {
    value: String,
    label: String,
    before: bool,
    after: bool,
}

/// What differs under one heading.
struct Group {
    title: String,
    rows: Vec<Difference>,
}

/// `GET /policy/compare?before=&after=`, each `ID VERSION`.
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let registry = desk.console.policies.schemes();
    let before = named(&registry, visit.query.get("before"));
    let after = named(&registry, visit.query.get("after"));
    let found = match (before, after) {
        (Some(before), Some(after)) => {
            let readings = [filled(desk, before)?.0, filled(desk, after)?.0].map(|scheme| read(&scheme, visit.locale));
            compare(&readings[0], &readings[1])
        }
        _ => Vec::new(),
    };
    let is = |scheme: &Scheme, other: Option<&Scheme>| other.is_some_and(|other| value(other) == value(scheme));
    let choice = |scheme: &Scheme| Choice {
        value: value(scheme),
        label: format!("{} · {}", scheme.title.get(visit.locale), value(scheme)),
        before: is(scheme, before),
        after: is(scheme, after),
    };
    page::show(&ComparePage {
        page: Page::of(visit),
        versions: registry.all().iter().map(choice).collect(),
        count: found.len(),
        groups: groups(found),
        chosen: before.is_some() && after.is_some(),
    })
}

/// The comparison of two versions.
pub(super) fn path(before: &Scheme, after: &Scheme) -> String {
    format!("/policy/compare?before={}&after={}", encoded(&value(before)), encoded(&value(after)))
}

/// A version in a form.
pub(super) fn value(scheme: &Scheme) -> String {
    format!("{} {}", scheme.id, scheme.version)
}

/// The version of that name.
pub(super) fn named<'a>(registry: &'a Registry, name: &str) -> Option<&'a Scheme> {
    registry.all().iter().find(|scheme| value(scheme) == name)
}

fn groups(found: Vec<Difference>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for one in found {
        match groups.last_mut() {
            Some(group) if group.title == one.section => group.rows.push(one),
            _ => groups.push(Group { title: one.section.clone(), rows: vec![one] }),
        }
    }
    groups
}
