//! Components of pay (R16, R17), each to the fen; what a person must approve is proposed and not paid.

use crate::exact::Exact;
use crate::scheme::Unit;
use crate::scheme::consequence::Pay;
use crate::scheme::formula::Value;
use crate::tables::Member;
use crate::words::Bilingual;

use super::appraisal::{MoneyLine, Proposal};
use super::desk::Desk;
use super::{pool, reason};

/// Yuan of one component for an agent; nought when its condition is not met.
pub(super) fn amount(desk: &Desk<'_>, pay: &Pay, member: &Member) -> Value {
    let barred = desk
        .facts
        .scheme
        .gates
        .iter()
        .any(|gate| gate.no_pay.contains(&pay.id) && desk.results.holds(&member.id, &gate.id));
    if barred {
        return Value::Number(Exact::zero());
    }
    match pay.when.as_ref().map(|when| desk.of_agent(when, member)) {
        None | Some(Value::Truth(true)) => {}
        Some(Value::Unset(name)) => return Value::Unset(name),
        Some(_) => return Value::Number(Exact::zero()),
    }
    match desk.of_agent(&pay.amount, member) {
        Value::Number(amount) => {
            let amount = pay.at_least.clone().map_or(amount.clone(), |least| amount.max(least));
            let amount = pay.at_most.clone().map_or(amount.clone(), |most| amount.min(most));
            Value::Number(amount.rounded(2))
        }
        other => other,
    }
}

/// What an agent gets of pools and pay; components of nought are left out.
pub(super) fn lines(desk: &Desk<'_>, member: &Member) -> Vec<MoneyLine> {
    let scheme = desk.facts.scheme;
    let mut lines = Vec::new();
    let is_paid = |value: &Value| value.number().filter(|amount| !amount.is_zero()).cloned();
    for pool in &scheme.pools {
        if let Some(amount) = is_paid(&desk.results.pool(&member.id, &pool.id)) {
            lines.push(MoneyLine {
                id: pool.id.clone(),
                label: pool.label.clone(),
                amount,
                rule: pool.base.text.clone(),
                worked: pool::in_words(desk, pool, member),
                needs_approval: false,
            });
        }
    }
    for pay in &scheme.pays {
        if let Some(amount) = is_paid(&desk.results.pay(&member.id, &pay.id)) {
            lines.push(MoneyLine {
                id: pay.id.clone(),
                label: pay.label.clone(),
                amount,
                rule: pay.amount.text.clone(),
                worked: worked(desk, pay, member),
                needs_approval: pay.approval.is_some(),
            });
        }
    }
    lines
}

/// The rule of a component with the numbers that stood in it, its condition first.
fn worked(desk: &Desk<'_>, pay: &Pay, member: &Member) -> Bilingual {
    let amount = reason::of_agent(desk, &pay.amount, member);
    let limits = limits(pay);
    let amount = Bilingual::new(format!("{}{}", amount.zh, limits.zh), format!("{}{}", amount.en, limits.en));
    let Some(when) = pay.when.as_ref().map(|when| reason::of_agent(desk, when, member)) else { return amount };
    Bilingual::new(format!("因 {} → {}", when.zh, amount.zh), format!("as {} → {}", when.en, amount.en))
}

fn limits(pay: &Pay) -> Bilingual {
    let yuan = |amount: &Option<Exact>| amount.as_ref().map(|amount| Unit::Yuan.print(amount, 2));
    match (yuan(&pay.at_least), yuan(&pay.at_most)) {
        (None, None) => Bilingual::default(),
        (Some(least), None) => Bilingual::new(format!("，不低于 {least}"), format!(", at least {least}")),
        (None, Some(most)) => Bilingual::new(format!("，不超过 {most}"), format!(", at most {most}")),
        (Some(least), Some(most)) => {
            Bilingual::new(format!("，不低于 {least}，不超过 {most}"), format!(", at least {least}, at most {most}"))
        }
    }
}

/// Components that a person must approve.
pub(super) fn proposals(desk: &Desk<'_>, member: &Member) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    for pay in &desk.facts.scheme.pays {
        let (Some(kind), Value::Number(amount)) = (&pay.approval, desk.results.pay(&member.id, &pay.id)) else {
            continue;
        };
        if amount.is_zero() {
            continue;
        }
        proposals.push(Proposal {
            rule: pay.id.clone(),
            kind: kind.clone(),
            text: pay.label.clone(),
            evidence: reason::of_agent(desk, pay.when.as_ref().unwrap_or(&pay.amount), member),
            amount: Some(amount),
        });
    }
    proposals
}
