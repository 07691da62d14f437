//! From SQL text to queries: what a scheme counts over the rows of a table, tried on empty tables before any data is pulled.

use std::sync::{Arc, Mutex};

use polars::prelude::*;
use polars::sql::sql_expr;

use crate::diag::{Diagnostic, Diagnostics, Place, known_names};
use crate::scheme::formula;
use crate::scheme::line::{Occurrence, OccurrencePoints};
use crate::scheme::{Average, Filter, Judged, Level, Metric, Per, Rows, Scheme};
use crate::source::Grain;
use crate::tables;

use super::question::{Answers, Counter, Keep, Question};
use super::{fold, sums};

/// A scheme whose SQL is ready to run.
#[derive(Clone, Debug)]
pub struct Compiled<'s> {
    /// The scheme.
    pub scheme: &'s Scheme,
    /// One per metric, in the order of the file.
    pub(super) metrics: Vec<Counted>,
    /// For each indicator its kinds of occurrences.
    pub(super) occurrences: Vec<Vec<Recorded>>,
    /// Who counts.
    pub(super) counter: Counter,
}

impl<'s> Compiled<'s> {
    /// The same with what another engine counted, in place of counting here.
    pub fn answered(self, answers: Answers) -> Self {
        Self { counter: Counter::Answered(Arc::new(answers)), ..self }
    }

    /// The same with a list into which questions are noted instead of being answered.
    pub(super) fn noting(&self, noted: &Arc<Mutex<Vec<Question>>>) -> Self {
        Self { counter: Counter::Notes(noted.clone()), ..self.clone() }
    }
}

impl Compiled<'_> {
    /// Whether a metric's parts over a month are the sums of its parts over the month's weeks.
    pub(super) fn adds_up_over_weeks(&self, index: usize) -> bool {
        let counted = &self.metrics[index];
        let ratios =
            counted.overridden.iter().map(|(_, ratio)| ratio).chain(&counted.provisional).chain([&counted.ratio]);
        let sides = ratios.flat_map(|ratio| std::iter::once(&ratio.numerator).chain(&ratio.denominator));
        let by_day = tables::grain(&counted.table) != Some(Grain::Month);
        by_day && self.scheme.metrics[index].rows != Rows::LastDay && sides.into_iter().all(sums::adds_up_over_days)
    }

    /// Whether one reading of a metric's rows gives its parts over days, weeks and the month.
    pub(super) fn is_summed(&self, index: usize) -> bool {
        let ratios = self.metrics[index].ratios();
        let mut sides = ratios.flat_map(|ratio| std::iter::once(&ratio.numerator).chain(&ratio.denominator));
        self.adds_up_over_weeks(index) && sides.all(|side| fold::over(side, None).is_some())
    }
}

/// A metric ready to be counted.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    /// The canonical table.
    pub(super) table: String,
    /// The filter's condition.
    pub(super) keep: Option<(Expr, Keep)>,
    /// What is counted.
    pub(super) ratio: Ratio,
    /// What stands for rows that are not final yet.
    pub(super) provisional: Option<Ratio>,
    /// What is counted on the days of an override, by the override's place.
    pub(super) overridden: Vec<(usize, Ratio)>,
}

/// What was counted, and what it is divided by.
#[derive(Clone, Debug)]
pub(super) struct Ratio {
    pub(super) numerator: Expr,
    pub(super) denominator: Option<Expr>,
    /// As it is written, which says all of it.
    pub(super) text: String,
    /// Where it is written.
    pub(super) place: Place,
}

/// A kind of occurrence ready to be read.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    pub(super) keep: Option<Expr>,
    pub(super) count: Option<Expr>,
    pub(super) points: Option<Expr>,
}

