//! What is to be counted over the rows of kept tables, in words that another engine understands; its answers are put
//! where our own would be.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use chrono::NaiveDate;
use polars::prelude::DataFrame;

use crate::diag::Place;
use crate::tables::Tables;

use super::compile::Ratio;
use super::plan::{Cut, Piece, Stretch};

/// Sums over some rows of one table, by subject and part of a stretch of days.
#[derive(Clone, Debug)]
pub struct Question {
    /// The Parquet in which the rows are kept.
    pub rows: PathBuf,
    /// The canonical table.
    pub table: String,
    /// The column that says whose a row is; without one all rows are of one subject, whose name is empty.
    pub subject: Option<String>,
    /// Into which parts the days are cut.
    pub parts: Parts,
    /// Which rows are counted: those that fulfil all of these.
    pub keep: Vec<Keep>,
    /// Only the rows of the newest day of each subject and part that has such rows are counted.
    pub newest: bool,
    /// What is counted.
    pub sums: Vec<Sum>,
}

/// The parts of a stretch, numbered from nought; rows of days before the first are in none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parts {
    /// One.
    Whole,
    /// Four parts of a month from its first day: seven days, seven, seven and the rest.
    Weeks(NaiveDate),
    /// Days from the first.
    Days(NaiveDate),
}

/// A condition on rows.
#[derive(Clone, Debug)]
pub enum Keep {
    /// As a scheme writes it, in SQL.
    Written(String, Place),
    /// The row's day is one of these.
    On(Vec<NaiveDate>),
    /// The row's day is after this one.
    After(NaiveDate),
    /// The row's month is one of these, such as `2026-10`.
    Months(Vec<String>),
    /// The other does not hold; where it is unknown, neither does this.
    Not(Box<Keep>),
}

/// One metric's SQL: an aggregate, or one divided by another.
#[derive(Clone, Debug)]
pub struct Sum {
    /// The metric's id.
    pub metric: String,
    /// The SQL of its author.
    pub sql: String,
    /// Where it is written.
    pub place: Place,
}

impl Question {
    /// A name that no other question has.
    fn key(&self) -> String {
        let keep: Vec<String> = self.keep.iter().map(Keep::key).collect();
        let sums: Vec<&str> = self.sums.iter().map(|sum| sum.sql.as_str()).collect();
        let Self { rows, table, subject, parts, newest, .. } = self;
        format!("{rows:?} {table} {subject:?} {parts:?} {keep:?} {newest} {sums:?}")
    }

    pub(super) fn of(
        piece: &Piece,
        sums: Vec<Sum>,
        tables: &Tables,
        (stretch, cut): (&Stretch, Cut),
    ) -> anyhow::Result<Self> {
        let rows = tables.place(&piece.table).with_context(|| format!("table `{}` is not kept", piece.table))?;
        Ok(Self {
            rows,
            table: piece.table.clone(),
            subject: piece.subject.clone(),
            parts: match cut {
                Cut::Whole => Parts::Whole,
                Cut::Weeks => Parts::Weeks(stretch.first),
                Cut::Days => Parts::Days(stretch.first),
            },
            keep: piece.keep.iter().map(|condition| condition.said.clone()).collect(),
            newest: piece.last_day,
            sums,
        })
    }
}

impl Keep {
    fn key(&self) -> String {
        match self {
            Self::Written(sql, _) => sql.clone(),
            Self::Not(inner) => format!("not {}", inner.key()),
            Self::On(days) => format!("{days:?}"),
            Self::After(day) => format!("after {day}"),
            Self::Months(months) => format!("{months:?}"),
        }
    }
}

impl Sum {
    pub(super) fn of(metric: &str, ratio: &Ratio) -> Self {
        Self { metric: metric.to_owned(), sql: ratio.text.clone(), place: ratio.place.clone() }
    }
}

/// What another engine counted: for each question a frame with `subject` (text), `part` (whole numbers), and for the
/// sum at place i `n<i>` and, where it is a division, `d<i>` (whole numbers or decimals).
#[derive(Clone, Debug, Default)]
pub struct Answers(BTreeMap<String, DataFrame>);

impl FromIterator<(Question, DataFrame)> for Answers {
    fn from_iter<I: IntoIterator<Item = (Question, DataFrame)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(question, frame)| (question.key(), frame)).collect())
    }
}

/// Who counts what a scheme asks for.
#[derive(Clone, Debug, Default)]
pub(super) enum Counter {
    /// We do, when it is asked for.
    #[default]
    Here,
    /// Nobody: it is noted what is asked for.
    Notes(Arc<Mutex<Vec<Question>>>),
    /// Another engine did so before.
    Answered(Arc<Answers>),
}

impl Counter {
    /// The answers to questions, in their order; none at all while they are noted.
    pub(super) fn answers(&self, questions: Vec<Question>) -> anyhow::Result<Vec<DataFrame>> {
        match self {
            Self::Here => Ok(Vec::new()),
            Self::Notes(noted) => {
                let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
                let known: Vec<String> = noted.iter().map(Question::key).collect();
                noted.extend(questions.into_iter().filter(|one| !known.contains(&one.key())));
                Ok(Vec::new())
            }
            Self::Answered(answers) => questions.iter().map(|one| answered(answers, one)).collect(),
        }
    }
}

fn answered(answers: &Answers, question: &Question) -> anyhow::Result<DataFrame> {
    let found = answers.0.get(&question.key()).cloned();
    found.with_context(|| format!("nobody counted table `{}` beforehand; run the job again", question.table))
}
