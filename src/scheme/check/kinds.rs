//! Kinds: conditions are conditions, amounts are numbers, and texts that results are compared with exist.

use crate::diag::known_names;
use crate::scheme::formula::{Kind, Name, Scope};
use crate::scheme::{Formula, Scheme};

use super::Checker;
use super::names::RESULTS;
use super::uses::uses;

impl Checker<'_> {
    /// Checks every expression of the scheme.
    pub(super) fn kinds(&mut self, scheme: &Scheme) {
        for one in uses(scheme) {
            self.is_of_kind(scheme, one.formula, one.wanted, &one.owner);
        }
    }

    fn is_of_kind(&mut self, scheme: &Scheme, formula: &Formula, wanted: Kind, owner: &str) {
        let (kind, mixed) = formula.kind(&|name| kind_of(scheme, name));
        let place = self.place_of(formula);
        for one in mixed {
            self.wrong(
                place.clone(),
                format!("this expression is never worth anything: {one}"),
                "compare numbers with numbers and texts with 'texts'; conditions are joined by AND, OR and NOT",
            );
        }
        if kind != wanted && kind != Kind::Any && wanted != Kind::Any {
            let hint = match wanted {
                Kind::Truth => "write a comparison, such as `total >= 80`",
                _ => "write a number, or `CASE WHEN condition THEN 1 ELSE 0 END`",
            };
            self.wrong(place, format!("{owner} needs {wanted}, and this is {kind}"), hint);
        }
        if let Some(truth) = formula.as_truth() {
            let always = if truth { "always" } else { "never" };
            let place = self.place_of(formula);
            self.doubtful(
                place,
                format!("{owner} has a condition that {always} holds"),
                "leave it out, or compare something",
            );
        }
        self.known_texts(scheme, formula);
    }

    /// A grade or title that is compared with a text which no grade or title bears.
    fn known_texts(&mut self, scheme: &Scheme, formula: &Formula) {
        for (name, text) in formula.compared_texts() {
            let (family, known): (&str, Vec<&str>) = match (name.scope, name.id.as_str()) {
                (Scope::Own, "grade") => ("grade", scheme.grades.iter().map(|one| one.id.as_str()).collect()),
                (Scope::Agent, "title") if !scheme.titles.is_empty() => {
                    let titles = scheme.titles.iter();
                    ("title-level", titles.flat_map(|one| [&*one.id, &*one.label.zh, &*one.label.en]).collect())
                }
                _ => continue,
            };
            if !known.contains(&text) {
                let place = self.place_of(formula);
                self.wrong(place, format!("there is no {family} `{text}`"), known_names(text, known));
            }
        }
    }
}

/// What a name is worth; of formulas that is only known when they are worked out.
fn kind_of(scheme: &Scheme, name: &Name) -> Kind {
    match (name.scope, name.id.as_str()) {
        (Scope::Own, "grade") => Kind::Text,
        (Scope::Own, id) if scheme.is_mark(id) => Kind::Truth,
        (Scope::Agent, "tenure-months" | "title-months" | "days-employed") => Kind::Number,
        (Scope::Agent, "is-reception-staff") => Kind::Truth,
        (Scope::Agent, _) => Kind::Text,
        (Scope::Points | Scope::Pool | Scope::Pay | Scope::Period, _) => Kind::Number,
        (_, id) if scheme.formulas.iter().any(|one| one.id == id) => Kind::Any,
        (_, "headcount") => Kind::Number,
        (_, id) if RESULTS.contains(&id) || scheme.is_value(id) => Kind::Number,
        _ => Kind::Any,
    }
}
