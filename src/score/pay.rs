//! Components of pay (R16, R17), each to the fen; what a person must approve is proposed and not paid.

use crate::exact::Exact;
use crate::scheme::consequence::Pay;
use crate::scheme::formula::Value;
use crate::tables::Member;
use crate::words::Bilingual;

use super::appraisal::{MoneyLine, Proposal};
use super::desk::Desk;

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
                needs_approval: pay.approval.is_some(),
            });
        }
    }
    lines
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
        let when = pay.when.as_ref().map_or_else(|| pay.amount.text.clone(), |when| when.text.clone());
        proposals.push(Proposal {
            rule: pay.id.clone(),
            kind: kind.clone(),
            text: pay.label.clone(),
            evidence: Bilingual::new(format!("依据：{when}"), format!("by the rule: {when}")),
            amount: Some(amount),
        });
    }
    proposals
}