/// Compiles everything that a scheme says in SQL, or reports all that cannot be.
pub fn compile(scheme: &Scheme) -> Result<Compiled<'_>, Diagnostics> {
    let mut found = filters(scheme);
    let mut metrics = Vec::new();
    for (index, metric) in scheme.metrics.iter().enumerate() {
        match counted(scheme, index, metric) {
            Ok(counted) => {
                found.extend(fits(metric, &counted));
                found.extend(suits(scheme, index, &counted.table));
                found.extend(summable(scheme, index, &counted));
                metrics.push(counted);
            }
            Err(wrong) => found.push(wrong),
        }
    }
    let mut occurrences = Vec::new();
    for indicator in &scheme.indicators {
        let kinds: &[Occurrence] = match &indicator.judged {
            Judged::Occurrences { kinds, .. } => kinds,
            _ => &[],
        };
        let mut ready = Vec::new();
        for kind in kinds {
            match recorded(kind) {
                Ok(one) => ready.push(one),
                Err(wrong) => found.push(wrong),
            }
        }
        occurrences.push(ready);
    }
    found.into_result(Compiled { scheme, metrics, occurrences, counter: Counter::default() })
}

/// Tries every filter, used or not, on an empty table.
fn filters(scheme: &Scheme) -> Diagnostics {
    let mut found = Diagnostics::new();
    for filter in &scheme.filters {
        let Some(schema) = tables::schema(&filter.table) else {
            found.push(no_table(&filter.table, &filter.place, tables::names()));
            continue;
        };
        if tables::schema(&filter.id).is_some() {
            let twins = Diagnostic::error(format!("filter `{}` is called like a table", filter.id));
            found.push(twins.at(filter.place.clone()).hint("give the filter an id of its own"));
        }
        let tried = parse(&filter.keep, &filter.place).and_then(|keep| {
            let rows = DataFrame::empty_with_schema(&schema).lazy().filter(keep);
            let about = format!("filter `{}`", filter.id);
            rows.collect().map_err(|error| misfit(&about, &filter.table, &error, &filter.place))
        });
        if let Err(wrong) = tried {
            found.push(wrong);
        }
    }
    found
}

fn no_table(asked: &str, place: &Place, known: Vec<&str>) -> Diagnostic {
    Diagnostic::error(format!("there is no table or filter `{asked}`"))
        .at(place.clone())
        .hint(known_names(asked, known))
}

/// SQL that a table cannot answer, with the columns that it has.
fn misfit(about: &str, table: &str, error: &PolarsError, place: &Place) -> Diagnostic {
    let schema = tables::schema(table).unwrap_or_default();
    let columns: Vec<&str> = schema.iter_names().map(|name| name.as_str()).collect();
    let message = first_line(error);
    let asked = message.split(['"', '`']).nth(1).unwrap_or_default().to_owned();
    Diagnostic::error(format!("{about} does not fit table `{table}`: {message}"))
        .at(place.clone())
        .hint(known_names(&asked, columns))
}

fn counted(scheme: &Scheme, index: usize, metric: &Metric) -> Result<Counted, Diagnostic> {
    let filter = scheme.filters.iter().find(|filter| filter.id == metric.table);
    let table = filter.map_or(&metric.table, |filter| &filter.table);
    if tables::schema(table).is_none() {
        let known = scheme.filters.iter().map(|filter| filter.id.as_str()).chain(tables::names()).collect();
        return Err(no_table(table, &metric.table_at, known));
    }
    let young = metric.maturity.as_ref().and_then(|maturity| maturity.provisional.as_ref());
    let changed = scheme.overrides.iter().enumerate().flat_map(|(place, one)| {
        one.expressions.iter().filter(move |(of, ..)| *of == index).map(move |(_, sql, at)| (place, sql, at))
    });
    Ok(Counted {
        table: table.clone(),
        keep: filter.map(kept).transpose()?,
        ratio: ratio(&metric.expression, &metric.place)?,
        provisional: young.map(|(sql, place)| ratio(sql, place)).transpose()?,
        overridden: changed.map(|(place, sql, at)| Ok((place, ratio(sql, at)?))).collect::<Result<_, Diagnostic>>()?,
    })
}

fn kept(filter: &Filter) -> Result<(Expr, Keep), Diagnostic> {
    let expression = parse(&filter.keep, &filter.place)?;
    Ok((expression, Keep::Written(filter.keep.clone(), filter.place.clone())))
}

fn parse(sql: &str, place: &Place) -> Result<Expr, Diagnostic> {
    if let Err(why) = formula::readable(sql) {
        return Err(Diagnostic::error(format!("this is not an SQL expression: {why}"))
            .at(place.clone())
            .hint("write aggregates of columns; what is long may be several metrics and a `[[formula]]`"));
    }
    sql_expr(sql).map_err(|error| {
        Diagnostic::error(format!("this is not an SQL expression: {}", first_line(&error)))
            .at(place.clone())
            .hint("write aggregates of columns, such as `SUM(paid_customers) / SUM(inquiries)`")
    })
}

