//! Check sheets, chapter by chapter.

use crate::scheme::{Indicator, Item, Judged};

use super::{Part, Reader, Section, say};

impl Reader<'_> {
    /// Every item of every chapter, in the file's order.
    pub(super) fn checklists(&self) -> Section {
        let mut chapters: Vec<Option<&str>> = Vec::new();
        for item in &self.scheme.items {
            if !chapters.contains(&item.chapter.as_deref()) {
                chapters.push(item.chapter.as_deref());
            }
        }
        let parts = chapters.into_iter().flat_map(|chapter| self.chapter(chapter)).collect();
        self.section("检查表", "Check sheets", parts)
    }

    fn chapter(&self, chapter: Option<&str>) -> Vec<Part> {
        let items = self.scheme.items.iter().filter(|item| item.chapter.as_deref() == chapter);
        let rows = items.map(|item| vec![item.id.clone(), self.text(&item.text).to_owned(), self.item_rule(item)]);
        let mut parts: Vec<Part> =
            chapter.map(|chapter| Part::Line(format!("【{}】", self.chapter_label(chapter)))).into_iter().collect();
        parts.extend(self.table(&["条目", "检查内容", "规则"], &["item", "what is checked", "rule"], rows.collect()));
        parts
    }

    /// A chapter is called like the line that judges it and nothing else.
    fn chapter_label<'c>(&'c self, chapter: &'c str) -> &'c str {
        let within =
            |place: &usize| self.scheme.items.get(*place).is_some_and(|item| item.chapter.as_deref() == Some(chapter));
        let judges =
            |line: &&Indicator| matches!(&line.judged, Judged::Checklist(sheet) if sheet.items.iter().all(within));
        self.scheme.indicators.iter().find(judges).map_or(chapter, |line| self.text(&line.label))
    }

    fn item_rule(&self, item: &Item) -> String {
        let applies = item.applies_when.as_ref();
        let met = item.met_when.as_ref();
        self.clauses(
            [
                applies.map(|when| say!(self, "适用于：{}", "applies when {}", self.formula(when))),
                met.map(|when| say!(self, "合格条件：{}", "met when {}", self.formula(when))),
                item.of_site.then(|| self.pick("检查场所，不针对个人", "checked at the site").to_owned()),
                item.critical.then(|| self.pick("不合格则整项为 0", "failing it fails the line").to_owned()),
            ]
            .into_iter()
            .flatten(),
        )
    }
}
