//! `[[response]]` as written: what an answer means.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Placed, Scalar};
use crate::diag::Spanned;

/// `[[response]]`: what an answer means; the first whose `when` holds decides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ResponseTable {
    /// When it applies.
    pub when: Spanned<WhenTable>,
    /// What is done.
    pub action: Spanned<ActionWord>,
    /// `retry` and `rate-limited`: the wait before the next try.
    pub wait: Option<Placed>,
    /// `retry` and `rate-limited`: where the answer says how many seconds to wait.
    pub wait_path: Option<Placed>,
    /// `retry` and `rate-limited`: a header that says how many seconds to wait, or until which second since 1970.
    pub wait_header: Option<Placed>,
    /// `fail`: what the operator reads.
    pub message: Option<Placed>,
    /// `fail`: who mends it.
    pub failure_type: Option<Spanned<FailureWord>>,
}

/// `when`: all that is given must hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WhenTable {
    /// The HTTP status is one of these.
    pub status: Option<Vec<u16>>,
    /// A JSON path; without one of the next four it must find something that is not null.
    pub path: Option<Placed>,
    /// The value at `path` is one of these.
    #[serde(rename = "in")]
    pub one_of: Option<Vec<Scalar>>,
    /// The value at `path` is there and none of these.
    pub not_in: Option<Vec<Scalar>>,
    /// The text at `path` begins like this.
    pub starts_with: Option<String>,
    /// Whether there is a value at `path`.
    pub present: Option<bool>,
    /// The body contains this text.
    pub text_contains: Option<String>,
}

/// What is done with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActionWord {
    /// It is good.
    Accept,
    /// The same request is sent again after a wait, as often as `retry` allows.
    Retry,
    /// The same, but as often as it takes until the deadline.
    RateLimited,
    /// A new token is fetched and the request is sent again, once.
    RefreshToken,
    /// There is nothing here: it counts as a page without records.
    Ignore,
    /// There is more than one answer can hold: the window is halved.
    SplitWindow,
    /// The pull stops with `message`.
    Fail,
}

/// Who mends a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FailureWord {
    /// Whoever keeps this file or the keys.
    Config,
    /// Time: a later pull may succeed.
    Transient,
    /// Whoever runs the platform.
    System,
}