/// A division at the top keeps both its sides, so that a value can be shown with what it was made of.
fn ratio(sql: &str, place: &Place) -> Result<Ratio, Diagnostic> {
    let (numerator, denominator) = match parse(sql, place)? {
        Expr::BinaryExpr { left, op: Operator::TrueDivide | Operator::RustDivide, right } => {
            ((*left).clone(), Some((*right).clone()))
        }
        whole => (whole, None),
    };
    Ok(Ratio { numerator, denominator, text: sql.to_owned(), place: place.clone() })
}

/// Tries a metric on an empty table, which finds columns that do not exist before any data is pulled.
fn fits(metric: &Metric, counted: &Counted) -> Diagnostics {
    let mut found = Diagnostics::new();
    let Some(schema) = tables::schema(&counted.table) else { return found };
    let subjects = match metric.of {
        Level::Agent => metric.agents.clone(),
        _ => Vec::new(),
    };
    for ratio in counted.ratios() {
        let mut rows = DataFrame::empty_with_schema(&schema).lazy();
        if let Some((keep, _)) = &counted.keep {
            rows = rows.filter(keep.clone());
        }
        let keys: Vec<Expr> = match subjects.is_empty() {
            true => vec![lit("").alias("subject")],
            false => subjects.iter().map(|name| col(name.as_str())).collect(),
        };
        let tried = rows.group_by(keys).agg(ratio.columns(0)).collect();
        if let Ok(tried) = &tried
            && tried.schema().iter().any(|(name, kind)| matches!(name.as_str(), "n0" | "d0") && kind.is_float())
        {
            let message = format!("`{}` is worked out in binary fractions, which are not exact", metric.id);
            let wrong = Diagnostic::error(message).at(metric.place.clone());
            found.push(
                wrong.hint("keep one division at the top, and put further divisions and factors into a `[[formula]]`"),
            );
        }
        if let Err(error) = tried {
            found.push(misfit(&format!("`{}`", metric.id), &counted.table, &error, &ratio.place));
        }
    }
    found
}

/// What a metric asks of its table beside its columns: days that can mature, and rows of the group it is about.
fn suits(scheme: &Scheme, index: usize, table: &str) -> Diagnostics {
    let metric = &scheme.metrics[index];
    let mut found = Diagnostics::new();
    let mut wrong = |message: String, hint: &str| {
        found.push(Diagnostic::error(message).at(metric.table_at.clone()).hint(hint));
    };
    let id = &metric.id;
    if tables::grain(table) == Some(Grain::Month) {
        let weekly = scheme.indicators.iter().find(|line| {
            line.per == Per::Week
                && matches!(line.judged, Judged::Value { metric: Some(judged), .. } if judged == index)
        });
        let special = scheme
            .overrides
            .iter()
            .find(|one| one.leave_out.contains(&index) || one.expressions.iter().any(|(metric, ..)| *metric == index));
        let by_day = [
            metric.maturity.is_some().then(|| "`matures-after`".to_owned()),
            (metric.rows == Rows::LastDay).then(|| "`rows = \"last-day\"`".to_owned()),
            weekly.map(|line| format!("`per = \"week\"` of indicator `{}`", line.id)),
            special.map(|one| format!("override `{}`", one.id)),
        ];
        for what in by_day.into_iter().flatten() {
            wrong(
                format!("{what} needs days, but `{id}` counts table `{table}`, which has one row a month"),
                "leave it out, or count a table with a `date`",
            );
        }
    }
    let schema = tables::schema(table).unwrap_or_default();
    let column = match metric.of {
        Level::Team => "team_id",
        Level::Department => "dept_id",
        Level::Agent | Level::Shop => return found,
    };
    if !schema.contains(column) {
        wrong(
            format!("`{id}` is a group's, but table `{table}` has no column `{column}`"),
            "leave `of` out and name the group's value, such as `team.conversion`",
        );
    }
    found
}

