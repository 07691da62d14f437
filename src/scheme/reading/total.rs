//! How the total is made.

use crate::scheme::{Counting, Unit};

use super::{Part, Reader, Section, say};

impl Reader<'_> {
    /// Normalising, limits, rounding, and totals that count as others.
    pub(super) fn total(&self) -> Section {
        let rule = &self.scheme.total;
        let mut said = vec![match rule.counts {
            Counting::Sum => self
                .pick(
                    "总分 = 各项得分 ÷ 该项满分 × 权重之和，再加减加减分项",
                    "total = the sum of each line's points ÷ its full points × its weight, and the additions",
                )
                .to_owned(),
            Counting::None => self
                .pick("各项各自列示，没有总分、名次和等级", "every line stands for itself: no total, rank or grade")
                .to_owned(),
        }];
        if let Some(to) = &rule.normalise_to {
            said.push(say!(self, "总分折算为满分 {to}", "the total is stretched to {to} at best"));
        }
        said.push(self.limits(rule.at_least.as_ref(), rule.at_most.as_ref(), Unit::Points));
        said.push(match rule.rounded_to {
            Some(places) => say!(
                self,
                "总分先四舍五入到 {places} 位小数再定等级",
                "the total is rounded to {places} decimals before it is graded"
            ),
            None => self.pick("等级按未取整的总分判定", "grades are decided on the unrounded total").to_owned(),
        });
        for (limit, total) in &rule.becomes {
            said.push(say!(self, "总分 ≥ {limit} 按 {total} 计", "a total from {limit} on counts as {total}"));
        }
        let lines = said.into_iter().filter(|one| !one.is_empty()).map(|one| Part::Line(format!("• {one}")));
        self.section("总分", "Total", lines.collect())
    }
}
