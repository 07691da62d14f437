//! Gates (R12): conditions and what follows from them.

use std::collections::BTreeSet;

use crate::exact::Exact;
use crate::scheme::formula::Value;
use crate::scheme::{Gate, Whom};
use crate::tables::Member;
use crate::words::Bilingual;

use super::appraisal::{Line, Proposal, Status};
use super::desk::Desk;
use super::reason;

/// Whether a gate holds for an agent; a condition that cannot be decided does not.
pub(super) fn holds(desk: &Desk<'_>, gate: &Gate, member: &Member) -> Value {
    desk.of_agent(&gate.when, member)
}

/// Lines that a gate zeroes.
pub(super) fn zero(gate: &Gate, lines: &mut [Line]) {
    let zeroed: BTreeSet<&String> = gate.zero.iter().collect();
    for line in lines.iter_mut().filter(|line| zeroed.contains(&line.id)) {
        match (&line.points, line.status) {
            // What takes points away already is not softened.
            (Some(points), _) if points.is_negative() => continue,
            (None, Status::Unset | Status::NotApplicable) => continue,
            (None, _) => line.status = Status::Final,
            _ => {}
        }
        line.points = Some(Exact::zero());
        line.rule =
            Bilingual::new(format!("{}，本项不得分", gate.label.zh), format!("{}: the line is nought", gate.label.en));
    }
}

/// What a gate that holds proposes.
pub(super) fn proposal(desk: &Desk<'_>, gate: &Gate, member: &Member) -> Option<Proposal> {
    let (kind, text) = gate.propose.clone()?;
    let why = reason::of_agent(desk, &gate.when, member);
    Some(Proposal {
        rule: gate.id.clone(),
        kind,
        text,
        evidence: Bilingual::new(format!("{}：{}", gate.label.zh, why.zh), format!("{}: {}", gate.label.en, why.en)),
        amount: None,
    })
}

/// Whether a consequence may reach an agent.
pub(super) fn reaches(desk: &Desk<'_>, whom: Whom, member: &Member) -> bool {
    match whom {
        Whom::Scored => desk.has_result(member),
        Whom::Ranked => desk.facts.crowd.ranked.contains(&member.id),
        Whom::Everybody => true,
    }
}
