//! What an answer means: the rules of the source first, then what HTTP says.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::retry_after;
use super::trouble::Trouble;
use super::veil::Veil;
use super::{Answer, Verdict};
use crate::extract::call::Call;
use crate::extract::json;
use crate::source::auth::Auth;
use crate::source::filter::{Action, Failure, Mender, Wait, scalar_text};
use crate::source::format::Format;
use crate::source::resource::WhenMissing;
use crate::source::{Resource, Source};

/// How much of a refusal is shown to a person.
const EXCERPT: usize = 200;

/// The status of a thing that is not there.
pub const MISSING: u16 = 404;

/// A whole answer, not yet understood.
pub(super) struct Heard {
    pub status: u16,
    pub content_type: String,
    /// The headers that the paginator reads.
    pub headers: BTreeMap<String, String>,
    pub all: HeaderMap,
    /// When it came.
    pub at: DateTime<Utc>,
    /// What to tell when a signed request is refused and the clocks differ.
    pub skew: Option<String>,
    pub body: Vec<u8>,
    /// The same as JSON, where JSON is wanted and there is any.
    pub json: Option<Value>,
    /// Hides what a refusal may repeat and no message may show.
    pub veil: Veil,
}

impl Heard {
    /// The same, where no message may show what lies at `path` either.
    pub fn hiding(mut self, path: &JsonPath) -> Self {
        let found = self.json.as_ref().and_then(|json| path.query(json).first()).map(scalar_text);
        self.veil = self.veil.and(found.as_deref());
        self
    }

    fn answer(self, verdict: Verdict, json: Option<Value>) -> Answer {
        Answer { status: self.status, verdict, headers: self.headers, body: self.veil.strip(self.body), json }
    }

    /// A page without records.
    fn nothing(self, body: Vec<u8>) -> Answer {
        let json = json::read(&body);
        Self { body, ..self }.answer(Verdict::Empty, json)
    }

    fn content_type(&self) -> &str {
        if self.content_type.is_empty() { "no content type" } else { &self.content_type }
    }

    fn is_web_page(&self) -> bool {
        self.content_type().starts_with("text/html")
    }
}

/// Decides what an answer means; `resource` is `None` for a token.
pub(super) fn judge(
    source: &Source,
    mut heard: Heard,
    call: &Call,
    resource: Option<&Resource>,
) -> Result<Answer, Trouble> {
    let format = resource.map(|resource| &resource.format);
    let wants_json = format.is_none_or(Format::is_json);
    let json = heard.json.take();
    let text = String::from_utf8_lossy(&heard.body);
    let rule = source.filters.iter().find(|filter| filter.when.holds(heard.status, json.as_ref(), &text));
    let may_be_missing = resource.is_some_and(|resource| resource.when_missing == WhenMissing::NoTable);
    if rule.is_none() && heard.status == MISSING && may_be_missing {
        return Ok(heard.nothing(Vec::new()));
    }
    let action = rule.map_or_else(|| by_status(source, &heard, call), |filter| filter.action.clone());
    let why = || refusal(&heard, json.as_ref(), &text);
    match action {
        Action::Accept => {}
        // It stays a page without records when it is read again from the kept pages.
        Action::Ignore => return Ok(heard.nothing(if wants_json { b"[]".to_vec() } else { Vec::new() })),
        Action::Retry(wait) => return Err(Trouble::Passing { why: why(), wait: waits(&wait, json.as_ref(), &heard) }),
        Action::RateLimited(wait) => {
            return Err(Trouble::RateLimited { why: why(), wait: waits(&wait, json.as_ref(), &heard) });
        }
        Action::RefreshToken => return Err(Trouble::StaleToken(why())),
        Action::SplitWindow => return Ok(heard.answer(Verdict::TooLarge, json)),
        Action::Fail(failure) => return Err(Trouble::Last(end(&failure, &why(), heard.skew.as_deref()))),
    }
    usable(&heard, json.as_ref(), format)?;
    Ok(heard.answer(Verdict::Whole, json))
}

