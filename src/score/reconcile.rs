//! Numbers of two sources that must agree: the first stands, and people are told where the second differs.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::scheme::consequence::Reconcile;
use crate::scheme::formula::Value;
use crate::scheme::{Formula, Level};
use crate::words::Bilingual;

use super::desk::Desk;
use super::groups::group_of;

/// Every pair that differs by more than its scheme allows.
pub(super) fn findings(desk: &Desk<'_>) -> Vec<Finding> {
    desk.facts.scheme.reconciles.iter().flat_map(|reconcile| disagreements(desk, reconcile)).collect()
}

fn disagreements(desk: &Desk<'_>, reconcile: &Reconcile) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut pairs: BTreeMap<&str, (Value, Value)> = BTreeMap::new();
    for member in desk.facts.roster.agents() {
        let group = group_of(member, reconcile.of);
        if pairs.contains_key(group) {
            continue;
        }
        let value = |formula: &Formula| match reconcile.of {
            Level::Agent => desk.of_agent(formula, member),
            level => desk.of_group(formula, level, group),
        };
        let pair = (value(&reconcile.value), value(&reconcile.with));
        pairs.insert(group, pair);
    }
    for (group, pair) in pairs {
        let (Value::Number(value), Value::Number(with)) = pair else { continue };
        if (value.clone() - with.clone()).abs() > value.abs() * reconcile.within.clone() {
            let name = if group.is_empty() { String::new() } else { format!(" {group}") };
            found.push(Finding::note(
                "sources-disagree",
                Bilingual::new(
                    format!(
                        "{}{name}：{} 与 {} 相差超过允许范围，以前者为准",
                        reconcile.label.zh,
                        value.trimmed(4),
                        with.trimmed(4)
                    ),
                    format!(
                        "{}{name}: {} and {} differ by more than allowed; the first stands",
                        reconcile.label.en,
                        value.trimmed(4),
                        with.trimmed(4)
                    ),
                ),
            ));
        }
    }
    found
}
