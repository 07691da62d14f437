//! `scheme try`: a story scored, card by card, and compared with what its author worked out by hand.

use std::path::Path;

use serde_json::json;

use crate::score::appraisal::{Card, Line, Standing};
use crate::settings::Settings;
use crate::trial;
use crate::words::Locale;

use super::super::Ending;
use super::super::printer::Printer;
use super::file_of;

/// Scores the story and prints what came out.
pub(super) fn trial(
    settings: &Settings,
    name: &str,
    story: &Path,
    cards: Option<&Path>,
    printer: &Printer,
) -> anyhow::Result<Ending> {
    let trial = trial::run(&file_of(settings, name)?, story)?;
    let locale = settings.locale;
    printer.line(&format!("{} · {}", trial.story.title.get(locale), trial.story.period));
    for card in &trial.appraisal.cards {
        print(card, locale, printer);
    }
    for group in trial.appraisal.groups.iter() {
        let pools = group.pools.iter().map(|one| {
            let number =
                |value: &Option<crate::exact::Exact>| value.as_ref().map_or("-".to_owned(), |value| value.fixed(2));
            format!("{} {} ({})", one.label.get(locale), number(&one.base), number(&one.left))
        });
        let head = [format!("{:?} {}", group.level, group.id)].into_iter().chain(pools);
        printer.line(&head.collect::<Vec<_>>().join(" · "));
        for one in &group.figures {
            let value = one.value.as_ref().map_or("-".to_owned(), |value| value.trimmed(6));
            printer.line(&format!("◇ {} {value} · {}", one.label.get(locale), one.worked.get(locale)));
        }
    }
    for finding in trial.findings.iter().chain(&trial.appraisal.findings) {
        printer.say(&format!("{}: {}", finding.code, finding.text.get(locale)));
    }
    if let Some(folder) = cards {
        let written = trial::documents(settings, &trial, folder)?;
        printer.say(&format!("{} documents in `{}`", written.len(), folder.display()));
    }
    printer.document(&json!({
        "story": trial.story.title, "period": trial.story.period.to_string(), "differences": trial.differences,
    }));
    for difference in &trial.differences {
        printer.say(&format!("✗ {difference}"));
    }
    match trial.differences.is_empty() {
        true => {
            printer.line("✓ as worked out by hand");
            Ok(Ending::Done)
        }
        false => Ok(Ending::NotDone),
    }
}

fn print(card: &Card, locale: Locale, printer: &Printer) {
    let standing = match &card.standing {
        Standing::Scored { total, rank, of, grade, .. } => {
            format!("{} · {rank}/{of} · {}", total.trimmed(4), grade.get(locale))
        }
        Standing::NotScored { reason } => reason.get(locale).to_owned(),
    };
    printer.line(&format!("\n{} {} · {standing}", card.agent.id, card.agent.name));
    let rows = card.lines.iter().map(|line| row(line, locale)).collect();
    printer.table(&["line", "value", "rule", "points", "weight", "contribution", "status"], rows);
    for money in &card.money {
        printer.line(&format!("  ¥{} {}", money.amount.fixed(2), money.label.get(locale)));
    }
    let marks: Vec<&str> = card.marks.iter().map(|mark| mark.label.get(locale)).collect();
    if !marks.is_empty() {
        printer.line(&format!("  ◆ {}", marks.join("、")));
    }
    for proposal in &card.proposals {
        printer.line(&format!("  ? [{}] {}", proposal.kind, proposal.said().get(locale)));
    }
}

fn row(line: &Line, locale: Locale) -> Vec<String> {
    let number = |value: &Option<crate::exact::Exact>| value.as_ref().map_or("-".to_owned(), |value| value.trimmed(4));
    let value = line.measured.as_ref().and_then(|one| one.value.as_ref());
    vec![
        line.label.get(locale).to_owned(),
        value.map_or("-".to_owned(), |value| line.unit.print(value, line.decimals)),
        line.level.as_ref().map_or_else(
            || line.rule.get(locale).to_owned(),
            |level| format!("{} {}", level.label.get(locale), line.rule.get(locale)),
        ),
        number(&line.points),
        line.weight.trimmed(4),
        number(&line.contribution),
        line.status.word().to_owned(),
    ]
}
