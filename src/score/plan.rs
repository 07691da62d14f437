//! Which rows a metric counts: those of the period, to which tables are cut when they are built, split where rows are
//! young or days are special (R03, R21).

use chrono::{Datelike, Days as DaySpan, NaiveDate};
use polars::prelude::*;

use crate::period::Period;
use crate::scheme::consequence::Days;
use crate::scheme::{Level, Rows};
use crate::source::canonical::Grain;
use crate::tables::{self, Tables};

use super::compile::{Compiled, Ratio};
use super::question::Keep;

/// A stretch of days and the day on which its data was pulled.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    /// The period to which it belongs.
    pub(super) period: Period,
    /// The first day.
    pub(super) first: NaiveDate,
    /// The last day.
    pub(super) last: NaiveDate,
    /// The day on which the data was pulled.
    pub(super) as_of: NaiveDate,
    /// The days of each override, in the order of the file.
    pub(super) special: Vec<Vec<NaiveDate>>,
}

impl Stretch {
    /// A whole period.
    pub(super) fn whole(period: Period, as_of: NaiveDate, special: Vec<Vec<NaiveDate>>) -> Self {
        Self { period, first: period.start, last: period.last_day(), as_of, special }
    }

    /// Each of its days.
    pub(super) fn days(&self) -> Vec<Self> {
        let days = self.first.iter_days().take_while(|day| *day <= self.last);
        days.map(|day| Self { first: day, last: day, ..self.clone() }).collect()
    }
}

/// How a stretch is cut, the coarsest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cut {
    /// Not at all.
    Whole,
    /// Into the four parts of a month: days 1–7, 8–14, 15–21 and the rest, counted from the period's first day.
    Weeks,
    /// Into its days.
    Days,
}

impl Cut {
    /// How many parts there are.
    pub(super) fn parts(self, stretch: &Stretch) -> usize {
        match self {
            Self::Whole => 1,
            Self::Weeks => 4,
            Self::Days => usize::try_from((stretch.last - stretch.first).num_days() + 1).unwrap_or(0),
        }
    }

    /// In which part a row lies, from nought.
    pub(super) fn part(self, stretch: &Stretch) -> Option<Expr> {
        let day = (col("date") - lit(stretch.first)).dt().total_days(false);
        match self {
            Self::Whole => None,
            Self::Days => Some(day),
            Self::Weeks => {
                let week = day.floor_div(lit(7));
                Some(when(week.clone().gt(lit(3))).then(lit(3)).otherwise(week))
            }
        }
    }

    /// What rows of the same part have in common while they are read: of days the day itself, which needs no arithmetic.
    pub(super) fn key(self, stretch: &Stretch) -> Option<Expr> {
        match self {
            Self::Whole => None,
            Self::Days => Some(col("date")),
            Self::Weeks => Some(week_of(col("date"), stretch)),
        }
    }

    /// The part to which the key of a finer cut belongs.
    pub(super) fn of_finer(self, finer: Self, stretch: &Stretch) -> Option<Expr> {
        match (self, finer) {
            (Self::Weeks, Self::Days) => Some(week_of(col("part"), stretch)),
            _ => None,
        }
    }

    /// The number of the part of each group of an answer.
    pub(super) fn numbers(self, answer: &DataFrame, stretch: &Stretch) -> anyhow::Result<Vec<Option<usize>>> {
        let first = match self {
            Self::Whole => return Ok(vec![Some(0); answer.height()]),
            Self::Weeks => 0,
            Self::Days => (stretch.first - NaiveDate::default()).num_days(),
        };
        let keys = answer.column("part")?.cast(&DataType::Int64)?;
        Ok(keys.i64()?.iter().map(|key| usize::try_from(key? - first).ok()).collect())
    }
}

/// Which of the four parts of a month a day belongs to, by comparing days, which is all that columns of days are quick at.
fn week_of(day: Expr, stretch: &Stretch) -> Expr {
    let begun = |week: u64| day.clone().gt_eq(lit(stretch.first + DaySpan::new(7 * week))).cast(DataType::Int8);
    (1..4).map(begun).fold(begun(0) - lit(1i8), |sum, begun| sum + begun)
}

/// Rows of one table that are counted together.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) table: String,
    pub(super) level: Level,
    pub(super) subject: Option<String>,
    pub(super) keep: Vec<Condition>,
    pub(super) last_day: bool,
}

