//! What an answer means: rules by status, JSON path or text; the first that matches decides.

use std::time::Duration;

use serde_json::Value;
use serde_json_path::JsonPath;

/// One rule about answers.
#[derive(Clone, Debug)]
pub struct Filter {
    /// When it applies.
    pub when: Condition,
    /// What is done.
    pub action: Action,
}

/// All that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    /// The status is one of these; empty for any.
    pub status: Vec<u16>,
    /// A JSON path and what it must find.
    pub path: Option<(JsonPath, PathTest)>,
    /// The body contains this text.
    pub text: Option<String>,
}

/// What a JSON path must find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathTest {
    /// Something that is not null.
    Present,
    /// Nothing, or null.
    Absent,
    /// One of these values, compared as text.
    In(Vec<String>),
    /// Something that is none of these values.
    NotIn(Vec<String>),
    /// A text with this beginning.
    StartsWith(String),
}

/// What is done with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is good.
    Accept,
    /// The same request is sent again after a wait.
    Retry(Wait),
    /// The same, for a server that says it is asked too often.
    RateLimited(Wait),
    /// A new token is fetched, once, and the request is sent again.
    RefreshToken,
    /// There is nothing here: it counts as a page without records.
    Ignore,
    /// One answer cannot hold it all: the window is halved.
    SplitWindow,
    /// The pull stops.
    Fail(Failure),
}

/// Why a pull stops.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// What the operator reads.
    pub message: String,
    /// Who mends it; `None` where nobody said.
    pub mended_by: Option<Mender>,
}

/// Who mends a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mender {
    /// Whoever keeps the source file or the keys.
    Config,
    /// Time: a later pull may succeed.
    Transient,
    /// Whoever runs the platform.
    System,
}

impl Mender {
    /// The next step, in words.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::Config => "mend the source file, or the key and its rights, then pull again",
            Self::Transient => "it passes; pull again later",
            Self::System => "only those who run the platform can mend it; tell them",
        }
    }
}

/// How long to wait before the next try.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wait {
    /// At least this long; the growing wait of the client when `None`.
    pub fixed: Option<Duration>,
    /// Where the answer says how many seconds.
    pub path: Option<JsonPath>,
    /// The header that says how many seconds, or until which second since 1970; `Retry-After` is read without it.
    pub header: Option<String>,
}

impl Eq for Wait {}

impl Condition {
    /// Whether an answer meets it; `json` is `None` when the body is no JSON.
    pub fn holds(&self, status: u16, json: Option<&Value>, body: &str) -> bool {
        let status_holds = self.status.is_empty() || self.status.contains(&status);
        let text_holds = self.text.as_ref().is_none_or(|text| body.contains(text.as_str()));
        let path_holds = self.path.as_ref().is_none_or(|(path, test)| json.is_some_and(|json| test.holds(path, json)));
        status_holds && text_holds && path_holds
    }
}

impl PathTest {
    fn holds(&self, path: &JsonPath, json: &Value) -> bool {
        let found = path.query(json).first().filter(|value| !value.is_null());
        let text = || found.map(scalar_text);
        match self {
            Self::Present => found.is_some(),
            Self::Absent => found.is_none(),
            Self::In(values) => text().is_some_and(|text| values.contains(&text)),
            Self::NotIn(values) => text().is_some_and(|text| !values.contains(&text)),
            Self::StartsWith(prefix) => text().is_some_and(|text| text.starts_with(prefix.as_str())),
        }
    }
}

/// A JSON value as text, without quotes around strings.
pub fn scalar_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn condition(path: &str, test: PathTest) -> Condition {
        Condition { path: Some((JsonPath::parse(path).expect("a path"), test)), ..Condition::default() }
    }

    #[test]
    fn values_are_compared_as_text() {
        let answer = json!({"error_response": {"code": 7, "sub_code": "isp.top-timeout", "none": null}});
        let holds = |path, test| condition(path, test).holds(200, Some(&answer), "");
        assert!(holds("$.error_response.code", PathTest::In(vec!["7".into()])));
        assert!(!holds("$.error_response.code", PathTest::NotIn(vec!["7".into()])));
        assert!(holds("$.error_response.sub_code", PathTest::StartsWith("isp.".into())));
        assert!(holds("$.error_response.none", PathTest::Absent));
        assert!(holds("$.errcode", PathTest::Absent));
        assert!(!holds("$.errcode", PathTest::NotIn(vec!["0".into()])));
    }

    #[test]
    fn all_parts_must_hold() {
        let both = Condition { status: vec![403], text: Some("<html".into()), path: None };
        assert!(both.holds(403, None, "<html>banned"));
        assert!(!both.holds(200, None, "<html>banned"));
        assert!(!both.holds(403, None, "{}"));
    }

    #[test]
    fn a_path_never_holds_where_there_is_no_json() {
        assert!(!condition("$.errcode", PathTest::Absent).holds(200, None, "<html>"));
    }
}
