//! The ladder of titles, lowest first.

use crate::scheme::Unit;
use crate::scheme::consequence::TitleLevel;

use super::{Reader, Section};

impl Reader<'_> {
    /// A table of the steps.
    pub(super) fn titles(&self) -> Section {
        let rows = self.scheme.titles.iter().map(|title| self.title(title)).collect();
        let table = self.table(
            &["职级（由低到高）", "底薪", "晋级条件（建议，须批准）"],
            &["title, lowest first", "base wage", "what it takes (proposed, to be approved)"],
            rows,
        );
        self.section("职级", "Titles", table)
    }

    fn title(&self, title: &TitleLevel) -> Vec<String> {
        vec![
            format!("{}{}", self.text(&title.label), self.assumed_mark(title.assumed.as_ref())),
            title.base_wage.as_ref().map(|wage| self.amount(wage, Unit::Yuan)).unwrap_or_default(),
            title.requires.as_ref().map(|requires| self.formula(requires)).unwrap_or_default(),
        ]
    }
}
