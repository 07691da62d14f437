//! How people are ordered, and what breaks ties.

use crate::scheme::consequence::Sorted;
use crate::scheme::{Counting, Direction, Method};

use super::{Part, Reader, Section, say};

impl Reader<'_> {
    /// The key, the group, the method and the tie-breakers.
    pub(super) fn rank(&self) -> Section {
        let rank = &self.scheme.rank;
        if self.scheme.total.counts == Counting::None {
            return self.section("排名", "Rank", Vec::new());
        }
        let key = rank.key.as_ref().map_or_else(|| self.pick("总分", "total").to_owned(), |key| self.sorted(key));
        let method = match rank.method {
            Method::Competition => {
                self.pick("并列占位（1、1、3）", "equals share a place and the next is skipped (1, 1, 3)")
            }
            Method::Dense => self.pick("并列不占位（1、1、2）", "equals share a place and none is skipped (1, 1, 2)"),
            Method::Ordinal => self.pick("不并列（1、2、3）", "no equals (1, 2, 3)"),
        };
        let mut said = vec![
            say!(self, "在{}内按{key}排名", "by {key} within the {}", self.within(rank.within)),
            method.to_owned(),
        ];
        if !rank.ties.is_empty() {
            let ties = self.list(rank.ties.iter().map(|key| self.sorted(key)));
            said.push(say!(self, "相同时依次比较：{ties}", "ties are broken by {ties}"));
        }
        self.section("排名", "Rank", vec![Part::Line(format!("• {}", self.clauses(said)))])
    }

    /// What people are ordered by, with the better end.
    pub(super) fn sorted(&self, key: &Sorted) -> String {
        match key {
            Sorted::StaffNumber => self.pick("工号", "staff number").to_owned(),
            Sorted::By(formula, Direction::Higher) => {
                say!(self, "{}（高者在前）", "{} (higher first)", self.formula(formula))
            }
            Sorted::By(formula, Direction::Lower) => {
                say!(self, "{}（低者在前）", "{} (lower first)", self.formula(formula))
            }
        }
    }
}
