//! One line of the tree in words: what was judged, beside what, the rule, and the rows.

use crate::exact::Exact;
use crate::score::appraisal::{Line, LineKind, Measured, Origin, Status};
use crate::tables::Rows;
use crate::words::Locale;

use super::number;

/// A line in words.
pub(in crate::cli) struct Described<'a> {
    /// What it is called and what it gave.
    pub(in crate::cli) head: String,
    /// How it came about, step by step.
    pub(in crate::cli) steps: Vec<String>,
    /// What was computed from which table, and the rows behind it.
    pub(in crate::cli) tables: Vec<(String, &'a Rows)>,
}

/// Puts the line and everything below it into words.
pub(in crate::cli) fn describe<'a>(line: &Line, rows: &'a [Rows], locale: Locale) -> Described<'a> {
    let mut steps: Vec<String> = line.about.iter().map(|about| about.get(locale).to_owned()).collect();
    steps.extend(judged(line, locale));
    steps.extend(weeks(line, locale));
    steps.extend(occurrences(line, locale));
    steps.extend(line.unmet.iter().map(|one| {
        let critical = if one.critical { locale.say("［关键项］", " [critical]") } else { "" };
        format!("✗ {} {}{critical}", one.id, one.text.get(locale))
    }));
    let behind = line.origins.iter().zip(rows);
    Described {
        head: head(line, locale),
        steps,
        tables: behind.map(|(origin, rows)| (title(origin, rows, locale), rows)).collect(),
    }
}

/// Points and how they enter the total: by the weight, as an addition, or not at all.
fn head(line: &Line, locale: Locale) -> String {
    let level = line.level.as_ref().map(|level| format!(" {}", level.label.get(locale))).unwrap_or_default();
    let points = number(line.points.as_ref());
    let counts = match line.kind {
        LineKind::Weighted => format!(
            "{points} / {} × {}{} → {}",
            line.full_marks.trimmed(2),
            line.weight.trimmed(2),
            effective(line, locale),
            number(line.contribution.as_ref())
        ),
        LineKind::Added => format!("{points} → {}", number(line.contribution.as_ref())),
        LineKind::Shown => points,
    };
    format!("{} [{}]{level} {counts}", line.label.get(locale), status(line.status, locale))
}

fn status(status: Status, locale: Locale) -> &'static str {
    match locale {
        Locale::En => status.word(),
        Locale::Zh => match status {
            Status::Final => "已定",
            Status::Provisional => "暂计",
            Status::Assumed => "按默认值",
            Status::Missing => "无数据",
            Status::Unset => "标准未设定",
            Status::NotApplicable => "不适用",
        },
    }
}

fn effective(line: &Line, locale: Locale) -> String {
    let differs = line.contribution.is_some() && line.effective_weight != line.weight;
    let counts = || format!(" ({} {})", locale.say("实际按", "counts"), line.effective_weight.trimmed(4));
    if differs { counts() } else { String::new() }
}

fn judged(line: &Line, locale: Locale) -> Vec<String> {
    let mut steps = Vec::new();
    if let Some(measured) = &line.measured {
        steps.push(format!("{} = {}", parts(measured), value(line, measured)));
    }
    if let Some(reference) = &line.reference {
        let relation = reference.relation.as_ref();
        let relation = relation.map(|one| format!("{}%", (one.clone() * Exact::whole(100)).fixed(4)));
        steps.push(format!(
            "{} {} = {} → {}",
            reference.label.get(locale),
            parts(&reference.measured),
            value(line, &reference.measured),
            relation.unwrap_or_else(|| "-".to_owned())
        ));
    }
    steps.push(line.rule.get(locale).to_owned());
    steps.extend(line.lacking.iter().map(|lacking| format!("{}{lacking}", locale.say("未设定：", "unset: "))));
    steps
}

fn weeks(line: &Line, locale: Locale) -> impl Iterator<Item = String> {
    line.weeks.iter().map(move |week| {
        let measured = week.measured.as_ref().map(|one| format!("{} = {}", parts(one), value(line, one)));
        format!(
            "{}: {} → {} · {}",
            week_name(week.week, locale),
            measured.unwrap_or_else(|| "-".to_owned()),
            number(week.points.as_ref()),
            week.rule.get(locale)
        )
    })
}

fn week_name(week: u32, locale: Locale) -> String {
    match locale {
        Locale::Zh => format!("第 {week} 周"),
        Locale::En => format!("week {week}"),
    }
}

fn occurrences(line: &Line, locale: Locale) -> impl Iterator<Item = String> {
    line.occurrences.iter().map(move |one| {
        let on = one.on.map_or_else(|| "-".to_owned(), |on| on.to_string());
        format!("{on} {} {}", one.points.trimmed(4), one.what.get(locale))
    })
}

/// Where the value came from, and how many rows that were.
fn title(origin: &Origin, rows: &Rows, locale: Locale) -> String {
    let filter = origin.filter.as_ref().map(|filter| format!(" WHERE {filter}")).unwrap_or_default();
    let (label, rows_word) = (origin.label.get(locale), locale.say("行", "rows"));
    format!("{label}: {} FROM {}{filter} · {} {rows_word}", origin.expression, origin.table, rows.count)
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