/// Means cannot be added up, neither over agents nor over days; what stands for a group must add up over its agents, and
/// what is counted in several pieces over its rows.
fn summable(scheme: &Scheme, index: usize, counted: &Counted) -> Diagnostics {
    let metric = &scheme.metrics[index];
    let wrong =
        |message: String, hint: &str| Diagnostics::from(Diagnostic::error(message).at(metric.place.clone()).hint(hint));
    let ratios = || {
        std::iter::once(&counted.ratio).chain(&counted.provisional).chain(counted.overridden.iter().map(|one| &one.1))
    };
    let sides = || ratios().flat_map(|ratio| std::iter::once(&ratio.numerator).chain(&ratio.denominator));
    if sides().any(sums::has_mean) {
        let message = format!("`{}` uses AVG, which keeps neither its sum nor its count", metric.id);
        return wrong(message, "write `SUM(x) / COUNT(x)`, a sum over a count");
    }
    if ratios().any(|ratio| ratio.denominator.is_some() != counted.ratio.denominator.is_some()) {
        let message = format!("the expressions of `{}` are not all divisions, or all none", metric.id);
        return wrong(message, "write provisional and override expressions in the form of the metric's own");
    }
    let adds_up = sides().all(sums::adds_up);
    let last_day = metric.rows == Rows::LastDay;
    let pieces = metric.maturity.is_some()
        || !counted.overridden.is_empty()
        || metric.agents.len() > 1
        || metric.months_ago.len() > 1;
    if pieces && (last_day || !adds_up) {
        let message = format!("`{}` is counted in several pieces, which do not add up", metric.id);
        return wrong(
            message,
            "use sums and counts of all rows, or leave out maturity, overrides, further columns and months",
        );
    }
    if metric.of != Level::Agent || metric.average == Average::MeanOfAgents || adds_up {
        return Diagnostics::new();
    }
    match scheme.asked_of_groups().into_iter().find(|(asked, _)| *asked == index) {
        Some((_, formula)) => wrong(
            format!("`{}` stands for a group in `{}`, but does not add up over agents", metric.id, formula.text),
            "write `SUM(x) / COUNT(x)`, a sum over a count, or say `average = \"mean-of-agents\"`",
        ),
        None => Diagnostics::new(),
    }
}

fn recorded(kind: &Occurrence) -> Result<Recorded, Diagnostic> {
    let Some(schema) = tables::schema(&kind.table) else {
        return Err(no_table(&kind.table, &kind.place, tables::names()));
    };
    let one = Recorded {
        keep: kind.keep.as_ref().map(|sql| parse(sql, &kind.place)).transpose()?,
        count: kind.count.as_ref().map(|sql| parse(sql, &kind.place)).transpose()?,
        points: match &kind.points {
            OccurrencePoints::Column { column, .. } => Some(parse(column, &kind.place)?),
            _ => None,
        },
    };
    let mut rows = DataFrame::empty_with_schema(&schema).lazy();
    if let Some(keep) = &one.keep {
        rows = rows.filter(keep.clone());
    }
    let columns = kind.agents.iter().chain(&kind.note).map(|name| col(name.as_str()));
    let others = one.count.iter().map(|count| count.clone().alias("count of a row"));
    let others = others.chain(one.points.iter().map(|points| points.clone().alias("points of a row")));
    match rows.select(columns.chain(others).collect::<Vec<Expr>>()).collect() {
        Ok(_) => Ok(one),
        Err(error) => Err(misfit(&format!("`{}`", kind.what.zh), &kind.table, &error, &kind.place)),
    }
}

impl Counted {
    /// All that is counted: as a rule, for young rows, and on special days.
    fn ratios(&self) -> impl Iterator<Item = &Ratio> {
        let others = self.overridden.iter().map(|(_, ratio)| ratio);
        std::iter::once(&self.ratio).chain(&self.provisional).chain(others)
    }
}

impl Ratio {
    /// `n<index>`, and `d<index>` where there is a denominator.
    pub(super) fn columns(&self, index: usize) -> Vec<Expr> {
        let numerator = self.numerator.clone().alias(format!("n{index}"));
        let denominator = self.denominator.clone().map(|expression| expression.alias(format!("d{index}")));
        std::iter::once(numerator).chain(denominator).collect()
    }
}

fn first_line(error: &PolarsError) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
