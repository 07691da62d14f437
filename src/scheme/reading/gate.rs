//! Gates (一票否决): a condition and what follows from it.

use crate::scheme::{Gate, Whom};

use super::{Reader, Section, lines, say};

impl Reader<'_> {
    /// One sentence for each gate.
    pub(super) fn gates(&self) -> Section {
        self.section("否决与门槛", "Gates", lines(&self.scheme.gates, |gate| self.gate(gate)))
    }

    fn gate(&self, gate: &Gate) -> String {
        let label = self.text(&gate.label);
        let (when, assumed) = (self.formula(&gate.when), self.assumed_mark(gate.assumed.as_ref()));
        let effects = self.clauses(self.effects(gate));
        let effects = match effects.is_empty() {
            true => self.pick("供其他规则引用", "other rules ask for it").to_owned(),
            false => effects,
        };
        let whom = self.whom(gate.whom);
        say!(self, "{label}{whom}：{when} → {effects}{assumed}", "{label}{whom}: when {when} → {effects}{assumed}")
    }

    fn effects(&self, gate: &Gate) -> Vec<String> {
        let mut said = Vec::new();
        if !gate.zero.is_empty() {
            let zero = self.list(gate.zero.iter().map(|id| self.line_or_group(id)));
            said.push(say!(self, "{zero}记 0 分", "{zero}: 0 points"));
        }
        if let Some(grade) = gate.grade.and_then(|place| self.scheme.grades.get(place)) {
            let grade = self.text(&grade.label);
            said.push(say!(self, "等级直接定为“{grade}”", "the grade is “{grade}” whatever the total"));
        }
        if !gate.no_pay.is_empty() {
            let money = self.list(gate.no_pay.iter().map(|id| self.money(id)));
            said.push(say!(self, "不发{money}", "no {money}"));
        }
        if !gate.not_eligible.is_empty() {
            let quotas = self.list(gate.not_eligible.iter().map(|id| self.own(id)));
            said.push(say!(self, "不得评为{quotas}", "not eligible for {quotas}"));
        }
        if let Some((_, text)) = &gate.propose {
            said.push(say!(self, "建议（须批准）：{}", "proposed (to be approved): {}", self.text(text)));
        }
        said
    }

    /// Whom a consequence may reach, where that is not who is scored.
    pub(super) fn whom(&self, whom: Whom) -> &'static str {
        match whom {
            Whom::Scored => "",
            Whom::Ranked => self.pick("（含只参加排名者）", " (also those who are only ranked)"),
            Whom::Everybody => self.pick("（所有人）", " (everybody)"),
        }
    }
}
