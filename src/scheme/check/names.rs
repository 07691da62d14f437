//! Names in expressions: every one of them means something.

use crate::scheme::formula::{Among, Name, Scope};
use crate::scheme::{AGENT_COLUMNS, Formula, Scheme};

use super::Checker;

/// What every scheme can name besides its own ids.
const RESULTS: [&str; 7] = ["total", "rank", "ranked", "grade", "grade-amount", "grade-coefficient", "base-wage"];

impl Checker<'_> {
    /// Reports every name of an expression that means nothing.
    pub(super) fn known_names(&mut self, scheme: &Scheme, formula: &Formula) {
        for (name, among) in formula.names() {
            if !is_known(scheme, name, among) {
                let place = self.place_of(formula);
                self.wrong(place, format!("nothing is called `{name}`"), suggestion(scheme, name));
            }
        }
    }
}

fn is_known(scheme: &Scheme, name: &Name, _among: Among) -> bool {
    let id = name.id.as_str();
    match name.scope {
        Scope::Own => RESULTS.contains(&id) || id == "headcount" || scheme.is_value(id) || scheme.is_mark(id),
        Scope::Team | Scope::Department | Scope::Shop => id == "headcount" || scheme.is_value(id),
        Scope::Previous => id == "total" || scheme.is_value(id),
        Scope::Lowest | Scope::Highest | Scope::PreviousTeam | Scope::PreviousDepartment | Scope::PreviousShop => {
            scheme.is_value(id)
        }
        Scope::Points => {
            scheme.indicators.iter().any(|one| one.id == id) || scheme.groups.iter().any(|one| one.id == id)
        }
        Scope::Pool => scheme.pools.iter().any(|one| one.id == id),
        Scope::Pay => scheme.pays.iter().any(|one| one.id == id),
        Scope::Agent => AGENT_COLUMNS.contains(&id),
        Scope::Period => id == "days",
    }
}

/// The names that could be meant.
fn suggestion(scheme: &Scheme, name: &Name) -> String {
    let known: Vec<&str> = match name.scope {
        Scope::Points => {
            let lines = scheme.indicators.iter().map(|one| one.id.as_str());
            lines.chain(scheme.groups.iter().map(|one| one.id.as_str())).collect()
        }
        Scope::Pool => scheme.pools.iter().map(|one| one.id.as_str()).collect(),
        Scope::Pay => scheme.pays.iter().map(|one| one.id.as_str()).collect(),
        Scope::Agent => AGENT_COLUMNS.to_vec(),
        Scope::Period => vec!["days"],
        Scope::Own => scheme.values().chain(scheme.marks()).chain(RESULTS).collect(),
        _ => scheme.values().collect(),
    };
    let known: Vec<String> = known.into_iter().map(|one| format!("`{}`", one.replace('-', "_"))).collect();
    format!("known here: {}", known.join(", "))
}
