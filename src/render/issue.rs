//! What the caller says beside the numbers: who issues, and which issue it is.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::appeal::appeal_of;
use super::clean::clean;
use crate::job::Calendar;
use crate::settings::Settings;
use crate::words::{Bilingual, Locale};

/// The company's own words and colour, the same on every document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct House {
    /// The company's name as it stands at the head of a page.
    pub company: String,
    /// The one accent colour, `#rrggbb`; anything else prints in the default dark blue.
    pub colour: String,
    /// How to question a card; `{until}` is the last day.
    pub appeal: Bilingual,
    /// Working days after the cut-off in which a card can be questioned; nought names no day.
    pub appeal_days: u32,
}

impl House {
    /// As this machine's settings say, in their language.
    pub fn of_machine(settings: &Settings) -> Self {
        let house = &settings.house;
        Self {
            company: house.company.get(settings.locale).to_owned(),
            colour: house.colour.clone(),
            appeal: house.appeal.clone(),
            appeal_days: house.appeal_days,
        }
    }
}

/// Which issue of a document this is: the facts of its footer and of its notice.
#[derive(Clone, Debug)]
pub struct Issue {
    /// The run's id.
    pub run: String,
    /// The edition, counted from one.
    pub edition: u32,
    /// When the data was pulled.
    pub cut_off: DateTime<Utc>,
    /// The time zone in which instants are printed.
    pub zone: Tz,
    /// Which days people work, for the last day on which a card can be questioned.
    pub calendar: Calendar,
    /// What changed since the edition before; empty for a first edition.
    pub changed: Vec<Change>,
    /// Where its reader questions it and says that it was read, as an address of the web.
    pub link: Option<String>,
}

/// One difference between two editions of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is: the total, the rank, the value of an indicator.
    pub what: Bilingual,
    /// As the edition before printed it; empty when it is not one value.
    pub before: String,
    /// As this edition prints it.
    pub after: String,
}

/// The accent colour where the house names none.
const DEFAULT_COLOUR: &str = "#1f4e79";

pub(super) fn house_body(house: &House, locale: Locale) -> Value {
    json!({
        "company": clean(&house.company),
        "colour": if is_colour(&house.colour) { &house.colour } else { DEFAULT_COLOUR },
        "appeal": clean(house.appeal.get(locale)),
        "appeal_days": house.appeal_days,
    })
}

/// The facts of one issue; what the house says of questions gets its last day here, since another issue has another.
pub(super) fn issue_body(issue: &Issue, body: &Value) -> Value {
    let locale = body["locale"].as_str().and_then(Locale::parse).unwrap_or_default();
    let change = |change: &Change| json!({ "what": clean(change.what.get(locale)), "before": clean(&change.before), "after": clean(&change.after) });
    let local = issue.cut_off.with_timezone(&issue.zone);
    json!({
        "run": clean(&issue.run),
        "edition": issue.edition,
        "cut_off": format!("{} ({})", local.format("%Y-%m-%d %H:%M"), issue.zone.name()),
        "appeal": appeal_of(body, issue.cut_off, issue.zone, &issue.calendar),
        "link": issue.link,
        "changed": issue.changed.iter().map(change).collect::<Vec<_>>(),
    })
}

fn is_colour(text: &str) -> bool {
    text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit())
}
