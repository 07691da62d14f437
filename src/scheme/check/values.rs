//! Amounts and expressions: read, with the names of what is lacking.

use crate::diag::{Place, Spanned};
use crate::exact::Exact;
use crate::scheme::formula::{Formula, Name};
use crate::scheme::written::{Expression, Written};
use crate::scheme::{Amount, Direction};

use super::Checker;

impl Checker<'_> {
    /// A number; a parameter's id stands for its value. `lacking` is what `check` calls it when it is unset.
    pub(super) fn amount(&mut self, written: &Written, lacking: &str, place: Place) -> Amount {
        match written {
            Written::Known(number) => Amount::Known(number.clone()),
            Written::Unset => Amount::Unset(lacking.to_owned()),
            Written::Named(id) => self.parameter(id, place),
        }
    }

    fn parameter(&mut self, id: &str, place: Place) -> Amount {
        match self.written.parameter.iter().find(|one| one.id.as_ref() == id).map(|one| one.value.as_ref()) {
            Some(Written::Known(number)) => Amount::Known(number.clone()),
            Some(_) => Amount::Unset(id.to_owned()),
            None => {
                let known: Vec<String> =
                    self.written.parameter.iter().map(|one| format!("`{}`", one.id.as_ref())).collect();
                let hint = match known.is_empty() {
                    true => "write a number, \"unset\", or add `[[parameter]]` with this id".to_owned(),
                    false => format!("known parameters: {}", known.join(", ")),
                };
                self.wrong(place, format!("there is no parameter `{id}`"), hint);
                Amount::Unset(id.to_owned())
            }
        }
    }

    /// An expression, or the id of a named value.
    pub(super) fn formula(&mut self, written: &Spanned<Expression>, lacking: &str) -> Formula {
        let place = self.place(written);
        self.formula_at(written.as_ref(), lacking, place)
    }

    /// The same, of a key whose own place is not known.
    pub(super) fn formula_at(&mut self, written: &Expression, lacking: &str, place: Place) -> Formula {
        let text = match written {
            Expression::Known(number) => return Formula::constant(number.clone()),
            Expression::Unset => return Formula::unset(lacking),
            Expression::Text(text) => text,
        };
        if self.is_id(text) {
            return Formula::of_name(Name::own(text));
        }
        match Formula::parse(text) {
            Ok(formula) => formula,
            Err(why) => {
                self.wrong(
                    place,
                    format!("this is not an expression: {why}"),
                    "write named values, numbers and conditions, such as `total < 80`; hyphens of ids are underscores",
                );
                Formula::constant(Exact::zero())
            }
        }
    }

    pub(super) fn maybe_formula(&mut self, written: &Option<Spanned<Expression>>, lacking: &str) -> Option<Formula> {
        written.as_ref().map(|written| self.formula(written, lacking))
    }

    /// Whether a text is the id of a named value of this file.
    fn is_id(&self, text: &str) -> bool {
        let written = self.written;
        let ids = written.metric.iter().map(|one| &one.id).chain(written.formula.iter().map(|one| &one.id));
        let ids =
            ids.chain(written.lookup.iter().map(|one| &one.id)).chain(written.parameter.iter().map(|one| &one.id));
        let ids = ids.chain(written.quota.iter().map(|one| &one.id)).chain(written.gate.iter().map(|one| &one.id));
        ids.into_iter().any(|id| id.as_ref() == text)
    }

    /// Which end of a value is better: that of the metric or formula that it names.
    pub(super) fn direction_of(&self, formula: &Formula) -> Direction {
        let [(name, _)] = formula.names()[..] else { return Direction::Higher };
        let written = self.written;
        let metric = written.metric.iter().find(|one| *one.id.as_ref() == name.id).map(|one| one.direction);
        let formula = written.formula.iter().find(|one| *one.id.as_ref() == name.id).map(|one| one.direction);
        let lookup = written.lookup.iter().find(|one| *one.id.as_ref() == name.id).map(|one| one.direction);
        metric.or(formula).or(lookup).unwrap_or_default()
    }
}
