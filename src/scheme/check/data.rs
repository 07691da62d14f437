//! Parameters, filters, metrics, formulas and lookups.

use crate::diag::{Spanned, known_names};
use crate::scheme::data::{Filter, FormulaRule, Maturity, Metric, NamedFormula, Parameter};
use crate::scheme::written::{FilterTable, MetricTable, ParameterTable, Written};
use crate::scheme::{Amount, Level, Unit};

use super::Checker;

/// How far back a metric may look.
const MOST_MONTHS: u32 = 36;

impl Checker<'_> {
    pub(super) fn parameters(&mut self) -> Vec<Parameter> {
        let written = self.written;
        let parameters = written.parameter.iter();
        parameters
            .map(|one| Parameter {
                id: one.id.as_ref().clone(),
                label: one.label.clone(),
                value: self.parameters_own(one),
                unit: one.unit,
                decimals: self.decimals_of(&one.decimals, one.unit),
                assumed: one.assumed.clone(),
            })
            .collect()
    }

    /// A parameter's value is its own, and not another parameter's.
    fn parameters_own(&mut self, one: &ParameterTable) -> Amount {
        let id: &String = one.id.as_ref();
        match one.value.as_ref() {
            Written::Known(number) => Amount::Known(number.clone()),
            Written::Unset => self.filled_in(id),
            Written::Named(other) => {
                let place = self.place(&one.value);
                self.wrong(
                    place,
                    format!("parameter `{id}` is not a number but `{other}`"),
                    "write a number or \"unset\"; what is made of others is a `[[formula]]`",
                );
                Amount::Unset(id.clone())
            }
        }
    }

    fn decimals_of(&mut self, written: &Option<Spanned<u32>>, unit: Unit) -> u32 {
        written.as_ref().map_or(unit.decimals(), |decimals| self.decimals(decimals))
    }

    pub(super) fn filter(&self, written: &FilterTable) -> Filter {
        Filter {
            id: written.id.as_ref().clone(),
            label: written.label.clone(),
            table: written.table.as_ref().clone(),
            keep: written.keep.as_ref().clone(),
            place: self.place(&written.keep),
        }
    }

    pub(super) fn metric(&mut self, written: &MetricTable) -> Metric {
        let maturity = self.maturity(written);
        let months_ago = self.months_ago(written);
        if written.of == Level::Agent && written.agents.is_empty() {
            let place = self.place(&written.id);
            self.wrong(
                place,
                format!("nobody is named by the rows of `{}`", written.id.as_ref()),
                "write for instance `agents = [\"agent_id\"]`, or leave `agents` out",
            );
        }
        let agents = written.agents.iter();
        if agents.enumerate().any(|(place, name)| written.agents[..place].contains(name)) {
            let place = self.place(&written.id);
            self.wrong(
                place,
                format!("`{}` counts a row twice", written.id.as_ref()),
                "name each column of `agents` once",
            );
        }
        Metric {
            id: written.id.as_ref().clone(),
            label: written.label.clone(),
            table: written.table.as_ref().clone(),
            expression: written.expression.as_ref().clone(),
            of: written.of,
            unit: written.unit,
            decimals: self.decimals_of(&written.decimals, written.unit),
            direction: written.direction,
            counts: written.counts.clone(),
            average: written.average,
            zero_denominator: written.zero_denominator,
            maturity,
            months_ago,
            agents: written.agents.clone(),
            rows: written.rows,
            assumed: written.assumed.clone(),
            table_at: self.place(&written.table),
            place: self.place(&written.expression),
        }
    }

    fn maturity(&mut self, written: &MetricTable) -> Option<Maturity> {
        let Some(after) = &written.matures_after else {
            if let Some(provisional) = &written.provisional {
                let place = self.place(provisional);
                self.wrong(place, "`provisional` needs `matures-after`", "say after how many days rows are final");
            }
            return None;
        };
        let days = *after.as_ref();
        if !(1..=366).contains(&days) {
            let place = self.place(after);
            self.wrong(place, format!("rows cannot be final after {days} days"), "`matures-after` is 1 to 366 days");
        }
        let provisional = written.provisional.as_ref().map(|sql| (sql.as_ref().clone(), self.place(sql)));
        Some(Maturity { days: days.min(366), provisional })
    }

    fn months_ago(&mut self, written: &MetricTable) -> Vec<u32> {
        let Some(list) = &written.months_ago else { return Vec::new() };
        let months = list.as_ref();
        let twice = (1..months.len()).find(|place| months[..*place].contains(&months[*place]));
        let fault = match (months.iter().find(|one| **one > MOST_MONTHS), twice) {
            (Some(far), _) => Some(format!("`months-ago` reaches back at most {MOST_MONTHS} months, not {far}")),
            (None, Some(place)) => Some(format!("`months-ago` names {} twice", months[place])),
            (None, None) => months.is_empty().then(|| "`months-ago` names no month".to_owned()),
        };
        if let Some(fault) = fault {
            let place = self.place(list);
            self.wrong(place, fault, "write each month once, such as [1, 2, 3, 12]");
        }
        months.clone()
    }

    pub(super) fn formulas(&mut self) -> Vec<NamedFormula> {
        let written = self.written;
        let mut formulas: Vec<NamedFormula> = Vec::new();
        for one in &written.formula {
            formulas.push(NamedFormula {
                id: one.id.as_ref().clone(),
                label: one.label.clone(),
                rule: FormulaRule::Expression(self.formula(&one.expression, one.id.as_ref())),
                of: one.of,
                unit: one.unit,
                decimals: self.decimals_of(&one.decimals, one.unit),
                direction: one.direction,
                assumed: one.assumed.clone(),
            });
        }
        for one in &written.lookup {
            let value = self.formula(&one.of_value, &format!("{}.of-value", one.id.as_ref()));
            let curve = self.steps_of_lookup(one);
            formulas.push(NamedFormula {
                id: one.id.as_ref().clone(),
                label: one.label.clone(),
                rule: FormulaRule::Lookup { value, curve },
                of: one.of,
                unit: one.unit,
                decimals: self.decimals_of(&one.decimals, one.unit),
                direction: one.direction,
                assumed: one.assumed.clone(),
            });
        }
        formulas
    }

    /// A name that must be a metric's.
    pub(super) fn knows_metric(&mut self, name: &Spanned<String>) -> Option<usize> {
        let text: &str = name.as_ref();
        self.mentioned.insert(text.to_owned());
        let place = self.written.metric.iter().position(|one| one.id.as_ref() == text);
        if place.is_none() {
            let at = self.place(name);
            let hint = known_names(text, self.written.metric.iter().map(|one| one.id.as_ref().as_str()));
            self.wrong(at, format!("there is no metric `{text}`"), hint);
        }
        place
    }
}
