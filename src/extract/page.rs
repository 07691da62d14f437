//! Which page comes next.

use anyhow::{Result, bail};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::source::filter::scalar_text;
use crate::source::resource::{PageSize, Paginator, Paging};

/// Where a walk is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The only page.
    Only,
    /// A page number.
    Number(u64),
    /// The number of records before.
    Offset(u64),
    /// What the answer before gave; `None` for the first page.
    Cursor(Option<String>),
}

/// What an answer says about paging.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// How many records it has.
    pub records: u64,
    /// Whether it says that more follows.
    pub has_more: Option<bool>,
    /// How many records it declares in all.
    pub total: Option<u64>,
    /// The mark of the next page.
    pub cursor: Option<String>,
}

/// The first page.
pub fn first(paging: &Paging) -> Mark {
    match paging {
        Paging::Single => Mark::Only,
        Paging::Page { first, .. } => Mark::Number(*first),
        Paging::Offset { .. } => Mark::Offset(0),
        Paging::Cursor { .. } => Mark::Cursor(None),
    }
}

/// The parameters that ask for a page.
pub fn params(paging: &Paging, mark: &Mark) -> Vec<(String, Value)> {
    let mut params = Vec::new();
    match (paging, mark) {
        (Paging::Page { param, size, .. }, Mark::Number(number)) => {
            params.push((param.clone(), (*number).into()));
            push_size(&mut params, Some(size));
        }
        (Paging::Offset { param, size }, Mark::Offset(offset)) => {
            params.push((param.clone(), (*offset).into()));
            push_size(&mut params, Some(size));
        }
        (Paging::Cursor { param, size, .. }, Mark::Cursor(cursor)) => {
            params.extend(cursor.iter().map(|cursor| (param.clone(), cursor.clone().into())));
            push_size(&mut params, size.as_ref());
        }
        _ => {}
    }
    params
}

fn push_size(params: &mut Vec<(String, Value)>, size: Option<&PageSize>) {
    if let Some(PageSize { param: Some(param), records }) = size {
        params.push((param.clone(), (*records).into()));
    }
}

/// What an answer says about paging.
pub fn facts(paginator: &Paginator, json: Option<&Value>, records: u64) -> Facts {
    let Some(json) = json else { return Facts { records, ..Facts::default() } };
    let text = |path: &JsonPath| path.query(json).first().filter(|value| !value.is_null()).map(scalar_text);
    let cursor = match &paginator.paging {
        Paging::Cursor { next, .. } => text(next).filter(|cursor| !cursor.is_empty()),
        _ => None,
    };
    Facts {
        records,
        // Absent counts as "no more": interfaces leave it out on the last page.
        has_more: paginator.has_more.as_ref().map(|path| text(path).is_some_and(|text| text == "true" || text == "1")),
        total: paginator.total.as_ref().and_then(text).and_then(|text| text.parse().ok()),
        cursor,
    }
}

/// The page after this one; `seen` counts the records so far, this page included.
///
/// # Errors
/// When the answer says that more follows but has nothing to go on with.
pub fn next(paging: &Paging, mark: &Mark, facts: &Facts, seen: u64) -> Result<Option<Mark>> {
    let size = match paging {
        Paging::Single => return Ok(None),
        Paging::Cursor { .. } => return next_cursor(mark, facts),
        Paging::Page { size, .. } | Paging::Offset { size, .. } => size.records,
    };
    let more = match (facts.has_more, facts.total) {
        (Some(more), _) => more,
        (None, Some(total)) => seen < total && facts.records > 0,
        (None, None) => facts.records >= size,
    };
    if more && facts.records == 0 {
        bail!("the answer says that more follows but has no records; the source may be broken, try again later");
    }
    Ok(match mark {
        _ if !more => None,
        Mark::Number(number) => Some(Mark::Number(number + 1)),
        // By what came, not by what was asked: a server that gives smaller pages would make holes.
        Mark::Offset(offset) => Some(Mark::Offset(offset + facts.records)),
        Mark::Only | Mark::Cursor(_) => None,
    })
}

fn next_cursor(mark: &Mark, facts: &Facts) -> Result<Option<Mark>> {
    if facts.has_more == Some(false) || facts.cursor.is_none() {
        return Ok(None);
    }
    let next = Mark::Cursor(facts.cursor.clone());
    if next == *mark {
        bail!("the answer gives the same cursor again; the source may be broken, try again later");
    }
    Ok(Some(next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn size(records: u64) -> PageSize {
        PageSize { param: Some("size".into()), records }
    }

    fn facts(records: u64, has_more: Option<bool>, total: Option<u64>) -> Facts {
        Facts { records, has_more, total, cursor: None }
    }

    #[test]
    fn pages_go_on_while_more_is_said_or_declared_or_the_page_is_full() {
        let paging = Paging::Page { param: "page_no".into(), first: 1, size: size(2) };
        let mark = first(&paging);
        assert_eq!(params(&paging, &mark), [("page_no".into(), json!(1)), ("size".into(), json!(2))]);
        let next = |facts: &Facts, seen| next(&paging, &mark, facts, seen).expect("a decision");
        assert_eq!(next(&facts(1, Some(true), None), 1), Some(Mark::Number(2)));
        assert_eq!(next(&facts(2, Some(false), Some(9)), 2), None);
        assert_eq!(next(&facts(2, None, Some(3)), 2), Some(Mark::Number(2)));
        assert_eq!(next(&facts(1, None, Some(3)), 3), None);
        assert_eq!(next(&facts(2, None, None), 2), Some(Mark::Number(2)));
        assert_eq!(next(&facts(1, None, None), 1), None);
    }

    #[test]
    fn offsets_grow_by_what_came() {
        let paging = Paging::Offset { param: "offset".into(), size: size(50) };
        let next = |records| next(&paging, &Mark::Offset(50), &facts(records, Some(true), None), 50 + records).ok();
        assert_eq!((next(50), next(20)), (Some(Some(Mark::Offset(100))), Some(Some(Mark::Offset(70)))));
    }

    #[test]
    fn an_empty_page_that_promises_more_is_an_error() {
        let paging = Paging::Offset { param: "offset".into(), size: size(50) };
        assert!(next(&paging, &Mark::Offset(0), &facts(0, Some(true), None), 0).is_err());
        assert!(matches!(next(&paging, &Mark::Offset(0), &facts(0, None, Some(5)), 0), Ok(None)));
    }

    #[test]
    fn cursors_end_when_none_is_given_and_never_stand_still() {
        let paging =
            Paging::Cursor { param: "after".into(), next: JsonPath::parse("$.next").expect("a path"), size: None };
        let at = |cursor: Option<&str>| Facts { records: 1, cursor: cursor.map(str::to_owned), ..Facts::default() };
        assert_eq!(
            next(&paging, &Mark::Cursor(None), &at(Some("b")), 1).ok(),
            Some(Some(Mark::Cursor(Some("b".into()))))
        );
        assert_eq!(next(&paging, &Mark::Cursor(Some("b".into())), &at(None), 2).ok(), Some(None));
        assert!(next(&paging, &Mark::Cursor(Some("b".into())), &at(Some("b")), 2).is_err());
    }
}
