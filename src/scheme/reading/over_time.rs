//! What follows over several periods, what is proposed, and what is different on some days.

use crate::scheme::consequence::{Days, Override, ProposalRule, Streak};
use crate::scheme::{Gaps, Unit};

use super::{Part, Reader, Section, lines, say};

impl Reader<'_> {
    /// Streaks and proposals, which a person must approve.
    pub(super) fn over_time(&self) -> Section {
        let mut parts = lines(&self.scheme.streaks, |streak| self.streak(streak));
        parts.extend(lines(&self.scheme.proposals, |proposal| self.proposal(proposal)));
        self.section("建议（须经批准才生效）", "Proposals (nothing happens until a person approves)", parts)
    }

    fn streak(&self, streak: &Streak) -> String {
        let (label, periods) = (self.text(&streak.label), streak.periods);
        let (when, text) = (self.formula(&streak.when), self.text(&streak.propose));
        let gaps = match streak.gaps {
            Gaps::Break => self.pick("缺一期则中断", "a period without a result ends it"),
            Gaps::Skip => self.pick("缺期跳过", "periods without a result are passed over"),
        };
        let assumed = self.assumed_mark(streak.assumed.as_ref());
        say!(
            self,
            "{label}：连续 {periods} 期{when} → {text}；{gaps}{assumed}",
            "{label}: {periods} periods running with {when} → {text}; {gaps}{assumed}"
        )
    }

    fn proposal(&self, proposal: &ProposalRule) -> String {
        let (when, text) = (self.formula(&proposal.when), self.text(&proposal.text));
        let whom = self.whom(proposal.whom);
        let amount = proposal.amount.as_ref().map(|amount| self.formula_in(amount, Unit::Yuan));
        let amount = amount.map(|amount| say!(self, "，金额 {amount}", ", amount {amount}")).unwrap_or_default();
        let assumed = self.assumed_mark(proposal.assumed.as_ref());
        say!(self, "{when}{whom} → {text}{amount}{assumed}", "when {when}{whom} → {text}{amount}{assumed}")
    }

    /// Promotions and other days with rules of their own.
    pub(super) fn overrides(&self) -> Section {
        let parts = self.scheme.overrides.iter().flat_map(|one| self.override_in_words(one)).collect();
        self.section("特殊日期", "Special days", parts)
    }

    fn override_in_words(&self, special: &Override) -> Vec<Part> {
        let days = match &special.days {
            Days::Range(from, to) => say!(self, "{from} 至 {to}", "{from} to {to}"),
            Days::Tagged(tag) => say!(self, "日历标为“{tag}”的日子", "days that the calendar marks `{tag}`"),
        };
        let label = self.text(&special.label);
        let assumed = self.assumed_mark(special.assumed.as_ref());
        let mut said = vec![say!(self, "• {label}（{days}）{assumed}", "• {label} ({days}){assumed}")];
        if !special.weights.is_empty() {
            let weights = self.list(
                special
                    .weights
                    .iter()
                    .map(|(id, weight)| format!("{} {}", self.line_or_group(id), self.amount(weight, Unit::Ratio))),
            );
            said.push(say!(self, "权重改为：{weights}（按天数折算）", "weights: {weights} (by the share of days)"));
        }
        for (metric, expression, _) in &special.expressions {
            let label = self.metric_label(*metric);
            said.push(say!(self, "{label}改按 {expression} 计算", "{label} is counted as {expression}"));
        }
        if !special.leave_out.is_empty() {
            let metrics = self.list(special.leave_out.iter().map(|metric| self.metric_label(*metric)));
            said.push(say!(self, "{metrics}不计这些日子", "these days do not count for {metrics}"));
        }
        for (id, limit) in &special.limits {
            let watch = self.scheme.watches.iter().find(|watch| watch.id == *id);
            let label = watch.map_or(id.as_str(), |watch| self.text(&watch.label));
            let unit = watch.and_then(|watch| self.scheme.metrics.get(watch.metric)).map(|metric| metric.unit);
            let limit = self.amount(limit, unit.unwrap_or_default());
            said.push(say!(self, "预警“{label}”的界限改为 {limit}", "the limit of “{label}” is {limit}"));
        }
        vec![Part::Line(self.clauses(said))]
    }

    /// The label of a metric by its place.
    pub(super) fn metric_label(&self, place: usize) -> &str {
        self.scheme.metrics.get(place).map_or("", |metric| self.text(&metric.label))
    }
}
