//! Where the numbers come from: parameters, metrics, formulas and lookups.

use crate::scheme::data::{FormulaRule, Metric, NamedFormula};
use crate::scheme::{Average, Direction, Rows, ZeroDenominator};

use super::{Part, Reader, Section, say};

impl Reader<'_> {
    /// The numbers of the policy.
    pub(super) fn parameters(&self) -> Section {
        let rows = self.scheme.parameters.iter().map(|one| {
            let label = format!("{}{}", self.text(&one.label), self.assumed_mark(one.assumed.as_ref()));
            vec![one.id.clone(), label, self.amount(&one.value, one.unit)]
        });
        let table = self.table(&["名称", "参数", "数值"], &["id", "parameter", "value"], rows.collect());
        self.section("可调整的数", "Parameters", table)
    }

    /// How each number is counted over rows.
    pub(super) fn metrics(&self) -> Section {
        let rows = self.scheme.metrics.iter().map(|metric| {
            vec![
                format!("{}{}", self.text(&metric.label), self.assumed_mark(metric.assumed.as_ref())),
                self.table_of(metric),
                metric.expression.split_whitespace().collect::<Vec<_>>().join(" "),
                self.clauses(self.remarks(metric)),
            ]
        });
        let mut parts = self.table(
            &["指标", "数据表", "算法", "说明"],
            &["metric", "table", "counted as", "remarks"],
            rows.collect(),
        );
        for filter in &self.scheme.filters {
            let label = filter.label.as_ref().map_or(filter.id.as_str(), |label| self.text(label));
            let keep = filter.keep.split_whitespace().collect::<Vec<_>>().join(" ");
            parts.push(Part::Line(say!(
                self,
                "• {label}：{} 中 {keep}",
                "• {label}: of {} those with {keep}",
                filter.table
            )));
        }
        self.section("指标算法", "How metrics are counted", parts)
    }

    fn table_of(&self, metric: &Metric) -> String {
        let filter = self.scheme.filters.iter().find(|filter| filter.id == metric.table);
        let label = filter.and_then(|filter| filter.label.as_ref());
        label.map_or_else(|| metric.table.clone(), |label| self.text(label).to_owned())
    }

    fn remarks(&self, metric: &Metric) -> Vec<String> {
        let mut said = Vec::new();
        if metric.direction == Direction::Lower {
            said.push(self.pick("越低越好", "lower is better").to_owned());
        }
        if metric.average == Average::MeanOfAgents {
            said.push(self.pick("平均取各人数值的平均", "averages are means of the agents' values").to_owned());
        }
        match metric.zero_denominator {
            ZeroDenominator::Missing => {}
            ZeroDenominator::Zero => said.push(self.pick("分母为 0 时为 0", "0 when the denominator is 0").to_owned()),
            ZeroDenominator::Full => {
                said.push(self.pick("分母为 0 时为 100%", "100% when the denominator is 0").to_owned())
            }
        }
        if let Some(maturity) = &metric.maturity {
            let days = maturity.days;
            said.push(match &maturity.provisional {
                Some((expression, _)) => say!(
                    self,
                    "{days} 天后定，之前临时按 {expression}",
                    "days until final: {days}, until then {expression}"
                ),
                None => say!(self, "{days} 天后定，之前为临时", "days until final: {days}, provisional before"),
            });
        }
        if !metric.months_ago.is_empty() {
            let months = self.list(metric.months_ago.iter().map(u32::to_string));
            said.push(say!(self, "取 {months} 个月前的数据", "months ago: {months}"));
        }
        if metric.rows == Rows::LastDay {
            said.push(self.pick("只取最后一天", "of the last day only").to_owned());
        }
        said
    }

    /// Numbers made of others, lookups as tables.
    pub(super) fn formulas(&self) -> Section {
        let parts = self.scheme.formulas.iter().flat_map(|one| self.named_formula(one)).collect();
        self.section("计算项", "Formulas", parts)
    }

    fn named_formula(&self, one: &NamedFormula) -> Vec<Part> {
        let label = format!("{}{}", self.text(&one.label), self.assumed_mark(one.assumed.as_ref()));
        match &one.rule {
            FormulaRule::Expression(formula) => {
                vec![Part::Line(format!("• {label} = {}", self.formula(formula)))]
            }
            FormulaRule::Lookup { value, curve } => {
                let unit = self.unit_of_formula(value).unwrap_or_default();
                let value = self.formula(value);
                let mut parts = vec![Part::Line(say!(self, "• {label}，按{value}查表", "• {label}, by {value}"))];
                let gives = |amount: &crate::scheme::Amount| self.amount(amount, one.unit);
                let (zh, en) = (["达到", "取值", "等第"], ["reached", "value", "level"]);
                parts.extend(self.band_table(curve, unit, &gives, &zh, &en));
                parts
            }
        }
    }
}
