//! Who is scored, ranked, averaged and counted.

use crate::scheme::{Formula, Subjects, Unit};

use super::{Part, Reader, Section, say};

impl Reader<'_> {
    /// The people whom the scheme is about.
    pub(super) fn population(&self) -> Section {
        let who = &self.scheme.population;
        let subjects = match who.subjects {
            Subjects::Agents => self.pick("考核对象是客服个人", "agents are scored"),
            Subjects::Departments => self.pick("考核对象是部门", "departments are scored"),
        };
        let mut said = vec![subjects.to_owned()];
        if !who.roles.is_empty() {
            said.push(say!(self, "限岗位：{}", "only the roles {}", self.list(&who.roles)));
        }
        let mut condition = |zh: &'static str, en: &'static str, formula: &Option<Formula>| {
            if let Some(formula) = formula {
                said.push(format!("{}{}", self.pick(zh, en), self.formula(formula)));
            }
        };
        condition("参加考核：", "scored: ", &who.scored);
        condition("参加排名：", "ranked: ", &who.ranked);
        condition("计入平均：", "in averages: ", &who.averaged);
        condition("计入人数：", "counted as heads: ", &who.headcount);
        for (when, reason) in &who.exclude {
            let (reason, when) = (self.text(reason), self.formula(when));
            said.push(say!(self, "不考核：{reason}（{when}）", "not scored: {reason} ({when})"));
        }
        if let Some(minimum) = &who.minimum {
            let unit = self.scheme.metric(&minimum.metric).map_or(Unit::Ratio, |metric| metric.unit);
            let (metric, least) = (self.own(&minimum.metric), self.value(&minimum.at_least, unit));
            let reason = self.text(&minimum.reason);
            said.push(say!(
                self,
                "{metric}少于 {least} 不考核：{reason}",
                "with {metric} below {least} nobody is scored: {reason}"
            ));
        }
        self.section("考核对象", "Who is scored", said.into_iter().map(|one| Part::Line(format!("• {one}"))).collect())
    }
}
