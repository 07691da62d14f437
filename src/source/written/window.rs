//! `window` as written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Placed;
use crate::diag::Spanned;

/// `window`: how the time that is asked for is cut.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WindowTable {
    /// The longest time that one request may ask for, such as `7d`, `12h` or `30m`.
    pub max_span: Option<Placed>,
    /// Windows that follow the calendar.
    #[serde(default)]
    pub step: Option<StepWord>,
    /// How far back the interface answers, such as `90d`.
    pub max_age: Option<Placed>,
    /// Whether only days that are over may be asked for.
    #[serde(default)]
    pub not_today: bool,
    /// How old a day must be before it may be asked for, such as `2d`; `1d` is the same as `not-today`.
    pub min_age: Option<Placed>,
    /// Days that are asked for around the period.
    pub widen: Option<WidenTable>,
    /// How long after its end a day may still change, such as `8d`; such a day is pulled again.
    pub lookback: Option<Placed>,
    /// The smallest step of the interface's clock, such as `1s` or `1d`: `{window.last}` is the end less this.
    pub granularity: Option<Placed>,
    /// From how many records on an answer is cut without a word; the window is then halved, else the batch.
    pub too_large: Option<Spanned<u64>>,
    /// What places a record in a window: the time of the `fact` (the default) or of its last `change`.
    #[serde(default)]
    pub by: ByWord,
}

/// `by`: what places a record in a window, and so what pulling a day again means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ByWord {
    /// The time of the fact: a day that is pulled again replaces its rows.
    #[default]
    Fact,
    /// The time of the last change: of the versions of a record the newest stands, by the key of its table.
    Change,
}

/// `step`: windows that follow the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepWord {
    /// Hour by hour.
    Hour,
    /// Day by day.
    Day,
    /// Month by month.
    Month,
}

/// `widen`: days that are asked for around the period.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WidenTable {
    /// Before it, such as `1d`.
    pub before: Option<Placed>,
    /// After it, such as `1d`.
    pub after: Option<Placed>,
}
