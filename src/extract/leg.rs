//! One leg of a walk: its pages, kept or fetched, one after the other.

use std::collections::HashSet;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::KeptPage;
use super::call::Asked;
use super::content::{content, each_record};
use super::flight::Flights;
use super::ground::{Ground, Keeper, Page};
use super::http::MISSING;
use super::map::Mapper;
use super::page::{self, Facts, Mark};
use super::plan::Walk;
use super::walk::{Declared, Walked};
use crate::source::Resource;
use crate::source::resource::{Paging, WhenMissing};
use crate::source::template::Parent;

/// How a leg ended.
pub enum Ended {
    /// All of it is there.
    Whole(Walked),
    /// The source has more than it gives at once.
    TooLarge {
        /// The pages that told so.
        pages: Vec<KeptPage>,
        /// How many of them had been kept.
        kept: u64,
    },
}

/// One leg on its way.
pub struct Leg<'a> {
    ground: &'a Ground<'a>,
    resource: &'a Resource,
    walk: &'a Walk,
    mapper: Mapper<'a>,
    keeper: Keeper<'a>,
    walked: Walked,
    /// Marks of the pages so far; looked up only, never walked.
    turned: HashSet<u64>,
    /// Marks of the records so far, where a record may come twice.
    records: HashSet<u64>,
    marks: HashSet<Mark>,
    seen: u64,
    /// The first and the last declared total.
    totals: Option<(u64, u64)>,
}

/// What a page leads to.
enum Step {
    Next(Option<Mark>, Facts),
    TooLarge,
}

/// Where the pages ended.
enum End {
    LastPage,
    TooLarge,
}

impl<'a> Leg<'a> {
    /// A leg that has not begun.
    pub fn new(ground: &'a Ground<'a>, resource: &'a Resource, walk: &'a Walk) -> Self {
        Self {
            ground,
            resource,
            walk,
            mapper: Mapper::new(&resource.mapping, ground.zone, walk),
            keeper: Keeper::new(ground),
            walked: Walked::default(),
            turned: HashSet::new(),
            records: HashSet::new(),
            marks: HashSet::new(),
            seen: 0,
            totals: None,
        }
    }

    /// Walks over its pages to the last, or until it shows that the source cuts the rest.
    ///
    /// # Errors
    /// Names the request; a page that was not understood is not kept, those before it are.
    pub async fn walk(mut self) -> Result<Ended> {
        let end = self.pages().await;
        let pages = self.keeper.finish().await;
        let (end, pages) = (end?, pages?);
        if matches!(end, End::TooLarge) {
            return Ok(Ended::TooLarge { pages, kept: self.walked.kept });
        }
        let declared = self.declared();
        Ok(Ended::Whole(Walked { mapped: self.mapper.finish(), pages, declared, ..self.walked }))
    }

    async fn pages(&mut self) -> Result<End> {
        let paginator = &self.resource.paginator;
        let mut flights = Flights::new(self.ground, self.resource, self.walk);
        let mut mark = Some(page::first(&paginator.paging));
        let mut path = None;
        while let Some(here) = mark {
            let asked = flights.asked(&here, path.as_deref())?;
            self.limit(&here, &asked)?;
            let (label, from) = (asked.label(), asked.wire.path.clone());
            let page = flights.land(&here, asked).await?;
            let Step::Next(next, facts) = self.take(&here, page).await.context(label)? else {
                return Ok(End::TooLarge);
            };
            if self.keeper.pages() == 1 {
                flights.plan(page::ahead(paginator, &here, &facts));
            }
            path = Some(from);
            mark = next;
        }
        Ok(End::LastPage)
    }

    /// No page twice, and not without end.
    fn limit(&mut self, here: &Mark, asked: &Asked) -> Result<()> {
        let limit = self.resource.paginator.max_pages;
        if self.keeper.pages() >= limit {
            bail!("{}: more than {limit} pages; ask for smaller windows or raise `max-pages`", asked.label());
        }
        if !self.marks.insert(here.clone()) {
            bail!(
                "{}: the answer leads to the same page again; the source may be broken, try again later",
                asked.label()
            );
        }
        Ok(())
    }

    /// Reads a page, decides what follows, and keeps it.
    async fn take(&mut self, here: &Mark, mut page: Page) -> Result<Step> {
        let paginator = &self.resource.paginator;
        let is_probe = matches!(here, Mark::Probe(_));
        self.walked.kept += u64::from(!page.is_new);
        let records = if is_probe { self.count(&page) } else { self.read(&mut page)? };
        let facts = Facts::read(paginator, page.json.as_ref(), &page.kept.headers, records);
        page.kept.declared = facts.total;
        if page.kept.too_large || self.is_too_large(&facts) {
            page.kept.too_large = true;
            self.keeper.add(page).await?;
            return Ok(Step::TooLarge);
        }
        self.totals(&facts)?;
        let next = page::next(paginator, here, &facts, self.seen)?;
        // A probe that something follows is asked again as the last of all: what it held may have moved by then.
        if is_probe && next.is_none() {
            self.read(&mut page)?;
        }
        self.unsure(here, &facts, next.as_ref());
        self.keeper.add(page).await?;
        Ok(Step::Next(next, facts))
    }

