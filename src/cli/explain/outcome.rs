//! What followed from the lines: gates and quotas that hold, money with its rules, proposals, remarks.

use crate::exact::Exact;
use crate::score::appraisal::Card;
use crate::words::Locale;

use super::super::printer::Printer;

/// Prints the end of the tree.
pub(super) fn print(card: &Card, locale: Locale, printer: &Printer) {
    for mark in &card.marks {
        printer.line(&format!("◆ {} [{}]", mark.label.get(locale), mark.id));
    }
    money(card, locale, printer);
    for one in &card.proposals {
        let amount = one.amount.as_ref().map(|amount| format!(" ¥{}", amount.fixed(2))).unwrap_or_default();
        printer.line(&format!("? [{}] {}{amount} · {}", one.kind, one.text.get(locale), one.evidence.get(locale)));
    }
    for remark in &card.remarks {
        printer.line(&format!("• {}", remark.get(locale)));
    }
}

fn money(card: &Card, locale: Locale, printer: &Printer) {
    for line in &card.money {
        let waits = if line.needs_approval { " [awaits approval]" } else { "" };
        let label = line.label.get(locale);
        printer.line(&format!("¥ {} {label}{waits} · {}", line.amount.fixed(2), line.worked.get(locale)));
    }
    let paid = card.money.iter().filter(|line| !line.needs_approval);
    if card.money.len() > 1 {
        let sum: Exact = paid.map(|line| line.amount.clone()).sum();
        printer.line(&format!("¥ {} = sum without what awaits approval", sum.fixed(2)));
    }
}
