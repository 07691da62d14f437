//! Names in expressions: every one of them means something to whom the expression is about.

use crate::diag::known_names;
use crate::scheme::formula::{Among, Name, Scope};
use crate::scheme::{AGENT_COLUMNS, Level, Scheme};

use super::Checker;
use super::uses::Use;

/// What every scheme can name besides its own ids.
pub(super) const RESULTS: [&str; 7] =
    ["total", "rank", "ranked", "grade", "grade-amount", "grade-coefficient", "base-wage"];

impl Checker<'_> {
    /// Reports every name of an expression that means nothing.
    pub(super) fn known_names(&mut self, scheme: &Scheme, one: &Use<'_>) {
        for (name, among) in one.formula.names() {
            let place = self.place_of_name(one.formula, name);
            let known = known(scheme, name.scope);
            if !known.contains(&name.id.as_str()) {
                let ids: Vec<String> = known.iter().map(|id| id.replace('-', "_")).collect();
                let hint = known_names(&name.id.replace('-', "_"), ids.iter().map(String::as_str));
                self.wrong(place, format!("nothing is called `{name}`"), hint);
            } else if one.about != Level::Agent && among == Among::One && is_of_agents_only(scheme, name) {
                self.wrong(
                    place,
                    format!("`{name}` is an agent's, but {} is about a group", one.owner),
                    format!("run it over the agents of the group, such as `SUM({name})` or `COUNT({name} = …)`"),
                );
            }
        }
        if one.about == Level::Agent && one.formula.has_aggregate() {
            let place = self.place_of(one.formula);
            self.wrong(
                place,
                format!("{} is about one agent and has nobody to run an aggregate over", one.owner),
                "put the aggregate into a `[[formula]]` with `of = \"team\"`, and name that",
            );
        }
    }
}

/// What a group has no value of by itself.
fn is_of_agents_only(scheme: &Scheme, name: &Name) -> bool {
    match name.scope {
        Scope::Points | Scope::Pool | Scope::Pay | Scope::Agent | Scope::Lowest | Scope::Highest => true,
        Scope::Own => RESULTS.contains(&name.id.as_str()) || scheme.is_mark(&name.id),
        _ => false,
    }
}

/// The ids that a scope has.
pub(super) fn known(scheme: &Scheme, scope: Scope) -> Vec<&str> {
    match scope {
        Scope::Points => {
            let lines = scheme.indicators.iter().map(|one| one.id.as_str());
            lines.chain(scheme.groups.iter().map(|one| one.id.as_str())).collect()
        }
        Scope::Pool => scheme.pools.iter().map(|one| one.id.as_str()).collect(),
        Scope::Pay => scheme.pays.iter().map(|one| one.id.as_str()).collect(),
        Scope::Agent => AGENT_COLUMNS.to_vec(),
        Scope::Period => vec!["days"],
        Scope::Own => scheme.values().chain(scheme.marks()).chain(RESULTS).chain(["headcount"]).collect(),
        Scope::Team | Scope::Department | Scope::Shop => scheme.values().chain(["headcount"]).collect(),
        Scope::Previous => scheme.values().chain(["total"]).collect(),
        Scope::Lowest | Scope::Highest | Scope::PreviousTeam | Scope::PreviousDepartment | Scope::PreviousShop => {
            scheme.values().collect()
        }
    }
}
