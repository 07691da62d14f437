//! Pages by number from the last to the first.

use anyhow::{Result, bail};

use super::{Facts, Mark};
use crate::source::resource::PageSize;

/// The page before this one; after the probe the last of all, or none when the probe has everything.
pub(super) fn next(mark: &Mark, facts: &Facts, first: u64, size: &PageSize) -> Result<Option<Mark>> {
    Ok(match mark {
        Mark::Probe(_) => match pages(facts, size)? {
            0 | 1 => None,
            pages => Some(Mark::Number(first + pages - 1)),
        },
        Mark::Number(number) if *number > first => Some(Mark::Number(number - 1)),
        _ => None,
    })
}

fn pages(facts: &Facts, size: &PageSize) -> Result<u64> {
    if let Some(pages) = facts.pages {
        return Ok(pages);
    }
    let Some(total) = facts.total else {
        bail!("the answer does not say how many records there are; check `total` of the paginator");
    };
    // A server that gives smaller pages than asked for has more of them.
    let is_smaller = (1..size.records).contains(&facts.records) && facts.records < total;
    Ok(total.div_ceil(if is_smaller { facts.records } else { size.records }))
}
