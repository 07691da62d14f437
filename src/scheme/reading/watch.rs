//! Daily numbers that people are told about, and numbers that must agree.

use crate::scheme::consequence::{Reconcile, Watch};
use crate::scheme::{Cadence, Unit};

use super::{Reader, Section, lines, say};

impl Reader<'_> {
    /// Watches, then reconciliations.
    pub(super) fn watches(&self) -> Section {
        let mut parts = lines(&self.scheme.watches, |watch| self.watch(watch));
        parts.extend(lines(&self.scheme.reconciles, |one| self.reconcile(one)));
        self.section("预警与核对", "Watches and checks", parts)
    }

    fn watch(&self, watch: &Watch) -> String {
        let unit = self.scheme.metrics.get(watch.metric).map(|metric| metric.unit).unwrap_or_default();
        let often = match watch.per {
            Cadence::Day => self.pick("每日", "daily"),
            Cadence::Week => self.pick("每周", "weekly"),
            Cadence::Period => self.pick("每期", "each period"),
        };
        let (label, metric) = (self.text(&watch.label), self.metric_label(watch.metric));
        let above = watch.above.as_ref().map(|limit| format!("{metric} > {}", self.formula_in(limit, unit)));
        let below = watch.below.as_ref().map(|limit| format!("{metric} < {}", self.formula_in(limit, unit)));
        let worse = watch.worse_by.as_ref().map(|part| {
            let (part, days) = (self.share(part), watch.trailing);
            say!(
                self,
                "{metric}比前 {days} 天平均差 {part} 以上",
                "{metric} worse than the mean of {days} days by {part}"
            )
        });
        let limits: Vec<String> = above.into_iter().chain(below).chain(worse).collect();
        let limits = limits.join(self.pick(" 或 ", " or "));
        let mut said = vec![say!(self, "{label}：{often}，{limits}", "{label}: {often}, {limits}")];
        if !watch.to.is_empty() {
            said.push(say!(self, "通知{}", "tells {}", self.recipients(&watch.to)));
        }
        if let Some(question) = &watch.open_case {
            said.push(say!(self, "立案核查：{}", "opens a case: {}", self.text(question)));
        }
        format!("{}{}", self.clauses(said), self.assumed_mark(watch.assumed.as_ref()))
    }

    fn reconcile(&self, one: &Reconcile) -> String {
        let (label, within) = (self.text(&one.label), self.share(&one.within));
        let (value, with) = (self.formula_in(&one.value, Unit::Ratio), self.formula_in(&one.with, Unit::Ratio));
        let whose = self.whose(one.of);
        say!(
            self,
            "{label}：{whose}的{value}与{with}相差不超过 {within}",
            "{label}: {value} and {with} of the {whose} differ by at most {within}"
        )
    }

    /// Who gets something.
    pub(super) fn recipients(&self, to: &[String]) -> String {
        self.list(to.iter().map(|one| match one.as_str() {
            "agent" => self.pick("本人", "the agent"),
            "managers" => self.pick("主管", "managers"),
            "all" => self.pick("全体", "everybody"),
            "hr" => self.pick("人事", "HR"),
            other => other,
        }))
    }
}
