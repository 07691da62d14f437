//! Stage after stage: points, totals, grades, places, quotas, pools, pay, proposals.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::exact::Exact;
use crate::scheme::formula::Value;
use crate::scheme::{Amount, Scheme};
use crate::tables::Member;
use crate::words::Bilingual;

use super::adjustments::Adjustments;
use super::appraisal::{DutyDue, Figure, GroupFigures, Level, Line, LineKind, Proposal};
use super::compile::Compiled;
use super::desk::Desk;
use super::evidence::{Events, Ratings, Sheets};
use super::facts::{Facts, group_of};
use super::line::{Records, Scorer};
use super::population::Population;
use super::results::Results;
use super::total::{self, Sum};
use super::{Input, gate, ladder, order, pay, pool, quota, reason, streak};

/// Everything that was worked out, before it becomes cards.
#[derive(Default)]
pub(super) struct Worked {
    pub(super) results: Results,
    pub(super) lines: BTreeMap<String, Vec<Line>>,
    /// Why somebody has no total.
    pub(super) reasons: BTreeMap<String, Bilingual>,
    /// What was done to a plain sum.
    pub(super) said: BTreeMap<String, Vec<Bilingual>>,
    pub(super) proposals: BTreeMap<String, Vec<Proposal>>,
    pub(super) groups: Vec<GroupFigures>,
    pub(super) duties: Vec<DutyDue>,
    /// Components of pay that lack data, by agent.
    pub(super) unpayable: Vec<(String, Bilingual)>,
    /// Names of unset values that were needed.
    pub(super) lacking: Vec<String>,
}

/// Works out everything for everybody.
pub(super) fn work(
    compiled: &Compiled<'_>,
    input: &Input<'_>,
    population: &Population,
    facts: &Facts<'_>,
) -> anyhow::Result<Worked> {
    let records = Records {
        events: Events::read(compiled, input.tables)?,
        ratings: Ratings::read(input.tables)?,
        sheets: Sheets::read(input.tables)?,
        adjustments: Adjustments::of(input.adjustments),
    };
    let mut worked =
        Worked { reasons: population.reasons.clone(), lacking: population.lacking.clone(), ..Worked::default() };
    worked.results.previous = previous_totals(input, facts);
    worked.score(facts, &records);
    worked.early_gates(facts);
    worked.add_up(facts);
    worked.late_gates(facts);
    worked.places(facts);
    worked.quotas(facts);
    worked.pools(facts);
    worked.pays(facts);
    worked.proposals(facts, input);
    worked.duties(facts);
    worked.figures(facts);
    Ok(worked)
}

fn previous_totals(input: &Input<'_>, facts: &Facts<'_>) -> BTreeMap<String, Exact> {
    let before = facts.period.previous();
    let then = input.past.iter().filter(|past| past.period == before);
    then.filter_map(|past| Some((past.agent.clone(), past.total.clone()?))).collect()
}

impl Worked {
    fn score(&mut self, facts: &Facts<'_>, records: &Records) {
        let weights = total::effective_weights(facts.scheme, &facts.special_share);
        let desk = Desk::new(facts, &self.results);
        let agents: Vec<&Member> = facts.roster.agents().collect();
        for (place, weight) in weights.into_iter().enumerate() {
            let scorer = Scorer::new(&desk, records, place, weight);
            let lines: Vec<Line> = agents.par_iter().map(|member| scorer.line(member)).collect();
            for (member, line) in agents.iter().zip(lines) {
                self.lines.entry(member.id.clone()).or_default().push(line);
            }
        }
        self.note_points(facts.scheme);
    }

    /// Points of lines, and their sums by group.
    fn note_points(&mut self, scheme: &Scheme) {
        for (agent, lines) in &self.lines {
            let mut points: BTreeMap<String, Value> = BTreeMap::new();
            for (line, indicator) in lines.iter().zip(&scheme.indicators) {
                let value = match (&line.points, &line.lacking) {
                    (Some(points), _) => Value::Number(points.clone()),
                    (None, Some(name)) => Value::Unset(name.clone()),
                    (None, None) => Value::Missing,
                };
                if let Some(group) = &indicator.group {
                    add_to_group(&mut points, group, &value);
                }
                points.insert(line.id.clone(), value);
            }
            self.results.points.insert(agent.clone(), points);
        }
    }

