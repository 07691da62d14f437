//! Components of pay.

use crate::scheme::Unit;
use crate::scheme::consequence::Pay;

use super::{Reader, Section, say};

impl Reader<'_> {
    /// A table of the components in their order.
    pub(super) fn pays(&self) -> Section {
        let rows = self.scheme.pays.iter().map(|pay| self.pay(pay)).collect();
        let table = self.table(&["项目", "金额", "条件"], &["component", "amount", "condition"], rows);
        self.section("薪酬与奖罚", "Pay", table)
    }

    fn pay(&self, pay: &Pay) -> Vec<String> {
        let when = pay.when.as_ref().map(|when| self.formula(when)).unwrap_or_default();
        let approval = pay.approval.as_ref().map(|_| self.pick("须经批准", "needs approval").to_owned());
        let barred = self.scheme.gates.iter().filter(|gate| gate.no_pay.contains(&pay.id));
        let barred: Vec<&str> = barred.map(|gate| self.text(&gate.label)).collect();
        let barred = (!barred.is_empty()).then(|| say!(self, "{}者不发", "not with {}", self.list(&barred)));
        let limits = self.limits(pay.at_least.as_ref(), pay.at_most.as_ref(), Unit::Yuan);
        vec![
            format!("{}{}", self.text(&pay.label), self.assumed_mark(pay.assumed.as_ref())),
            self.formula_in(&pay.amount, Unit::Yuan),
            self.clauses([when, limits].into_iter().chain(barred).chain(approval)),
        ]
    }
}
