//! Named values: what an expression means for an agent, or for a group.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::exact::Exact;
use crate::scheme::formula::{Env, Name, Scope, Value};
use crate::scheme::{Counting, Formula, FormulaRule, Level, NamedFormula};
use crate::tables::Member;

use super::facts::{Facts, Named};
use super::groups::group_of;
use super::measures::Parts;
use super::person;
use super::results::Results;

/// The facts of a period and what is known of its results so far.
pub(super) struct Desk<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) results: &'a Results,
    /// Groups' values, which every agent of the group asks for.
    known: Known,
    /// What was found unset in conditions.
    lacking: Mutex<Vec<String>>,
    /// The same desk for the period before.
    previous: Option<Box<Desk<'a>>>,
}

/// Values that were worked out once, by the level and the part of the month, then by group and name; looked at for every
/// agent, from several threads.
#[derive(Default)]
struct Known(RwLock<BTreeMap<(Level, Option<usize>), GroupValues>>);

/// Values by group and name.
type GroupValues = FxHashMap<String, FxHashMap<String, Value>>;

impl Known {
    fn get(&self, level: Level, week: Option<usize>, group: &str, name: &str) -> Option<Value> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&(level, week))?.get(group)?.get(name).cloned()
    }

    fn put(&self, level: Level, week: Option<usize>, group: &str, name: &str, value: Value) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let groups = known.entry((level, week)).or_default();
        groups.entry(group.to_owned()).or_default().insert(name.to_owned(), value);
    }
}

/// An agent, over the whole period or in one part of it.
#[derive(Clone, Copy)]
pub(super) struct AgentEnv<'d> {
    desk: &'d Desk<'d>,
    member: &'d Member,
    week: Option<usize>,
}

/// A group.
struct GroupEnv<'d> {
    desk: &'d Desk<'d>,
    level: Level,
    group: String,
    week: Option<usize>,
}

impl<'a> Desk<'a> {
    /// A desk on which nothing has been worked out yet.
    pub(super) fn new(facts: &'a Facts<'a>, results: &'a Results) -> Self {
        let previous = facts.previous.as_deref().map(|facts| Box::new(Self::new(facts, Results::none())));
        Self { facts, results, known: Known::default(), lacking: Mutex::default(), previous }
    }

    /// The value of an expression for an agent.
    pub(super) fn of_agent(&self, formula: &Formula, member: &Member) -> Value {
        self.in_week(formula, member, None)
    }

    /// The same in one part of the month.
    pub(super) fn in_week(&self, formula: &Formula, member: &Member, week: Option<usize>) -> Value {
        formula.evaluate(&AgentEnv { desk: self, member, week })
    }

    /// The value of a name for an agent, over the whole period or in one part of it.
    pub(super) fn value_in_week(&self, name: &Name, member: &Member, week: Option<usize>) -> Value {
        AgentEnv { desk: self, member, week }.value(name)
    }

    /// Whether a condition holds for an agent; what is unset in it is noted, so that the run is held.
    pub(super) fn holds(&self, condition: &Formula, member: &Member) -> bool {
        let value = self.of_agent(condition, member);
        self.note(&value);
        value.holds()
    }

    /// Whether consequences may follow for an agent: there is a total, or the scheme makes none.
    pub(super) fn has_result(&self, member: &Member) -> bool {
        match self.facts.scheme.total.counts {
            Counting::Sum => self.results.totals.contains_key(&member.id),
            Counting::None => self.facts.crowd.scored.contains(&member.id),
        }
    }

    /// Notes what is unset in a value that decides something.
    pub(super) fn note(&self, value: &Value) {
        if let Some(names) = value.lacking() {
            self.lacking.lock().unwrap_or_else(PoisonError::into_inner).push(names.to_owned());
        }
    }