    fn early_gates(&mut self, facts: &Facts<'_>) {
        let gates: Vec<_> = facts.scheme.gates.iter().filter(|gate| gate.comes_before_the_total()).collect();
        if gates.is_empty() {
            return;
        }
        for gate in gates {
            self.decide(facts, gate);
            for (agent, lines) in &mut self.lines {
                if self.results.holds(agent, &gate.id) {
                    gate::zero(gate, lines);
                }
            }
        }
        self.note_points(facts.scheme);
    }

    fn late_gates(&mut self, facts: &Facts<'_>) {
        for gate in facts.scheme.gates.iter().filter(|gate| !gate.comes_before_the_total()) {
            self.decide(facts, gate);
        }
        // Of several the worst stands; grades are written from best to worst.
        let mut given: BTreeMap<String, usize> = BTreeMap::new();
        for gate in &facts.scheme.gates {
            let Some(grade) = gate.grade else { continue };
            for member in facts.roster.agents() {
                if self.results.holds(&member.id, &gate.id) && self.results.totals.contains_key(&member.id) {
                    let worst = given.entry(member.id.clone()).or_insert(grade);
                    *worst = grade.max(*worst);
                }
            }
        }
        self.results.grades.extend(given);
    }

    fn decide(&mut self, facts: &Facts<'_>, gate: &crate::scheme::Gate) {
        let desk = Desk::new(facts, &self.results);
        let mut holding = Vec::new();
        for member in facts.roster.agents() {
            match gate::holds(&desk, gate, member) {
                Value::Truth(true) => holding.push(member.id.clone()),
                Value::Unset(name) => self.lacking.push(name),
                _ => {}
            }
        }
        holding.into_iter().for_each(|agent| self.results.mark(&agent, &gate.id));
    }

    fn add_up(&mut self, facts: &Facts<'_>) {
        let scheme = facts.scheme;
        for (agent, lines) in &mut self.lines {
            self.lacking.extend(lacking_names(scheme, lines));
            let sum = total::add_up(scheme, lines);
            if self.reasons.contains_key(agent) {
                lines.iter_mut().for_each(|line| line.contribution = None);
                continue;
            }
            match sum {
                Sum::Total(total, said) => {
                    self.said.insert(agent.clone(), said);
                    self.results.totals.insert(agent.clone(), total);
                }
                Sum::None(reason) => {
                    self.reasons.insert(agent.clone(), reason);
                    lines.iter_mut().for_each(|line| line.contribution = None);
                }
            }
        }
        for (agent, total) in &self.results.totals {
            match grade(scheme, total) {
                Ok(Some(grade)) => {
                    self.results.grades.insert(agent.clone(), grade);
                }
                Ok(None) => {}
                Err(names) => self.lacking.extend(names),
            }
        }
    }

    fn places(&mut self, facts: &Facts<'_>) {
        let desk = Desk::new(facts, &self.results);
        let places = order::places(&desk);
        self.lacking.extend(desk.take_lacking());
        self.results.places = places;
    }

    fn quotas(&mut self, facts: &Facts<'_>) {
        for quota in &facts.scheme.quotas {
            let desk = Desk::new(facts, &self.results);
            let chosen = quota::chosen(&desk, quota);
            self.lacking.extend(desk.take_lacking());
            chosen.into_iter().for_each(|agent| self.results.mark(&agent, &quota.id));
        }
    }

    fn pools(&mut self, facts: &Facts<'_>) {
        for pool in &facts.scheme.pools {
            let desk = Desk::new(facts, &self.results);
            let shared = pool::split(&desk, pool);
            self.lacking.extend(desk.take_lacking());
            for one in shared {
                for (agent, part) in one.parts {
                    self.lacking.extend(part.lacking().map(str::to_owned));
                    if part == Value::Missing {
                        self.unpayable.push((agent.clone(), pool.label.clone()));
                    }
                    self.results.pools.entry(agent).or_default().insert(pool.id.clone(), part);
                }
                figures_of(&mut self.groups, pool.of, &one.group).pools.push(one.figures);
            }
        }
    }

    fn pays(&mut self, facts: &Facts<'_>) {
        for pay in &facts.scheme.pays {
            let mut amounts = Vec::new();
            let desk = Desk::new(facts, &self.results);
            for member in facts.roster.agents().filter(|member| desk.has_result(member)) {
                amounts.push((member.id.clone(), pay::amount(&desk, pay, member)));
            }
            for (agent, amount) in amounts {
                self.lacking.extend(amount.lacking().map(str::to_owned));
                if amount == Value::Missing {
                    self.unpayable.push((agent.clone(), pay.label.clone()));
                }
                self.results.pays.entry(agent).or_default().insert(pay.id.clone(), amount);
            }
        }
    }

