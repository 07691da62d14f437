//! One field of one record, before it has a type.

use std::borrow::Cow;

use serde_json::{Number, Value};

/// One field of one record.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'a> {
    /// Not there, or null.
    Nothing,
    /// A text.
    Text(&'a str),
    /// A JSON number.
    Number(&'a Number),
    /// A JSON truth value.
    Bool(bool),
    /// A JSON object or list.
    Nested,
}

impl<'a> Cell<'a> {
    /// The value at a path inside a JSON record.
    pub(super) fn in_json(record: &'a Value, path: &[String]) -> Self {
        let found = path.iter().try_fold(record, |value, name| value.get(name));
        match found {
            None | Some(Value::Null) => Self::Nothing,
            Some(Value::String(text)) => Self::Text(text),
            Some(Value::Number(number)) => Self::Number(number),
            Some(Value::Bool(truth)) => Self::Bool(*truth),
            Some(Value::Array(_) | Value::Object(_)) => Self::Nested,
        }
    }

    /// The value as text; `None` for nothing and for what has no single text.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Bool(truth) => Some(Cow::Borrowed(if truth { "true" } else { "false" })),
            Self::Nothing | Self::Nested => None,
        }
    }

    /// Whether there is nothing, or an empty text.
    pub(super) fn is_empty(self) -> bool {
        matches!(self, Self::Nothing | Self::Text(""))
    }
}
