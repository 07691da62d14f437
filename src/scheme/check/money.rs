//! Pools, pay and titles.

use crate::diag::Place;
use crate::exact::Exact;
use crate::scheme::Amount;
use crate::scheme::consequence::{Pay, Pool, Split, TitleLevel};
use crate::scheme::policy::{Level, Rest};
use crate::scheme::written::{Over, PayTable, PoolTable, SplitTable};

use super::Checker;
use super::values::unplaced;

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
        self.sound_split(&split, place);
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

    fn sound_split(&mut self, split: &Split, place: Place) {
        match split {
            Split::Rank { shares, fixed, rest } => {
                let known: Vec<&Exact> = shares.iter().chain(fixed).filter_map(Amount::known).collect();
                let sum: Exact = shares.iter().filter_map(|one| one.known().cloned()).sum();
                if known.iter().any(|one| one.is_negative()) {
                    self.wrong(place.clone(), "a part of a pot is below nought", "shares and prizes are 0 or more");
                }
                if sum > 1 {
                    self.wrong(
                        place.clone(),
                        format!("the shares sum to {sum}, more than the whole pot"),
                        "shares sum to 1 (100%) at most",
                    );
                }
                if shares.is_empty() && fixed.is_empty() && *rest == Rest::Keep {
                    self.wrong(
                        place,
                        "nobody gets a part of this pot",
                        "write `shares`, `fixed` or `rest = \"equal\"`",
                    );
                }
            }
            Split::Score { over: Some(Amount::Known(over)), .. } if *over <= 0 => {
                self.wrong(place, format!("a pot cannot be split over {over}"), "`over` is above nought, or \"sum\"");
            }
            Split::Score { .. } => {}
        }
    }

    pub(super) fn pay(&mut self, written: &PayTable) -> Pay {
        let id: &String = written.id.as_ref();
        self.bounds(&written.at_least, &written.at_most, &format!("pay `{id}`"));
        Pay {
            label: written.label.clone(),
            amount: self.formula(&written.amount, &format!("{id}.amount")),
            when: self.maybe_formula(&written.when, &format!("{id}.when")),
            approval: written.needs_approval.then(|| written.kind.clone().unwrap_or_else(|| id.clone())),
            at_least: unplaced(&written.at_least),
            at_most: unplaced(&written.at_most),
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
