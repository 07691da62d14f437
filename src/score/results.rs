//! What is known of the results so far, stage by stage.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::exact::Exact;
use crate::scheme::formula::Value;
use crate::scheme::{Amount, Grade};
use crate::tables::Member;

use super::facts::Facts;

/// By agent, what each stage has found.
#[derive(Debug, Default)]
pub(super) struct Results {
    /// Points of lines and groups.
    pub(super) points: Points,
    /// Totals of those who have one.
    pub(super) totals: BTreeMap<String, Exact>,
    /// Places of grades.
    pub(super) grades: BTreeMap<String, usize>,
    /// Rank, and among how many.
    pub(super) places: BTreeMap<String, (u32, u32)>,
    /// Gates and quotas that hold.
    pub(super) marks: BTreeMap<String, BTreeSet<String>>,
    /// Parts of pools.
    pub(super) pools: BTreeMap<String, BTreeMap<String, Value>>,
    /// Components of pay.
    pub(super) pays: BTreeMap<String, BTreeMap<String, Value>>,
    /// Totals of the period before.
    pub(super) previous: BTreeMap<String, Exact>,
}

impl Results {
    /// Before anything is scored.
    pub(super) fn none() -> &'static Self {
        static NONE: OnceLock<Results> = OnceLock::new();
        NONE.get_or_init(Results::default)
    }

    /// The value of a name that is a result; `None` for names that are not.
    pub(super) fn of(&self, facts: &Facts<'_>, member: &Member, id: &str) -> Option<Value> {
        let agent = member.id.as_str();
        let grade = || self.grades.get(agent).and_then(|place| facts.scheme.grades.get(*place));
        let amount = |amount: Option<&Amount>, otherwise: i64| match amount {
            Some(Amount::Known(number)) => Value::Number(number.clone()),
            Some(Amount::Unset(name)) => Value::Unset(name.clone()),
            None => Value::Number(Exact::whole(otherwise)),
        };
        Some(match id {
            "total" => Value::of(self.totals.get(agent).cloned()),
            "rank" => Value::of(self.places.get(agent).map(|place| Exact::whole(place.0.into()))),
            "ranked" => Value::of(self.places.get(agent).map(|place| Exact::whole(place.1.into()))),
            "grade" => Value::text(grade().map(|grade| grade.id.as_str())),
            "grade-amount" => grade().map_or(Value::Missing, |grade: &Grade| amount(grade.amount.as_ref(), 0)),
            "grade-coefficient" => grade().map_or(Value::Missing, |grade| amount(grade.coefficient.as_ref(), 1)),
            "base-wage" => {
                let held = |title: &&crate::scheme::consequence::TitleLevel| super::ladder::holds(member, title);
                let title = facts.scheme.titles.iter().find(held);
                match title.and_then(|title| title.base_wage.as_ref()) {
                    Some(wage) => amount(Some(wage), 0),
                    None => Value::Missing,
                }
            }
            id if facts.scheme.is_mark(id) => Value::Truth(self.holds(agent, id)),
            _ => return None,
        })
    }

    /// Whether a gate or quota holds for an agent.
    pub(super) fn holds(&self, agent: &str, mark: &str) -> bool {
        self.marks.get(agent).is_some_and(|marks| marks.contains(mark))
    }

    /// Notes that a gate or quota holds.
    pub(super) fn mark(&mut self, agent: &str, mark: &str) {
        self.marks.entry(agent.to_owned()).or_default().insert(mark.to_owned());
    }

    pub(super) fn points(&self, agent: &str, line: &str) -> Value {
        self.points.of(agent, line)
    }

    pub(super) fn pool(&self, agent: &str, pool: &str) -> Value {
        found(&self.pools, agent, pool)
    }

    pub(super) fn pay(&self, agent: &str, pay: &str) -> Value {
        found(&self.pays, agent, pay)
    }

    pub(super) fn previous_total(&self, agent: &str) -> Value {
        Value::of(self.previous.get(agent).cloned())
    }
}

/// Points by agent and name, which everybody's have in common.
#[derive(Debug, Default)]
pub(super) struct Points {
    places: FxHashMap<String, usize>,
    agents: FxHashMap<String, Vec<Value>>,
}

impl Points {
    /// The names in their order, and everybody's points in the same.
    pub(super) fn new(names: impl Iterator<Item = String>, agents: FxHashMap<String, Vec<Value>>) -> Self {
        Self { places: names.enumerate().map(|(place, name)| (name, place)).collect(), agents }
    }

    fn of(&self, agent: &str, name: &str) -> Value {
        let found = || self.agents.get(agent)?.get(*self.places.get(name)?);
        found().cloned().unwrap_or(Value::Missing)
    }
}

fn found(values: &BTreeMap<String, BTreeMap<String, Value>>, agent: &str, id: &str) -> Value {
    values.get(agent).and_then(|own| own.get(id)).cloned().unwrap_or(Value::Missing)
}
