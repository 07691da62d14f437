//! `explain`: one card as a tree, down to the rows behind each number.

mod document;
mod line;
mod outcome;

pub(super) use line::describe;
pub(super) use outcome::{Working, figures, money};

use crate::exact::Exact;
use crate::pipeline::{self, Explanation, Pipeline};
use crate::score::appraisal::{Card, LineKind, Standing};
use crate::words::{Bilingual, Locale};

use super::Ending;
use super::arguments::ExplainOptions;
use super::plan::period;
use super::printer::Printer;

use line::Described;

/// Prints the tree.
pub(super) fn explain(pipeline: &Pipeline, options: &ExplainOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let period = period(pipeline, &options.job, &options.period, None)?;
    let explanation = pipeline::explain(pipeline, &options.job, &period, &options.agent, options.rows)?;
    let locale = pipeline.settings.locale;
    head(&explanation, &period.to_string(), locale, printer);
    lines(&explanation, locale, printer);
    outcome::print(&explanation, locale, printer);
    printer.document(&document::document(&explanation, &period.to_string()));
    Ok(Ending::Done)
}

fn head(explanation: &Explanation, period: &str, locale: Locale, printer: &Printer) {
    let card = &explanation.card;
    let edition = match (explanation.edition, explanation.as_issued) {
        (None, _) => "-".to_owned(),
        (Some(edition), true) => edition.to_string(),
        (Some(edition), false) => {
            let differs =
                locale.say("（与这里的数字不同，请重新运行）", " (differs from these numbers; run the job again)");
            format!("{edition}{differs}")
        }
    };
    printer.line(&format!(
        "{} {} · {} · {period} · {} · {} {edition}",
        card.agent.id,
        card.agent.name,
        card.team_name,
        explanation.scheme,
        locale.say("版次", "edition")
    ));
    printer.line(&sum(card, locale));
}

/// How the total came about, or why there is none.
pub(super) fn sum(card: &Card, locale: Locale) -> String {
    match &card.standing {
        Standing::Scored { total, rank, of, grade, .. } => {
            let parts: Vec<String> =
                card.lines.iter().filter_map(|line| line.contribution.as_ref()).map(|one| one.trimmed(4)).collect();
            let grade = Some(grade.get(locale)).filter(|grade| !grade.is_empty());
            let grade = grade.map(|grade| format!(" · {grade}")).unwrap_or_default();
            format!("{} = {} · {rank}/{of}{grade}", total.trimmed(4), parts.join(" + "))
        }
        Standing::NotScored { reason } => reason.get(locale).to_owned(),
    }
}

/// Every line under its heading, which says what its lines come to.
fn lines(explanation: &Explanation, locale: Locale, printer: &Printer) {
    let mut heading: Option<&Bilingual> = None;
    for (line, rows) in explanation.card.lines.iter().zip(&explanation.rows) {
        if line.group.as_ref() != heading {
            heading = line.group.as_ref();
            if let Some(heading) = heading {
                printer.line(&format!("┌─ {}{}", heading.get(locale), group_sum(explanation, heading, locale)));
            }
        }
        print(&describe(line, rows, locale), printer);
    }
}

fn print(line: &Described<'_>, printer: &Printer) {
    printer.line(&format!("├─ {}", line.head));
    for step in &line.steps {
        printer.line(&format!("│   {step}"));
    }
    for (title, rows) in &line.tables {
        printer.line(&format!("│   {title}"));
        if !rows.cells.is_empty() {
            let columns: Vec<&str> = rows.columns.iter().map(String::as_str).collect();
            printer.table(&columns, rows.cells.clone());
        }
    }
}

fn group_sum(explanation: &Explanation, heading: &Bilingual, locale: Locale) -> String {
    let own = || explanation.card.lines.iter().filter(|line| line.group.as_ref() == Some(heading));
    let apart = own().any(|line| line.apart);
    let value = |apart: bool| -> Exact {
        own().filter_map(|line| if apart { line.points.clone() } else { line.contribution.clone() }).sum()
    };
    match (apart, own().all(|line| line.kind == LineKind::Shown)) {
        (true, _) => {
            format!(" = {}{}", value(true).trimmed(4), locale.say("（不计入总分）", " (apart from the total)"))
        }
        (false, true) => String::new(),
        (false, false) => format!(" = {}", value(false).trimmed(4)),
    }
}

fn number(value: Option<&Exact>) -> String {
    value.map_or_else(|| "-".to_owned(), |one| one.trimmed(4))
}
