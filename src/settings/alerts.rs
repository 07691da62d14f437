//! `[alerts]`: who is told when something needs a person, and what counts as late.

use chrono::TimeDelta;
use serde::Deserialize;
use url::Url;

use crate::diag::{Diagnostic, Diagnostics};

/// The variable that holds the key with which messages to the web address are signed.
pub const ALERT_SECRET: &str = "SCOREPOST_ALERT_SECRET";

/// Who is told when something needs a person.
#[derive(Clone, Debug)]
pub struct Alerts {
    /// Mail addresses.
    pub mail: Vec<String>,
    /// The sender of these mails; the first of `mail` when none is named.
    pub from: Option<String>,
    /// A web address that gets the same as JSON.
    pub webhook: Option<Url>,
    /// A web address that is called every five minutes while all is well, so that its owner notices when the calls end.
    pub heartbeat: Option<Url>,
    /// An occasion without a run counts as missed after this.
    pub grace: TimeDelta,
    /// A run that is at work for longer counts as late.
    pub late_after: TimeDelta,
    /// What still stands is told again after this.
    pub repeat_after: TimeDelta,
    /// A copy of the ledger older than this is told of; without, only that of a ledger on a server, after a week.
    pub backup_after: Option<TimeDelta>,
}

impl Alerts {
    /// Whether anybody can be told.
    pub fn reach_somebody(&self) -> bool {
        !self.mail.is_empty() || self.webhook.is_some()
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Written {
    mail: Vec<String>,
    from: Option<String>,
    webhook: Option<String>,
    pub(super) heartbeat: Option<String>,
    grace_minutes: u32,
    late_after_minutes: u32,
    repeat_after_hours: u32,
    backup_after_hours: Option<u32>,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            mail: Vec::new(),
            from: None,
            webhook: None,
            heartbeat: None,
            grace_minutes: 30,
            late_after_minutes: 360,
            repeat_after_hours: 24,
            backup_after_hours: None,
        }
    }
}

impl Written {
    pub(super) fn check(self, found: &mut Diagnostics) -> Alerts {
        let alerts = Alerts {
            webhook: address("webhook", self.webhook, found),
            heartbeat: address("heartbeat", self.heartbeat, found),
            mail: self.mail,
            from: self.from,
            grace: TimeDelta::minutes(self.grace_minutes.into()),
            late_after: TimeDelta::minutes(self.late_after_minutes.into()),
            repeat_after: TimeDelta::hours(self.repeat_after_hours.into()),
            backup_after: self.backup_after_hours.map(|hours| TimeDelta::hours(hours.into())),
        };
        for text in alerts.mail.iter().chain(&alerts.from).filter(|text| !text.contains('@')) {
            found.push(Diagnostic::error(format!("`{text}` in `[alerts]` is not a mail address")));
        }
        alerts
    }
}

/// The address itself may be the secret, so it is not repeated.
fn address(name: &str, text: Option<String>, found: &mut Diagnostics) -> Option<Url> {
    let url = Url::parse(&text?).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if url.is_none() {
        let wrong = Diagnostic::error(format!("`{name}` in `[alerts]` is not a web address"));
        found.push(wrong.hint("write it as \"https://ops.example.com/hooks/scorepost\""));
    }
    url
}
