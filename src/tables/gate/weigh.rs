//! Gates over what was noticed before: records that did not come, rows that came twice, accounts of two people.

use crate::exact::Exact;
use crate::finding::Finding;
use crate::job::gate::Tolerance;
use crate::job::{Gate, GateKind, Severity};

use super::Look;

/// What a finding does by the gates; `None` for one that they do not weigh.
pub fn severity(gates: &[Gate], look: &Look<'_>, finding: &Finding) -> Option<Severity> {
    match finding.code.as_str() {
        "shared-account" => {
            gates.iter().find(|gate| matches!(gate.kind, GateKind::SharedAccounts)).map(|gate| gate.severity)
        }
        "short-pull" => declared(gates, look, finding),
        "duplicates-dropped" => duplicates(gates, look, finding),
        _ => None,
    }
}

/// The source of a finding about `source/part`, and the part.
fn parts(finding: &Finding) -> Option<(&str, &str)> {
    finding.subject.as_deref()?.split_once('/')
}

fn declared(gates: &[Gate], look: &Look<'_>, finding: &Finding) -> Option<Severity> {
    let (source, resource) = parts(finding)?;
    let given = look.given.iter().find(|given| given.source == source)?;
    let count = given.counts.iter().find(|count| count.resource == resource)?;
    let gate = of_source(gates, source, |kind| matches!(kind, GateKind::Declared))?;
    Some(weighed(gate, count.missing, count.declared.unwrap_or(0)))
}

fn duplicates(gates: &[Gate], look: &Look<'_>, finding: &Finding) -> Option<Severity> {
    let (source, table) = parts(finding)?;
    let given = look.given.iter().find(|given| given.source == source)?;
    let (_, duplicates, left) = given.duplicates.iter().find(|(one, ..)| one.name() == table)?;
    let named = |kind: &GateKind| matches!(kind, GateKind::Duplicates { table: Some(one) } if one.name() == table);
    let gate = of_source(gates, source, named)
        .or_else(|| of_source(gates, source, |kind| matches!(kind, GateKind::Duplicates { table: None })))?;
    Some(weighed(gate, duplicates.identical, left + duplicates.identical))
}

/// The gate that names the source, else the one that names none.
fn of_source<'g>(gates: &'g [Gate], source: &str, is_kind: impl Fn(&GateKind) -> bool) -> Option<&'g Gate> {
    let kind: Vec<&Gate> = gates.iter().filter(|gate| is_kind(&gate.kind)).collect();
    let own = kind.iter().find(|gate| gate.source.as_deref() == Some(source));
    own.or_else(|| kind.iter().find(|gate| gate.source.is_none())).copied()
}

/// A count beyond what is borne has the gate's severity; one within it is told.
fn weighed(gate: &Gate, count: u64, whole: u64) -> Severity {
    let number = |count: u64| Exact::scaled(count.into(), 0);
    let borne = |tolerance: &Tolerance| tolerance.bears(&number(count), &number(whole));
    if borne(&gate.tolerance) { Severity::Note } else { gate.severity }
}
