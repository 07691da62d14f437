//! Which page comes next: one file for each family of paginators.

mod backward;
mod facts;
mod link;
mod marked;
mod numbered;
#[cfg(test)]
mod tests;

use anyhow::Result;
use serde_json::Value;

use crate::source::resource::{PageSize, Paginator, Paging, Place};

pub use facts::Facts;
pub use link::{Link, follow};

/// Where a walk is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// The only page.
    Only,
    /// A page number.
    Number(u64),
    /// The first page, asked for to learn how many there are.
    Probe(u64),
    /// The number of records before.
    Offset(u64),
    /// What the answer before gave; `None` for the first page.
    Cursor(Option<String>),
    /// The address that the answer before gave; `None` for the first page.
    Link(Option<String>),
}

/// How the request of a page differs from that of the resource.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// Parameters that are added.
    pub params: Vec<(String, Value)>,
    /// Where they go.
    pub place: Place,
    /// Parameters that are left out.
    pub without: Vec<String>,
    /// The address that is asked instead.
    pub link: Option<Link>,
}

/// The first page.
pub fn first(paging: &Paging) -> Mark {
    match paging {
        Paging::Single => Mark::Only,
        Paging::Page { first, .. } => Mark::Number(*first),
        Paging::LastToFirst { first, .. } => Mark::Probe(*first),
        Paging::Offset { first, .. } => Mark::Offset(*first),
        Paging::Cursor { .. } => Mark::Cursor(None),
        Paging::NextLink { .. } => Mark::Link(None),
    }
}

/// What asks for a page; a link is resolved by the caller, who knows the address.
pub fn turn(paginator: &Paginator, mark: &Mark) -> Turn {
    let mut params = Vec::new();
    let number = match (&paginator.paging, mark) {
        (Paging::Page { param, .. } | Paging::LastToFirst { param, .. }, Mark::Number(at) | Mark::Probe(at)) => {
            Some((param, (*at).into()))
        }
        (Paging::Offset { param, .. }, Mark::Offset(offset)) => Some((param, (*offset).into())),
        (Paging::Cursor { param, .. }, Mark::Cursor(Some(cursor))) => Some((param, cursor.clone().into())),
        _ => None,
    };
    params.extend(number.map(|(param, value): (&String, Value)| (param.clone(), value)));
    if let Some(PageSize { param: Some(param), records }) = paginator.paging.size() {
        params.push((param.clone(), (*records).into()));
    }
    let is_first = *mark == first(&paginator.paging);
    let without = if is_first { Vec::new() } else { paginator.first_only.clone() };
    Turn { params, place: paginator.place, without, link: None }
}

/// The page after this one; `seen` counts the records so far, this page included.
///
/// # Errors
/// When the answer says that more follows but has nothing to go on with.
pub fn next(paginator: &Paginator, mark: &Mark, facts: &Facts, seen: u64) -> Result<Option<Mark>> {
    match &paginator.paging {
        Paging::Single => Ok(None),
        Paging::Page { first, size, .. } => numbered::next(mark, facts, seen, *first, size.as_ref()),
        Paging::Offset { first, size, .. } => numbered::next(mark, facts, seen, *first, size.as_ref()),
        Paging::LastToFirst { first, size, .. } => backward::next(mark, facts, *first, size),
        Paging::Cursor { .. } | Paging::NextLink { .. } => marked::next(mark, facts),
    }
}

/// The pages that will very likely follow, once it is declared how many there are; they may be asked for ahead.
pub fn ahead(paginator: &Paginator, mark: &Mark, facts: &Facts) -> Vec<Mark> {
    match &paginator.paging {
        Paging::Page { first, .. } | Paging::Offset { first, .. } => {
            numbered::ahead(mark, facts, *first, paginator.max_pages)
        }
        // Backward, a page must be read after the one behind it, or a row that moves between them is lost.
        Paging::Single | Paging::LastToFirst { .. } | Paging::Cursor { .. } | Paging::NextLink { .. } => Vec::new(),
    }
}
