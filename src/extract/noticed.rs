//! What is noticed while pages are turned: pages that come again, totals that change, answers that are cut.

use std::collections::HashSet;

use anyhow::{Result, bail};

use super::content::content;
use super::ground::Page;
use super::page::{Facts, Mark};
use super::walk::Declared;
use crate::source::Resource;
use crate::source::resource::Paging;

/// What was noticed so far.
pub struct Noticed<'a> {
    resource: &'a Resource,
    seen: u64,
    /// Marks of the pages; looked up only, never walked.
    pages: HashSet<u64>,
    /// Marks of the records, where a record may come twice.
    different: HashSet<u64>,
    /// The first and the last declared total.
    totals: Option<(u64, u64)>,
}

impl<'a> Noticed<'a> {
    /// Nothing yet.
    pub fn new(resource: &'a Resource) -> Self {
        Self { resource, seen: 0, pages: HashSet::new(), different: HashSet::new(), totals: None }
    }

    /// How many records came.
    pub fn records(&self) -> u64 {
        self.seen
    }

    /// Takes a page with so many records.
    ///
    /// # Errors
    /// When the same came before: the source does not turn pages.
    pub fn page(&mut self, page: &Page, records: u64) -> Result<()> {
        self.seen += records;
        if records == 0 || matches!(self.resource.paginator.paging, Paging::Single) {
            return Ok(());
        }
        let content = content(&self.resource.format, page);
        if !self.pages.insert(content.whole) {
            bail!("the same records came again; the source does not turn pages, check its paging parameters");
        }
        if self.is_backward() {
            self.different.extend(content.records);
        }
        Ok(())
    }

    /// Takes what an answer declares.
    ///
    /// # Errors
    /// When a total is promised and not told.
    pub fn totals(&mut self, facts: &Facts) -> Result<()> {
        let promised = self.resource.paginator.total.is_some();
        if facts.records > 0 && promised && self.totals.is_none() && facts.total.is_none() {
            bail!("the answer does not say how many records there are; check `total` of the paginator");
        }
        if let Some(total) = facts.total {
            self.totals = Some((self.totals.map_or(total, |(first, _)| first), total));
        }
        Ok(())
    }

    /// Whether there is so much that the source cuts the rest without a word.
    pub fn is_too_large(&self, facts: &Facts) -> bool {
        let limit = self.resource.window.and_then(|window| window.too_large);
        let most = facts.records.max(self.seen).max(facts.total.unwrap_or(0));
        limit.is_some_and(|limit| most >= limit)
    }

    /// Whether a last page is a full first one without a word on what follows: the list may end here, or the path of the
    /// mark may be wrong.
    pub fn is_unsure(&self, here: &Mark, facts: &Facts) -> bool {
        let is_first = matches!(here, Mark::Cursor(None) | Mark::Link(None));
        let is_full = self.resource.paginator.paging.size().is_some_and(|size| facts.records >= size.records);
        let is_silent = facts.more.is_none() && facts.total.is_none() && facts.pages.is_none();
        is_first && is_full && is_silent
    }

    /// What was declared against what came. Backward, what moves comes twice: only different records count, and that
    /// there are more of them than are left at the end is expected.
    pub fn declared(&self) -> Declared {
        let Some((first, last)) = self.totals else { return Declared::default() };
        if self.is_backward() {
            let different = self.different.len() as u64;
            return Declared { total: last, short: last.saturating_sub(different), ..Declared::default() };
        }
        Declared {
            total: last,
            short: last.saturating_sub(self.seen),
            beyond: self.seen.saturating_sub(last),
            shifted: u64::from(first != last),
        }
    }

    fn is_backward(&self) -> bool {
        matches!(self.resource.paginator.paging, Paging::LastToFirst { .. })
    }
}
