//! Adding up (R10): each line gives its share of its weight, weights without data are shared out inside their group and
//! then over the card, additions are added as they are, and the declared rules make the total of the sum.

use std::collections::BTreeMap;

use crate::exact::Exact;
use crate::scheme::{Amount, Counting, Counts, Missing, Scheme};
use crate::words::Bilingual;

use super::appraisal::{Line, LineKind, Standing, Status};

/// What the lines of a card add up to.
pub(super) enum Sum {
    /// An unrounded total, with what was done to the plain sum.
    Total(Exact, Vec<Bilingual>),
    /// No total, with the reason.
    None(Bilingual),
}

/// Weights after overrides: base × (1 − Σ shares of special days) + Σ override × share, indicator by indicator.
pub(super) fn effective_weights(scheme: &Scheme, special_share: &[Exact]) -> Vec<Amount> {
    let of = |indicator: &crate::scheme::Indicator| {
        let base = match &indicator.counts {
            Counts::Weighted { weight, .. } => weight.clone(),
            Counts::Added | Counts::Shown => return Amount::Known(Exact::zero()),
        };
        let mut weight = base.clone();
        for (one, share) in scheme.overrides.iter().zip(special_share).filter(|(_, share)| !share.is_zero()) {
            let Some((_, then)) = one.weights.iter().find(|(id, _)| *id == indicator.id) else { continue };
            weight = match (weight, &base, then) {
                (Amount::Known(sum), Amount::Known(base), Amount::Known(then)) => {
                    Amount::Known(sum + (then.clone() - base.clone()) * share.clone())
                }
                (Amount::Unset(name), ..) => Amount::Unset(name),
                (_, Amount::Unset(name), _) | (.., Amount::Unset(name)) => Amount::Unset(name.clone()),
            };
        }
        weight
    };
    scheme.indicators.iter().map(of).collect()
}

/// Fills in the contributions and adds them up.
pub(super) fn add_up(scheme: &Scheme, lines: &mut [Line]) -> Sum {
    if scheme.total.counts == Counting::None {
        return Sum::None(Standing::line_by_line());
    }
    if let Some(reason) = prevented(scheme, lines) {
        return Sum::None(reason);
    }
    let factors = factors(scheme, lines);
    let weighted = lines.iter().any(|line| line.kind == LineKind::Weighted && line.status != Status::NotApplicable);
    let counted = |line: &&Line| line.kind != LineKind::Shown && line.points.is_some();
    // A line of weight nought says nothing about a total.
    let has_weight = lines.iter().filter(counted).any(|line| line.kind == LineKind::Weighted && line.weight > 0);
    if lines.iter().filter(counted).count() == 0 || (weighted && !has_weight) {
        return Sum::None(Bilingual::new("本期没有可评分的数据", "no data to score in this period"));
    }
    let normalised = normalised(scheme);
    for (line, factor) in lines.iter_mut().zip(factors) {
        line.effective_weight = line.weight.clone() * factor * normalised.clone();
        line.contribution = contribution(line);
    }
    let sum: Exact = lines.iter().filter_map(|line| line.contribution.clone()).sum();
    let (total, said) = ruled(scheme, sum);
    Sum::Total(total, said)
}

/// points / full points × the weight that counts; additions as they are.
fn contribution(line: &Line) -> Option<Exact> {
    let points = line.points.clone()?;
    match line.kind {
        LineKind::Shown => None,
        LineKind::Added => Some(points),
        LineKind::Weighted => Some(points.checked_div(&line.full_marks)? * line.effective_weight.clone()),
    }
}

/// By what each weight is stretched: its group's weights / those present, times full marks / the groups present.
fn factors(scheme: &Scheme, lines: &[Line]) -> Vec<Exact> {
    let one = || Exact::whole(1);
    let Some(full) = &scheme.full_marks else { return vec![one(); lines.len()] };
    let groups: Vec<Option<&str>> = scheme.indicators.iter().map(|one| one.group.as_deref()).collect();
    let mut whole: BTreeMap<&str, Exact> = BTreeMap::new();
    let mut present: BTreeMap<&str, Exact> = BTreeMap::new();
    let mut nodes = Exact::zero();
    for (line, group) in lines.iter().zip(&groups).filter(|(line, _)| line.kind == LineKind::Weighted) {
        match group {
            Some(group) => {
                add(&mut whole, group, &line.weight);
                if line.points.is_some() {
                    add(&mut present, group, &line.weight);
                }
            }
            None if line.points.is_some() => nodes = nodes + line.weight.clone(),
            None => {}
        }
    }
    for (group, weight) in &whole {
        if present.get(group).is_some_and(|present| *present > 0) {
            nodes = nodes + weight.clone();
        }
    }
    let over_card = full.checked_div(&nodes).unwrap_or_else(one);
    let stretched = |group: &Option<&str>| {
        let inside = group.and_then(|group| whole.get(group)?.checked_div(present.get(group)?));
        inside.unwrap_or_else(one) * over_card.clone()
    };
    groups.iter().map(stretched).collect()
}

fn add<'a>(sums: &mut BTreeMap<&'a str, Exact>, group: &'a str, weight: &Exact) {
    let sum = sums.entry(group).or_insert_with(Exact::zero);
    *sum = sum.clone() + weight.clone();
}

/// What full marks become / full marks.
fn normalised(scheme: &Scheme) -> Exact {
    let factor = scheme.total.normalise_to.as_ref().zip(scheme.full_marks.as_ref());
    factor.and_then(|(goal, full)| goal.checked_div(full)).unwrap_or_else(|| Exact::whole(1))
}

/// Limits, rounding, and totals that count as another.
fn ruled(scheme: &Scheme, sum: Exact) -> (Exact, Vec<Bilingual>) {
    let rule = &scheme.total;
    let mut said = Vec::new();
    let mut total = sum.clone();
    if let Some(least) = rule.at_least.as_ref().filter(|least| total < **least) {
        total = least.clone();
    }
    if let Some(most) = rule.at_most.as_ref().filter(|most| total > **most) {
        total = most.clone();
    }
    if let Some(places) = rule.rounded_to {
        total = total.rounded(places);
    }
    if let Some((_, becomes)) = rule.becomes.iter().find(|(limit, _)| total >= *limit) {
        total = becomes.clone();
    }
    if total != sum {
        said.push(Bilingual::new(
            format!("各项合计 {}，按方案规定计为 {}", sum.trimmed(4), total.trimmed(4)),
            format!("the lines sum to {}, which by the scheme's rule counts as {}", sum.trimmed(4), total.trimmed(4)),
        ));
    }
    (total, said)
}

/// An unset value or data that must be waited for leaves no total.
fn prevented(scheme: &Scheme, lines: &[Line]) -> Option<Bilingual> {
    let mut counted = lines.iter().zip(&scheme.indicators).filter(|(line, _)| line.kind != LineKind::Shown);
    counted.find_map(|(line, indicator)| {
        let waits = indicator.missing == Missing::Hold;
        match line.status {
            Status::Unset => Some(Bilingual::new(
                format!("考核方案中“{}”尚有未设定的值", line.label.zh),
                format!("the scheme leaves a value of \"{}\" unset", line.label.en),
            )),
            Status::Missing if waits && line.points.is_none() => Some(Bilingual::new(
                format!("“{}”的数据尚未到齐", line.label.zh),
                format!("the data of \"{}\" is not there yet", line.label.en),
            )),
            _ => None,
        }
    })
}
