//! The head: what it is called, which version, since when, for how long a period.

use crate::period::Cycle;

use super::{Part, Reader, Section, say};

impl Reader<'_> {
    /// Title, version, cycle, full marks and what is printed on every card.
    pub(super) fn head(&self) -> Section {
        let scheme = self.scheme;
        let number =
            scheme.catalogue.as_ref().map(|number| say!(self, "（{number}）", " ({number})")).unwrap_or_default();
        let version =
            say!(self, "版本 {}，自 {} 起执行", "version {}, in force from {}", scheme.version, scheme.effective_from);
        let supersedes =
            scheme.supersedes.as_ref().map(|(older, _)| say!(self, "取代版本 {older}", "supersedes version {older}"));
        let full = match &scheme.full_marks {
            Some(full) => say!(self, "满分 {full} 分", "full marks {full}"),
            None => self.pick("总分没有满分", "the total has no full mark").to_owned(),
        };
        let cycle = self.cycle(scheme.cycle);
        let facts = [version].into_iter().chain(supersedes).chain([cycle, full]);
        let mut parts = vec![Part::Line(self.clauses(facts))];
        parts.extend(scheme.remarks.iter().map(|one| Part::Line(say!(self, "说明：{}", "note: {}", self.text(one)))));
        Section { title: format!("{}{number} · {}", self.text(&scheme.title), scheme.id), parts }
    }

    fn cycle(&self, cycle: Cycle) -> String {
        match cycle {
            Cycle::Month => self.pick("按自然月考核", "by calendar month").to_owned(),
            Cycle::Quarter => self.pick("按季度考核", "by quarter").to_owned(),
            Cycle::Week => self.pick("按周考核", "by week").to_owned(),
            Cycle::Day => self.pick("按日考核", "by day").to_owned(),
            Cycle::MonthFrom(first) => say!(
                self,
                "按月考核，每月 {first} 日至次月 {} 日",
                "by month, from day {first} to day {} of the next",
                first - 1
            ),
        }
    }
}
