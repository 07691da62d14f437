//! Pages by number and by offset.

use anyhow::{Result, bail};

use super::{Facts, Mark};
use crate::source::resource::PageSize;

/// The page after this one.
pub(super) fn next(mark: &Mark, facts: &Facts, seen: u64, first: u64, size: Option<&PageSize>) -> Result<Option<Mark>> {
    let more = follows(mark, facts, seen, first, size);
    if more && facts.records == 0 {
        bail!("the answer says that more follows but has no records; the source may be broken, try again later");
    }
    Ok(match mark {
        _ if !more => None,
        Mark::Number(number) => Some(Mark::Number(number + 1)),
        // By what came, not by what was asked: a server that gives smaller pages would make holes.
        Mark::Offset(offset) => Some(Mark::Offset(offset + facts.records)),
        _ => None,
    })
}

/// What the answer says decides, then what it declares, and last whether the page is full.
fn follows(mark: &Mark, facts: &Facts, seen: u64, first: u64, size: Option<&PageSize>) -> bool {
    let pages_left = |pages: u64| matches!(mark, Mark::Number(number) if number - first + 1 < pages);
    match (facts.more, facts.pages, facts.total, size) {
        (Some(more), ..) => more,
        (None, Some(pages), ..) => pages_left(pages),
        (None, None, Some(total), _) => seen < total && facts.records > 0,
        (None, None, None, Some(size)) => facts.records >= size.records,
        (None, None, None, None) => false,
    }
}

/// All pages that a declared number promises, by the size that the first one has, at most `most`: whatever a source says.
pub(super) fn ahead(mark: &Mark, facts: &Facts, first: u64, most: u64) -> Vec<Mark> {
    let by_size = |total: u64| if facts.records == 0 { 0 } else { total.div_ceil(facts.records) };
    let pages = facts.pages.or(facts.total.map(by_size)).unwrap_or(0).min(most);
    match mark {
        Mark::Number(number) => (number + 1..first + pages).map(Mark::Number).collect(),
        Mark::Offset(offset) => (1..pages).map(|page| Mark::Offset(offset + page * facts.records)).collect(),
        _ => Vec::new(),
    }
}
