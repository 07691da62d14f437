//! `story.toml`: the period, earlier results, and what is expected.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::value::Datetime;

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics};
use crate::exact::Exact;
use crate::period::{Cycle, Period};
use crate::score::PastResult;
use crate::words::Bilingual;

/// A story as its author wrote it, read.
#[derive(Clone, Debug)]
pub struct Story {
    /// What it shows.
    pub title: Bilingual,
    /// The period that is scored.
    pub period: Period,
    /// The day on which its data was pulled.
    pub as_of: NaiveDate,
    /// Parameters that it supplies in place of the scheme's.
    pub set: BTreeMap<String, Exact>,
    /// Results of earlier periods.
    pub past: Vec<PastResult>,
    pub(super) expect: Vec<Expect>,
    pub(super) expect_team: Vec<ExpectTeam>,
    pub(super) expect_finding: Vec<ExpectFinding>,
    pub(super) expect_alert: Vec<ExpectAlert>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct StoryFile {
    title: Bilingual,
    period: String,
    as_of: AsOf,
    #[serde(default)]
    set: BTreeMap<String, Exact>,
    #[serde(default)]
    past: Vec<PastTable>,
    #[serde(default)]
    expect: Vec<Expect>,
    #[serde(default)]
    expect_team: Vec<ExpectTeam>,
    #[serde(default)]
    expect_finding: Vec<ExpectFinding>,
    #[serde(default)]
    expect_alert: Vec<ExpectAlert>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum AsOf {
    Text(String),
    Day(Datetime),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PastTable {
    agent: String,
    period: String,
    #[serde(default)]
    team: String,
    total: Option<String>,
    rank: Option<u32>,
    ranked: Option<u32>,
    grade: Option<String>,
    #[serde(default)]
    marks: BTreeSet<String>,
}

/// What is expected of one agent.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Expect {
    pub(super) agent: String,
    pub(super) scored: Option<bool>,
    pub(super) total: Option<String>,
    pub(super) rank: Option<u32>,
    pub(super) grade: Option<String>,
    #[serde(default)]
    pub(super) points: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) levels: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) values: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) money: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) status: BTreeMap<String, String>,
    pub(super) marks: Option<Vec<String>>,
    pub(super) proposals: Option<Vec<String>>,
}

/// What is expected of one group.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ExpectTeam {
    pub(super) team: Option<String>,
    pub(super) department: Option<String>,
    pub(super) shop: Option<String>,
    pub(super) values: BTreeMap<String, String>,
}

/// A finding that must be there.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ExpectFinding {
    pub(super) code: String,
    pub(super) about: Option<String>,
}

/// A watched number beyond a limit; where a story expects any, there are no others.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ExpectAlert {
    pub(super) watch: String,
    pub(super) agent: String,
    pub(super) at: String,
    pub(super) value: String,
    /// The limit that it went beyond.
    pub(super) limit: Option<String>,
    /// The mean of earlier days than which it is worse.
    pub(super) mean: Option<String>,
    /// How many of those days have data.
    pub(super) days: Option<u32>,
}

impl Story {
    /// Reads the `story.toml` of a folder; its periods are those of the scheme's cycle.
    pub fn read(folder: &Path, cycle: Cycle) -> Result<Self, Diagnostics> {
        let file = AuthoredFile::read(&folder.join("story.toml"))?;
        let written: StoryFile = file.parse_toml()?;
        let wrong = |message: String| Diagnostics::from(Diagnostic::error(message).at(file.place(0..0)));
        let period = |text: &str| {
            Period::parse_for(cycle, text).ok_or_else(|| wrong(format!("`{text}` is not a period such as `2026-10`")))
        };
        let past = written.past.iter().map(|one| {
            let total = match &one.total {
                None => None,
                Some(total) => Some(number(total).ok_or_else(|| wrong(format!("`{total}` is not a number")))?),
            };
            Ok(PastResult {
                agent: one.agent.clone(),
                team: one.team.clone(),
                period: period(&one.period)?,
                total,
                rank: one.rank,
                ranked: one.ranked,
                grade: one.grade.clone(),
                marks: one.marks.clone(),
            })
        });
        Ok(Self {
            past: past.collect::<Result<_, Diagnostics>>()?,
            period: period(&written.period)?,
            as_of: day(&written.as_of).ok_or_else(|| wrong("`as-of` is a day such as 2026-11-09".to_owned()))?,
            title: written.title,
            set: written.set,
            expect: written.expect,
            expect_team: written.expect_team,
            expect_finding: written.expect_finding,
            expect_alert: written.expect_alert,
        })
    }
}

/// A decimal, a percentage or a fraction such as `284/3`.
pub(super) fn number(text: &str) -> Option<Exact> {
    Exact::parse(text).or_else(|| Exact::from_notation(text))
}

fn day(as_of: &AsOf) -> Option<NaiveDate> {
    match as_of {
        AsOf::Text(text) => text.parse().ok(),
        AsOf::Day(day) => {
            let date = day.date?;
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
        }
    }
}
