//! One walk: the pages of one window and batch, kept or fetched, one after the other.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use chrono_tz::Tz;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::call::Asked;
use super::file;
use super::http::{Fetcher, MISSING};
use super::json;
use super::keep::{Manifest, RawStore};
use super::map::{Mapped, Mapper};
use super::page::{self, Mark};
use super::plan::Walk;
use super::{KeptPage, Progress};
use crate::clock::Clock;
use crate::source::Resource;
use crate::source::format::Format;
use crate::source::resource::WhenMissing;

/// What walks share.
pub struct Ground<'a> {
    /// The id of the source.
    pub source: &'a str,
    /// The zone of its clock.
    pub zone: Tz,
    /// What reads it.
    pub fetcher: &'a Fetcher<'a>,
    /// Where bodies are kept.
    pub raw: &'a RawStore,
    /// The list of pages.
    pub manifest: &'a Manifest,
    /// Now, for the record.
    pub clock: &'a Clock,
    /// How many bytes a file of a folder may have.
    pub limit: u64,
    /// The folder that stands in place of an interface.
    pub folder: Option<&'a Path>,
    /// Hears what happens.
    pub progress: &'a (dyn Fn(Progress) + Send + Sync),
}

/// What a walk gave.
#[derive(Debug)]
pub struct Walked {
    /// The rows and what was counted.
    pub mapped: Mapped,
    /// The pages in their order.
    pub pages: Vec<KeptPage>,
    /// How many of them had been kept.
    pub kept: u64,
    /// What the source declared, first and last; `None` where it declares nothing.
    pub declared: Option<(u64, u64)>,
    /// Whether the source has no such thing.
    pub missing: bool,
}

/// One page, kept or new.
pub(super) struct Page {
    pub(super) kept: KeptPage,
    pub(super) body: Vec<u8>,
    pub(super) json: Option<Value>,
    pub(super) is_new: bool,
}

/// Walks over all pages.
///
/// # Errors
/// Names the request; a page that was not understood is not kept.
pub async fn walk(ground: &Ground<'_>, resource: &Resource, plan: &Walk) -> Result<Walked> {
    if let Some(folder) = ground.folder {
        return file::walk(ground, resource, plan, folder).await;
    }
    let paginator = &resource.paginator;
    let mut mapper = Mapper::new(&resource.mapping, ground.zone, plan);
    let mut walked = Walked { mapped: Mapped::default(), pages: Vec::new(), kept: 0, declared: None, missing: false };
    let mut contents = HashSet::new();
    let mut seen = 0;
    let mut mark = Some(page::first(&paginator.paging));
    while let Some(here) = mark {
        let asked = Asked::new(&resource.request, &plan.filling, &page::params(&paginator.paging, &here));
        if walked.pages.len() as u64 >= paginator.max_pages {
            bail!(
                "{}: more than {} pages; ask for smaller windows or raise `max-pages`",
                asked.label(),
                paginator.max_pages
            );
        }
        let mut page = ground.page(resource, &asked).await?;
        let is_missing = page.kept.status == MISSING && resource.when_missing == WhenMissing::NoTable;
        walked.missing |= is_missing;
        let records = match is_missing {
            true => 0,
            false => mapper.page(&resource.format, &page.body, page.json.as_ref()).with_context(|| asked.label())?,
        };
        seen += records;
        let facts = page::facts(paginator, page.json.as_ref(), records);
        page.kept.records = records;
        page.kept.declared = facts.total;
        if records > 0 && !contents.insert(content(&resource.format, &page)) {
            bail!(
                "{}: the same records came again; the source does not turn pages, check its paging parameters",
                asked.label()
            );
        }
        if records > 0 && walked.declared.is_none() && facts.total.is_none() && paginator.total.is_some() {
            bail!(
                "{}: the answer does not say how many records there are; check `total` of the paginator",
                asked.label()
            );
        }
        if let Some(total) = facts.total {
            walked.declared = Some((walked.declared.map_or(total, |(first, _)| first), total));
        }
        mark = page::next(&paginator.paging, &here, &facts, seen).with_context(|| asked.label())?;
        let page = ground.keep(page).await?;
        ground.tell(&page, records);
        walked.kept += u64::from(!page.is_new);
        walked.pages.push(page.kept);
    }
    walked.mapped = mapper.finish();
    Ok(walked)
}

/// What tells one page from another: its records, because request ids differ in every answer.
fn content(format: &Format, page: &Page) -> [u8; 32] {
    match (format, &page.json) {
        (Format::Json { records, .. }, Some(json)) => {
            let mut hash = Sha256::new();
            records.query(json).iter().for_each(|found| hash.update(found.to_string().as_bytes()));
            hash.finalize().into()
        }
        _ => Sha256::digest(&page.body).into(),
    }
}

impl Ground<'_> {
    /// A page from the kept ones, else from the source.
    async fn page(&self, resource: &Resource, asked: &Asked) -> Result<Page> {
        let fingerprint = asked.fingerprint(&resource.id);
        let kept = self.manifest.page(&fingerprint);
        if let Some((kept, body)) = kept.and_then(|kept| Some((kept.clone(), self.raw.body(&kept.sha256)?))) {
            let json = if resource.format.is_json() { json::read(&body) } else { None };
            return Ok(Page { kept, body, json, is_new: false });
        }
        let answer = self.fetcher.fetch(resource, asked).await?;
        let kept = KeptPage {
            fingerprint,
            sha256: String::new(),
            fetched_at: self.clock.now(),
            bytes: answer.body.len() as u64,
            status: answer.status,
            records: 0,
            declared: None,
            resource: resource.id.clone(),
            request: asked.label(),
        };
        Ok(Page { kept, body: answer.body, json: answer.json, is_new: true })
    }

    /// A file as a page, which is new unless the same content was kept under its name.
    pub(super) fn page_of_file(
        &self,
        fingerprint: String,
        resource: &Resource,
        name: &str,
        status: u16,
        body: Vec<u8>,
        json: Option<Value>,
    ) -> Page {
        let known = self.manifest.page(&fingerprint).cloned().filter(|kept| self.raw.body(&kept.sha256).is_some());
        let is_new = known.is_none();
        let kept = known.unwrap_or_else(|| KeptPage {
            fingerprint,
            sha256: String::new(),
            fetched_at: self.clock.now(),
            bytes: body.len() as u64,
            status,
            records: 0,
            declared: None,
            resource: resource.id.clone(),
            request: format!("file {name}"),
        });
        Page { kept, body, json, is_new }
    }

    /// Keeps a new page: first its body, then its line, so that a line never points to nothing.
    pub(super) async fn keep(&self, mut page: Page) -> Result<Page> {
        if !page.is_new {
            return Ok(page);
        }
        let raw = self.raw.clone();
        let body = std::mem::take(&mut page.body);
        let kept = tokio::task::spawn_blocking(move || raw.keep(&body)).await;
        page.kept.sha256 = kept.context("keeping a page was interrupted")??;
        self.manifest.add(&page.kept)?;
        Ok(page)
    }

    pub(super) fn tell(&self, page: &Page, records: u64) {
        (self.progress)(Progress::Page {
            source: self.source.to_owned(),
            resource: page.kept.resource.clone(),
            records,
            bytes: page.kept.bytes,
            kept: !page.is_new,
        });
    }
}

/// The first request of a walk.
pub fn first_request(resource: &Resource, plan: &Walk) -> Asked {
    let mark: Mark = page::first(&resource.paginator.paging);
    Asked::new(&resource.request, &plan.filling, &page::params(&resource.paginator.paging, &mark))
}
