//! Components of pay (R16, R17), each to the fen; what a person must approve is proposed and not paid.

use crate::exact::Exact;
use crate::scheme::consequence::Pay;
use crate::scheme::formula::Value;
use crate::tables::Member;

use super::appraisal::Proposal;
use super::desk::Desk;
use super::reason;

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
