//! Stages: an expression may use only what is known when it is evaluated, and nothing is made of itself.

use crate::diag::{Diagnostic, Place};
use crate::scheme::formula::{Name, Scope};
use crate::scheme::{Formula, Gate, Scheme, Stage};

use super::Checker;
use super::names::known;
use super::uses::{Use, uses};

impl Checker<'_> {
    /// Checks when and of what every expression of the scheme is made.
    pub(super) fn stages(&mut self, scheme: &Scheme) {
        for one in &scheme.formulas {
            if let Err(circle) = scheme.stage_of_name(&one.id) {
                let ids = self.written.formula.iter().map(|one| &one.id);
                let place = ids.chain(self.written.lookup.iter().map(|one| &one.id)).find(|id| *id.as_ref() == one.id);
                let diagnostic = Diagnostic::error(format!("`{}` is made of itself: {circle}", one.id));
                let diagnostic = diagnostic.hint("break the circle: one of these must not need the other");
                self.found.push(match place {
                    Some(id) => diagnostic.at(self.place(id)),
                    None => diagnostic,
                });
            }
        }
        for one in uses(scheme) {
            self.known_names(scheme, &one);
            self.in_time(scheme, &one);
        }
        self.in_order(scheme);
        for (formula, _) in scheme.expressions() {
            self.kept_of_before(scheme, formula);
        }
        for streak in &scheme.streaks {
            self.about_results(scheme, &streak.id, &streak.when);
        }
        self.gates_in_order(scheme);
    }

    fn in_time(&mut self, scheme: &Scheme, one: &Use<'_>) {
        let Some(latest) = one.latest else { return };
        for (name, _) in one.formula.names() {
            let Ok(stage) = scheme.stage_of(name) else { continue };
            if stage > latest {
                let place = self.place_of_name(one.formula, name);
                let message =
                    format!("{} cannot use `{name}`, which is known only after {}", one.owner, stage.before());
                self.wrong(place, message, format!("it is evaluated when {} are known", latest.known()));
            }
        }
    }

    /// Of the period before only what was counted is known, not what was made of results.
    fn kept_of_before(&mut self, scheme: &Scheme, formula: &Formula) {
        let before = [Scope::Previous, Scope::PreviousTeam, Scope::PreviousDepartment, Scope::PreviousShop];
        for (name, _) in formula.names() {
            let made = scheme.stage_of_name(&name.id).is_ok_and(|stage| stage > Stage::Facts);
            if before.contains(&name.scope) && made && name.id != "total" {
                let place = self.place_of(formula);
                self.wrong(
                    place,
                    format!("`{name}` is made of results, which are not worked out again for the period before"),
                    "ask for metrics, or use a `[[streak]]` for results of several periods",
                );
            }
        }
    }

    /// Components of pay are worked out in the order of the file, also through formulas.
    fn in_order(&mut self, scheme: &Scheme) {
        for (index, pay) in scheme.pays.iter().enumerate() {
            let later: Vec<&str> = scheme.pays[index..].iter().map(|one| one.id.as_str()).collect();
            for formula in [&pay.amount].into_iter().chain(&pay.when) {
                if let Some(name) = scheme
                    .behind(formula)
                    .into_iter()
                    .find(|name| name.scope == Scope::Pay && later.contains(&name.id.as_str()))
                {
                    let place = self.place_of_name(formula, name);
                    self.wrong(
                        place,
                        format!("`{}` uses `{name}`, which is not known yet", pay.id),
                        "write `[[pay]]` that others need before them",
                    );
                }
            }
        }
    }

    /// Of earlier periods only the results are kept.
    fn about_results(&mut self, scheme: &Scheme, id: &str, when: &Formula) {
        let marks: Vec<&String> =
            scheme.gates.iter().map(|one| &one.id).chain(scheme.quotas.iter().map(|one| &one.id)).collect();
        for (name, _) in when.names() {
            let parameter = scheme.parameters.iter().any(|one| one.id == name.id);
            let known = known(scheme, name.scope).contains(&name.id.as_str());
            if known && !parameter && !Self::is_result(name.scope, &name.id, &marks) {
                let place = self.place_of_name(when, name);
                self.wrong(
                    place,
                    format!("streak `{id}` cannot use `{name}`: of earlier periods only the results are kept"),
                    "use total, rank, ranked, grade, and the ids of gates and quotas",
                );
            }
        }
    }

    /// Gates are decided in the order of the file, those that zero a line before all others.
    fn gates_in_order(&mut self, scheme: &Scheme) {
        let early = scheme.gates.iter().filter(|gate| gate.comes_before_the_total());
        let late = scheme.gates.iter().filter(|gate| !gate.comes_before_the_total());
        let order: Vec<&Gate> = early.chain(late).collect();
        for (index, gate) in order.iter().enumerate() {
            for name in scheme.behind(&gate.when) {
                if name.scope == Scope::Own && order[index..].iter().any(|later| later.id == name.id) {
                    let place = self.place_of_name(&gate.when, name);
                    self.wrong(
                        place,
                        format!("gate `{}` uses `{name}`, which is not decided yet", gate.id),
                        "gates are decided in the order of the file, those with `zero` first; write the other condition out",
                    );
                }
            }
        }
    }

    /// Where an expression is written.
    pub(super) fn place_of(&self, formula: &Formula) -> Place {
        self.file.place(formula.at.clone())
    }

    /// Where a name first stands in an expression; the whole of it where the name is written in another way.
    pub(super) fn place_of_name(&self, formula: &Formula, name: &Name) -> Place {
        let source = self.file.text.get(formula.at.clone()).unwrap_or_default();
        let word = name.to_string();
        let of_name = |one: char| one.is_alphanumeric() || one == '_' || one == '.';
        let alone = |start: &usize| {
            let (before, after) = (&source[..*start], &source[start + word.len()..]);
            !before.ends_with(of_name) && !after.starts_with(of_name)
        };
        match source.match_indices(&word).map(|(start, _)| start).find(alone) {
            Some(offset) => {
                let start = formula.at.start + offset;
                self.file.place(start..start + word.len())
            }
            None => self.place_of(formula),
        }
    }
}
