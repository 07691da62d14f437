//! Which of the data a template stumbled over: the values that its expressions had when it failed.

use serde_json::Value;
use typst::diag::{Severity, SourceDiagnostic};
use typst::engine::Sink;
use typst::foundations::Bytes;
use typst::syntax::{LinkedNode, Side, SyntaxKind};
use typst_layout::PagedDocument;

use super::renderer::span_in;
use super::world::Desk;

/// Expressions that are looked at before giving up.
const MOST_LOOKS: usize = 12;

/// A place in the data: keys and indices from the root.
type Path = Vec<Step>;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// What is at the place of an error, such as ``the data at `body.lines[3].value` is null``; never the value itself, for
/// it may be about a person.
pub(super) fn culprit(desk: &Desk<'_>, data: &Value, error: &SourceDiagnostic) -> Option<String> {
    if error.severity != Severity::Error {
        return None;
    }
    let mut looks = MOST_LOOKS;
    let calls = error.trace.iter().filter_map(|call| desk.shelf.template(call.span.id()?)?.0.find(call.span));
    let path = expression_at(desk, error)
        .into_iter()
        .chain(calls)
        .find_map(|node| path_in(desk, data, error, &node, &mut looks))?;
    Some(format!("the data at `{}` {}", written(&path), told(at(data, &path), &path, data)))
}

/// The whole expression in which an error lies: all fields and calls around its place.
fn expression_at<'a>(desk: &'a Desk<'_>, error: &SourceDiagnostic) -> Option<LinkedNode<'a>> {
    let (source, _) = desk.shelf.template(error.span.id()?)?;
    let range = span_in(source, error)?;
    let mut node = LinkedNode::new(source.root()).leaf_at(range.start, Side::After)?;
    while node.range().end < range.end {
        node = node.parent()?.clone();
    }
    while let Some(parent) = node.parent().filter(|parent| is_chain(parent.kind())) {
        node = parent.clone();
    }
    Some(node)
}

fn is_chain(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::FieldAccess | SyntaxKind::FuncCall | SyntaxKind::Binary | SyntaxKind::Unary)
}

/// The place of the first value inside `node` that stands in the data, with the fields that the template asks of it.
fn path_in(
    desk: &Desk<'_>,
    data: &Value,
    error: &SourceDiagnostic,
    node: &LinkedNode<'_>,
    looks: &mut usize,
) -> Option<Path> {
    let is_value = matches!(node.kind(), SyntaxKind::FieldAccess | SyntaxKind::Ident);
    if is_value && *looks > 0 {
        *looks -= 1;
        let seen = typst::trace::<PagedDocument>(desk, node.span());
        if let Some(path) = seen.last().and_then(|(value, _)| place_of(data, &serde_json::to_value(value).ok()?)) {
            let all_seen = seen.len() < Sink::MAX_VALUES;
            let path = if all_seen { path } else { first_that_fails(desk, data, error, path) };
            return Some(follow(data, path, node));
        }
    }
    node.children().find_map(|child| path_in(desk, data, error, &child, looks))
}

/// Where a value stands in the data: an object or list at its first place, anything else only where it is the only one.
fn place_of(data: &Value, wanted: &Value) -> Option<Path> {
    let mut places = Vec::new();
    collect(data, wanted, &mut Vec::new(), &mut places);
    let is_rich = match wanted {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if is_rich || places.len() == 1 { places.into_iter().next() } else { None }
}

fn collect(data: &Value, wanted: &Value, here: &mut Path, places: &mut Vec<Path>) {
    if data == wanted {
        places.push(here.clone());
    }
    let mut inside = |step: Step, value: &Value| {
        here.push(step);
        collect(value, wanted, here, places);
        here.pop();
    };
    match data {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| inside(Step::Key(key.clone()), value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| inside(Step::Index(index), value)),
        _ => {}
    }
}

/// The fields that the template asks of the value of `node`, as far as the data goes, and the first that is not there.
fn follow(data: &Value, mut path: Path, node: &LinkedNode<'_>) -> Path {
    let mut node = node.clone();
    while let Some(parent) = node.parent().filter(|parent| parent.kind() == SyntaxKind::FieldAccess).cloned() {
        let field = parent.children().last().map(|field| field.leaf_text().to_string());
        let is_call = parent.parent_kind() == Some(SyntaxKind::FuncCall);
        let (Some(field), Some(Value::Object(fields))) = (field, at(data, &path)) else { break };
        if is_call && !fields.contains_key(&field) {
            break;
        }
        path.push(Step::Key(field));
        node = parent;
    }
    path
}

/// Only so many values are seen; when there may have been more, the list is shortened until the error goes away.
fn first_that_fails(desk: &Desk<'_>, data: &Value, error: &SourceDiagnostic, path: Path) -> Path {
    let Some(place) = path.iter().rposition(|step| matches!(step, Step::Index(_))) else { return path };
    let length = at(data, &path[..place]).and_then(Value::as_array).map_or(0, Vec::len);
    let fails = |kept: usize| {
        let mut less = data.clone();
        if let Some(Value::Array(items)) = at_mut(&mut less, &path[..place]) {
            items.truncate(kept);
        }
        let desk = Desk { shelf: desk.shelf, main: desk.main, data: Bytes::from_string(less.to_string()) };
        let output = typst::compile::<PagedDocument>(&desk).output;
        output.is_err_and(|found| found.iter().any(|one| one.message == error.message && one.span == error.span))
    };
    let (mut passes, mut breaks) = (0, length);
    while passes + 1 < breaks {
        let middle = (passes + breaks) / 2;
        *(if fails(middle) { &mut breaks } else { &mut passes }) = middle;
    }
    let mut path = path;
    path[place] = Step::Index(breaks.saturating_sub(1));
    path
}

fn at<'a>(data: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(data, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(index),
    })
}

fn at_mut<'a>(data: &'a mut Value, path: &[Step]) -> Option<&'a mut Value> {
    path.iter().try_fold(data, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(index),
    })
}

fn written(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Index(index) => text.push_str(&format!("[{index}]")),
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.push_str(&format!(".{key}")),
        }
    }
    text
}

/// What kind of thing is there; for something that is not, what is there instead.
fn told(value: Option<&Value>, path: &[Step], data: &Value) -> String {
    match value {
        Some(Value::Null) => "is null".to_owned(),
        Some(Value::Bool(flag)) => format!("is {flag}"),
        Some(Value::Number(_)) => "is a number".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "is an empty text".to_owned(),
        Some(Value::String(_)) => "is a text".to_owned(),
        Some(Value::Array(items)) => format!("is a list of {}", items.len()),
        Some(Value::Object(fields)) => format!("has {}", names(fields)),
        None => match path.split_last().and_then(|(_, above)| at(data, above)) {
            Some(Value::Object(fields)) => format!("is not there; beside it are {}", names(fields)),
            _ => "is not there".to_owned(),
        },
    }
}

fn names(fields: &serde_json::Map<String, Value>) -> String {
    fields.keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}
