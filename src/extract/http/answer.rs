//! What an answer means: the rules of the source first, then what HTTP says.

use std::time::Duration;

use serde_json::Value;

use super::Answer;
use super::trouble::Trouble;
use crate::extract::call::Call;
use crate::extract::json;
use crate::source::client::Auth;
use crate::source::filter::{Action, Wait, scalar_text};
use crate::source::format::Format;
use crate::source::resource::WhenMissing;
use crate::source::{Resource, Source};

/// How much of a refusal is shown to a person.
const EXCERPT: usize = 200;

/// A whole answer, not yet understood.
pub(super) struct Heard<'a> {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
    /// Values that a refusal may repeat and no message may show.
    pub(super) secrets: Vec<&'a str>,
}

/// The status of a thing that is not there.
pub const MISSING: u16 = 404;

/// Decides what an answer means; `resource` is `None` for a token.
pub(super) fn judge(
    source: &Source,
    heard: Heard<'_>,
    call: &Call,
    resource: Option<&Resource>,
) -> Result<Answer, Trouble> {
    let format = resource.map(|resource| &resource.format);
    let wants_json = format.is_none_or(Format::is_json);
    let json: Option<Value> = if wants_json { json::read(&heard.body) } else { None };
    let text = String::from_utf8_lossy(&heard.body);
    let rule = source.filters.iter().find(|filter| filter.when.holds(heard.status, json.as_ref(), &text));
    let may_be_missing = resource.is_some_and(|resource| resource.when_missing == WhenMissing::NoTable);
    if rule.is_none() && heard.status == MISSING && may_be_missing {
        return Ok(Answer { status: MISSING, body: Vec::new(), json: None });
    }
    let action = rule.map_or_else(|| by_status(source, &heard, call, &text), |filter| Ok(filter.action.clone()))?;
    let why = || refusal(&heard, json.as_ref(), &text);
    match action {
        Action::Accept => {}
        Action::Retry(wait) => return Err(Trouble::Passing { why: why(), wait: waits(&wait, json.as_ref(), &heard) }),
        Action::RateLimited(wait) => {
            return Err(Trouble::RateLimited { why: why(), wait: waits(&wait, json.as_ref(), &heard) });
        }
        Action::RefreshToken => return Err(Trouble::StaleToken(why())),
        Action::Fail(message) => return Err(Trouble::last(format!("{message}: {}", why()))),
    }
    usable(&heard, json.as_ref(), format)?;
    Ok(Answer { status: heard.status, body: heard.body, json })
}

fn by_status(source: &Source, heard: &Heard<'_>, call: &Call, text: &str) -> Result<Action, Trouble> {
    match heard.status {
        200..=299 => Ok(Action::Accept),
        401 if matches!(source.client.auth, Auth::Token(_)) => Ok(Action::RefreshToken),
        429 => Ok(Action::RateLimited(Wait::default())),
        408 | 425 | 500..=599 => Ok(Action::Retry(Wait::default())),
        MISSING => Err(Trouble::last(format!("the source has no `{}` (404); was it put there?", call.path))),
        _ => Err(Trouble::last(format!("the source refused: {}", refusal(heard, None, text)))),
    }
}

/// An answer that was accepted must also be what it should be: a login page with status 200 is not.
fn usable(heard: &Heard<'_>, json: Option<&Value>, format: Option<&Format>) -> Result<(), Trouble> {
    let kind = if heard.content_type.is_empty() { "no content type" } else { heard.content_type.as_str() };
    match (format, json) {
        (Some(format), _) if !format.is_json() && heard.content_type.starts_with("text/html") => {
            Err(Trouble::last("the answer is a web page, not a file; check the address and whether it asks to sign in"))
        }
        (Some(format), _) if !format.is_json() => Ok(()),
        (_, None) => Err(Trouble::passing(format!("the answer is not whole JSON ({kind})"))),
        (Some(Format::Json { expect: Some(path), .. }), Some(json)) if path.query(json).is_empty() => {
            Err(Trouble::passing(format!("the answer has no `{path}`")))
        }
        (_, Some(_)) => Ok(()),
    }
}

/// How long to wait: what the answer says, then the rule, then the header.
fn waits(wait: &Wait, json: Option<&Value>, heard: &Heard<'_>) -> Option<Duration> {
    let said = wait.path.as_ref().zip(json).and_then(|(path, json)| path.query(json).first());
    let said = said.and_then(|value| scalar_text(value).parse::<u64>().ok()).map(Duration::from_secs);
    said.or(wait.fixed).or(heard.retry_after)
}

/// The words of a refusal, shortened; an error body carries no rows, so it may be shown, without the secrets it repeats.
fn refusal(heard: &Heard<'_>, json: Option<&Value>, text: &str) -> String {
    let words: String = match json {
        Some(json) => json.to_string(),
        None => text.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    let words = heard.secrets.iter().fold(words, |words, secret| words.replace(secret, "***"));
    let short: String = words.chars().filter(|sign| !sign.is_control()).take(EXCERPT).collect();
    format!("status {}, {short}", heard.status)
}
