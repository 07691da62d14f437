//! One version of a scheme as people read it aloud, with a form for each value that it leaves open.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::{filled, version_of};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::say;
use crate::ledger::SchemeValue;
use crate::scheme::Scheme;
use crate::scheme::reading::{Part, Section, read};
use crate::words::Locale;

#[derive(Template)]
#[template(path = "policy-version.html", config = "src/console/askama.toml")]
struct VersionPage {
    page: Page,
    id: String,
    title: String,
    version: String,
    others: Vec<Other>,
    sections: Vec<Section>,
    open: Vec<Open>,
    filled: Vec<Filled>,
    hash: String,
}

/// Another version of the same scheme.
struct Other {
    path: String,
    version: String,
    from: String,
    compare: String,
}

/// A value that its file leaves unset.
struct Open {
    name: String,
    label: String,
    now: Option<String>,
}

/// A value that somebody filled in.
struct Filled {
    name: String,
    value: String,
    who: String,
    when: String,
    reason: String,
}

/// `GET /policy/schemes/{scheme}?version=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let registry = desk.console.policies.schemes();
    let scheme = version_of(&registry, visit.params.get("scheme"), visit.query.given("version"))?;
    let (patched, values) = filled(desk, scheme)?;
    let versions = registry.all().iter().filter(|one| one.id == scheme.id && one.version != scheme.version);
    page::show(&VersionPage {
        page: Page::of(visit),
        id: scheme.id.clone(),
        title: scheme.title.get(visit.locale).to_owned(),
        version: scheme.version.clone(),
        others: versions.map(|other| Other::of(other, scheme)).collect(),
        sections: read(&patched, visit.locale),
        open: open(scheme, &values, visit.locale),
        filled: values.iter().rev().map(Filled::of).collect(),
        hash: patched.hash,
    })
}

/// What the file leaves unset, whether somebody filled it in or not: the last word counts.
fn open(scheme: &Scheme, values: &[SchemeValue], locale: Locale) -> Vec<Open> {
    let one = |name: String| Open {
        label: scheme.label(&name).map(|label| label.get(locale).to_owned()).unwrap_or_default(),
        now: values.iter().rfind(|value| value.name == name).map(|value| value.value.trimmed(6)),
        name,
    };
    scheme.unset().into_iter().map(one).collect()
}

impl Other {
    fn of(other: &Scheme, scheme: &Scheme) -> Self {
        let (before, after) =
            if other.effective_from < scheme.effective_from { (other, scheme) } else { (scheme, other) };
        Self {
            path: super::path(other),
            version: other.version.clone(),
            from: other.effective_from.to_string(),
            compare: super::compare::path(before, after),
        }
    }
}

impl Filled {
    fn of(value: &SchemeValue) -> Self {
        Self {
            name: value.name.clone(),
            value: value.value.trimmed(6),
            who: value.who.clone(),
            when: say::when(value.at, chrono_tz::UTC),
            reason: value.reason.clone(),
        }
    }
}
