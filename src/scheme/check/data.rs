//! Parameters, filters, metrics, formulas and lookups.

use crate::diag::Spanned;
use crate::scheme::data::{Filter, FormulaRule, Maturity, Metric, NamedFormula, Parameter};
use crate::scheme::written::{FilterTable, MetricTable};

use super::Checker;

impl Checker<'_> {
    pub(super) fn parameters(&mut self) -> Vec<Parameter> {
        let written = self.written;
        written
            .parameter
            .iter()
            .map(|one| Parameter {
                id: one.id.as_ref().clone(),
                label: one.label.clone(),
                value: self.amount(one.value.as_ref(), one.id.as_ref(), self.place(&one.value)),
                unit: one.unit,
                decimals: one.decimals.unwrap_or(one.unit.decimals()),
                assumed: one.assumed.clone(),
            })
            .collect()
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
        if let (Some(provisional), None) = (&written.provisional, written.matures_after) {
            let place = self.place(provisional);
            self.wrong(place, "`provisional` needs `matures-after`", "say after how many days rows are final");
        }
        let months_ago = written.months_ago.as_ref().map(|months| months.as_ref().clone()).unwrap_or_default();
        if let Some(months) = written.months_ago.as_ref().filter(|months| months.as_ref().iter().any(|one| *one > 36)) {
            let place = self.place(months);
            self.wrong(place, "`months-ago` reaches back at most 36 months", "write months such as [1, 2, 3, 12]");
        }
        Metric {
            id: written.id.as_ref().clone(),
            label: written.label.clone(),
            table: written.table.as_ref().clone(),
            expression: written.expression.as_ref().clone(),
            of: written.of,
            unit: written.unit,
            decimals: written.decimals.unwrap_or(written.unit.decimals()),
            direction: written.direction,
            counts: written.counts.clone(),
            average: written.average,
            zero_denominator: written.zero_denominator,
            maturity: written.matures_after.map(|days| Maturity {
                days,
                provisional: written.provisional.as_ref().map(|sql| (sql.as_ref().clone(), self.place(sql))),
            }),
            months_ago,
            agents: written.agents.clone(),
            rows: written.rows,
            assumed: written.assumed.clone(),
            place: self.place(&written.expression),
        }
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
                decimals: one.decimals.unwrap_or(one.unit.decimals()),
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
                decimals: one.decimals.unwrap_or(one.unit.decimals()),
                direction: one.direction,
                assumed: one.assumed.clone(),
            });
        }
        formulas
    }

    /// A name that must be a metric's.
    pub(super) fn knows_metric(&mut self, name: &Spanned<String>) -> Option<usize> {
        let text: &str = name.as_ref();
        let place = self.written.metric.iter().position(|one| one.id.as_ref() == text);
        if place.is_none() {
            let known: Vec<String> = self.written.metric.iter().map(|one| format!("`{}`", one.id.as_ref())).collect();
            let at = self.place(name);
            self.wrong(at, format!("there is no metric `{text}`"), format!("known here: {}", known.join(", ")));
        }
        place
    }
}