    /// What was found unset in conditions.
    pub(super) fn take_lacking(&self) -> Vec<String> {
        std::mem::take(&mut *self.lacking.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The value of an expression for a group.
    pub(super) fn of_group(&self, formula: &Formula, level: Level, group: &str) -> Value {
        formula.evaluate(&GroupEnv { desk: self, level, group: group.to_owned(), week: None })
    }

    /// The parts behind a name, where it is a metric's.
    pub(super) fn parts(&self, name: &Name, member: &Member, week: Option<usize>) -> Option<Parts> {
        let Some(Named::Metric(metric)) = self.facts.named(&name.id) else { return None };
        let level = match name.scope {
            Scope::Own => match self.facts.scheme.metrics[metric].of {
                Level::Agent => return self.facts.parts(&member.id, metric, week),
                level => level,
            },
            Scope::Team => Level::Team,
            Scope::Department => Level::Department,
            Scope::Shop => Level::Shop,
            _ => return None,
        };
        self.facts.group_parts(level, group_of(member, level), metric, week)
    }

    /// An agent's own value of an id.
    fn own(&self, id: &str, member: &Member, week: Option<usize>) -> Value {
        let scheme = self.facts.scheme;
        let level = match self.facts.named(id) {
            Some(Named::Metric(index)) => match scheme.metrics[index].of {
                Level::Agent => {
                    let parts = self.facts.parts(&member.id, index, week);
                    return Value::of(parts.and_then(|parts| self.facts.value(index, &parts)));
                }
                level => level,
            },
            Some(Named::Formula(place)) => match &scheme.formulas[place] {
                named if named.of == Level::Agent => return work_out(named, &AgentEnv { desk: self, member, week }),
                named => named.of,
            },
            Some(Named::Parameter(place)) => return self.parameter(place),
            None => return Value::Missing,
        };
        self.group(level, group_of(member, level), id, week)
    }

    fn parameter(&self, place: usize) -> Value {
        match &self.facts.scheme.parameters[place].value {
            crate::scheme::Amount::Known(number) => Value::Number(number.clone()),
            crate::scheme::Amount::Unset(name) => Value::Unset(name.clone()),
        }
    }

    /// A group's value of an id.
    fn group(&self, level: Level, group: &str, id: &str, week: Option<usize>) -> Value {
        if let Some(known) = self.known.get(level, week, group, id) {
            return known;
        }
        let value = self.work_out_group(level, group, id, week);
        self.known.put(level, week, group, id, value.clone());
        value
    }

    fn work_out_group(&self, level: Level, group: &str, id: &str, week: Option<usize>) -> Value {
        let facts = self.facts;
        if id == "headcount" {
            let heads = facts.of_group(level, group).filter(|member| facts.crowd.heads.contains(&member.id));
            return Value::Number(Exact::whole(heads.count() as i64));
        }
        let of = match facts.named(id) {
            Some(Named::Metric(index)) => facts.scheme.metrics[index].of,
            Some(Named::Formula(place)) => facts.scheme.formulas[place].of,
            Some(Named::Parameter(place)) => return self.parameter(place),
            None => return Value::Missing,
        };
        // A department asks for its shop's rows, a shop of one department for that department's; what belongs to a finer
        // group says nothing about a coarser one.
        if of != Level::Agent && of != level {
            let member = facts.of_group(level, group).next().filter(|_| of > level);
            return member.map_or(Value::Missing, |member| self.group(of, group_of(member, of), id, week));
        }
        match facts.named(id) {
            Some(Named::Metric(index)) => {
                let parts = facts.group_parts(level, group, index, week);
                Value::of(parts.and_then(|parts| facts.value(index, &parts)))
            }
            Some(Named::Formula(place)) => {
                let env = GroupEnv { desk: self, level, group: group.to_owned(), week };
                work_out(&facts.scheme.formulas[place], &env)
            }
            Some(Named::Parameter(_)) | None => Value::Missing,
        }
    }

    /// The smallest or the largest number among the scored agents of a team.
    fn extreme(&self, member: &Member, id: &str, week: Option<usize>, largest: bool) -> Value {
        let name = format!("{} {id}", if largest { "highest" } else { "lowest" });
        if let Some(known) = self.known.get(Level::Team, week, &member.team_id, &name) {
            return known;
        }
        let team = self.facts.of_group(Level::Team, &member.team_id);
        let scored = team.filter(|one| self.facts.crowd.scored.contains(&one.id));
        let numbers = scored.filter_map(|one| self.own(id, one, week).number().cloned());
        let value = Value::of(if largest { numbers.max() } else { numbers.min() });
        self.known.put(Level::Team, week, &member.team_id, &name, value.clone());
        value
    }
}

/// Evaluates a named formula, or finds its step.
pub(super) fn work_out(named: &NamedFormula, env: &dyn Env) -> Value {
    match &named.rule {
        FormulaRule::Expression(formula) => formula.evaluate(env),
        FormulaRule::Lookup { value, curve } => match value.evaluate(env) {
            Value::Number(number) => match curve.fire(&number) {
                Ok(fired) => match fired.points {
                    crate::scheme::Amount::Known(points) => Value::Number(points.clone()),
                    crate::scheme::Amount::Unset(name) => Value::Unset(name.clone()),
                },
                Err(lacking) => Value::Unset(lacking),
            },
            Value::Unset(name) => Value::Unset(name),
            _ => Value::Missing,
        },
    }
}

impl Env for AgentEnv<'_> {
    fn value(&self, name: &Name) -> Value {
        let (desk, member) = (self.desk, self.member);
        let previous = || desk.previous.as_deref();
        let before = |level: Level| match previous() {
            Some(desk) => desk.group(level, group_of(member, level), &name.id, None),
            None => Value::Missing,
        };
        match name.scope {
            Scope::Own => match desk.results.of(desk.facts, member, &name.id) {
                Some(value) => value,
                None => desk.own(&name.id, member, self.week),
            },
            Scope::Team => desk.group(Level::Team, &member.team_id, &name.id, self.week),
            Scope::Department => {
                desk.group(Level::Department, group_of(member, Level::Department), &name.id, self.week)
            }
            Scope::Shop => desk.group(Level::Shop, group_of(member, Level::Shop), &name.id, self.week),
            Scope::Lowest => desk.extreme(member, &name.id, self.week, false),
            Scope::Highest => desk.extreme(member, &name.id, self.week, true),
            Scope::Previous if name.id == "total" => desk.results.previous_total(&member.id),
            Scope::Previous => match previous().and_then(|desk| Some((desk, desk.facts.roster.member(&member.id)?))) {
                Some((desk, then)) => desk.own(&name.id, then, None),
                None => Value::Missing,
            },
            Scope::PreviousTeam => before(Level::Team),
            Scope::PreviousDepartment => before(Level::Department),
            Scope::PreviousShop => before(Level::Shop),
            Scope::Points => desk.results.points(&member.id, &name.id),
            Scope::Pool => desk.results.pool(&member.id, &name.id),
            Scope::Pay => desk.results.pay(&member.id, &name.id),
            Scope::Agent => person::column(member, &name.id, &desk.facts.period),
            Scope::Period => Value::Number(Exact::whole((desk.facts.period.end - desk.facts.period.start).num_days())),
        }
    }

    fn members(&self, _: &dyn Fn(&dyn Env) -> Value) -> Vec<Value> {
        Vec::new()
    }
}

impl Env for GroupEnv<'_> {
    fn value(&self, name: &Name) -> Value {
        let desk = self.desk;
        let member = || desk.facts.of_group(self.level, &self.group).next();
        let before = |level: Level| match (&desk.previous, member()) {
            (Some(desk), Some(member)) => desk.group(level, group_of(member, level), &name.id, None),
            _ => Value::Missing,
        };
        let of = |level: Level| match member() {
            Some(member) => desk.group(level, group_of(member, level), &name.id, self.week),
            None => Value::Missing,
        };
        match name.scope {
            Scope::Own => desk.group(self.level, &self.group, &name.id, self.week),
            Scope::Team => of(Level::Team),
            Scope::Department => of(Level::Department),
            Scope::Shop => of(Level::Shop),
            Scope::Previous => match &desk.previous {
                Some(desk) => desk.group(self.level, &self.group, &name.id, None),
                None => Value::Missing,
            },
            Scope::PreviousTeam => before(Level::Team),
            Scope::PreviousDepartment => before(Level::Department),
            Scope::PreviousShop => before(Level::Shop),
            Scope::Period => Value::Number(Exact::whole((desk.facts.period.end - desk.facts.period.start).num_days())),
            Scope::Lowest | Scope::Highest | Scope::Points | Scope::Pool | Scope::Pay | Scope::Agent => Value::Missing,
        }
    }

    fn members(&self, evaluate: &dyn Fn(&dyn Env) -> Value) -> Vec<Value> {
        let members = self.desk.facts.of_group(self.level, &self.group);
        let scored = members.filter(|member| self.desk.facts.crowd.scored.contains(&member.id));
        scored.map(|member| evaluate(&AgentEnv { desk: self.desk, member, week: self.week })).collect()
    }
}
