//! `[[resource.into]]` as written: the rows that a record becomes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Names, Placed, Scalar};
use crate::diag::Spanned;

/// `[[resource.into]]`: which rows a record becomes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct IntoTable {
    /// The canonical table.
    pub table: Placed,
    /// `true` takes every column that is not given from the field of its own name.
    #[serde(default)]
    pub by_name: bool,
    /// The list inside a record of which each item becomes a row; several for lists inside lists, outermost first.
    pub each: Option<Spanned<Names>>,
    /// Records that are dropped on purpose.
    #[serde(default)]
    pub skip: Vec<SkipTable>,
    /// Where each column comes from.
    #[serde(default)]
    pub columns: BTreeMap<Placed, Spanned<ColumnTable>>,
}

/// `skip`: records that are dropped on purpose, under a name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SkipTable {
    /// The name under which they are counted.
    pub name: Placed,
    /// Which records.
    pub when: Spanned<RowWhenTable>,
    /// `false` for a rule that is the normal case and not worth a finding.
    pub note: Option<bool>,
}

/// A test of one field of a record.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RowWhenTable {
    /// The field, or several names of it.
    pub from: Names,
    /// It has one of these texts.
    #[serde(rename = "in")]
    pub one_of: Option<Vec<Scalar>>,
    /// It has none of these texts.
    pub not_in: Option<Vec<Scalar>>,
    /// `true`: it is absent, null or an empty text; `false`: it is anything else.
    pub empty: Option<bool>,
}

/// `columns.NAME`: where a column comes from and what it must be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ColumnTable {
    /// The field, or several names of it of which the first that is there counts.
    pub from: Option<Names>,
    /// The same value for every record of a request; may have holes such as `{window.start:%Y-%m-%d}`.
    pub value: Option<Scalar>,
    /// Whether this field is there and filled.
    pub present: Option<String>,
    /// `true`: a file without this field has no value here, instead of being refused.
    pub optional: Option<bool>,
    /// How a day or time is written, such as `%Y-%m-%d %H:%M:%S`, or `rfc3339`.
    pub format: Option<String>,
    /// A time that is counted from 1970 in UTC.
    pub epoch: Option<EpochWord>,
    /// The zone on whose clocks a time is written.
    pub zone: Option<String>,
    /// What one of the number is; it becomes the unit of the column.
    pub unit: Option<UnitWord>,
    /// `true`: a number with more decimals than the column holds is rounded half up.
    pub round: Option<bool>,
    /// Texts that are taken out of the value wherever they stand, such as `["秒", ","]`.
    pub strip: Option<Vec<String>>,
    /// Only what follows the last of these signs counts, such as `[":"]` for `shop:name`.
    pub after: Option<Vec<String>>,
    /// Another word for each text; a text without one is set aside.
    pub map: Option<BTreeMap<String, Scalar>>,
    /// The field of the same record that has the words of this row, as JSON: `{"Good": "good"}`; a text that is none of
    /// them is set aside.
    pub map_from: Option<String>,
    /// Texts that stand for nothing.
    pub null: Option<Vec<Scalar>>,
    /// When the value does not count.
    pub null_when: Option<Spanned<RowWhenTable>>,
    /// What stands for a field that is not there.
    pub when_absent: Option<Spanned<Scalar>>,
    /// What stands for a field that is there and has nothing: null, or a text of `null`.
    pub when_null: Option<Spanned<Scalar>>,
    /// The value is one of these texts.
    pub one_of: Option<Vec<Scalar>>,
    /// The value is none of these texts.
    pub none_of: Option<Vec<Scalar>>,
    /// The value has none of these signs.
    pub without: Option<String>,
    /// What the first sign must be.
    pub starts_with: Option<StartWord>,
    /// The least that a number may be.
    pub at_least: Option<i64>,
    /// The fields of the same record that say the least and the most that a number may be.
    pub between_fields: Option<Spanned<Vec<String>>>,
    /// Where a day must lie.
    pub within: Option<WithinWord>,
}

/// `epoch`: instants that are counted from 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EpochWord {
    /// Seconds.
    S,
    /// Milliseconds.
    Ms,
}

/// `unit`: what one of a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnitWord {
    /// A yuan.
    Yuan,
    /// A hundredth of a yuan.
    Fen,
    /// A hundredth of whatever the column counts.
    Hundredths,
    /// A share where 1 is the whole; `62.5%` is understood too.
    Ratio,
    /// A share where 100 is the whole, with or without the sign.
    Percent,
    /// A share; whether 1 or 100 is the whole is decided by all values of the file together.
    Rate,
    /// A thousandth of a second.
    Milliseconds,
    /// A second.
    Seconds,
    /// A minute.
    Minutes,
    /// An hour.
    Hours,
}

/// `starts-with`: what the first sign of a text must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StartWord {
    /// A letter of any script.
    Letter,
}

/// `within`: where a day must lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WithinWord {
    /// Inside the window of the request.
    Window,
}
