//! Every expression of a scheme: whose it is, what it must be worth, and when it is evaluated.

use crate::scheme::consequence::Sorted;
use crate::scheme::data::FormulaRule;
use crate::scheme::formula::Kind;
use crate::scheme::line::{Judged, Scored};
use crate::scheme::{Formula, Indicator, Level, Scheme, Split, Stage};

/// An expression with what is asked of it.
pub(super) struct Use<'s> {
    /// Who says it, for messages.
    pub(super) owner: String,
    /// What is said.
    pub(super) formula: &'s Formula,
    /// What it must be worth.
    pub(super) wanted: Kind,
    /// About whom.
    pub(super) about: Level,
    /// The last stage that it may use; formulas are evaluated wherever they are named, and streaks over other periods too.
    pub(super) latest: Option<Stage>,
}

/// Every expression, in the order in which a scheme is worked out.
pub(super) fn uses(scheme: &Scheme) -> Vec<Use<'_>> {
    let mut uses = formulas(scheme);
    uses.extend(population(scheme));
    for line in &scheme.indicators {
        uses.extend(of_line(line));
    }
    uses.extend(consequences(scheme));
    uses.extend(money(scheme));
    uses.extend(afterwards(scheme));
    uses
}

/// A condition about an agent.
fn condition<'s>(owner: impl Into<String>, formula: &'s Formula, latest: Stage) -> Use<'s> {
    Use { wanted: Kind::Truth, ..number(owner, formula, latest) }
}

/// A number about an agent.
fn number<'s>(owner: impl Into<String>, formula: &'s Formula, latest: Stage) -> Use<'s> {
    Use { owner: owner.into(), formula, wanted: Kind::Number, about: Level::Agent, latest: Some(latest) }
}

fn formulas(scheme: &Scheme) -> Vec<Use<'_>> {
    let of = |one: &'_ crate::scheme::NamedFormula| format!("`{}`", one.id);
    let uses = scheme.formulas.iter().map(|one| {
        let (formula, wanted) = match &one.rule {
            FormulaRule::Expression(formula) => (formula, Kind::Any),
            FormulaRule::Lookup { value, .. } => (value, Kind::Number),
        };
        Use { owner: of(one), formula, wanted, about: one.of, latest: None }
    });
    uses.collect()
}

fn population(scheme: &Scheme) -> Vec<Use<'_>> {
    let population = &scheme.population;
    let who = [&population.scored, &population.ranked, &population.averaged, &population.headcount];
    let who = who.into_iter().flatten().chain(population.exclude.iter().map(|(when, _)| when));
    let mut uses: Vec<Use<'_>> = who.map(|formula| condition("the population", formula, Stage::People)).collect();
    for item in &scheme.items {
        let formulas = item.applies_when.iter().chain(&item.met_when);
        uses.extend(formulas.map(|formula| condition(format!("item `{}`", item.id), formula, Stage::Facts)));
    }
    uses
}

fn of_line(line: &Indicator) -> Vec<Use<'_>> {
    let owner = || format!("indicator `{}`", line.id);
    let numbers: Vec<&Formula> = match &line.judged {
        Judged::Value { value, relative_to, .. } => [value].into_iter().chain(relative_to).collect(),
        Judged::Points(formula) => vec![formula],
        _ => Vec::new(),
    };
    let places: Vec<&Formula> = match &line.scored {
        Scored::Ranks(ranks) => ranks.reach.iter().chain(ranks.below.iter().map(|(than, _)| than)).collect(),
        _ => Vec::new(),
    };
    let conditions: &[Formula] = match &line.judged {
        Judged::Met(conditions) => conditions,
        _ => &[],
    };
    let numbers = numbers.into_iter().chain(places).map(|formula| number(owner(), formula, Stage::Facts));
    let conditions = conditions.iter().chain(&line.when);
    numbers.chain(conditions.map(|formula| condition(owner(), formula, Stage::Facts))).collect()
}

fn consequences(scheme: &Scheme) -> Vec<Use<'_>> {
    let mut uses = Vec::new();
    for gate in &scheme.gates {
        let latest = if gate.comes_before_the_total() { Stage::Points } else { Stage::Total };
        uses.push(condition(format!("gate `{}`", gate.id), &gate.when, latest));
    }
    let sorted = scheme.rank.key.iter().chain(&scheme.rank.ties);
    uses.extend(sorted.filter_map(by).map(|formula| number("the rank", formula, Stage::Total)));
    for quota in &scheme.quotas {
        let owner = || format!("quota `{}`", quota.id);
        uses.extend(quota.among.iter().map(|formula| condition(owner(), formula, Stage::Places)));
        uses.extend(quota.key.iter().filter_map(by).map(|formula| number(owner(), formula, Stage::Places)));
    }
    uses
}

fn money(scheme: &Scheme) -> Vec<Use<'_>> {
    let mut uses = Vec::new();
    for pool in &scheme.pools {
        let owner = || format!("pool `{}`", pool.id);
        uses.push(Use { about: pool.of, ..number(owner(), &pool.base, Stage::Quotas) });
        uses.extend(pool.among.iter().map(|formula| condition(owner(), formula, Stage::Quotas)));
        if let Split::Score { score, .. } = &pool.split {
            uses.push(number(owner(), score, Stage::Quotas));
        }
    }
    for pay in &scheme.pays {
        let owner = || format!("pay `{}`", pay.id);
        uses.push(number(owner(), &pay.amount, Stage::Pay));
        uses.extend(pay.when.iter().map(|formula| condition(owner(), formula, Stage::Pay)));
    }
    uses
}

fn afterwards(scheme: &Scheme) -> Vec<Use<'_>> {
    let titles = scheme.titles.iter().filter_map(|one| one.requires.as_ref());
    let whens = scheme.proposals.iter().map(|one| &one.when);
    let duties = scheme.duties.iter().filter_map(|one| one.when.as_ref());
    let conditions = titles.chain(whens).chain(duties);
    let mut uses: Vec<Use<'_>> = conditions.map(|formula| condition("a proposal", formula, Stage::Pay)).collect();
    let amounts = scheme.proposals.iter().filter_map(|one| one.amount.as_ref());
    uses.extend(amounts.map(|formula| number("a proposal", formula, Stage::Pay)));
    let watches = scheme.watches.iter().flat_map(|one| one.above.iter().chain(&one.below));
    uses.extend(watches.map(|formula| number("a watch", formula, Stage::Facts)));
    for one in &scheme.reconciles {
        let owner = || format!("reconcile `{}`", one.id);
        let sides = [&one.value, &one.with];
        uses.extend(sides.map(|formula| Use { about: one.of, ..number(owner(), formula, Stage::Facts) }));
    }
    uses.extend(
        scheme
            .streaks
            .iter()
            .map(|one| Use { latest: None, ..condition(format!("streak `{}`", one.id), &one.when, Stage::Pay) }),
    );
    uses.extend(scheme.insights.iter().map(|one| number("an insight", &one.value, Stage::Facts)));
    uses
}

fn by(sorted: &Sorted) -> Option<&Formula> {
    match sorted {
        Sorted::By(formula, _) => Some(formula),
        Sorted::StaffNumber => None,
    }
}