fn by_status(source: &Source, heard: &Heard, call: &Call) -> Action {
    let fail = |message: String, mended_by| Action::Fail(Failure { message, mended_by });
    match heard.status {
        200..=299 => Action::Accept,
        401 if matches!(source.client.auth, Auth::Token(_)) => Action::RefreshToken,
        401 | 403 => fail("the source refused this key".to_owned(), Some(Mender::Config)),
        429 => Action::RateLimited(Wait::default()),
        408 | 425 | 500..=599 => Action::Retry(Wait::default()),
        MISSING => fail(format!("the source has no `{}` (404); was it put there?", call.path), None),
        _ => fail("the source refused".to_owned(), None),
    }
}

/// The end of a pull: what happened, who mends it, what was heard, and whether the clock may be the reason.
fn end(failure: &Failure, heard: &str, skew: Option<&str>) -> String {
    let step = failure.mended_by.map(|mender| format!("; {}", mender.next_step())).unwrap_or_default();
    let skew = skew.map(|skew| format!("; {skew}")).unwrap_or_default();
    format!("{}{step}{skew}: {heard}", failure.message)
}

/// An answer that was accepted must also be what it should be: a login page with status 200 is not.
fn usable(heard: &Heard, json: Option<&Value>, format: Option<&Format>) -> Result<(), Trouble> {
    let page = "check the address, the key, and whether this machine is banned";
    match (format, json) {
        (Some(format), _) if !format.is_json() && heard.is_web_page() => {
            Err(Trouble::passing(format!("the answer is a web page, not a file; {page}")))
        }
        (Some(format), _) if !format.is_json() => Ok(()),
        (_, None) if heard.is_web_page() => {
            Err(Trouble::passing(format!("the answer is a web page, not JSON ({}); {page}", heard.content_type())))
        }
        (_, None) => Err(Trouble::passing(format!("the answer is not whole JSON ({})", heard.content_type()))),
        (Some(Format::Json { expect: Some(path), .. }), Some(json)) if path.query(json).is_empty() => {
            Err(Trouble::passing(format!("the answer has no `{path}`")))
        }
        (_, Some(_)) => Ok(()),
    }
}

/// How long to wait: what the answer says, then the header of the rule, then the rule, then the usual header.
fn waits(wait: &Wait, json: Option<&Value>, heard: &Heard) -> Option<Duration> {
    let said = wait.path.as_ref().zip(json).and_then(|(path, json)| path.query(json).first());
    let said = said.and_then(|value| scalar_text(value).parse::<u64>().ok()).map(Duration::from_secs);
    let header = |name: &str| retry_after::read(heard.all.get(name)?.to_str().ok()?, heard.at);
    said.or_else(|| wait.header.as_deref().and_then(header)).or(wait.fixed).or_else(|| header("retry-after"))
}

/// The words of a refusal, shortened; an error body carries no rows, so it may be shown, without the secrets it repeats.
fn refusal(heard: &Heard, json: Option<&Value>, text: &str) -> String {
    let words: String = match json {
        Some(json) => json.to_string(),
        None => text.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    let words = heard.veil.hide(&words);
    let short: String = words.chars().filter(|sign| !sign.is_control()).take(EXCERPT).collect();
    format!("status {}, {short}", heard.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_what_the_answer_says_then_the_rule_then_the_usual_header() {
        let all = [("retry-after", "4"), ("x-reset", "1794211230")];
        let all = all.iter().filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?))).collect();
        let heard = Heard {
            status: 429,
            content_type: String::new(),
            headers: BTreeMap::new(),
            all,
            at: "2026-11-09T08:00:00Z".parse().expect("an instant"),
            skew: None,
            body: Vec::new(),
            json: None,
            veil: Veil::default(),
        };
        let json = serde_json::json!({ "wait": 2, "text": "3" });
        let path = |text: &str| JsonPath::parse(text).ok();
        let seconds = |wait: Wait| waits(&wait, Some(&json), &heard).map(|wait| wait.as_secs());
        let fixed = Some(Duration::from_secs(1));
        let header = Some("X-Reset".to_owned());
        assert_eq!(seconds(Wait { fixed, path: path("$.wait"), header: header.clone() }), Some(2));
        assert_eq!(seconds(Wait { fixed, path: path("$.text"), header: None }), Some(3));
        assert_eq!(seconds(Wait { fixed, path: path("$.none"), header }), Some(30));
        assert_eq!(seconds(Wait { fixed, path: None, header: Some("x-none".to_owned()) }), Some(1));
        assert_eq!(seconds(Wait::default()), Some(4));
    }
}
