//! From the file as written to a [`Scheme`]: every rule runs, and all that is wrong is reported at once.

mod bands;
mod consequence;
mod data;
mod doubts;
mod grades;
mod header;
mod idle;
mod ids;
mod kinds;
mod lines;
mod money;
mod names;
mod occurrence;
mod scopes;
mod sheets;
mod stages;
mod time;
mod unused;
mod uses;
mod values;
mod weights;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, Place, Spanned};
use crate::exact::Exact;

use super::Scheme;
use super::written::{FullMarks, SchemeFile, Written};

/// Reads and checks one file; `set` supplies parameters in place of the file's, `fills` what it leaves unset. A file that
/// TOML cannot read gives none.
pub(super) fn check(
    file: &AuthoredFile,
    set: &BTreeMap<String, Exact>,
    fills: &BTreeMap<String, Exact>,
) -> (Option<Scheme>, Diagnostics) {
    let mut written: SchemeFile = match file.parse_toml() {
        Ok(written) => written,
        Err(wrong) => return (None, wrong.into()),
    };
    let mut found = supply(&mut written, set);
    let (found_here, mentioned) = (Diagnostics::new(), BTreeSet::new());
    let mut checker = Checker { file, written: &written, fills, found: found_here, mentioned };
    checker.ids();
    let mut scheme = checker.scheme();
    checker.weights(&mut scheme);
    checker.stages(&scheme);
    checker.scopes(&scheme);
    checker.kinds(&scheme);
    checker.grades_in_reach(&scheme);
    checker.doubts(&scheme);
    checker.unused();
    found.extend(checker.found);
    (Some(scheme), found)
}

fn supply(written: &mut SchemeFile, set: &BTreeMap<String, Exact>) -> Diagnostics {
    let mut found = Diagnostics::new();
    for (id, value) in set {
        match written.parameter.iter_mut().find(|parameter| parameter.id.as_ref() == id) {
            Some(parameter) => *parameter.value.as_mut() = Written::Known(value.clone()),
            None => found.push(Diagnostic::error(format!("there is no parameter `{id}` to set"))),
        }
    }
    found
}

/// One pass over a file.
struct Checker<'a> {
    file: &'a AuthoredFile,
    written: &'a SchemeFile,
    /// Numbers that a person supplied for what the file leaves unset, by the name of what is lacking.
    fills: &'a BTreeMap<String, Exact>,
    found: Diagnostics,
    /// Ids that something of the file names.
    mentioned: BTreeSet<String>,
}

impl Checker<'_> {
    fn place<T>(&self, spanned: &Spanned<T>) -> Place {
        self.file.place(spanned.span())
    }

    /// Reports something at a place.
    fn wrong(&mut self, place: Place, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Diagnostic::error(message).at(place).hint(hint));
    }

    /// Reports something that can be used but was hardly meant.
    fn doubtful(&mut self, place: Place, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Diagnostic::warning(message).at(place).hint(hint));
    }

    fn scheme(&mut self) -> Scheme {
        let written = self.written;
        Scheme {
            id: written.id.as_ref().clone(),
            catalogue: written.catalogue.clone(),
            title: written.title.clone(),
            version: written.version.clone(),
            supersedes: self.supersedes(),
            effective_from: self.effective_from(),
            dated_at: self.place(&written.effective_from),
            cycle: written.cycle,
            full_marks: match &written.full_marks {
                FullMarks::Known(marks) => Some(marks.clone()),
                FullMarks::None => None,
            },
            remarks: written.remarks.clone(),
            total: self.total(),
            population: self.population(),
            parameters: self.parameters(),
            filters: written.filter.iter().map(|one| self.filter(one)).collect(),
            metrics: written.metric.iter().map(|one| self.metric(one)).collect(),
            formulas: self.formulas(),
            groups: self.groups(),
            levels: self.levels(),
            items: written.item.iter().map(|one| self.item(one)).collect(),
            indicators: written.indicator.iter().map(|one| self.indicator(one)).collect(),
            gates: written.gate.iter().map(|one| self.gate(one)).collect(),
            rank: self.rank(),
            grades: self.grades(),
            quotas: written.quota.iter().map(|one| self.quota(one)).collect(),
            pools: written.pool.iter().map(|one| self.pool(one)).collect(),
            pays: written.pay.iter().map(|one| self.pay(one)).collect(),
            titles: self.titles(),
            streaks: written.streak.iter().map(|one| self.streak(one)).collect(),
            proposals: written.proposal.iter().map(|one| self.proposal(one)).collect(),
            overrides: written.overrides.iter().filter_map(|one| self.overridden(one)).collect(),
            watches: written.watch.iter().filter_map(|one| self.watch(one)).collect(),
            reconciles: self.reconciles(),
            milestones: written.milestone.iter().filter_map(|one| self.milestone(one)).collect(),
            duties: self.duties(),
            insights: self.insights(),
            file: self.file.clone(),
            hash: hex::encode(Sha256::digest(self.file.text.as_bytes())),
        }
    }
}
