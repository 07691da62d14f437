//! Pools (奖金池): what is in the pot and how it is split.

use crate::scheme::consequence::Pool;
use crate::scheme::{Above, Amount, Level, Negative, Rest, Split, Unit};

use super::{Part, Reader, Section, say};

impl Reader<'_> {
    /// Pot by pot.
    pub(super) fn pools(&self) -> Section {
        let parts = self.scheme.pools.iter().flat_map(|pool| self.pool(pool)).collect();
        self.section("奖金池", "Pools", parts)
    }

    fn pool(&self, pool: &Pool) -> Vec<Part> {
        let label = self.text(&pool.label);
        let (whose, assumed) = (self.whose(pool.of), self.assumed_mark(pool.assumed.as_ref()));
        let base = self.formula_in(&pool.base, Unit::Yuan);
        let mut said = vec![say!(
            self,
            "• {label}{assumed}：{whose}的池 = {base}",
            "• {label}{assumed}: the {whose}'s pot = {base}"
        )];
        said.push(
            match pool.negative {
                Negative::Clip => self.pick("为负时按 0", "a pot below 0 counts as 0"),
                Negative::Carry => self.pick("为负时照比例扣", "a pot below 0 is shared as a charge"),
            }
            .to_owned(),
        );
        if let Some(among) = &pool.among {
            said.push(say!(self, "只分给{}者", "only for those with {}", self.formula(among)));
        }
        vec![Part::Line(self.clauses(said)), Part::Line(format!("  {}", self.split(&pool.split)))]
    }

    fn split(&self, split: &Split) -> String {
        match split {
            Split::Rank { shares, fixed, rest } => self.by_places(shares, fixed, *rest),
            Split::Score { score, over, above } => {
                let score = self.formula(score);
                let whole = match over {
                    Some(over) => self.amount(over, Unit::Ratio),
                    None => self.pick("全员合计", "everybody's sum").to_owned(),
                };
                let above = match (over, above) {
                    (None, _) => "",
                    (Some(_), Above::Scale) => self.pick("合计超过时按比例缩小", "scaled down when they sum to more"),
                    (Some(_), Above::Allow) => self.pick("合计超过时照发", "paid in full when they sum to more"),
                };
                let part = say!(self, "个人所得 = 池 × {score} ÷ {whole}", "each gets the pot × {score} ÷ {whole}");
                self.clauses([part, above.to_owned()])
            }
        }
    }

    fn by_places(&self, shares: &[Amount], fixed: &[Amount], rest: Rest) -> String {
        let places = (0..shares.len().max(fixed.len())).map(|place| {
            let share = shares.get(place).map(|share| self.amount(share, Unit::Percent));
            let prize = fixed.get(place).map(|prize| self.amount(prize, Unit::Yuan));
            let parts: Vec<String> = share.into_iter().chain(prize).collect();
            say!(self, "第 {} 名 {}", "place {}: {}", place + 1, parts.join(" + "))
        });
        let rest = match rest {
            Rest::Keep => self.pick("其余留存", "the rest is kept"),
            Rest::Equal => self.pick("其余由其他人平分", "the others share the rest equally"),
        };
        self.clauses([self.list(places), rest.to_owned()])
    }

    /// Whose number it is.
    pub(super) fn whose(&self, level: Level) -> &'static str {
        match level {
            Level::Agent => self.pick("个人", "agent"),
            Level::Team => self.pick("团队", "team"),
            Level::Department => self.pick("部门", "department"),
            Level::Shop => self.pick("店铺", "shop"),
        }
    }
}