/// A condition on rows under a name that says all of it: the printed form of an expression may leave out what tells two
/// apart.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    name: String,
    expression: Expr,
    /// The same for other engines.
    pub(super) said: Keep,
}

impl Piece {
    /// Pieces with the same key read the same rows.
    pub(super) fn key(&self) -> String {
        let keep: Vec<&str> = self.keep.iter().map(|condition| condition.name.as_str()).collect();
        format!("{} {:?} {:?} {keep:?} {}", self.table, self.level, self.subject, self.last_day)
    }

    /// Pieces with the same source can be read together, each with its own condition.
    pub(super) fn source(&self) -> String {
        format!("{} {:?} {:?}", self.table, self.level, self.subject)
    }

    /// The names of its conditions.
    pub(super) fn condition(&self) -> String {
        let names: Vec<&str> = self.keep.iter().map(|condition| condition.name.as_str()).collect();
        format!("{names:?}")
    }

    /// Which rows it keeps, if not all.
    pub(super) fn kept(&self) -> Option<Expr> {
        self.keep.iter().map(|condition| condition.expression.clone()).reduce(Expr::and)
    }

    /// Whose rows they are.
    pub(super) fn subject(&self) -> Expr {
        match &self.subject {
            Some(column) => col(column.as_str()),
            None => lit(""),
        }
    }

    /// The rows that are counted; with snapshots those of the last day of each part.
    pub(super) fn rows(&self, table: LazyFrame, part: Option<Expr>) -> LazyFrame {
        let mut rows = table;
        for keep in &self.keep {
            rows = rows.filter(keep.expression.clone());
        }
        if !self.last_day {
            return rows;
        }
        let part = part.unwrap_or_else(|| lit(0)).alias("part of the period");
        let keys = [self.subject().alias("subject"), part];
        let with_keys = rows.with_columns(keys);
        let names = || [col("subject"), col("part of the period")];
        let newest = with_keys.clone().group_by(names()).agg([col("date").max().alias("newest day")]);
        let joined = with_keys.join(newest, names(), names(), JoinArgs::new(JoinType::Inner));
        joined.filter(col("date").eq(col("newest day")))
    }
}

/// How one metric is counted over a stretch.
pub(super) struct Plan {
    pub(super) pieces: Vec<(Piece, Ratio)>,
    /// Whether some of its rows are not final.
    pub(super) provisional: bool,
    /// Whether its table is there.
    pub(super) present: bool,
}

/// The pieces of one metric.
pub(super) fn pieces(compiled: &Compiled<'_>, index: usize, tables: &Tables, stretch: &Stretch, cut: Cut) -> Plan {
    let metric = &compiled.scheme.metrics[index];
    let counted = &compiled.metrics[index];
    let written = compiled.scheme.filters.iter().find(|filter| filter.id == metric.table);
    let written = written.map_or("", |filter| filter.keep.as_str());
    let filter = |(keep, said): &(Expr, Keep)| Condition {
        name: format!("filter {written}"),
        expression: keep.clone(),
        said: said.clone(),
    };
    let mut rows: Vec<Condition> = counted.keep.iter().map(filter).collect();
    let monthly = tables::grain(&counted.table) == Some(Grain::Month);
    if monthly {
        if cut != Cut::Whole {
            return Plan { pieces: Vec::new(), provisional: false, present: false };
        }
        rows.push(months(&stretch.period, &metric.months_ago));
    }
    let mut split: Vec<(Vec<Condition>, &Ratio)> = Vec::new();
    let mut ordinary = rows;
    if !monthly {
        for (place, one) in compiled.scheme.overrides.iter().enumerate() {
            let Some(days) = stretch.special.get(place).filter(|days| !days.is_empty()) else { continue };
            let special = on(days);
            if let Some((_, ratio)) = counted.overridden.iter().find(|(of, _)| *of == place) {
                split.push((with(&ordinary, special.clone()), ratio));
                ordinary = with(&ordinary, except(special));
            } else if one.leave_out.contains(&index) {
                ordinary = with(&ordinary, except(special));
            }
        }
    }
    let mut provisional = false;
    if let Some(maturity) = metric.maturity.as_ref().filter(|_| !monthly) {
        // A row of day d is final when d + days has come.
        let newest = stretch.as_of - DaySpan::new(maturity.days.into());
        if newest < stretch.last {
            provisional = true;
            let young = counted.provisional.as_ref().unwrap_or(&counted.ratio);
            let day = Condition {
                name: format!("young {newest}"),
                expression: col("date").gt(lit(newest)),
                said: Keep::After(newest),
            };
            split.push((with(&ordinary, day.clone()), young));
            ordinary = with(&ordinary, except(day));
        }
    }
    split.push((ordinary, &counted.ratio));
    let schema = tables::schema(&counted.table).unwrap_or_default();
    let subjects: Vec<Option<String>> = match metric.of {
        Level::Agent => metric.agents.iter().cloned().map(Some).collect(),
        Level::Team => vec![schema.contains("team_id").then(|| "team_id".to_owned())],
        Level::Department => vec![schema.contains("dept_id").then(|| "dept_id".to_owned())],
        Level::Shop => vec![schema.contains("shop_id").then(|| "shop_id".to_owned())],
    };
    let piece = |subject: &Option<String>, keep: &[Condition]| Piece {
        table: counted.table.clone(),
        level: metric.of,
        subject: subject.clone(),
        keep: keep.to_vec(),
        last_day: metric.rows == Rows::LastDay && !monthly,
    };
    let pieces = subjects
        .iter()
        .flat_map(|subject| split.iter().map(move |(keep, ratio)| (piece(subject, keep), (*ratio).clone())));
    Plan { pieces: pieces.collect(), provisional, present: tables.has(&counted.table) }
}

