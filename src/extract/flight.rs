//! Requests for pages in the air: one, or several once it is declared how many pages there are.

use std::collections::VecDeque;

use anyhow::{Context, Result};
use futures_util::StreamExt;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::FuturesOrdered;

use super::call::Asked;
use super::ground::{Ground, Page};
use super::page::{self, Mark};
use super::plan::Walk;
use crate::source::Resource;

/// How many pages are asked for ahead.
const AHEAD: usize = 8;

/// Requests for the pages of one leg.
pub struct Flights<'a> {
    ground: &'a Ground<'a>,
    resource: &'a Resource,
    leg: &'a Walk,
    guesses: VecDeque<Mark>,
    air: FuturesOrdered<BoxFuture<'a, (Mark, Result<Page>)>>,
}

impl<'a> Flights<'a> {
    /// None yet.
    pub fn new(ground: &'a Ground<'a>, resource: &'a Resource, leg: &'a Walk) -> Self {
        Self { ground, resource, leg, guesses: VecDeque::new(), air: FuturesOrdered::new() }
    }

    /// Pages that will very likely be wanted, in this order.
    pub fn plan(&mut self, guesses: Vec<Mark>) {
        self.guesses = guesses.into();
    }

    /// The request for a page; `path` is that of the page before, from which a link leads on.
    ///
    /// # Errors
    /// When a link leads elsewhere.
    pub fn asked(&self, mark: &Mark, path: Option<&str>) -> Result<Asked> {
        let (request, filling) = (&self.resource.request, &self.leg.filling);
        let mut turn = page::turn(&self.resource.paginator, mark);
        if let (Mark::Link(Some(given)), Some(path)) = (mark, path) {
            let link = page::follow(given, path, self.ground.client, request);
            turn.link = Some(link.with_context(|| format!("{} {path}", request.method.word()))?);
        }
        Ok(Asked::new(request, filling, &turn))
    }

    /// The page that is wanted now. A guess that was wrong ends all guessing.
    ///
    /// # Errors
    /// Names the request.
    pub async fn land(&mut self, here: &Mark, asked: Asked) -> Result<Page> {
        self.take_off()?;
        if let Some((mark, page)) = self.air.next().await {
            if mark == *here {
                return page;
            }
            self.guesses.clear();
            self.air.clear();
        }
        self.fetch(here, asked).await
    }

    fn take_off(&mut self) -> Result<()> {
        while self.air.len() < AHEAD
            && let Some(mark) = self.guesses.pop_front()
        {
            let asked = self.asked(&mark, None)?;
            let page = self.fetch(&mark, asked);
            self.air.push_back(async move { (mark, page.await) }.boxed());
        }
        Ok(())
    }

    fn fetch(&self, mark: &Mark, asked: Asked) -> impl Future<Output = Result<Page>> + Send + use<'a> {
        // What a probe found is no page of the list: a pull that goes on must not take one for the other.
        let of = match mark {
            Mark::Probe(_) => format!("{} probe", self.resource.id),
            _ => self.resource.id.clone(),
        };
        let (ground, resource) = (self.ground, self.resource);
        let fingerprint = asked.fingerprint(&of);
        async move { ground.page(resource, &asked, fingerprint).await }
    }
}
