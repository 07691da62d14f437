//! Ids: well formed, and each the only one of its name among those that expressions can tell apart only by it.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Spanned};

use super::Checker;

impl Checker<'_> {
    /// Every id of the file is plain, and names that expressions use are given once.
    pub(super) fn ids(&mut self) {
        let written = self.written;
        let named: Vec<(&str, Vec<&Spanned<String>>)> = vec![
            ("parameter", written.parameter.iter().map(|one| &one.id).collect()),
            ("metric", written.metric.iter().map(|one| &one.id).collect()),
            ("formula", written.formula.iter().map(|one| &one.id).collect()),
            ("lookup", written.lookup.iter().map(|one| &one.id).collect()),
            ("gate", written.gate.iter().map(|one| &one.id).collect()),
            ("quota", written.quota.iter().map(|one| &one.id).collect()),
        ];
        self.unique(named);
        self.unique(vec![
            ("pool", written.pool.iter().map(|one| &one.id).collect()),
            ("pay", written.pay.iter().map(|one| &one.id).collect()),
        ]);
        self.unique(vec![
            ("indicator", written.indicator.iter().map(|one| &one.id).collect()),
            ("group", written.group.iter().map(|one| &one.id).collect()),
        ]);
        let others: Vec<(&str, Vec<&Spanned<String>>)> = vec![
            ("filter", written.filter.iter().map(|one| &one.id).collect()),
            ("level", written.level.iter().map(|one| &one.id).collect()),
            ("item", written.item.iter().map(|one| &one.id).collect()),
            ("title-level", written.title_level.iter().map(|one| &one.id).collect()),
            ("streak", written.streak.iter().map(|one| &one.id).collect()),
            ("proposal", written.proposal.iter().map(|one| &one.id).collect()),
            ("override", written.overrides.iter().map(|one| &one.id).collect()),
            ("watch", written.watch.iter().map(|one| &one.id).collect()),
            ("reconcile", written.reconcile.iter().map(|one| &one.id).collect()),
            ("milestone", written.milestone.iter().map(|one| &one.id).collect()),
            ("duty", written.duty.iter().map(|one| &one.id).collect()),
            ("insight", written.insight.iter().map(|one| &one.id).collect()),
            ("grade", written.grade.iter().filter_map(|one| one.as_ref().id.as_ref()).collect()),
        ];
        for family in others {
            self.unique(vec![family]);
        }
        self.plain(&written.id, "scheme");
        if written.indicator.is_empty() {
            let place = self.place(&written.id);
            self.wrong(
                place,
                "a scheme needs at least one `[[indicator]]`",
                "add `[[indicator]]` with an id, a metric, a weight and bands",
            );
        }
    }

    /// Ids of these families live in one space of names.
    fn unique(&mut self, families: Vec<(&'static str, Vec<&Spanned<String>>)>) {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for (family, ids) in families {
            for id in ids {
                self.plain(id, family);
                let text: &str = id.as_ref();
                let message = match seen.insert(text, family) {
                    None => continue,
                    Some(before) if before == family => format!("two {family}s are called `{text}`"),
                    Some(before) => format!("a {before} and a {family} are both called `{text}`"),
                };
                let place = self.place(id);
                self.found.push(Diagnostic::error(message).at(place).hint("give each its own id"));
            }
        }
    }

    fn plain(&mut self, id: &Spanned<String>, family: &str) {
        let text: &str = id.as_ref();
        let character = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
        // Expressions cannot name what begins with a digit; a sheet's items are named by their numbers.
        let begins = |first: char| first.is_ascii_lowercase() || (family == "item" && first.is_ascii_digit());
        if text.len() > 60 || !text.starts_with(begins) || !text.chars().all(character) {
            let place = self.place(id);
            self.wrong(
                place,
                format!("`{text}` is not an id"),
                "begin with a lower-case letter and use lower-case letters, digits and hyphens, such as `paid-amount`",
            );
        }
    }
}
