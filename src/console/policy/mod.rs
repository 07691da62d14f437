//! HR's desk: schemes as people read them, versions compared, drafts tried on past months, open values filled in, campaigns.

mod calendar;
mod compare;
mod list;
mod simulate;
mod simulated;
mod simulated_rows;
mod simulated_sheet;
mod values;
mod version;

pub use calendar::show as calendar;
pub use compare::show as compare;
pub use list::show as list;
pub use simulate::{ask, form as simulate};
pub use simulated::{csv, show as simulated};
pub use simulated_sheet::SimulatedSheet;
pub use values::fill;
pub use version::show as version;

use std::sync::Arc;

use super::desk::Desk;
use super::page::Page;
use super::refusal::Refusal;
use super::tabs::{Place, Tab};
use crate::ledger::SchemeValue;
use crate::scheme::{Fill, Registry, Scheme};

/// Reads the folder of schemes; the console only asks.
pub trait Policies: Send + Sync {
    /// The schemes as their files are now, those in which nothing is wrong.
    fn schemes(&self) -> Arc<Registry>;
    /// Each job with the id of its scheme.
    fn jobs(&self) -> Vec<(String, String)>;
}

/// The pages of the desk.
const TABS: [Place; 4] = [
    ("/policy", "方案", "Schemes"),
    ("/policy/simulate", "试算", "Simulate"),
    ("/policy/calendar", "活动日历", "Campaigns"),
    ("/proposals", "建议", "Proposals"),
];

/// The ways on from a page of the desk.
fn tabs(page: &Page) -> Vec<Tab> {
    super::tabs::tabs(page, &TABS)
}

/// A version that is named, or the newest without a word of it.
fn version_of<'a>(registry: &'a Registry, id: &str, version: Option<&str>) -> Result<&'a Scheme, Refusal> {
    let mut of_id = registry.all().iter().filter(|scheme| scheme.id == id);
    of_id.rfind(|scheme| version.is_none_or(|version| scheme.version == version)).ok_or(Refusal::NotFound)
}

/// The version with what persons filled in; as its file is where the rules do not hold with that any more.
fn filled(desk: &Desk, scheme: &Scheme) -> anyhow::Result<(Scheme, Vec<SchemeValue>)> {
    let values = desk.console.ledger.scheme_values(&scheme.id, &scheme.version)?;
    let fills: Vec<Fill> = values.iter().map(as_fill).collect();
    Ok((scheme.filled(&fills).unwrap_or_else(|_| scheme.clone()), values))
}

fn as_fill(value: &SchemeValue) -> Fill {
    Fill {
        name: value.name.clone(),
        value: value.value.clone(),
        who: value.who.clone(),
        day: value.at.date_naive(),
        reason: value.reason.clone(),
    }
}

/// The page of a version.
fn path(scheme: &Scheme) -> String {
    format!("/policy/schemes/{}?version={}", encoded(&scheme.id), encoded(&scheme.version))
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
