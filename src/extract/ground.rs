//! What walks share, and one page: from the kept ones, else from the source.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result};
use chrono_tz::Tz;
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::call::Asked;
use super::http::{Fetcher, Verdict};
use super::json;
use super::keep::{Pages, RawStore};
use super::{KeptPage, Progress};
use crate::clock::Clock;
use crate::source::Resource;
use crate::source::client::Client;

/// How many pages may wait for the disk.
const WAITING: usize = 32;
/// How long a page that was read may be lost when the machine stops.
const AT_LEAST_EVERY: Duration = Duration::from_millis(200);

/// What walks share.
pub struct Ground<'a> {
    /// The id of the source.
    pub source: &'a str,
    /// How it is reached.
    pub client: &'a Client,
    /// The zone of its clock.
    pub zone: Tz,
    /// What reads it; none when only kept pages count.
    pub fetcher: Option<&'a Fetcher<'a>>,
    /// Where bodies are kept.
    pub raw: &'a RawStore,
    /// The pages of this walk.
    pub pages: &'a Pages,
    /// Now, for the record.
    pub clock: &'a Clock,
    /// Hears what happens.
    pub progress: &'a (dyn Fn(Progress) + Send + Sync),
}

/// Only kept pages count, and one is missing or damaged.
#[derive(Debug)]
pub struct NotKept {
    /// Its request, for people.
    pub request: String,
}

impl fmt::Display for NotKept {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: the kept page is missing or damaged", self.request)
    }
}

impl std::error::Error for NotKept {}

/// One page.
pub struct Page {
    /// What is recorded of it.
    pub kept: KeptPage,
    /// The whole body.
    pub body: Vec<u8>,
    /// The same as JSON.
    pub json: Option<Value>,
    /// Whether it was fetched now.
    pub is_new: bool,
}

impl Ground<'_> {
    /// A page from the kept ones, else from the source.
    ///
    /// # Errors
    /// Names the request.
    pub async fn page(&self, resource: &Resource, asked: &Asked, fingerprint: String) -> Result<Page> {
        let kept = self.pages.page(&fingerprint);
        if let Some((kept, body)) = kept.and_then(|kept| Some((kept.clone(), self.raw.body(&kept.sha256)?))) {
            let json = if resource.format.is_json() { json::read(&body) } else { None };
            return Ok(Page { kept, body, json, is_new: false });
        }
        let fetcher = self.fetcher.ok_or_else(|| NotKept { request: asked.label() })?;
        let answer = fetcher.fetch(resource, asked).await?;
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
            headers: answer.headers,
            too_large: answer.verdict == Verdict::TooLarge,
        };
        Ok(Page { kept, body: answer.body, json: answer.json, is_new: true })
    }

    fn tell(&self, page: &Page) {
        (self.progress)(Progress::Page {
            source: self.source.to_owned(),
            resource: page.kept.resource.clone(),
            records: page.kept.records,
            bytes: page.kept.bytes,
            kept: !page.is_new,
        });
    }
}

/// Keeps the pages of one leg beside the reading of the next ones, many at a time and in their order: waiting for the
/// disk page by page would cost more than all the rest.
pub struct Keeper<'a> {
    ground: &'a Ground<'a>,
    waiting: VecDeque<(KeptPage, Option<JoinHandle<Result<String>>>)>,
    settled: Instant,
    done: Vec<KeptPage>,
}

impl<'a> Keeper<'a> {
    /// Nothing kept yet.
    pub fn new(ground: &'a Ground<'a>) -> Self {
        Self { ground, waiting: VecDeque::new(), settled: Instant::now(), done: Vec::new() }
    }

    /// How many pages it was given.
    pub fn pages(&self) -> u64 {
        (self.done.len() + self.waiting.len()) as u64
    }

    /// Takes a page; a new one is written while the caller goes on.
    pub async fn add(&mut self, page: Page) -> Result<()> {
        self.ground.tell(&page);
        let Page { kept, body, json, is_new } = page;
        let raw = self.ground.raw.clone();
        let writing = is_new.then(|| {
            tokio::task::spawn_blocking(move || {
                // Giving back so many small pieces takes as long as reading them did.
                drop(json);
                raw.keep(&body)
            })
        });
        self.waiting.push_back((kept, writing));
        if self.waiting.len() >= WAITING || self.settled.elapsed() >= AT_LEAST_EVERY {
            self.settle(self.waiting.len().div_ceil(2)).await?;
        }
        Ok(())
    }

    /// Waits for all pages and gives them in their order.
    pub async fn finish(&mut self) -> Result<Vec<KeptPage>> {
        self.settle(self.waiting.len()).await?;
        Ok(std::mem::take(&mut self.done))
    }

    /// The oldest pages: first their bodies, then their lines, so that a line never points to nothing.
    async fn settle(&mut self, pages: usize) -> Result<()> {
        let mut new = Vec::new();
        for (mut kept, writing) in self.waiting.drain(..pages) {
            if let Some(writing) = writing {
                kept.sha256 = writing.await.context("keeping a page was interrupted")??;
                new.push(kept.clone());
            }
            self.done.push(kept);
        }
        self.ground.pages.add(&new)?;
        self.settled = Instant::now();
        Ok(())
    }
}
