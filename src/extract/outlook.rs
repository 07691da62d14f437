//! What a pull would ask for, computed without asking.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::freshness::{Freshness, would_lose};
use super::keep::{Kept, Manifest};
use super::plan::{Circumstance, plan};
use super::walk::first_request;
use super::{Ask, RawStore};
use crate::clock::Clock;
use crate::source::{Resource, Source};

/// What a pull would ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// The source's id.
    pub source: String,
    /// When the kept pages were begun; `None` when there are none.
    pub kept_since: Option<DateTime<Utc>>,
    /// Whether an earlier pull came to its end and would be reused.
    pub complete: bool,
    /// Its resources.
    pub resources: Vec<ResourceOutlook>,
}

/// What a pull would ask one resource for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceOutlook {
    /// The resource's id.
    pub resource: String,
    /// How many windows and batches, each of a page or more; `None` when the ids are not known before another source is pulled.
    pub walks: Option<usize>,
    /// How many of them have their first page kept.
    pub begun: usize,
    /// How many pages are kept.
    pub kept_pages: usize,
    /// The first request, for people.
    pub first: Option<String>,
}

/// Whether old pages give way; those that could not be had again are used as they are.
fn would_refetch(source: &Source, ask: &Ask, old: &Manifest, now: DateTime<Utc>) -> bool {
    ask.refresh_since.is_some() || would_lose(source, ask, old.begun(), now).is_none()
}

/// Computes what [`super::pull`] would ask for; nothing is sent and nothing is written.
///
/// # Errors
/// When a manifest cannot be read.
pub fn describe(source: &Source, ask: &Ask, clock: &Clock, raw: &RawStore) -> Result<Outlook> {
    let now = clock.now();
    let manifest = match raw.kept(&source.id, ask.period, &Freshness::of(source, ask, now))? {
        Kept::Serves(manifest) | Kept::GoesOn(manifest) => Some(manifest),
        Kept::Old(old) => Some(old).filter(|old| !would_refetch(source, ask, old, now)),
        Kept::Nothing | Kept::Unreadable => None,
    };
    let begun = manifest.as_ref().map_or_else(|| now, |manifest| manifest.begun());
    let tables = ask.tables.iter().map(|(table, frame)| (*table, vec![frame.clone()])).collect::<BTreeMap<_, _>>();
    let circumstance = Circumstance { period: ask.period, zone: source.zone, begun, tables: &tables, parents: None };
    let is_kept = |fingerprint: &str| manifest.as_ref().is_some_and(|manifest| manifest.page(fingerprint).is_some());
    let describe_one = |resource: &Resource| {
        let walks = plan(resource, &circumstance).ok().map(|plan| plan.walks);
        let requests = walks.iter().flatten().map(|walk| first_request(resource, walk));
        ResourceOutlook {
            resource: resource.id.clone(),
            walks: walks.as_ref().map(Vec::len),
            begun: requests.clone().filter(|asked| is_kept(&asked.fingerprint(&resource.id))).count(),
            kept_pages: manifest.as_ref().map_or(0, |manifest| manifest.pages_of(&resource.id)),
            first: requests.clone().next().map(|asked| asked.label()),
        }
    };
    Ok(Outlook {
        source: source.id.clone(),
        kept_since: manifest.as_ref().map(|manifest| manifest.begun()),
        complete: manifest.as_ref().is_some_and(|manifest| manifest.is_complete()),
        resources: source.resources.iter().map(describe_one).collect(),
    })
}
