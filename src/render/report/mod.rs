//! Reports: documents beside cards and packs, about a team or about everybody, each kind in a file of its own.
//!
//! A body is all that readers see but run, edition and cut-off; [`brief`] is what its letter says of it.

mod alert;
mod commendation;
mod differences;
mod improvement;
mod ranking;
mod result_sheet;
mod summary;
mod tracking;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::body::{period_body, said, scheme_body};
use super::clean::clean;
use super::issue::{House, house_body};
use super::pack::named_or;
use crate::finding::Weight;
use crate::job::{Of, Report, Shown};
use crate::score::appraisal::{Appraisal, Card, Standing, Team};
use crate::words::Locale;

pub use crate::job::ReportKind;
pub use commendation::COMMENDS;
pub(super) use differences::differences;
pub use improvement::{PLANS, is_for_agent};

/// Whom one document of a report is about.
#[derive(Clone, Copy, Debug)]
pub enum About<'a> {
    /// Everybody of the job.
    Shop,
    /// One team.
    Team(&'a Team),
    /// One agent.
    Agent(&'a Card),
}

impl<'a> About<'a> {
    /// All that a report is about, one document each.
    pub fn all(of: Of, appraisal: &'a Appraisal) -> Vec<Self> {
        match of {
            Of::Shop => vec![Self::Shop],
            Of::Team => appraisal.teams.iter().map(Self::Team).collect(),
            Of::Agent => appraisal.cards.iter().map(Self::Agent).collect(),
        }
    }

    /// The teams in it.
    pub fn teams(self, appraisal: &'a Appraisal) -> Vec<&'a Team> {
        match self {
            Self::Shop => appraisal.teams.iter().collect(),
            Self::Team(team) => vec![team],
            Self::Agent(card) => appraisal.teams.iter().filter(|team| team.id == card.team_id).collect(),
        }
    }

    /// The cards in it, by team, rank and staff number.
    pub fn cards(self, appraisal: &'a Appraisal) -> Vec<&'a Card> {
        let is_in = |card: &&Card| match self {
            Self::Shop => true,
            Self::Team(team) => card.team_id == team.id,
            Self::Agent(own) => card.agent.id == own.agent.id,
        };
        appraisal.cards.iter().filter(is_in).collect()
    }
}

/// The body of one document of a report; `subject` is what the ledger and the file's metadata call it.
///
/// `None` when there is nothing to say: nobody has a place, nobody is commended.
pub fn report_body(
    appraisal: &Appraisal,
    report: &Report,
    (about, subject): (About<'_>, &str),
    house: &House,
    locale: Locale,
) -> Option<Value> {
    let matter = Matter { appraisal, report, about, locale };
    let own = match report.kind {
        ReportKind::Ranking => ranking::body(&matter),
        ReportKind::Summary => summary::body(&matter),
        ReportKind::ResultSheet => result_sheet::body(&matter),
        ReportKind::Commendation => commendation::body(&matter),
        ReportKind::Tracking => tracking::body(&matter),
        ReportKind::ImprovementPlan => improvement::body(&matter),
        ReportKind::Alert => alert::body(&matter),
    }?;
    Some(whole(&matter, subject, house, own))
}

/// The body of a commendation that takes back an earlier one, because nobody is commended any more.
pub fn nobody_commended(
    appraisal: &Appraisal,
    report: &Report,
    (about, subject): (About<'_>, &str),
    house: &House,
    locale: Locale,
) -> Value {
    whole(&Matter { appraisal, report, about, locale }, subject, house, json!({ "tables": [] }))
}

/// A report's own part under what all reports have in common.
fn whole(matter: &Matter<'_>, subject: &str, house: &House, own: Value) -> Value {
    let mut body = matter.head(subject, house);
    if let Value::Object(own) = own {
        body.extend(own);
    }
    Value::Object(body)
}

/// What a letter says of a report: `facts` (label and value), a `table` of few rows or null, the reader's `own` line or
/// null, and a `note` or null.
pub fn brief(kind: ReportKind, body: &Value, reader: Option<&str>, locale: Locale) -> Value {
    match kind {
        ReportKind::Ranking => ranking::brief(body, reader, locale),
        ReportKind::Summary => summary::brief(body, locale),
        ReportKind::ResultSheet => result_sheet::brief(body, reader, locale),
        ReportKind::Commendation => commendation::brief(body, reader, locale),
        ReportKind::Tracking => tracking::brief(body, locale),
        ReportKind::ImprovementPlan => improvement::brief(body, locale),
        ReportKind::Alert => alert::brief(body, locale),
    }
}

/// What the body of a report is made from.
struct Matter<'a> {
    appraisal: &'a Appraisal,
    report: &'a Report,
    about: About<'a>,
    locale: Locale,
}

impl<'a> Matter<'a> {
    /// What all reports have in common.
    fn head(&self, subject: &str, house: &House) -> Map<String, Value> {
        let (appraisal, locale) = (self.appraisal, self.locale);
        let name = match self.about {
            About::Shop => clean(&house.company),
            About::Team(team) => named_or(&team.name, &team.id),
            About::Agent(card) => named_or(&card.agent.name, &card.agent.id),
        };
        let head = json!({
            "kind": self.report.kind.word(),
            "locale": locale.tag(),
            "house": house_body(house, locale),
            "period": period_body(&appraisal.period, locale),
            "scheme": scheme_body(&appraisal.scheme, locale),
            "title": said(&self.report.kind.title(appraisal.period.cycle), locale),
            "subject": { "id": clean(subject), "name": name },
            "shop_wide": matches!(self.about, About::Shop),
        });
        match head {
            Value::Object(head) => head,
            _ => Map::new(),
        }
    }

    /// The cards that readers may see: in a public report nobody who is held.
    fn cards(&self) -> Vec<&'a Card> {
        let held = self.held();
        self.about.cards(self.appraisal).into_iter().filter(|card| !held.contains(card.agent.id.as_str())).collect()
    }

    /// The staff numbers that a public report leaves out, because something about them is not settled.
    fn held(&self) -> BTreeSet<&'a str> {
        if !self.report.is_public() {
            return BTreeSet::new();
        }
        let held: BTreeSet<&str> = self
            .appraisal
            .findings
            .iter()
            .filter(|finding| finding.weight == Weight::HoldSubject)
            .filter_map(|finding| finding.subject.as_deref())
            .collect();
        let is_held = |card: &&Card| held.contains(card.agent.id.as_str()) || held.contains(card.team_id.as_str());
        self.about.cards(self.appraisal).into_iter().filter(is_held).map(|card| card.agent.id.as_str()).collect()
    }

    /// How many scored agents a public report leaves out.
    fn withheld(&self) -> usize {
        let held = self.held();
        let cards = self.about.cards(self.appraisal);
        cards.into_iter().filter(|card| held.contains(card.agent.id.as_str()) && is_scored(card)).count()
    }

    /// Whether this stands beside names and places; a summary tells all but the points of indicators.
    fn shows(&self, shown: Shown) -> bool {
        match self.report.kind {
            ReportKind::Summary => shown != Shown::Points,
            _ => self.report.shows.contains(&shown),
        }
    }

    /// One text of the two.
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.locale.say(zh, en)
    }
}

fn is_scored(card: &Card) -> bool {
    matches!(card.standing, Standing::Scored { .. })
}

/// A number of agents in words.
fn people(count: usize, locale: Locale) -> String {
    match locale {
        Locale::Zh => format!("{count} 人"),
        Locale::En => count.to_string(),
    }
}

/// The rows of all tables of a body.
fn rows(body: &Value) -> impl Iterator<Item = &Value> {
    let tables = body["tables"].as_array().into_iter().flatten();
    tables.flat_map(|table| table["rows"].as_array().into_iter().flatten())
}

/// What a reader finds about themselves: "第 3 名，88.0 分".
fn own_line(body: &Value, reader: Option<&str>, locale: Locale) -> Option<String> {
    let reader = clean(reader?);
    let row = rows(body).find(|row| row["id"] == reader.as_str())?;
    let place = match (locale, row["tied"] == true) {
        (Locale::Zh, false) => format!("第 {} 名", row["rank"]),
        (Locale::Zh, true) => format!("并列第 {} 名", row["rank"]),
        (Locale::En, false) => format!("place {}", row["rank"]),
        (Locale::En, true) => format!("place {}, tied", row["rank"]),
    };
    let parts = [row["total"].as_str().map(|total| points(total, locale)), row["grade"].as_str().map(str::to_owned)];
    let rest: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    Some(std::iter::once(place).chain(rest).collect::<Vec<_>>().join(locale.say("，", ", ")))
}

fn points(total: &str, locale: Locale) -> String {
    match locale {
        Locale::Zh => format!("{total} 分"),
        Locale::En => format!("{total} points"),
    }
}

/// The first rows of a body's first table, as a table of a letter; null without any.
fn first_rows(body: &Value, most: usize, locale: Locale) -> Value {
    let first: Vec<&Value> = body["tables"][0]["rows"].as_array().into_iter().flatten().take(most).collect();
    let columns = [
        ("rank", locale.say("名次", "Place")),
        ("name", locale.say("姓名", "Name")),
        ("total", locale.say("总分", "Total")),
        ("grade", locale.say("等级", "Grade")),
    ];
    let filled = |key: &str| first.iter().any(|row| !text(&row[key]).is_empty());
    let columns: Vec<(&str, &str)> = columns.into_iter().filter(|(key, _)| filled(key)).collect();
    if first.is_empty() {
        return Value::Null;
    }
    json!({
        "head": columns.iter().map(|(_, label)| label).collect::<Vec<_>>(),
        "rows": first.iter().map(|row| columns.iter().map(|(key, _)| text(&row[*key])).collect()).collect::<Vec<Vec<String>>>(),
    })
}

/// A string or number as text; nothing for anything else.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The name of a team's manager; null where the roster names none.
fn manager_of(team: &Team) -> Option<String> {
    team.manager.as_ref().map(|manager| named_or(&manager.name, &manager.id))
}
