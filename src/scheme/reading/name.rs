//! Named values in words: whose value, and what it is called.

use crate::scheme::Unit;
use crate::scheme::formula::{Name, Scope};

use super::{Reader, say};

impl Reader<'_> {
    /// A name as people say it: `团队的客单价`, `上期转化率`.
    pub(super) fn name(&self, name: &Name) -> String {
        let own = || self.own(&name.id);
        match name.scope {
            Scope::Own => own(),
            Scope::Team => say!(self, "团队的{}", "the team's {}", own()),
            Scope::Department => say!(self, "部门的{}", "the department's {}", own()),
            Scope::Shop => say!(self, "店铺的{}", "the shop's {}", own()),
            Scope::Lowest => say!(self, "团队中最小的{}", "the team's smallest {}", own()),
            Scope::Highest => say!(self, "团队中最大的{}", "the team's largest {}", own()),
            Scope::Previous => say!(self, "上期{}", "the last period's {}", own()),
            Scope::PreviousTeam => say!(self, "团队上期的{}", "the team's last {}", own()),
            Scope::PreviousDepartment => say!(self, "部门上期的{}", "the department's last {}", own()),
            Scope::PreviousShop => say!(self, "店铺上期的{}", "the shop's last {}", own()),
            Scope::Points => say!(self, "“{}”得分", "the points of “{}”", self.line_or_group(&name.id)),
            Scope::Pool | Scope::Pay => self.money(&name.id),
            Scope::Agent => self.column(&name.id).to_owned(),
            Scope::Period => self.pick("当期天数", "the days of the period").to_owned(),
        }
    }

    /// What a value, gate or quota is called.
    pub(super) fn own(&self, id: &str) -> String {
        let result = match id {
            "total" => Some(self.pick("总分", "total")),
            "rank" => Some(self.pick("名次", "rank")),
            "ranked" => Some(self.pick("参加排名的人数", "number ranked")),
            "grade" => Some(self.pick("等级", "grade")),
            "grade-amount" => Some(self.pick("等级金额", "grade's amount")),
            "grade-coefficient" => Some(self.pick("等级系数", "grade's coefficient")),
            "base-wage" => Some(self.pick("职级底薪", "title's base wage")),
            "headcount" => Some(self.pick("人数", "headcount")),
            _ => None,
        };
        let label = || self.scheme.label(id).map(|label| self.text(&label).to_owned());
        result.map(str::to_owned).or_else(label).or_else(|| self.mark(id)).unwrap_or_else(|| id.to_owned())
    }

    /// A gate or quota, which holds or does not.
    pub(super) fn mark(&self, id: &str) -> Option<String> {
        let gates = self.scheme.gates.iter().map(|one| (&one.id, &one.label));
        let mut all = gates.chain(self.scheme.quotas.iter().map(|one| (&one.id, &one.label)));
        all.find(|(known, _)| *known == id).map(|(_, label)| format!("“{}”", self.text(label)))
    }

    /// The label of a line or of a group of lines.
    pub(super) fn line_or_group(&self, id: &str) -> String {
        let line = self.scheme.indicators.iter().find(|one| one.id == id).map(|one| &one.label);
        let label = line.or_else(|| self.scheme.group(id).map(|one| &one.label));
        label.map_or_else(|| id.to_owned(), |label| self.text(label).to_owned())
    }

    /// The label of a pool or of a component of pay.
    pub(super) fn money(&self, id: &str) -> String {
        let pool = self.scheme.pools.iter().find(|one| one.id == id).map(|one| &one.label);
        let label = pool.or_else(|| self.scheme.pays.iter().find(|one| one.id == id).map(|one| &one.label));
        label.map_or_else(|| id.to_owned(), |label| self.text(label).to_owned())
    }

    /// A column of the roster.
    fn column<'n>(&self, id: &'n str) -> &'n str {
        match id {
            "id" => self.pick("工号", "staff number"),
            "role" => self.pick("岗位", "role"),
            "team" => self.pick("团队", "team"),
            "department" => self.pick("部门", "department"),
            "department-class" | "class" => self.pick("部门类别", "department's class"),
            "shop" => self.pick("店铺", "shop"),
            "employment-status" => self.pick("用工状态", "employment status"),
            "title" => self.pick("职级", "title"),
            "gender" => self.pick("性别", "gender"),
            "is-reception-staff" => self.pick("是接待人员", "is reception staff"),
            "tenure-months" => self.pick("工龄（月）", "months of service"),
            "title-months" => self.pick("任现职级的月数", "months in the title"),
            "days-employed" => self.pick("在职天数", "days employed"),
            other => other,
        }
    }

    /// How a named value is printed, where that is known.
    pub(super) fn unit_of(&self, name: &Name) -> Option<Unit> {
        match name.scope {
            Scope::Pool | Scope::Pay => return Some(Unit::Yuan),
            Scope::Points | Scope::Agent | Scope::Period => return None,
            _ => {}
        }
        if matches!(name.id.as_str(), "grade-amount" | "base-wage") {
            return Some(Unit::Yuan);
        }
        let scheme = self.scheme;
        let metric = scheme.metric(&name.id).map(|one| one.unit);
        let formula = || scheme.formulas.iter().find(|one| one.id == name.id).map(|one| one.unit);
        metric.or_else(formula).or_else(|| scheme.parameters.iter().find(|one| one.id == name.id).map(|one| one.unit))
    }
}
