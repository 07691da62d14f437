//! `[mail]`: how letters go out and what comes back.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diag::{Diagnostic, Diagnostics};

/// More connections than these help nobody: relays refuse them, and each may leave one letter unknown.
const MOST_CONNECTIONS: usize = 32;

/// How letters go out and what comes back.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Mail {
    /// Over how many connections letters go at once; after a crash so many letters at most are unknown.
    pub connections: usize,
    /// At most so many letters a minute.
    pub per_minute: Option<u32>,
    /// At most so many letters a minute to the addresses of a domain.
    pub per_minute_to: BTreeMap<String, u32>,
    /// Seconds after which a connection is given up for a new one.
    pub connection_seconds: u64,
    /// Where reports of letters that came back go, in place of the sender; `{letter}` stands for the letter's token.
    pub return_path: Option<String>,
    /// The only address that gets anything: a test, of which nothing counts as sent.
    pub test_to: Option<String>,
    /// Where reports of letters that came back are read: `maildir:PATH` or `imaps://USER:PASSWORD@HOST/FOLDER`.
    pub bounces_url: Option<String>,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            connections: 1,
            per_minute: None,
            per_minute_to: BTreeMap::new(),
            connection_seconds: 300,
            return_path: None,
            test_to: None,
            bounces_url: None,
        }
    }
}

impl Mail {
    /// The same with the environment over it, checked.
    pub(super) fn overridden(self, environment: &BTreeMap<String, String>, found: &mut Diagnostics) -> Self {
        let given = |name: &str| environment.get(name).filter(|value| !value.is_empty()).cloned();
        let mail = Self {
            test_to: given("SCOREPOST_TEST_TO").or(self.test_to),
            bounces_url: given("SCOREPOST_BOUNCES_URL").or(self.bounces_url),
            per_minute_to: self.per_minute_to.into_iter().map(|(name, most)| (name.to_lowercase(), most)).collect(),
            ..self
        };
        mail.faults().for_each(|(wrong, hint)| found.push(Diagnostic::error(wrong).hint(hint)));
        mail
    }

    fn faults(&self) -> impl Iterator<Item = (String, &'static str)> {
        let connections = !(1..=MOST_CONNECTIONS).contains(&self.connections);
        let connections =
            connections.then(|| (format!("`connections` in `[mail]` is {}", self.connections), "write 1 to 32"));
        let pace = self.per_minute.into_iter().chain(self.per_minute_to.values().copied()).any(|most| most == 0);
        let pace = pace.then(|| {
            ("a pace in `[mail]` is 0, so that no letter would ever go".to_owned(), "write at least 1, or leave it out")
        });
        let age = self.connection_seconds == 0;
        let age = age.then(|| ("`connection-seconds` in `[mail]` is 0".to_owned(), "write at least 1"));
        connections.into_iter().chain(pace).chain(age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, environment: &[(&str, &str)]) -> (Mail, usize) {
        let environment = environment.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let mut found = Diagnostics::new();
        let mail = toml::from_str::<Mail>(text).expect("a table").overridden(&environment, &mut found);
        (mail, found.sorted().len())
    }

    #[test]
    fn one_connection_and_no_limit_unless_a_person_says_so() {
        let (mail, faults) = read("", &[]);
        assert_eq!((mail.connections, mail.per_minute, mail.test_to, faults), (1, None, None, 0));
        let (mail, faults) = read("connections = 4\nper-minute = 90\nper-minute-to = { \"QQ.example\" = 5 }", &[]);
        assert_eq!((mail.connections, mail.per_minute, mail.per_minute_to["qq.example"], faults), (4, Some(90), 5, 0));
    }

    #[test]
    fn the_environment_decides_who_gets_a_test_and_where_reports_are_read() {
        let set = [("SCOREPOST_TEST_TO", "t@x.example"), ("SCOREPOST_BOUNCES_URL", "maildir:/m")];
        let (mail, _) = read("test-to = \"file@x.example\"", &set);
        assert_eq!((mail.test_to.as_deref(), mail.bounces_url.as_deref()), (Some("t@x.example"), Some("maildir:/m")));
        assert_eq!(read("test-to = \"file@x.example\"", &[]).0.test_to.as_deref(), Some("file@x.example"));
    }

    #[test]
    fn what_would_send_nothing_or_too_much_at_once_is_refused() {
        for wrong in ["connections = 0", "connections = 99", "per-minute = 0", "per-minute-to = { x = 0 }"] {
            assert_eq!(read(wrong, &[]).1, 1, "{wrong}");
        }
    }
}
