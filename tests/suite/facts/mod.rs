//! Small tables written by hand, for tests of scoring.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::*;
use scorepost::diag::AuthoredFile;
use scorepost::exact::Exact;
use scorepost::period::Period;
use scorepost::scheme::Scheme;
use scorepost::score::appraisal::{Appraisal, Card, Standing};
use scorepost::score::{self, Adjustment, Input, PastResult, Sets};
use scorepost::tables::{self, OnlyTeam};

/// A shipped scheme by its file's name.
pub fn shipped(name: &str) -> Scheme {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/schemes").join(name);
    let file = AuthoredFile::read(&path).expect("a shipped scheme");
    Scheme::parse(&file).unwrap_or_else(|found| panic!("{found}"))
}

/// A scheme written in a test.
pub fn scheme(text: &str) -> Scheme {
    Scheme::parse(&AuthoredFile::from_text("test.toml", text)).unwrap_or_else(|found| panic!("{found}"))
}

pub fn exact(text: &str) -> Exact {
    Exact::parse(text).expect("a number")
}

/// Calls of a phone desk, by hand.
#[derive(Default)]
pub struct Desk {
    rows: Vec<(String, NaiveDate, i64, i64)>,
    past: Vec<PastResult>,
    adjustments: Vec<Adjustment>,
}

impl Desk {
    /// `count` calls of an agent on a day of January 1999, each with this wait and service time in seconds.
    pub fn calls(mut self, agent: &str, day: u32, count: usize, queue: i64, service: i64) -> Self {
        let date = NaiveDate::from_ymd_opt(1999, 1, day).expect("a day");
        self.rows.extend(std::iter::repeat_n((agent.to_owned(), date, queue, service), count));
        self
    }

    /// An earlier total of an agent.
    pub fn past(mut self, agent: &str, period: &str, total: &str) -> Self {
        let period = Period::parse(period).expect("a period");
        self.past.push(PastResult {
            agent: agent.into(),
            team: "desk".into(),
            period,
            total: Some(exact(total)),
            rank: None,
            ranked: None,
            grade: None,
            marks: BTreeSet::new(),
        });
        self
    }

    /// What a person set on a line after an appeal.
    pub fn adjust(mut self, agent: &str, line: &str, sets: Sets, amount: &str) -> Self {
        self.adjustments.push(Adjustment {
            agent: agent.into(),
            line: line.into(),
            sets,
            amount: exact(amount),
            by: "lead".into(),
            on: NaiveDate::from_ymd_opt(1999, 2, 3).expect("a day"),
        });
        self
    }

    /// The rows in another order.
    pub fn reversed(mut self) -> Self {
        self.rows.reverse();
        self
    }

    /// Scores them.
    pub fn appraise(&self, scheme: &Scheme) -> Appraisal {
        let period = Period::parse("1999-01").expect("a period");
        let desk = OnlyTeam { id: "desk".into(), name: "电话客服台".into(), table: "calls".into() };
        let (tables, _) =
            tables::build(vec![("calls".into(), self.frame())], &period, period.end, Some(&desk)).expect("tables");
        let compiled = score::compile(scheme).unwrap_or_else(|found| panic!("{found}"));
        let cut_off = DateTime::<Utc>::UNIX_EPOCH;
        let earlier = BTreeMap::new();
        let as_of = period.end;
        let input = Input {
            tables: &tables,
            period,
            cut_off,
            as_of,
            past: &self.past,
            earlier: &earlier,
            adjustments: &self.adjustments,
        };
        score::appraise(&compiled, &input).expect("an appraisal")
    }

    fn frame(&self) -> DataFrame {
        let column = |cells: Vec<i64>, name: &str| Column::new(name.into(), cells);
        let dates: Vec<NaiveDate> = self.rows.iter().map(|row| row.1).collect();
        DataFrame::new(
            self.rows.len(),
            vec![
                Column::new("agent_id".into(), self.rows.iter().map(|row| row.0.as_str()).collect::<Vec<_>>()),
                DateChunked::from_naive_date("date".into(), dates).into_series().into(),
                Column::new("outcome".into(), vec!["AGENT"; self.rows.len()]),
                column(self.rows.iter().map(|row| row.2).collect(), "queue_seconds"),
                column(self.rows.iter().map(|row| row.3).collect(), "service_seconds"),
            ],
        )
        .expect("a frame")
    }
}

/// Cards by staff number.
pub fn by_agent(appraisal: &Appraisal) -> BTreeMap<&str, &Card> {
    appraisal.cards.iter().map(|card| (card.agent.id.as_str(), card)).collect()
}

/// Total to four decimals and rank, or the reason in English.
pub fn standing(card: &Card) -> String {
    match &card.standing {
        Standing::Scored { total, rank, of, grade, .. } => {
            format!("{} {rank}/{of} {}", total.trimmed(4), grade.zh)
        }
        Standing::NotScored { reason } => reason.en.clone(),
    }
}