/// The days of each override in a period.
pub(super) fn special_days(
    compiled: &Compiled<'_>,
    tables: &Tables,
    period: &Period,
) -> anyhow::Result<Vec<Vec<NaiveDate>>> {
    let days = |one: &Days| match one {
        Days::Range(first, last) => Ok(period
            .start
            .iter_days()
            .take_while(|day| *day < period.end)
            .filter(|day| first <= day && day <= last)
            .collect()),
        Days::Tagged(tag) => tagged(tables, tag, period),
    };
    compiled.scheme.overrides.iter().map(|one| days(&one.days)).collect()
}

fn tagged(tables: &Tables, tag: &str, period: &Period) -> anyhow::Result<Vec<NaiveDate>> {
    let Some(calendar) = tables.lazy("calendar") else { return Ok(Vec::new()) };
    let frame = calendar
        .filter(col("tag").eq(lit(tag)))
        .select([col("date")])
        .unique(None, UniqueKeepStrategy::Any)
        .collect()?;
    let dates = frame.column("date")?.cast(&DataType::Int32)?;
    let mut days: Vec<NaiveDate> =
        dates.i32()?.iter().flatten().filter_map(since_epoch).filter(|day| period.contains(*day)).collect();
    days.sort_unstable();
    Ok(days)
}

fn since_epoch(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(1970, 1, 1)?.checked_add_signed(chrono::TimeDelta::days(days.into()))
}

fn with(rows: &[Condition], more: Condition) -> Vec<Condition> {
    rows.iter().cloned().chain([more]).collect()
}

fn except(condition: Condition) -> Condition {
    Condition {
        name: format!("not {}", condition.name),
        expression: condition.expression.not(),
        said: Keep::Not(Box::new(condition.said)),
    }
}

/// The days of an override.
fn on(days: &[NaiveDate]) -> Condition {
    let one_of = days.iter().map(|day| col("date").eq(lit(*day))).reduce(|all, day| all.or(day));
    Condition {
        name: format!("on {days:?}"),
        expression: one_of.unwrap_or_else(|| lit(false)),
        said: Keep::On(days.to_vec()),
    }
}

/// The months of a table with a `month` column: the period's own, or those so many months before its last.
fn months(period: &Period, ago: &[u32]) -> Condition {
    let last = month_number(period.last_day());
    let wanted: Vec<i32> = match (ago.is_empty(), period.start.day() == 1 && period.end.day() == 1) {
        // A quarter has three months; a month from the 21st is named by the one in which it ends.
        (true, true) => (month_number(period.start)..=last).collect(),
        (true, false) => vec![last],
        (false, _) => ago.iter().map(|back| last - *back as i32).collect(),
    };
    let labels: Vec<String> =
        wanted.iter().map(|month| format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)).collect();
    let one_of = labels.iter().map(|label| col("month").eq(lit(label.as_str()))).reduce(|all, month| all.or(month));
    Condition { name: labels.join(" "), expression: one_of.unwrap_or_else(|| lit(false)), said: Keep::Months(labels) }
}

fn month_number(day: NaiveDate) -> i32 {
    day.year() * 12 + day.month0() as i32
}
