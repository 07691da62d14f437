//! Who is scored, ranked, averaged and counted (R19), and why somebody is only listed.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::scheme::formula::Value;
use crate::scheme::{Formula, Scheme, Subjects};
use crate::tables::{Member, Roster, Tables};
use crate::words::Bilingual;

use super::desk::Desk;
use super::facts::Facts;
use super::results::Results;

/// The reasons of those who are listed but not scored.
#[derive(Clone, Debug, Default)]
pub(super) struct Population {
    pub(super) reasons: BTreeMap<String, Bilingual>,
    /// Names of unset values in the conditions.
    pub(super) lacking: Vec<String>,
}

/// The roster of the scheme's subjects, with the roles that it names.
pub fn roster(
    scheme: &Scheme,
    tables: &Tables,
    period: &crate::period::Period,
    as_of: chrono::NaiveDate,
) -> anyhow::Result<Roster> {
    let population = &scheme.population;
    let roster = match population.subjects {
        Subjects::Agents => tables.roster.clone(),
        Subjects::Departments => Roster::of_departments(&tables.frames, period, as_of)?,
    };
    Ok(roster.only(|member| population.roles.is_empty() || population.roles.contains(&member.role_word)))
}

/// Decides who is who; sums over groups are made on the way, since who is scored may depend on them.
pub(super) fn decide(facts: &mut Facts<'_>) -> Population {
    let scheme = facts.scheme;
    let rules = &scheme.population;
    let mut lacking = Vec::new();
    facts.crowd.averaged = chosen(facts, rules.averaged.as_ref(), None, &mut lacking);
    facts.sum_up();
    let reasons = reasons(facts, &mut lacking);
    let everybody = facts.roster.agents().map(|member| member.id.clone());
    let scored: FxHashSet<String> = everybody.filter(|agent| !reasons.contains_key(agent)).collect();
    facts.crowd.scored = scored.clone();
    facts.crowd.ranked = chosen(facts, rules.ranked.as_ref(), Some(&scored), &mut lacking);
    facts.crowd.heads = chosen(facts, rules.headcount.as_ref(), Some(&scored), &mut lacking);
    Population { reasons, lacking }
}

/// Whether nothing surely leaves an agent out; conditions that wait for data leave nobody out yet.
pub(super) fn may_be_scored(desk: &Desk<'_>, member: &Member) -> bool {
    let rules = &desk.facts.scheme.population;
    let is_in = rules.scored.as_ref().is_none_or(|when| desk.of_agent(when, member) != Value::Truth(false));
    is_in && !rules.exclude.iter().any(|(when, _)| desk.of_agent(when, member).holds())
}

/// Those for whom a condition holds; without a condition `otherwise`, or everybody.
fn chosen(
    facts: &Facts<'_>,
    when: Option<&Formula>,
    otherwise: Option<&FxHashSet<String>>,
    lacking: &mut Vec<String>,
) -> FxHashSet<String> {
    let desk = Desk::new(facts, Results::none());
    let is_in = |member: &&Member| match (when, otherwise) {
        (Some(when), _) => desk.holds(when, member),
        (None, Some(otherwise)) => otherwise.contains(&member.id),
        (None, None) => true,
    };
    let chosen = facts.roster.agents().filter(is_in).map(|member| member.id.clone()).collect();
    lacking.extend(desk.take_lacking());
    chosen
}

fn reasons(facts: &Facts<'_>, lacking: &mut Vec<String>) -> BTreeMap<String, Bilingual> {
    let desk = Desk::new(facts, Results::none());
    let mut reasons = BTreeMap::new();
    for member in facts.roster.agents() {
        if let Some(reason) = reason(facts, &desk, member) {
            reasons.insert(member.id.clone(), reason);
        }
    }
    lacking.extend(desk.take_lacking());
    reasons
}

fn reason(facts: &Facts<'_>, desk: &Desk<'_>, member: &Member) -> Option<Bilingual> {
    let rules = &facts.scheme.population;
    let excluded = rules.exclude.iter().find(|(when, _)| desk.holds(when, member));
    if let Some((_, reason)) = excluded {
        return Some(reason.clone());
    }
    if let Some(scored) = &rules.scored {
        match desk.of_agent(scored, member) {
            Value::Truth(true) => {}
            unset @ Value::Unset(_) => {
                desk.note(&unset);
                let name = unset.lacking().unwrap_or_default();
                return Some(Bilingual::new(
                    format!("考核范围的 {name} 尚未设定"),
                    format!("{name} of the population is unset"),
                ));
            }
            _ => return Some(Bilingual::new("不在本方案考核范围内", "not among those whom this scheme scores")),
        }
    }
    let minimum = rules.minimum.as_ref()?;
    let metric = crate::scheme::Formula::of_name(crate::scheme::formula::Name::own(&minimum.metric));
    let enough = desk.of_agent(&metric, member).number().is_some_and(|value| *value >= minimum.at_least);
    (!enough).then(|| minimum.reason.clone())
}
