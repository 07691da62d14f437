//! Whose values an expression may ask for: one agent's, or a group's.

use crate::scheme::formula::{Among, Name, Scope};
use crate::scheme::{Formula, Level, Scheme};

use super::Checker;

impl Checker<'_> {
    /// Checks every expression against whose it is.
    pub(super) fn scopes(&mut self, scheme: &Scheme) {
        for (formula, of) in scheme.expressions() {
            for (name, among) in formula.names() {
                let asking = if among == Among::Members { Level::Agent } else { of };
                self.fits_level(scheme, formula, name, asking);
            }
            self.hyphens(scheme, formula);
        }
    }

    fn fits_level(&mut self, scheme: &Scheme, formula: &Formula, name: &Name, asking: Level) {
        if asking == Level::Agent && name.scope == Scope::Own && name.id == "headcount" {
            let place = self.place_of_name(formula, name);
            self.wrong(
                place,
                "`headcount` is a group's",
                "write `team.headcount`, `department.headcount` or `shop.headcount`",
            );
            return;
        }
        let asked = match name.scope {
            Scope::Team | Scope::PreviousTeam => Level::Team,
            Scope::Department | Scope::PreviousDepartment => Level::Department,
            Scope::Shop | Scope::PreviousShop => Level::Shop,
            Scope::Own | Scope::Previous => asking,
            _ => return,
        };
        let metric = scheme.metric(&name.id).map(|metric| metric.of);
        let formula_of = scheme.formulas.iter().find(|one| one.id == name.id).map(|one| one.of);
        if let Some(of) = metric.or(formula_of)
            && of != Level::Agent
            && of < asked
        {
            let place = self.place_of_name(formula, name);
            self.wrong(
                place,
                format!("`{name}` asks for one value of several: `{}` belongs to a smaller group", name.id),
                "ask the group that it belongs to, or make it a formula of the larger group",
            );
        }
    }

    /// An id with its hyphens reads as a subtraction.
    fn hyphens(&mut self, scheme: &Scheme, formula: &Formula) {
        let known: Vec<&str> = scheme.values().chain(scheme.marks()).filter(|id| id.contains('-')).collect();
        for id in known {
            let part_of_a_word =
                |edge: Option<char>| edge.is_some_and(|edge| edge.is_alphanumeric() || "-_.'".contains(edge));
            let found = formula.text.match_indices(id).any(|(start, _)| {
                let before = formula.text[..start].chars().next_back();
                let after = formula.text[start + id.len()..].chars().next();
                !part_of_a_word(before) && !part_of_a_word(after)
            });
            if found && formula.text != id && formula.names().iter().all(|(name, _)| name.id != id) {
                let place = self.place_of(formula);
                let written = id.replace('-', "_");
                self.wrong(place, format!("`{id}` in an expression is a subtraction"), format!("write `{written}`"));
            }
        }
    }
}
