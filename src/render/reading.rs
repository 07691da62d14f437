//! The card read aloud: where points were lost, and how far the next grade is, in a sentence each.

use super::body::said;
use super::figures::{number, rounded, short_number};
use crate::exact::Exact;
use crate::score::appraisal::{Appraisal, Card, Line, LineKind, Standing};
use crate::words::Locale;

/// How many of the largest losses are named.
const NAMED: usize = 2;

/// Plain sentences about the total, with its decimals; none for a card without one.
pub(super) fn reading_body(appraisal: &Appraisal, card: &Card, places: u32, locale: Locale) -> Vec<String> {
    let Standing::Scored { total, .. } = &card.standing else { return Vec::new() };
    [losses_in_words(card, places, locale), next_grade_in_words(appraisal, total, places, locale)]
        .into_iter()
        .flatten()
        .collect()
}

/// What a line cost: the rest of its weight, or what an addition took away.
fn loss(line: &Line) -> Option<Exact> {
    let won = line.contribution.clone()?;
    let lost = match line.kind {
        LineKind::Weighted => line.effective_weight.clone() - won,
        LineKind::Added => -won,
        LineKind::Shown => return None,
    };
    (lost > 0).then_some(lost)
}

fn losses_in_words(card: &Card, places: u32, locale: Locale) -> Option<String> {
    let counted = card.lines.iter().filter(|line| line.contribution.is_some() && line.kind == LineKind::Weighted);
    let mut losses: Vec<(Exact, &Line)> = card.lines.iter().filter_map(|line| Some((loss(line)?, line))).collect();
    losses.retain(|(lost, _)| !rounded(lost, places).is_zero());
    losses.sort_by(|one, other| other.0.cmp(&one.0));
    if losses.is_empty() {
        let all = counted.count() > 0;
        return all.then(|| in_language(locale, "各项都得到了满分。", "Every indicator earned its full marks."));
    }
    let named: Vec<String> =
        losses.iter().take(NAMED).map(|(lost, line)| one_loss(line, lost, places, locale)).collect();
    Some(match locale {
        Locale::Zh => format!("失分最多的是{}。", named.join("，其次是")),
        Locale::En => format!("Most was lost on {}.", named.join(", then on ")),
    })
}

fn one_loss(line: &Line, lost: &Exact, places: u32, locale: Locale) -> String {
    let (label, lost) = (said(&line.label, locale), number(lost, places));
    let out_of = (line.kind == LineKind::Weighted).then(|| short_number(&line.effective_weight, 2));
    match (locale, out_of) {
        (Locale::Zh, Some(full)) => format!("「{label}」（{full} 分中少得 {lost} 分）"),
        (Locale::Zh, None) => format!("「{label}」（扣 {lost} 分）"),
        (Locale::En, Some(full)) => format!("{label} ({lost} of {full} points)"),
        (Locale::En, None) => format!("{label} ({lost} points deducted)"),
    }
}

/// How far the next grade is, counted on printed numbers so that it can be checked on paper.
fn next_grade_in_words(appraisal: &Appraisal, total: &Exact, places: u32, locale: Locale) -> Option<String> {
    let grades = &appraisal.scheme.grades;
    if grades.is_empty() {
        return None;
    }
    let above = |(_, from): &&(_, Option<Exact>)| from.as_ref().is_some_and(|from| from > total);
    let Some((label, Some(from))) = grades.iter().rev().find(above) else {
        return Some(in_language(locale, "已在最高等级。", "This is the highest grade."));
    };
    let (label, gap) = (said(label, locale), number(&(from.clone() - rounded(total, places)), places));
    Some(match locale {
        Locale::Zh => format!("再得 {gap} 分即到「{label}」（{} 分起）。", from.trimmed(2)),
        Locale::En => format!("Another {gap} points make it {label} (from {}).", from.trimmed(2)),
    })
}

fn in_language(locale: Locale, zh: &str, en: &str) -> String {
    match locale {
        Locale::Zh => zh.to_owned(),
        Locale::En => en.to_owned(),
    }
}
