//! From a record to typed rows: where each column comes from and what it must be.

use chrono_tz::Tz;

use super::canonical::{Column, Table};
use super::path::FieldPath;
use super::quantity::Unit;
use super::template::{Slot, Template};

/// How the records of one resource become rows.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// Every field that is read, once; rules refer to it by position.
    pub fields: Vec<Field>,
    /// What becomes of fields of a file with a header that no rule reads.
    pub others: Others,
    /// The rows that each record becomes.
    pub rows: Vec<RowRule>,
}

impl Mapping {
    /// The fields of its parent that a child's rows read.
    pub fn parent_fields(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().flat_map(|row| &row.columns).flat_map(|rule| match &rule.origin {
            Origin::Parent(field) => vec![field.as_str()],
            Origin::Text(text) => text.slots().filter_map(parent_field).collect(),
            _ => Vec::new(),
        })
    }
}

fn parent_field(slot: &Slot) -> Option<&str> {
    match slot {
        Slot::Parent(field) => Some(field),
        _ => None,
    }
}

/// What becomes of fields that no rule reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Others {
    /// They may hold anything.
    #[default]
    Ignored,
    /// The header is refused: where columns are taken by their names, a wrong name would silently be no value.
    Refused,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The names as written; the first that is there counts.
    pub names: Vec<String>,
    /// The same as paths into a JSON record; empty for files with a header.
    pub paths: Vec<FieldPath>,
    /// Whether a header must have it.
    pub presence: Presence,
}

impl Field {
    /// The name for messages.
    pub fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }
}

/// Whether a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// A file without it is refused.
    Needed,
    /// Without it the column is null.
    Optional,
}

/// The position of a field in [`Mapping::fields`].
pub type FieldIndex = usize;

/// One row that a record becomes, or one for each item of a list inside it.
#[derive(Clone, Debug)]
pub struct RowRule {
    /// The table that it goes into.
    pub table: Table,
    /// The lists to go into, outermost first; none where the record itself is the row.
    pub each: Vec<FieldPath>,
    /// Records that are dropped on purpose, by name; tried before anything is converted.
    pub skips: Vec<Skip>,
    /// The columns in the table's order; a column that is not mapped is null.
    pub columns: Vec<ColumnRule>,
}

/// A named reason to drop a record on purpose.
#[derive(Clone, Debug)]
pub struct Skip {
    /// The name under which they are counted.
    pub name: String,
    /// When.
    pub when: RowCondition,
    /// Whether people are told how many.
    pub telling: Telling,
}

/// Whether people are told how many records a rule drops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Telling {
    /// In a finding.
    #[default]
    Note,
    /// Only counted: the rule is the normal case, such as managers without accounts.
    Quiet,
}

/// A test of one field of a record.
#[derive(Clone, Debug)]
pub struct RowCondition {
    /// The field.
    pub field: FieldIndex,
    /// What it must be.
    pub test: FieldTest,
}

/// What a field must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldTest {
    /// Absent, null or an empty text.
    Empty,
    /// Anything else.
    Filled,
    /// One of these values, compared as text.
    In(Vec<String>),
    /// None of these values, compared as text; nothing is none of them.
    NotIn(Vec<String>),
}

/// Where one column comes from and what it must be.
#[derive(Clone, Debug)]
pub struct ColumnRule {
    /// The column.
    pub column: Column,
    /// Where it comes from.
    pub origin: Origin,
    /// Texts that are taken out of the value.
    pub strip: Vec<String>,
    /// Signs of which only what follows the last one counts.
    pub after: Vec<String>,
    /// Texts that stand for nothing.
    pub null: Vec<String>,
    /// When the value does not count.
    pub null_when: Option<RowCondition>,
    /// What stands for a field that is not there.
    pub when_absent: Option<String>,
    /// What stands for a field that has nothing.
    pub when_null: Option<String>,
    /// Another word for each text; a text without one is set aside.
    pub map: Option<Vec<(String, String)>>,
    /// The field of the same record that has the words of its row, as a JSON object; a text without one is set aside.
    pub words: Option<FieldIndex>,
    /// The fields of the same record that say the least and the most that the number may be.
    pub between: Option<(FieldIndex, FieldIndex)>,
    /// How time is written.
    pub time: TimeFormat,
    /// What one of the number is; `None` for the unit of the column.
    pub unit: Option<Unit>,
    /// What happens to decimals that the column does not hold.
    pub rounding: Rounding,
    /// What the value must be.
    pub checks: Vec<Check>,
}

/// What happens to decimals that a column does not hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rounding {
    /// The record is set aside: nothing is lost unseen.
    #[default]
    Refuse,
    /// They are rounded half up.
    HalfUp,
    /// A part of one that has begun is left away, as for whole minutes out of seconds.
    Down,
}

/// Where a column comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// Nowhere: always null.
    Nothing,
    /// A field.
    Field(FieldIndex),
    /// The same for every record of a request.
    Text(Template),
    /// A field of the record for which the request was made.
    Parent(String),
    /// Whether a field is there and filled.
    Presence(FieldIndex),
}

/// How a day or time is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeFormat {
    /// In this format, on the clocks of this zone.
    Text(String, Tz),
    /// RFC 3339 with an offset.
    Rfc3339,
    /// Seconds since 1970 in UTC.
    EpochSeconds,
    /// Milliseconds since 1970 in UTC.
    EpochMillis,
    /// As the project's own CSV files write it, on the clocks of the source.
    Plain,
}

/// What a value must be, else its record is set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// One of these texts.
    OneOf(Vec<String>),
    /// None of these texts.
    NoneOf(Vec<String>),
    /// A text without any of these signs.
    Without(String),
    /// A text that begins with a letter.
    StartsWithLetter,
    /// A number that is at least this.
    AtLeast(i64),
    /// A day inside the window of the request.
    WithinWindow,
}