    fn proposals(&mut self, facts: &Facts<'_>, input: &Input<'_>) {
        let desk = Desk::new(facts, &self.results);
        let mut past: BTreeMap<&str, BTreeMap<crate::period::Period, &super::PastResult>> = BTreeMap::new();
        for result in input.past {
            past.entry(&result.agent).or_default().insert(result.period, result);
        }
        let nothing = BTreeMap::new();
        let mut lacking = Vec::new();
        for member in facts.roster.agents() {
            let mut all = Vec::new();
            let reached = |whom| match whom {
                crate::scheme::Whom::Scored => desk.has_result(member),
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

    fn duties(&mut self, facts: &Facts<'_>) {
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

    /// Formulas that belong to a group, for every group.
    fn figures(&mut self, facts: &Facts<'_>) {
        let desk = Desk::new(facts, &self.results);
        for named in facts.scheme.formulas.iter().filter(|one| one.of != Level::Agent) {
            let groups: std::collections::BTreeSet<String> =
                facts.roster.agents().map(|member| group_of(member, named.of)).collect();
            for group in groups {
                let name = crate::scheme::Formula::of_name(crate::scheme::formula::Name::own(&named.id));
                let value = desk.of_group(&name, named.of, &group);
                figures_of(&mut self.groups, named.of, &group).figures.push(Figure {
                    id: named.id.clone(),
                    label: named.label.clone(),
                    unit: named.unit,
                    decimals: named.decimals,
                    value: value.number().cloned(),
                });
            }
        }
        for group in &mut self.groups {
            group.members = facts.of_group(group.level, &group.id).map(|member| member.id.clone()).collect();
        }
        self.groups.sort_by(|one, other| (one.level, &one.id).cmp(&(other.level, &other.id)));
    }
}

fn add_to_group(points: &mut BTreeMap<String, Value>, group: &str, value: &Value) {
    let sum = points.entry(group.to_owned()).or_insert(Value::Missing);
    *sum = match (&*sum, value) {
        (Value::Unset(name), _) | (_, Value::Unset(name)) => Value::Unset(name.clone()),
        (Value::Number(sum), Value::Number(more)) => Value::Number(sum.clone() + more.clone()),
        (Value::Number(sum), _) => Value::Number(sum.clone()),
        (_, other) => other.clone(),
    };
}

fn figures_of<'g>(groups: &'g mut Vec<GroupFigures>, level: Level, id: &str) -> &'g mut GroupFigures {
    let place = groups.iter().position(|one| one.level == level && one.id == id).unwrap_or_else(|| {
        let members = Vec::new();
        groups.push(GroupFigures { level, id: id.to_owned(), members, figures: Vec::new(), pools: Vec::new() });
        groups.len() - 1
    });
    &mut groups[place]
}

fn propose(
    desk: &Desk<'_>,
    rule: &crate::scheme::consequence::ProposalRule,
    member: &Member,
    lacking: &mut Vec<String>,
) -> Option<Proposal> {
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

/// The grade whose limit the total reaches, or the names of all limits that nobody has set.
fn grade(scheme: &Scheme, total: &Exact) -> Result<Option<usize>, Vec<String>> {
    for (place, grade) in scheme.grades.iter().enumerate() {
        match &grade.at_least {
            None => return Ok(Some(place)),
            Some(Amount::Known(limit)) if total >= limit => return Ok(Some(place)),
            Some(Amount::Known(_)) => {}
            Some(Amount::Unset(_)) => {
                let limits = scheme.grades.iter().filter_map(|grade| grade.at_least.as_ref()?.lacking());
                return Err(limits.map(str::to_owned).collect());
            }
        }
    }
    Ok(None)
}

/// Names of unset values that are in the way of lines that count; without data, any of a line's bands might be needed.
fn lacking_names(scheme: &Scheme, lines: &[Line]) -> Vec<String> {
    let mut names = Vec::new();
    for (line, indicator) in lines.iter().zip(&scheme.indicators) {
        let counts = line.kind != LineKind::Shown || scheme.is_apart(indicator);
        if !counts {
            continue;
        }
        names.extend(line.lacking.clone());
        if line.status == super::appraisal::Status::Missing
            && let crate::scheme::Scored::Curve(curve) = &indicator.scored
        {
            names.extend(curve.unset());
        }
    }
    names
}
