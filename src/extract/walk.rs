//! One walk: its window is cut into legs, and a leg of which the source cuts the rest is halved.

use std::collections::VecDeque;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::KeptPage;
use super::call::Asked;
use super::file;
use super::ground::Ground;
use super::leg::{Ended, Leg};
use super::map::Mapped;
use super::outlet::{Outlet, Own};
use super::page;
use super::plan::{Walk, halves, legs};
use crate::source::Resource;
use crate::source::template::Parent;

/// What a walk gave.
#[derive(Default)]
pub struct Walked {
    /// What was counted, and the rows that are not in a load of the walk's own.
    pub mapped: Mapped,
    /// Its rows, where they were too many to wait for the walk's end.
    pub own: Option<Own>,
    /// The pages in their order, also those that were too large.
    pub pages: Vec<KeptPage>,
    /// How many of them had been kept.
    pub kept: u64,
    /// What the source declared against what it gave.
    pub declared: Declared,
    /// How many first pages were full and did not say what follows.
    pub unsure: u64,
    /// Whether the source has no such thing.
    pub missing: bool,
    /// The fields that later resources need, of each record; empty when none does.
    pub parents: Vec<Parent>,
}

/// What the source declared against what it gave, in records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// Declared in all.
    pub total: u64,
    /// Declared and not given.
    pub short: u64,
    /// Given and not declared.
    pub beyond: u64,
    /// How many declarations changed while pages were turned.
    pub shifted: u64,
}

impl Walked {
    fn append(&mut self, more: Self) {
        append(&mut self.mapped, more.mapped);
        self.pages.extend(more.pages);
        self.kept += more.kept;
        self.declared.total += more.declared.total;
        self.declared.short += more.declared.short;
        self.declared.beyond += more.declared.beyond;
        self.declared.shifted += more.declared.shifted;
        self.unsure += more.unsure;
        self.missing |= more.missing;
        self.parents.extend(more.parents);
    }
}

/// Walks over all pages; rows that grow many leave by the outlet.
///
/// # Errors
/// Names the request; a page that was not understood is not kept.
pub async fn walk(ground: &Ground<'_>, resource: &Resource, plan: &Walk, outlet: &mut Outlet<'_>) -> Result<Walked> {
    let walked = match ground.client.folder() {
        Some(folder) => file::walk(ground, resource, plan, &folder, outlet).await,
        None => pages(ground, resource, plan, outlet).await,
    };
    if walked.is_err() {
        outlet.abandon().await;
    }
    let mut walked = walked?;
    walked.own = outlet.finish(&mut walked.mapped.rows).await?;
    Ok(walked)
}

/// Walks over the pages of an interface, leg by leg.
async fn pages(ground: &Ground<'_>, resource: &Resource, plan: &Walk, outlet: &mut Outlet<'_>) -> Result<Walked> {
    let mut whole: Option<Walked> = None;
    let mut ahead = VecDeque::from(legs(resource, plan));
    while let Some(leg) = ahead.pop_front() {
        let walked = match Leg::new(ground, resource, &leg).walk(outlet).await? {
            Ended::Whole(walked) => *walked,
            Ended::TooLarge { .. } if !outlet.holds_whole_legs() => bail!(
                "{}: a kept answer is too large, but the source file no longer says when to halve; pull with `--refresh`",
                first_request(resource, &leg).label()
            ),
            Ended::TooLarge { pages, kept } => {
                let halves = halves(resource, &leg).with_context(|| too_large(resource, &leg))?;
                halves.into_iter().rev().for_each(|half| ahead.push_front(half));
                Walked { pages, kept, ..Walked::default() }
            }
        };
        let whole = match &mut whole {
            Some(whole) => {
                whole.append(walked);
                whole
            }
            None => whole.insert(walked),
        };
        outlet.after_leg(&mut whole.mapped.rows).await?;
    }
    Ok(whole.unwrap_or_default())
}

fn too_large(resource: &Resource, leg: &Walk) -> String {
    format!(
        "{}: the source has more here than it gives at once, and neither window nor batch can be halved further; write a \
         `max-span` in hours or minutes if the interface takes them, or narrow the request",
        first_request(resource, leg).label()
    )
}

/// The first request of a walk.
pub fn first_request(resource: &Resource, plan: &Walk) -> Asked {
    let paginator = &resource.paginator;
    let leg = legs(resource, plan).into_iter().next();
    let filling = leg.as_ref().map_or(&plan.filling, |leg| &leg.filling);
    Asked::new(&resource.request, filling, &page::turn(paginator, &page::first(&paginator.paging)))
}

/// Adds what the next leg became.
fn append(all: &mut Mapped, more: Mapped) {
    if all.rows.is_empty() {
        all.rows = more.rows;
    } else {
        all.rows.iter_mut().zip(more.rows).for_each(|(rows, more)| rows.append(more));
    }
    all.records += more.records;
    for (name, number) in more.skipped {
        *all.skipped.entry(name).or_default() += number;
    }
    all.aside.merge(more.aside);
    all.notes.extend(more.notes);
}
