use serde_json::json;
use serde_json_path::JsonPath;

use super::*;
use crate::source::resource::Told;

fn size(records: u64) -> PageSize {
    PageSize { param: Some("size".into()), records }
}

fn facts(records: u64, more: Option<bool>, total: Option<u64>) -> Facts {
    Facts { records, more, total, ..Facts::default() }
}

fn by_page(size: Option<PageSize>) -> Paginator {
    Paginator::by(Paging::Page { param: "page_no".into(), first: 1, size }, 9)
}

fn by_offset() -> Paginator {
    Paginator::by(Paging::Offset { param: "offset".into(), first: 0, size: Some(size(50)) }, 9)
}

fn by_cursor() -> Paginator {
    let next = Told::Body(JsonPath::parse("$.next").expect("a path"));
    Paginator::by(Paging::Cursor { param: "after".into(), next, size: None }, 9)
}

fn backward() -> Paginator {
    Paginator::by(Paging::LastToFirst { param: "p".into(), first: 1, size: size(10) }, 9)
}

/// The decision, when there is one.
fn after(paginator: &Paginator, mark: &Mark, facts: &Facts, seen: u64) -> Option<Mark> {
    next(paginator, mark, facts, seen).expect("a decision")
}

#[test]
fn pages_go_on_while_more_is_said_or_declared_or_the_page_is_full() {
    let paginator = by_page(Some(size(2)));
    let mark = first(&paginator.paging);
    assert_eq!(turn(&paginator, &mark).params, [("page_no".into(), json!(1)), ("size".into(), json!(2))]);
    let next = |facts: &Facts, seen| after(&paginator, &mark, facts, seen);
    assert_eq!(next(&facts(1, Some(true), None), 1), Some(Mark::Number(2)));
    assert_eq!(next(&facts(2, Some(false), Some(9)), 2), None);
    assert_eq!(next(&facts(2, None, Some(3)), 2), Some(Mark::Number(2)));
    assert_eq!(next(&facts(1, None, Some(3)), 3), None);
    assert_eq!(next(&facts(2, None, None), 2), Some(Mark::Number(2)));
    assert_eq!(next(&facts(1, None, None), 1), None);
    let pages = |pages| Facts { records: 1, pages: Some(pages), ..Facts::default() };
    assert_eq!((next(&pages(2), 1), next(&pages(1), 1)), (Some(Mark::Number(2)), None));
}

#[test]
fn offsets_grow_by_what_came() {
    let next = |records| after(&by_offset(), &Mark::Offset(50), &facts(records, Some(true), None), 50 + records);
    assert_eq!((next(50), next(20)), (Some(Mark::Offset(100)), Some(Mark::Offset(70))));
}

#[test]
fn an_empty_page_that_promises_more_is_an_error() {
    let next = |facts: &Facts| next(&by_offset(), &Mark::Offset(0), facts, 0);
    assert!(next(&facts(0, Some(true), None)).is_err());
    assert!(matches!(next(&facts(0, None, Some(5))), Ok(None)));
}

#[test]
fn what_is_declared_is_asked_for_ahead() {
    let paginator = by_page(None);
    let ahead = |facts: &Facts| ahead(&paginator, &Mark::Number(1), facts);
    assert_eq!(ahead(&facts(2, None, Some(5))), [Mark::Number(2), Mark::Number(3)]);
    assert_eq!(ahead(&Facts { pages: Some(2), ..facts(2, None, None) }), [Mark::Number(2)]);
    assert_eq!(ahead(&facts(2, None, Some(u64::MAX))).len() as u64, paginator.max_pages - 1, "whatever a source says");
    assert_eq!((ahead(&facts(2, None, None)), ahead(&facts(0, None, Some(5)))), (vec![], vec![]));
    let offsets = super::ahead(&by_offset(), &Mark::Offset(0), &facts(20, None, Some(50)));
    assert_eq!(offsets, [Mark::Offset(20), Mark::Offset(40)], "by the size that the first page has");
    assert_eq!(super::ahead(&backward(), &Mark::Probe(1), &facts(10, None, Some(50))), [], "never backward");
}

#[test]
fn cursors_end_when_none_is_given() {
    let paginator = by_cursor();
    let at = |cursor: Option<&str>, records| Facts { records, next: cursor.map(str::to_owned), ..Facts::default() };
    let mark = |cursor: &str| Mark::Cursor(Some(cursor.to_owned()));
    assert_eq!(after(&paginator, &Mark::Cursor(None), &at(Some("b"), 1), 1), Some(mark("b")));
    assert_eq!(after(&paginator, &mark("b"), &at(None, 1), 2), None);
    assert_eq!(after(&paginator, &mark("b"), &at(Some("b"), 0), 2), None, "empty and pointing to itself");
    let said = |more, cursor| Facts { more: Some(more), ..at(cursor, 1) };
    assert_eq!(after(&paginator, &mark("b"), &said(false, Some("c")), 2), None, "the end is said");
    assert!(next(&paginator, &mark("b"), &said(true, None), 2).is_err(), "more, but not where");
}

#[test]
fn what_only_the_first_page_has_is_left_out_later() {
    let paginator = Paginator { first_only: vec!["start".into()], ..by_cursor() };
    assert_eq!(turn(&paginator, &Mark::Cursor(None)).without, Vec::<String>::new());
    let later = turn(&paginator, &Mark::Cursor(Some("b".into())));
    assert_eq!((later.without, later.params), (vec!["start".to_owned()], vec![("after".to_owned(), json!("b"))]));
}

#[test]
fn backward_the_first_page_tells_how_many_and_comes_last() {
    let paginator = backward();
    let mut mark = first(&paginator.paging);
    let mut seen = Vec::new();
    while let Some(next) = after(&paginator, &mark, &facts(10, None, Some(25)), 0) {
        seen.push(next.clone());
        mark = next;
    }
    assert_eq!(seen, [Mark::Number(3), Mark::Number(2), Mark::Number(1)]);
    let probe = |facts: &Facts| after(&paginator, &Mark::Probe(1), facts, 0);
    assert_eq!(probe(&facts(10, None, Some(10))), None, "one page has everything");
    assert_eq!(probe(&facts(5, None, Some(25))), Some(Mark::Number(5)), "smaller pages than asked for");
    assert!(next(&paginator, &Mark::Probe(1), &facts(10, None, None), 0).is_err());
}
