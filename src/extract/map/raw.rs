//! What a record gives for a column, before its kind is known: absent, nothing, or a text in the words of the column.

use std::borrow::Cow;

use chrono::NaiveDateTime;

use super::aside::Fault;
use super::cell::Cell;
use crate::source::Kind;
use crate::source::mapping::ColumnRule;

/// How many digits a number of a spreadsheet has; an order's id of nineteen, typed in as one, is another id.
const MOST_DIGITS: usize = 15;

/// What a record gives for a column.
pub(super) enum Given<'c> {
    /// The field is not there.
    Absent,
    /// It is there and has nothing, or what stands for nothing.
    Nothing,
    /// It has this.
    Raw(Raw<'c>),
}

/// A value as text, and how it was shown.
pub(super) struct Raw<'c> {
    /// The text.
    pub(super) text: Cow<'c, str>,
    /// How it was shown.
    pub(super) shown: Shown,
}

/// How a value was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// As written.
    Written,
    /// A number of a spreadsheet.
    Figure,
    /// A number of a spreadsheet with the format of a percentage; the number itself is the share.
    Percentage,
    /// A day or time of a spreadsheet.
    Moment(NaiveDateTime),
}

impl<'c> Given<'c> {
    /// Reads a cell as a rule says.
    ///
    /// # Errors
    /// When it is a list or an object, or the rule has no word for it.
    pub(super) fn read(cell: Cell<'c>, rule: &'c ColumnRule) -> Result<Self, Fault> {
        let shown = match cell {
            Cell::Absent => return Ok(Self::Absent),
            Cell::Nested => return Err(Fault::not(rule.column.name, rule.column.kind)),
            Cell::Figure(text, _) if rule.column.kind == Kind::Text && text.len() > MOST_DIGITS => {
                return Err(Fault::LostDigits(rule.column.name));
            }
            Cell::Figure(_, true) => Shown::Percentage,
            Cell::Figure(_, false) => Shown::Figure,
            Cell::Moment(time, _) => Shown::Moment(time),
            _ => Shown::Written,
        };
        let is_null = |text: &str| rule.null.iter().any(|null| null == text);
        let Some(text) = cell.text().filter(|text| !is_null(text)) else { return Ok(Self::Nothing) };
        let text = bare(text, rule);
        if is_null(&text) {
            return Ok(Self::Nothing);
        }
        Ok(Self::Raw(Raw { text: mapped(text, rule)?, shown }))
    }
}

/// The text without what is stripped, and after the last sign that is cut at.
fn bare<'c>(text: Cow<'c, str>, rule: &ColumnRule) -> Cow<'c, str> {
    if rule.strip.is_empty() && rule.after.is_empty() {
        return text;
    }
    let stripped = rule.strip.iter().fold(text.into_owned(), |text, part| text.replace(part.as_str(), ""));
    let start = rule.after.iter().filter_map(|sign| Some(stripped.rfind(sign.as_str())? + sign.len())).max();
    Cow::Owned(stripped[start.unwrap_or(0)..].trim().to_owned())
}

fn mapped<'c>(text: Cow<'c, str>, rule: &'c ColumnRule) -> Result<Cow<'c, str>, Fault> {
    let Some(map) = &rule.map else { return Ok(text) };
    let found = map.iter().find(|(from, _)| *from == text);
    found.map(|(_, to)| Cow::Borrowed(to.as_str())).ok_or(Fault::NotAllowed(rule.column.name))
}
