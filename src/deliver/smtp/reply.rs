//! What a relay said, or that it said nothing whole.

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Response;

/// A whole reply of three digits and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// The three digits.
    pub code: u16,
    /// The text of all lines, without control characters.
    pub text: String,
}

impl Reply {
    /// Whether the relay closes the conversation with it.
    pub(super) fn is_farewell(&self) -> bool {
        self.code == 421
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.code, self.text)
    }
}

/// A whole reply of any code, or why there is none.
pub(super) type Answer = Result<Reply, String>;

/// Runs one step of lettre's within `limit` and tells a whole reply from anything else.
///
/// lettre calls every 2yz and 3yz a success and every 4yz and 5yz an error; here both are replies.
pub(super) async fn within(limit: Duration, step: impl Future<Output = Result<Response, Error>>) -> Answer {
    match tokio::time::timeout(limit, step).await {
        Err(_) => Err(format!("no reply within {limit:?}")),
        Ok(Ok(response)) => Ok(reply(response.code().into(), response.message().collect::<Vec<_>>().join(" "))),
        Ok(Err(error)) => whole(error),
    }
}

/// The reply inside an error, if a whole one is.
pub(super) fn whole(error: Error) -> Answer {
    match error.status() {
        Some(code) => Ok(reply(code.into(), error.source().map(ToString::to_string).unwrap_or_default())),
        None => Err(plain(&error.to_string())),
    }
}

fn reply(code: u16, text: String) -> Reply {
    Reply { code, text: plain(&text) }
}

/// Without control characters, which could forge a line of a log or move a cursor; at most 1000 characters.
fn plain(text: &str) -> String {
    text.chars().map(|one| if one.is_control() { ' ' } else { one }).take(1000).collect()
}
