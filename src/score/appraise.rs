//! Stage after stage: points, totals and grades (`adding`), places, quotas, pools, pay, proposals (`following`).

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::exact::Exact;
use crate::scheme::formula::{Name, Value};
use crate::scheme::{Formula, FormulaRule, Gate};
use crate::tables::Member;
use crate::words::Bilingual;

use super::adjustments::Adjustments;
use super::appraisal::{DutyDue, Figure, GroupFigures, Level, Line, Proposal};
use super::compile::Compiled;
use super::desk::Desk;
use super::evidence::{Events, Ratings, Sheets};
use super::facts::Facts;
use super::groups::group_of;
use super::line::{Records, Scorer};
use super::population::Population;
use super::results::Results;
use super::{Input, gate, order, pay, pool, quota, reason, total};

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
        let scorer = |(place, weight)| Scorer::new(&desk, records, place, weight);
        let scorers: Vec<Scorer<'_>> = weights.into_iter().enumerate().map(scorer).collect();
        let lines = |member: &&Member| scorers.iter().map(|scorer| scorer.line(member)).collect();
        let agents: Vec<&Member> = facts.roster.agents().collect();
        let scored: Vec<Vec<Line>> = agents.par_iter().map(lines).collect();
        self.lines = agents.iter().map(|member| member.id.clone()).zip(scored).collect();
        self.note_points(facts.scheme);
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

    fn decide(&mut self, facts: &Facts<'_>, gate: &Gate) {
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
            let desk = Desk::new(facts, &self.results);
            let paid: Vec<&Member> = facts.roster.agents().filter(|member| desk.has_result(member)).collect();
            let amount = |member: &&Member| (member.id.clone(), pay::amount(&desk, pay, member));
            let amounts: Vec<(String, Value)> = paid.par_iter().map(amount).collect();
            for (agent, amount) in amounts {
                self.lacking.extend(amount.lacking().map(str::to_owned));
                if amount == Value::Missing {
                    self.unpayable.push((agent.clone(), pay.label.clone()));
                }
                self.results.pays.entry(agent).or_default().insert(pay.id.clone(), amount);
            }
        }
    }

    /// Formulas that belong to a group, for every group.
    fn figures(&mut self, facts: &Facts<'_>) {
        let desk = Desk::new(facts, &self.results);
        for named in facts.scheme.formulas.iter().filter(|one| one.of != Level::Agent) {
            let groups: BTreeSet<&str> = facts.roster.agents().map(|member| group_of(member, named.of)).collect();
            for group in groups {
                let name = Formula::of_name(Name::own(&named.id));
                let value = desk.of_group(&name, named.of, group);
                let (FormulaRule::Expression(rule) | FormulaRule::Lookup { value: rule, .. }) = &named.rule;
                figures_of(&mut self.groups, named.of, group).figures.push(Figure {
                    id: named.id.clone(),
                    label: named.label.clone(),
                    unit: named.unit,
                    decimals: named.decimals,
                    value: value.number().cloned(),
                    worked: reason::of_group(&desk, rule, named.of, group),
                });
            }
        }
        for group in &mut self.groups {
            group.members = facts.of_group(group.level, &group.id).map(|member| member.id.clone()).collect();
        }
        self.groups.sort_by(|one, other| (one.level, &one.id).cmp(&(other.level, &other.id)));
    }
}

fn figures_of<'g>(groups: &'g mut Vec<GroupFigures>, level: Level, id: &str) -> &'g mut GroupFigures {
    let place = groups.iter().position(|one| one.level == level && one.id == id).unwrap_or_else(|| {
        let members = Vec::new();
        groups.push(GroupFigures { level, id: id.to_owned(), members, figures: Vec::new(), pools: Vec::new() });
        groups.len() - 1
    });
    &mut groups[place]
}
