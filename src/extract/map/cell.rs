//! One field of one record, before it has a type.

use std::borrow::Cow;

use chrono::NaiveDateTime;
use serde_json::{Number, Value};

use crate::source::mapping::Field;
use crate::source::path::{FieldPath, Step};

/// One field of one record.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'a> {
    /// Not there.
    Absent,
    /// There, and null.
    Nothing,
    /// A text.
    Text(&'a str),
    /// A JSON number.
    Number(&'a Number),
    /// A truth value.
    Bool(bool),
    /// A number of a spreadsheet, which holds it only nearly; whether its format is that of a percentage.
    Figure(&'a str, bool),
    /// A day or time of a spreadsheet, and as text.
    Moment(NaiveDateTime, &'a str),
    /// A JSON object or list.
    Nested,
}

impl<'a> Cell<'a> {
    /// A field of the innermost of records that lie in each other, by the first of its names that is there.
    pub(super) fn in_json(around: &[&'a Value], field: &Field) -> Self {
        match field.paths.iter().find_map(|path| find(around, path)) {
            None => Self::Absent,
            Some(Value::Null) => Self::Nothing,
            Some(Value::String(text)) => Self::Text(text),
            Some(Value::Number(number)) => Self::Number(number),
            Some(Value::Bool(truth)) => Self::Bool(*truth),
            Some(Value::Array(_) | Value::Object(_)) => Self::Nested,
        }
    }

    /// The value as text; `None` for nothing and for what has no single text.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) | Self::Figure(text, _) | Self::Moment(_, text) => Some(Cow::Borrowed(text)),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Bool(truth) => Some(Cow::Borrowed(if truth { "true" } else { "false" })),
            Self::Absent | Self::Nothing | Self::Nested => None,
        }
    }

    /// Whether there is nothing, or an empty text.
    pub(super) fn is_empty(self) -> bool {
        matches!(self, Self::Absent | Self::Nothing | Self::Text(""))
    }
}

/// The value at a path that begins in the innermost record, or in one around it.
pub(super) fn find<'v>(around: &[&'v Value], path: &FieldPath) -> Option<&'v Value> {
    let start = around.len().checked_sub(1 + path.outwards)?;
    path.steps.iter().try_fold(*around.get(start)?, |value, one| step(value, one))
}

fn step<'v>(value: &'v Value, step: &Step) -> Option<&'v Value> {
    match step {
        Step::Name(name) => value.get(name),
        Step::Place(place) => {
            let list = value.as_array()?;
            let from_start = usize::try_from(*place).ok();
            from_start
                .or_else(|| list.len().checked_sub(usize::try_from(place.unsigned_abs()).ok()?))
                .and_then(|at| list.get(at))
        }
        Step::Which(way, wanted) => items(value).iter().find(|item| has(item, way, wanted)),
    }
}

/// The items of a list; one object instead of a list is its only item.
pub(super) fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

fn has(item: &Value, way: &[String], wanted: &str) -> bool {
    match way.iter().try_fold(item, |value, name| value.get(name)) {
        Some(Value::String(text)) => text == wanted,
        Some(Value::Number(number)) => number.to_string() == wanted,
        Some(Value::Bool(truth)) => truth.to_string() == wanted,
        _ => false,
    }
}