    /// Turns the records of a page into rows and gives their number.
    fn read(&mut self, page: &mut Page) -> Result<u64> {
        if page.kept.status == MISSING && self.resource.when_missing == WhenMissing::NoTable {
            self.walked.missing = true;
            return Ok(0);
        }
        let records = match self.mapper.page(&self.resource.format, &page.body, page.json.as_ref()) {
            Err(error) if self.resource.is_absent(&error) => {
                self.walked.missing = true;
                return Ok(0);
            }
            records => records?,
        };
        page.kept.records = records;
        self.seen += records;
        self.unlike_others(page, records)?;
        self.parents(page);
        Ok(records)
    }

    fn count(&self, page: &Page) -> u64 {
        let mut count = 0;
        each_record(&self.resource.format, page.json.as_ref(), |_| count += 1);
        count
    }

    /// A page that came before means that the source does not turn pages.
    fn unlike_others(&mut self, page: &Page, records: u64) -> Result<()> {
        if records == 0 || matches!(self.resource.paginator.paging, Paging::Single) {
            return Ok(());
        }
        let content = content(&self.resource.format, page);
        if !self.turned.insert(content.whole) {
            bail!("the same records came again; the source does not turn pages, check its paging parameters");
        }
        if self.is_backward() {
            self.records.extend(content.records);
        }
        Ok(())
    }

    fn is_backward(&self) -> bool {
        matches!(self.resource.paginator.paging, Paging::LastToFirst { .. })
    }

    fn is_too_large(&self, facts: &Facts) -> bool {
        let limit = self.resource.window.and_then(|window| window.too_large);
        let most = facts.records.max(self.seen).max(facts.total.unwrap_or(0));
        limit.is_some_and(|limit| most >= limit)
    }

    fn totals(&mut self, facts: &Facts) -> Result<()> {
        let promised = self.resource.paginator.total.is_some();
        if facts.records > 0 && promised && self.totals.is_none() && facts.total.is_none() {
            bail!("the answer does not say how many records there are; check `total` of the paginator");
        }
        if let Some(total) = facts.total {
            self.totals = Some((self.totals.map_or(total, |(first, _)| first), total));
        }
        Ok(())
    }

    /// A full first page and no word on what follows: the list may end here, or the path of the mark may be wrong.
    fn unsure(&mut self, here: &Mark, facts: &Facts, next: Option<&Mark>) {
        let is_first = matches!(here, Mark::Cursor(None) | Mark::Link(None));
        let is_full = self.resource.paginator.paging.size().is_some_and(|size| facts.records >= size.records);
        let is_silent = facts.more.is_none() && facts.total.is_none() && facts.pages.is_none();
        self.walked.unsure += u64::from(is_first && is_full && is_silent && next.is_none());
    }

    /// Notes what later resources need of each record.
    fn parents(&mut self, page: &Page) {
        if self.resource.gives.is_empty() {
            return;
        }
        let fields = &self.resource.gives;
        let of = |record: &Value| -> Parent {
            let given = fields.iter().filter_map(|field| Some((field.clone(), field_of(record, field)?)));
            given.collect()
        };
        each_record(&self.resource.format, page.json.as_ref(), |record| self.walked.parents.push(of(record)));
    }

    /// Backward, what moves comes twice: only different records count, and that there are more of them than are left
    /// at the end is expected.
    fn declared(&self) -> Declared {
        let Some((first, last)) = self.totals else { return Declared::default() };
        if self.is_backward() {
            let different = self.records.len() as u64;
            return Declared { total: last, short: last.saturating_sub(different), ..Declared::default() };
        }
        Declared {
            total: last,
            short: last.saturating_sub(self.seen),
            beyond: self.seen.saturating_sub(last),
            shifted: u64::from(first != last),
        }
    }
}

/// A field of a record, by its dotted name; `.` is the record itself.
fn field_of(record: &Value, field: &str) -> Option<Value> {
    let found = match field {
        "." => Some(record),
        _ => field.split('.').try_fold(record, |value, name| value.get(name)),
    };
    found.filter(|value| !matches!(value, Value::Null | Value::Array(_) | Value::Object(_))).cloned()
}
