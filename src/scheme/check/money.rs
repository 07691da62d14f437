//! Pools, pay and titles.

use crate::scheme::consequence::{Pay, Pool, Split, TitleLevel};
use crate::scheme::policy::Level;
use crate::scheme::written::{Over, PayTable, PoolTable, SplitTable};

use super::Checker;

impl Checker<'_> {
    pub(super) fn pool(&mut self, written: &PoolTable) -> Pool {
        let id: &String = written.id.as_ref();
        if *written.of.as_ref() == Level::Agent {
            let place = self.place(&written.of);
            self.wrong(place, "a pool belongs to a group", "write `of = \"team\"`, `\"department\"` or `\"shop\"`");
        }
        let place = self.place(&written.split);
        let split = match written.split.as_ref() {
            SplitTable::Rank { shares, fixed, rest } => Split::Rank {
                shares: shares.iter().map(|one| self.amount(one, &format!("{id}.shares"), place.clone())).collect(),
                fixed: fixed.iter().map(|one| self.amount(one, &format!("{id}.fixed"), place.clone())).collect(),
                rest: *rest,
            },
            SplitTable::Score { score, over, above } => Split::Score {
                score: self.formula_at(score, &format!("{id}.score"), place.clone()),
                over: match over {
                    Over::Sum => None,
                    Over::Constant(number) => Some(self.amount(number, &format!("{id}.over"), place.clone())),
                },
                above: *above,
            },
        };
        if let Split::Rank { shares, .. } = &split {
            let sum: crate::exact::Exact = shares.iter().filter_map(|one| one.known().cloned()).sum();
            if sum > 1 {
                self.wrong(
                    place,
                    format!("the shares sum to {sum}, more than the whole pot"),
                    "shares sum to 1 (100%) at most",
                );
            }
        }
        Pool {
            label: written.label.clone(),
            of: *written.of.as_ref(),
            base: self.formula(&written.base, &format!("{id}.base")),
            negative: written.negative,
            among: self.maybe_formula(&written.among, &format!("{id}.among")),
            split,
            assumed: written.assumed.clone(),
            id: id.clone(),
        }
    }

    pub(super) fn pay(&mut self, written: &PayTable) -> Pay {
        let id: &String = written.id.as_ref();
        Pay {
            label: written.label.clone(),
            amount: self.formula(&written.amount, &format!("{id}.amount")),
            when: self.maybe_formula(&written.when, &format!("{id}.when")),
            approval: written.needs_approval.then(|| written.kind.clone().unwrap_or_else(|| id.clone())),
            at_least: written.at_least.clone(),
            at_most: written.at_most.clone(),
            assumed: written.assumed.clone(),
            id: id.clone(),
        }
    }

    pub(super) fn titles(&mut self) -> Vec<TitleLevel> {
        let written = self.written;
        let mut titles = Vec::new();
        for one in &written.title_level {
            let id: &String = one.id.as_ref();
            let place = self.place(&one.id);
            titles.push(TitleLevel {
                label: one.label.clone(),
                base_wage: one.base_wage.as_ref().map(|wage| self.amount(wage, &format!("{id}.base-wage"), place)),
                requires: self.maybe_formula(&one.requires, &format!("{id}.requires")),
                assumed: one.assumed.clone(),
                id: id.clone(),
            });
        }
        titles
    }
}
