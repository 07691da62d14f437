//! Lengths of time between two times of a row.

use polars::prelude::*;

use crate::finding::Finding;
use crate::words::Bilingual;

use super::given_or;

/// A column that says how much time lies between two others.
struct Span {
    table: &'static str,
    column: &'static str,
    from: &'static str,
    to: &'static str,
    unit: Unit,
}

/// What is counted; a part of one that has begun is left away.
#[derive(Clone, Copy)]
enum Unit {
    /// Whole seconds.
    Seconds,
    /// Whole minutes.
    Minutes,
}

const SPANS: [Span; 5] = [
    Span { table: "tickets", column: "reply_seconds", from: "opened_at", to: "first_reply_at", unit: Unit::Seconds },
    Span { table: "tickets", column: "solve_seconds", from: "opened_at", to: "closed_at", unit: Unit::Seconds },
    Span {
        table: "chat_sessions",
        column: "first_resp_seconds",
        from: "started_at",
        to: "first_reply_at",
        unit: Unit::Seconds,
    },
    Span { table: "complaints", column: "solve_seconds", from: "at", to: "resolved_at", unit: Unit::Seconds },
    Span {
        table: "attendance_days",
        column: "clock_span_minutes",
        from: "clock_in",
        to: "clock_out",
        unit: Unit::Minutes,
    },
];

/// How many rows of each span end before they begin.
#[derive(Debug, Default)]
pub struct Turned([usize; SPANS.len()]);

impl Turned {
    /// Counts those of other rows too.
    pub fn add(&mut self, more: Self) {
        self.0.iter_mut().zip(more.0).for_each(|(rows, more)| *rows += more);
    }

    /// One note for each span with such rows: they measure nothing.
    pub fn findings(&self) -> impl Iterator<Item = Finding> {
        let told = SPANS.iter().zip(self.0).filter(|(_, rows)| *rows > 0);
        told.map(|(span, rows)| ends_before_it_begins(span, rows))
    }
}

/// Fills every span of the rows of a table of which both ends are known.
pub fn fill(table: &str, frame: &mut DataFrame, all: &mut Turned) -> PolarsResult<()> {
    for (span, rows) in SPANS.iter().zip(&mut all.0).filter(|(span, _)| span.table == table) {
        let turned = col(span.column).is_null().and(col(span.to).lt(col(span.from)));
        *rows += frame.clone().lazy().filter(turned).collect()?.height();
        *frame = frame.clone().lazy().with_column(given_or(span.column, length(span))).collect()?;
    }
    Ok(())
}

fn length(span: &Span) -> Expr {
    let time = (col(span.to) - col(span.from)).dt();
    let whole = match span.unit {
        Unit::Seconds => time.total_seconds(false),
        Unit::Minutes => time.total_minutes(false),
    };
    when(col(span.to).gt_eq(col(span.from))).then(whole).otherwise(lit(NULL))
}

fn ends_before_it_begins(span: &Span, rows: usize) -> Finding {
    let Span { table, column, from, to, .. } = span;
    Finding::note(
        "ends-before-it-begins",
        Bilingual::new(
            format!("{table} 有 {rows} 行的 {to} 早于 {from}，这些行没有 {column}"),
            format!("{rows} rows of {table} have `{to}` before `{from}`; they have no `{column}`"),
        ),
    )
    .about(*table)
    .next(Bilingual::new("请在数据源中更正这些时间后重新运行", "correct these times in their source and run again"))
}
