//! Amounts and expressions: read, with the names of what is lacking.

use crate::diag::{Place, Spanned, known_names};
use crate::exact::Exact;
use crate::scheme::formula::{Formula, Name};
use crate::scheme::written::{Expression, Written};
use crate::scheme::{Amount, Direction};

use super::Checker;

/// Nobody reads more.
const MOST_DECIMALS: u32 = 8;

/// A number whose place is not needed any more.
pub(super) fn unplaced(written: &Option<Spanned<Exact>>) -> Option<Exact> {
    written.as_ref().map(|number| number.as_ref().clone())
}

impl Checker<'_> {
    /// A number; a parameter's id stands for its value. `lacking` is what `check` calls it when it is unset.
    pub(super) fn amount(&mut self, written: &Written, lacking: &str, place: Place) -> Amount {
        match written {
            Written::Known(number) => Amount::Known(number.clone()),
            Written::Unset => self.filled_in(lacking),
            Written::Named(id) => self.parameter(id, place),
        }
    }

    /// What a person supplied for an unset value, if somebody did.
    pub(super) fn filled_in(&self, lacking: &str) -> Amount {
        self.fills
            .get(lacking)
            .map_or_else(|| Amount::Unset(lacking.to_owned()), |number| Amount::Known(number.clone()))
    }

    fn parameter(&mut self, id: &str, place: Place) -> Amount {
        self.mentioned.insert(id.to_owned());
        match self.written.parameter.iter().find(|one| one.id.as_ref() == id).map(|one| one.value.as_ref()) {
            Some(Written::Known(number)) => Amount::Known(number.clone()),
            Some(_) => self.filled_in(id),
            None => {
                let known: Vec<&str> = self.written.parameter.iter().map(|one| one.id.as_ref().as_str()).collect();
                let hint = match known.is_empty() {
                    true => "write a number, \"unset\", or add `[[parameter]]` with this id".to_owned(),
                    false => known_names(id, known),
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
        let at = place.span.clone();
        let formula = self.expression(written, lacking, place).written_at(at);
        self.mention(&formula);
        formula
    }

    /// Whatever an expression names is used.
    fn mention(&mut self, formula: &Formula) {
        let ids = formula.names().into_iter().filter(|(name, _)| !name.scope.is_no_value());
        self.mentioned.extend(ids.map(|(name, _)| name.id.clone()));
    }

    fn expression(&mut self, written: &Expression, lacking: &str, place: Place) -> Formula {
        let text = match written {
            Expression::Known(number) => return Formula::constant(number.clone()),
            Expression::Unset => match self.fills.get(lacking) {
                Some(number) => return Formula::constant(number.clone()),
                None => return Formula::unset(lacking),
            },
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
                Formula::nothing()
            }
        }
    }

    pub(super) fn maybe_formula(&mut self, written: &Option<Spanned<Expression>>, lacking: &str) -> Option<Formula> {
        written.as_ref().map(|written| self.formula(written, lacking))
    }

    /// Two limits of the same number, of which the lower comes first.
    pub(super) fn bounds(&mut self, least: &Option<Spanned<Exact>>, most: &Option<Spanned<Exact>>, of: &str) {
        let (Some(least), Some(most)) = (least, most) else { return };
        if least.as_ref() > most.as_ref() {
            let place = self.place(least);
            self.wrong(
                place,
                format!("{of} cannot be at least {} and at most {}", least.as_ref(), most.as_ref()),
                "`at-least` is the smaller of the two",
            );
        }
    }

    /// Decimals that can be printed.
    pub(super) fn decimals(&mut self, written: &Spanned<u32>) -> u32 {
        let decimals = *written.as_ref();
        if decimals > MOST_DECIMALS {
            let place = self.place(written);
            self.wrong(place, format!("{decimals} decimals are too many"), format!("write 0 to {MOST_DECIMALS}"));
        }
        decimals.min(MOST_DECIMALS)
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
