//! What followed from the lines: gates and quotas that hold, money with its rules, proposals, remarks.

use crate::exact::Exact;
use crate::pipeline::Explanation;
use crate::score::appraisal::{Figure, MoneyLine};
use crate::words::Locale;

use super::super::printer::Printer;

/// Something that was worked out.
pub(in crate::cli) struct Working {
    /// What it is called and what it came to.
    pub(in crate::cli) head: String,
    /// How it came about, with the numbers that stood in its rule.
    pub(in crate::cli) worked: String,
}

/// Prints the end of the tree.
pub(super) fn print(explanation: &Explanation, locale: Locale, printer: &Printer) {
    let card = &explanation.card;
    for mark in &card.marks {
        printer.line(&format!("◆ {} [{}]", mark.label.get(locale), mark.id));
    }
    let all = |workings: Vec<Working>| {
        workings.iter().for_each(|one| printer.line(&format!("{} · {}", one.head, one.worked)));
    };
    all(money(explanation, locale));
    if card.money.len() > 1 {
        let sum: Exact = card.money.iter().filter(|line| !line.needs_approval).map(|line| line.amount.clone()).sum();
        let words = locale.say("合计（待审批的除外）", "sum without what awaits approval");
        printer.line(&format!("¥ {} = {words}", sum.fixed(2)));
    }
    all(figures(explanation, locale));
    for one in &card.proposals {
        let amount = one.amount.as_ref().map(|amount| format!(" ¥{}", amount.fixed(2))).unwrap_or_default();
        printer.line(&format!("? [{}] {}{amount} · {}", one.kind, one.text.get(locale), one.evidence.get(locale)));
    }
    for remark in &card.remarks {
        printer.line(&format!("• {}", remark.get(locale)));
    }
}

/// The agent's money.
pub(in crate::cli) fn money(explanation: &Explanation, locale: Locale) -> Vec<Working> {
    let paid = |line: &MoneyLine| {
        let waits = if line.needs_approval { locale.say("［待审批］", " [awaits approval]") } else { "" };
        let head = format!("¥ {} {}{waits}", line.amount.fixed(2), line.label.get(locale));
        Working { head, worked: line.worked.get(locale).to_owned() }
    };
    explanation.card.money.iter().map(paid).collect()
}

/// The numbers of the agent's groups on which the money rests.
pub(in crate::cli) fn figures(explanation: &Explanation, locale: Locale) -> Vec<Working> {
    let of_group = |figure: &Figure| {
        let value = figure.value.as_ref().map_or_else(|| "-".to_owned(), |one| figure.unit.print(one, figure.decimals));
        let head = format!("◇ {} {value}", figure.label.get(locale));
        Working { head, worked: figure.worked.get(locale).to_owned() }
    };
    explanation.figures.iter().map(of_group).collect()
}
