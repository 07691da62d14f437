//! Pages by what the answer before gave: a cursor or an address.

use anyhow::{Result, bail};

use super::{Facts, Mark};

/// The page after this one.
pub(super) fn next(mark: &Mark, facts: &Facts) -> Result<Option<Mark>> {
    let next = match (facts.more, &facts.next) {
        (Some(false), _) | (None, None) => return Ok(None),
        (Some(true), None) => {
            bail!("the answer says that more follows but does not say where; check `next` of the paginator")
        }
        (_, Some(next)) => match mark {
            Mark::Link(_) => Mark::Link(Some(next.clone())),
            _ => Mark::Cursor(Some(next.clone())),
        },
    };
    // Where nothing else tells the end, an empty page that points to itself does.
    if next == *mark && facts.records == 0 && facts.more.is_none() {
        return Ok(None);
    }
    Ok(Some(next))
}
