//! Lengths of time between two times of a row.

use std::collections::BTreeMap;

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

/// Fills every span of which both ends are known; one that ends before it begins measures nothing, and that is said.
pub fn fill(frames: &mut BTreeMap<String, DataFrame>, findings: &mut Vec<Finding>) -> PolarsResult<()> {
    for span in &SPANS {
        let Some(frame) = frames.get_mut(span.table) else { continue };
        let turned = col(span.column).is_null().and(col(span.to).lt(col(span.from)));
        let rows = frame.clone().lazy().filter(turned).collect()?.height();
        if rows > 0 {
            findings.push(ends_before_it_begins(span, rows));
        }
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
