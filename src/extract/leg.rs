//! One leg of a walk: its pages, kept or fetched, one after the other.

use std::collections::HashSet;

use anyhow::{Context, Result, bail};

use super::KeptPage;
use super::call::Asked;
use super::content::each_record;
use super::flight::Flights;
use super::ground::{Ground, Keeper, Page};
use super::http::MISSING;
use super::map::Mapper;
use super::noticed::Noticed;
use super::outlet::Outlet;
use super::page::{self, Facts, Mark};
use super::parents::parents;
use super::plan::Walk;
use super::walk::Walked;
use crate::source::Resource;
use crate::source::resource::WhenMissing;

/// How a leg ended.
pub enum Ended {
    /// All of it is there.
    Whole(Box<Walked>),
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
    noticed: Noticed<'a>,
    /// The pages that were asked for; looked up only, never walked.
    marks: HashSet<Mark>,
    walked: Walked,
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
            noticed: Noticed::new(resource),
            marks: HashSet::new(),
            walked: Walked::default(),
        }
    }

    /// Walks over its pages to the last, or until it shows that the source cuts the rest; rows that grow many leave by the
    /// outlet.
    ///
    /// # Errors
    /// Names the request; a page that was not understood is not kept, those before it are.
    pub async fn walk(mut self, outlet: &mut Outlet<'_>) -> Result<Ended> {
        let end = self.pages(outlet).await;
        let pages = self.keeper.finish().await;
        let (end, pages) = (end?, pages?);
        if matches!(end, End::TooLarge) {
            return Ok(Ended::TooLarge { pages, kept: self.walked.kept });
        }
        let declared = self.noticed.declared();
        let walked = Walked { mapped: self.mapper.finish(), pages, declared, ..self.walked };
        Ok(Ended::Whole(Box::new(walked)))
    }

    async fn pages(&mut self, outlet: &mut Outlet<'_>) -> Result<End> {
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
            outlet.after_page(self.mapper.rows()).await?;
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
        if page.kept.too_large || self.noticed.is_too_large(&facts) {
            page.kept.too_large = true;
            self.keeper.add(page).await?;
            return Ok(Step::TooLarge);
        }
        self.noticed.totals(&facts)?;
        let next = page::next(paginator, here, &facts, self.noticed.records())?;
        // A probe that something follows is asked again as the last of all: what it held may have moved by then.
        if is_probe && next.is_none() {
            self.read(&mut page)?;
        }
        self.walked.unsure += u64::from(next.is_none() && self.noticed.is_unsure(here, &facts));
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
        self.noticed.page(page, records)?;
        self.walked.parents.extend(parents(self.resource, page));
        Ok(records)
    }

    fn count(&self, page: &Page) -> u64 {
        let mut count = 0;
        each_record(&self.resource.format, page.json.as_ref(), |_| count += 1);
        count
    }
}
