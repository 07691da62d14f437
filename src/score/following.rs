//! What follows from results: proposals, and duties whose conditions hold.

use std::collections::BTreeMap;

use crate::period::Period;
use crate::scheme::Whom;
use crate::scheme::consequence::ProposalRule;
use crate::scheme::formula::Value;
use crate::tables::Member;

use super::appraisal::{DutyDue, Proposal};
use super::appraise::Worked;
use super::desk::Desk;
use super::facts::Facts;
use super::{Input, PastResult, gate, ladder, pay, reason, streak};

impl Worked {
    /// What follows for everybody, for a person to approve.
    pub(super) fn proposals(&mut self, facts: &Facts<'_>, input: &Input<'_>) {
        let desk = Desk::new(facts, &self.results);
        let mut past: BTreeMap<&str, BTreeMap<Period, &PastResult>> = BTreeMap::new();
        for result in input.past {
            past.entry(&result.agent).or_default().insert(result.period, result);
        }
        let nothing = BTreeMap::new();
        let mut lacking = Vec::new();
        for member in facts.roster.agents() {
            let mut all = Vec::new();
            let reached = |whom| match whom {
                Whom::Scored => desk.has_result(member),
                other => gate::reaches(&desk, other, member),
            };
            for gate in facts.scheme.gates.iter().filter(|gate| reached(gate.whom)) {
                if self.results.holds(&member.id, &gate.id) {
                    all.extend(gate::proposal(&desk, gate, member));
                }
            }
            for rule in facts.scheme.proposals.iter().filter(|rule| reached(rule.whom)) {
                all.extend(propose(&desk, rule, member, &mut lacking));
            }
            if desk.has_result(member) {
                all.extend(pay::proposals(&desk, member));
                all.extend(ladder::promotion(&desk, member));
                let own = past.get(member.id.as_str()).unwrap_or(&nothing);
                for one in &facts.scheme.streaks {
                    match streak::proposal(&desk, one, member, own) {
                        Ok(proposal) => all.extend(proposal),
                        Err(name) => lacking.push(name),
                    }
                }
            }
            if !all.is_empty() {
                self.proposals.insert(member.id.clone(), all);
            }
        }
        lacking.extend(desk.take_lacking());
        self.lacking.extend(lacking);
    }

    /// The duties whose conditions hold.
    pub(super) fn duties(&mut self, facts: &Facts<'_>) {
        let desk = Desk::new(facts, &self.results);
        for duty in &facts.scheme.duties {
            let Some(when) = &duty.when else { continue };
            for member in facts.roster.agents() {
                if desk.holds(when, member) {
                    self.duties.push(DutyDue {
                        evidence: reason::of_agent(&desk, when, member),
                        id: duty.id.clone(),
                        kind: duty.kind.clone(),
                        about: member.id.clone(),
                        to: duty.to.clone(),
                        due: duty.due.clone(),
                        text: duty.text.clone(),
                    });
                }
            }
        }
    }
}

fn propose(desk: &Desk<'_>, rule: &ProposalRule, member: &Member, lacking: &mut Vec<String>) -> Option<Proposal> {
    match desk.of_agent(&rule.when, member) {
        Value::Truth(true) => {}
        Value::Unset(name) => {
            lacking.push(name);
            return None;
        }
        _ => return None,
    }
    let amount = rule.amount.as_ref().map(|amount| desk.of_agent(amount, member));
    lacking.extend(amount.as_ref().and_then(Value::lacking).map(str::to_owned));
    Some(Proposal {
        rule: rule.id.clone(),
        kind: rule.kind.clone(),
        text: rule.text.clone(),
        evidence: reason::of_agent(desk, &rule.when, member),
        amount: amount.and_then(|amount| amount.number().map(|amount| amount.rounded(2))),
    })
}
