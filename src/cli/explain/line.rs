//! One line of the tree: what was judged, beside what, the rule, and the rows.

use crate::exact::Exact;
use crate::score::appraisal::{Line, LineKind, Measured, Origin};
use crate::tables::Rows;
use crate::words::Locale;

use super::super::printer::Printer;
use super::number;

/// Prints the line and everything below it.
pub(super) fn print(line: &Line, rows: &[Rows], locale: Locale, printer: &Printer) {
    head(line, locale, printer);
    judged(line, locale, printer);
    weeks(line, locale, printer);
    occurrences(line, locale, printer);
    for one in &line.unmet {
        let critical = if one.critical { " [critical]" } else { "" };
        printer.line(&format!("│   ✗ {} {}{critical}", one.id, one.text.get(locale)));
    }
    for (origin, rows) in line.origins.iter().zip(rows) {
        behind(origin, rows, locale, printer);
    }
}

/// Points and how they enter the total: by the weight, as an addition, or not at all.
fn head(line: &Line, locale: Locale, printer: &Printer) {
    let level = line.level.as_ref().map(|level| format!(" {}", level.label.get(locale))).unwrap_or_default();
    let points = number(line.points.as_ref());
    let counts = match line.kind {
        LineKind::Weighted => format!(
            "{points} / {} × {}{} → {}",
            line.full_marks.trimmed(2),
            line.weight.trimmed(2),
            effective(line),
            number(line.contribution.as_ref())
        ),
        LineKind::Added => format!("{points} → {}", number(line.contribution.as_ref())),
        LineKind::Shown => points,
    };
    printer.line(&format!("├─ {} [{}]{level} {counts}", line.label.get(locale), line.status.word()));
    if let Some(about) = &line.about {
        printer.line(&format!("│   {}", about.get(locale)));
    }
}

fn effective(line: &Line) -> String {
    let differs = line.contribution.is_some() && line.effective_weight != line.weight;
    if differs { format!(" (counts {})", line.effective_weight.trimmed(4)) } else { String::new() }
}

fn judged(line: &Line, locale: Locale, printer: &Printer) {
    if let Some(measured) = &line.measured {
        printer.line(&format!("│   {} = {}", parts(measured), value(line, measured)));
    }
    if let Some(reference) = &line.reference {
        let relation = reference.relation.as_ref();
        let relation = relation.map(|one| format!("{}%", (one.clone() * Exact::whole(100)).fixed(4)));
        printer.line(&format!(
            "│   {} {} = {} → {}",
            reference.label.get(locale),
            parts(&reference.measured),
            value(line, &reference.measured),
            relation.unwrap_or_else(|| "-".to_owned())
        ));
    }
    printer.line(&format!("│   {}", line.rule.get(locale)));
    if let Some(lacking) = &line.lacking {
        printer.line(&format!("│   unset: {lacking}"));
    }
}

fn weeks(line: &Line, locale: Locale, printer: &Printer) {
    for week in &line.weeks {
        let measured = week.measured.as_ref().map(|one| format!("{} = {}", parts(one), value(line, one)));
        printer.line(&format!(
            "│   week {}: {} → {} · {}",
            week.week,
            measured.unwrap_or_else(|| "-".to_owned()),
            number(week.points.as_ref()),
            week.rule.get(locale)
        ));
    }
}

fn occurrences(line: &Line, locale: Locale, printer: &Printer) {
    for one in &line.occurrences {
        let on = one.on.map_or_else(|| "-".to_owned(), |on| on.to_string());
        printer.line(&format!("│   {on} {} {}", one.points.trimmed(4), one.what.get(locale)));
    }
}

/// Where the value came from, and its rows.
fn behind(origin: &Origin, rows: &Rows, locale: Locale, printer: &Printer) {
    let filter = origin.filter.as_ref().map(|filter| format!(" WHERE {filter}")).unwrap_or_default();
    printer.line(&format!(
        "│   {}: {} FROM {}{filter} · {} rows",
        origin.label.get(locale),
        origin.expression,
        origin.table,
        rows.count
    ));
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
