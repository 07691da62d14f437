//! `explain`: one card as a tree, down to the rows behind each number.

use serde_json::{Value, json};

use crate::pipeline::{self, Explanation, Pipeline};
use crate::score::appraisal::{Line, Measured, Standing};
use crate::tables::Rows;
use crate::words::Locale;

use super::Ending;
use super::arguments::ExplainOptions;
use super::plan::period;
use super::printer::Printer;

/// Prints the tree.
pub(super) fn explain(pipeline: &Pipeline, options: &ExplainOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let period = period(pipeline, &options.job, &options.period, None)?;
    let explanation = pipeline::explain(pipeline, &options.job, &period, &options.agent, options.rows)?;
    let locale = pipeline.settings.locale;
    head(&explanation, &period.to_string(), locale, printer);
    for (line, rows) in explanation.card.lines.iter().zip(&explanation.rows) {
        branch(line, rows, locale, printer);
    }
    for remark in &explanation.card.remarks {
        printer.line(&format!("• {}", remark.get(locale)));
    }
    printer.document(&document(&explanation, &period.to_string()));
    Ok(Ending::Done)
}

fn head(explanation: &Explanation, period: &str, locale: Locale, printer: &Printer) {
    let card = &explanation.card;
    let edition = match (explanation.edition, explanation.as_issued) {
        (None, _) => "-".to_owned(),
        (Some(edition), true) => edition.to_string(),
        (Some(edition), false) => format!("{edition} (differs from these numbers; run the job again)"),
    };
    printer.line(&format!(
        "{} {} · {} · {period} · {} · edition {edition}",
        card.agent.id, card.agent.name, card.team_name, explanation.scheme
    ));
    match &card.standing {
        Standing::Scored { total, rank, of, grade, .. } => {
            let parts: Vec<String> =
                card.lines.iter().filter_map(|line| line.contribution.as_ref()).map(|one| one.trimmed(4)).collect();
            printer.line(&format!(
                "{} = {} · {rank}/{of} · {}",
                total.trimmed(4),
                parts.join(" + "),
                grade.get(locale)
            ));
        }
        Standing::NotScored { reason } => printer.line(reason.get(locale)),
    }
}

fn branch(line: &Line, rows: &Rows, locale: Locale, printer: &Printer) {
    let text =
        |value: &Option<crate::exact::Exact>| value.as_ref().map_or_else(|| "-".to_owned(), |one| one.trimmed(4));
    printer.line(&format!(
        "├─ {} [{}] {} / {} × {} → {}",
        line.label.get(locale),
        line.status.word(),
        text(&line.points),
        line.full_marks.trimmed(2),
        line.weight.trimmed(2),
        text(&line.contribution)
    ));
    if let Some(measured) = &line.measured {
        printer.line(&format!("│   {} = {}", parts(measured), value(line, measured)));
    }
    if let Some(reference) = &line.reference {
        let relation = reference
            .relation
            .as_ref()
            .map(|one| format!("{}%", (one.clone() * crate::exact::Exact::whole(100)).fixed(4)));
        printer.line(&format!(
            "│   {} {} = {} → {}",
            reference.label.get(locale),
            parts(&reference.measured),
            value(line, &reference.measured),
            relation.unwrap_or_else(|| "-".to_owned())
        ));
    }
    let filter = line.origin.filter.as_ref().map(|filter| format!(" WHERE {filter}")).unwrap_or_default();
    let origin = format!("{} FROM {}{filter}", line.origin.expression, line.origin.table);
    printer.line(&format!("│   {} · {origin}", line.rule.get(locale)));
    printer.line(&format!("│   {} rows", rows.count));
    if !rows.cells.is_empty() {
        let columns: Vec<&str> = rows.columns.iter().map(String::as_str).collect();
        printer.table(&columns, rows.cells.clone());
    }
}

fn parts(measured: &Measured) -> String {
    match &measured.denominator {
        Some(denominator) => format!("{} / {}", measured.numerator.trimmed(4), denominator.trimmed(4)),
        None => measured.numerator.trimmed(4),
    }
}

fn value(line: &Line, measured: &Measured) -> String {
    measured.value.as_ref().map_or_else(|| "-".to_owned(), |one| line.unit.print(one, line.decimals.max(4)))
}

fn document(explanation: &Explanation, period: &str) -> Value {
    let card = &explanation.card;
    let exact = |one: &crate::exact::Exact| one.trimmed(12);
    let measured = |one: &Measured| {
        json!({
            "value": one.value.as_ref().map(exact), "numerator": exact(&one.numerator),
            "denominator": one.denominator.as_ref().map(exact),
        })
    };
    let line = |(line, rows): (&Line, &Rows)| {
        json!({
            "id": line.id, "label": line.label, "measured": line.measured.as_ref().map(measured),
            "reference": line.reference.as_ref().map(|one| json!({
                "label": one.label, "measured": measured(&one.measured), "relation": one.relation.as_ref().map(exact),
            })),
            "points": line.points.as_ref().map(exact), "full_marks": exact(&line.full_marks), "weight": exact(&line.weight),
            "contribution": line.contribution.as_ref().map(exact), "status": line.status.word(), "rule": line.rule,
            "assumed": line.assumed, "table": line.origin.table, "expression": line.origin.expression, "filter": line.origin.filter,
            "rows": { "count": rows.count, "columns": rows.columns, "cells": rows.cells },
        })
    };
    let standing = match &card.standing {
        Standing::Scored { total, rank, of, grade, .. } => {
            json!({ "total": exact(total), "rank": rank, "of": of, "grade": grade })
        }
        Standing::NotScored { reason } => json!({ "reason": reason }),
    };
    json!({
        "agent": card.agent.id, "name": card.agent.name, "team": card.team_id, "period": period,
        "scheme": explanation.scheme, "edition": explanation.edition, "as_issued": explanation.as_issued, "standing": standing,
        "lines": card.lines.iter().zip(&explanation.rows).map(line).collect::<Vec<_>>(),
        "remarks": card.remarks,
    })
}
