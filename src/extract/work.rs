//! One resource on its way from what is wanted to walks that stand for it: what is missing is asked for, and what does
//! not lie in the lake is mapped from the kept pages.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};

use super::agenda::{Agenda, used};
use super::coverage::Coverage;
use super::file;
use super::freshness::{Freshness, final_at};
use super::ground::{Ground, NotKept};
use super::http::Fetcher;
use super::keep::{Errand, KeptWalk, Pages, Shelf, Use, Used};
use super::lake::Name;
use super::loader::{Loader, mapping_hash};
use super::outlet::{Outlet, Relief};
use super::plan::{Survey, Walk, legs, lists, walk_of};
use super::selection::{Part, Selection};
use super::walk::{Walked, first_request, walk};
use super::{Extraction, Progress};
use crate::source::filter::Action;
use crate::source::resource::By;
use crate::source::{Resource, Source, Table};

/// How many walks over files go on at the same time: one is mapped while the rows of another are written.
const FILES_ABREAST: usize = 2;

/// One resource of a source, and what is kept of it.
pub struct Work<'a> {
    source: &'a Source,
    /// The resource.
    pub resource: &'a Resource,
    world: &'a Extraction<'a>,
    /// What is kept.
    pub shelf: Shelf,
    mapping: String,
    /// Walks whose pages cannot be read: they count as never made.
    broken: BTreeSet<String>,
}

/// What was asked for now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// How many pages came from the source.
    pub pages: u64,
}

impl<'a> Work<'a> {
    /// Looks at what is kept of a resource.
    ///
    /// # Errors
    /// When a list cannot be read.
    pub fn new(source: &'a Source, resource: &'a Resource, world: &'a Extraction<'a>) -> Result<Self> {
        let shelf = world.raw.desk(&source.id).shelf(&resource.id)?;
        let mapping = mapping_hash(source, resource);
        Ok(Self { source, resource, world, shelf, mapping, broken: BTreeSet::new() })
    }

    /// The source's id.
    pub fn source_id(&self) -> &'a str {
        &self.source.id
    }

    /// How many records some walks gave, as far as they lie in the lake.
    pub fn records(&self, walks: &[&KeptWalk]) -> u64 {
        let rows = self.shelf.rows(&self.mapping);
        let records = |walk: &&KeptWalk| rows.get(walk.id.as_str()).map(|(load, at)| load.walks[*at].facts.records);
        walks.iter().filter_map(records).sum()
    }

    /// Looks at some walks only, as if there were no others.
    pub fn only(&mut self, walks: &[Used]) {
        let wanted: BTreeSet<&str> = walks.iter().map(|used| used.walk.as_str()).collect();
        self.shelf.walks.retain(|walk| wanted.contains(walk.id.as_str()));
    }

    /// How many pages of a planned walk are kept although it is not finished; none when it is not begun.
    pub fn unfinished(&self, plan: &Walk, survey: &Survey, freshness: &Freshness) -> Option<usize> {
        let pages = self.shelf.unfinished(&self.errand(plan)).ok()??;
        (pages.len() > 0 && freshness.serves((&pages).into(), last_final(survey, plan))).then(|| pages.len())
    }

    /// The kept walks whose requests are still those of the file, for the period and the job of a survey.
    pub fn walks(&self, survey: &Survey) -> Vec<&KeptWalk> {
        let asks_the_same = |kept: &KeptWalk| self.first(&kept.errand, survey.names()) == kept.errand.first;
        let fits = |kept: &&KeptWalk| !self.broken.contains(&kept.id) && asks_the_same(kept);
        self.shelf.walks.iter().filter(fits).collect()
    }

    /// Whether walks that another pull used were made for the job of a survey, where requests tell jobs apart.
    pub fn are_of_the_job(&self, used: &[Used], survey: &Survey) -> bool {
        let own = self.walks(survey);
        !self.resource.request.names_job() || used.iter().all(|used| own.iter().any(|walk| walk.id == used.walk))
    }

    /// The fingerprint of the first request of an errand, as the file would ask now.
    fn first(&self, errand: &Errand, names: (&str, &str)) -> String {
        let walk = walk_of(self.resource, self.source.zone, names, errand);
        first_request(self.resource, &walk).fingerprint(&self.resource.id)
    }

    /// What is missing, as far as walks are concerned that serve.
    pub fn agenda(&self, survey: &Survey, freshness: &Freshness) -> Agenda {
        let walks = self.walks(survey);
        Agenda::of(survey, &Coverage::of(walks, &survey.cells), freshness)
    }

    /// Which walks stand for what is wanted.
    pub fn used(&self, survey: &Survey, freshness: &Freshness) -> Vec<Used> {
        let walks = self.walks(survey);
        used(survey, &Coverage::of(walks, &survey.cells), freshness)
    }

    /// Asks for what is missing until nothing is, and says which walks stand.
    ///
    /// # Errors
    /// Names the request; what was fetched is kept.
    pub async fn fill(
        &mut self,
        survey: &Survey,
        freshness: &Freshness<'_>,
        pull: &str,
        fetcher: &Fetcher<'_>,
    ) -> Result<(Use, Asked)> {
        let mut asked = Asked::default();
        loop {
            let agenda = self.agenda(survey, freshness);
            asked.pages += self.ask(&survey.walks(&agenda.gaps), freshness, survey, pull, fetcher).await?;
            let walks = self.used(survey, freshness);
            if self.map(&walks).await? {
                let Agenda { cuts, stayed, .. } = agenda;
                return Ok((Use { walks, cuts, stayed, without_ids: survey.without_ids }, asked));
            }
        }
    }

    /// Walks over all pages of some walks, a few at a time; each is there for others as soon as it is finished.
    async fn ask(
        &mut self,
        walks: &[Walk],
        freshness: &Freshness<'_>,
        survey: &Survey,
        pull: &str,
        fetcher: &Fetcher<'_>,
    ) -> Result<u64> {
        self.tell(Progress::Begun {
            source: self.source.id.clone(),
            resource: self.resource.id.clone(),
            walks: walks.len(),
        });
        let shelf = &self.shelf;
        let mut loader = self.loader();
        let (mut finished, mut pages) = (Vec::new(), 0);
        let one = |walk| self.one(walk, freshness, survey, pull, fetcher);
        let mut walked = stream::iter(walks).map(one).buffered(self.abreast());
        while let Some(walked) = walked.try_next().await? {
            let Some((kept, walked)) = walked else { continue };
            pages += walked.pages.len() as u64 - walked.kept;
            shelf.list_walk(&kept)?;
            loader.add(shelf, &kept, walked).await?;
            finished.push(kept);
        }
        drop(walked);
        let loads = loader.finish(shelf).await?;
        self.shelf.take_walks(finished);
        self.shelf.take_loads(loads);
        Ok(pages)
    }

    /// How many walks go on at the same time. Files are whole in memory, and nobody waits for another machine.
    fn abreast(&self) -> usize {
        let abreast = self.source.client.concurrency;
        if self.source.client.folder().is_some() { abreast.min(FILES_ABREAST) } else { abreast }
    }

    /// One walk; none where the files of a folder are those of the last one on its errand.
    async fn one(
        &self,
        plan: &Walk,
        freshness: &Freshness<'_>,
        survey: &Survey,
        pull: &str,
        fetcher: &Fetcher<'_>,
    ) -> Result<Option<(KeptWalk, Walked)>> {
        let errand = self.errand(plan);
        if self.is_known(plan, &errand).await? {
            self.tell_done();
            return Ok(None);
        }
        // The pages of a walk that was left are true as of its beginning: its last day must have been final then.
        let last_final = last_final(survey, plan);
        let serves = |pages: &Pages| freshness.serves(pages.into(), last_final);
        let pages = self.shelf.begin(&errand, pull, self.world.clock.now(), serves)?;
        let load = self.shelf.own_load(&self.mapping, &pages.id);
        let mut outlet = self.outlet(&load, plan);
        let walked = walk(&self.ground(&pages, Some(fetcher)), self.resource, plan, &mut outlet).await?;
        self.tell_done();
        let kept = KeptWalk {
            id: pages.id,
            errand,
            pull: pages.pull,
            begun: pages.begun,
            done: self.world.clock.now(),
            pages: walked.pages.len() as u64,
            raw_hash: raw_hash(walked.pages.iter().map(|page| page.sha256.as_str())),
        };
        Ok(Some((kept, walked)))
    }

    /// Whether the files of a folder are still those of the newest walk on the same errand. What an interface would give is
    /// not known before it is asked.
    async fn is_known(&self, plan: &Walk, errand: &Errand) -> Result<bool> {
        let Some(folder) = self.source.client.folder() else { return Ok(false) };
        let newest = self.shelf.walks.iter().rev().find(|walk| walk.errand == *errand);
        let Some(newest) = newest.filter(|walk| !self.broken.contains(&walk.id)) else { return Ok(false) };
        // A damaged page is kept anew as long as its file is there to be read.
        let Some(pages) = self.shelf.pages(&newest.id)? else { return Ok(false) };
        if !pages.all().all(|page| self.world.raw.body(&page.sha256).is_some()) {
            return Ok(false);
        }
        let hashes = file::hashes(self.resource, plan, &folder, self.source.client.max_response).await?;
        Ok(raw_hash(hashes.iter().map(String::as_str)) == newest.raw_hash)
    }

    fn errand(&self, plan: &Walk) -> Errand {
        Errand {
            period: plan.filling.period.clone(),
            days: plan.days,
            ids: lists(&plan.filling.batches),
            parent: plan.filling.parent.clone(),
            first: first_request(self.resource, plan).fingerprint(&self.resource.id),
        }
    }

    /// Maps used walks that do not lie in the lake; `false` when pages of one are damaged, so that it no longer counts.
    ///
    /// # Errors
    /// When the mapping does not fit the pages, or the disk refuses.
    pub async fn map(&mut self, walks: &[Used]) -> Result<bool> {
        let unmapped: BTreeSet<String> = self.selection().unmapped(walks).into_iter().collect();
        let shelf = &self.shelf;
        let mut loader = self.loader();
        let mut broken = Vec::new();
        for kept in shelf.walks.iter().filter(|kept| unmapped.contains(&kept.id)) {
            match self.again(kept).await? {
                Some(walked) => loader.add(shelf, kept, walked).await?,
                None => broken.push(kept.id.clone()),
            }
        }
        let loads = loader.finish(shelf).await?;
        self.shelf.take_loads(loads);
        let is_whole = broken.is_empty();
        self.broken.extend(broken);
        Ok(is_whole)
    }

    /// Walks over the kept pages of a finished walk; none when they are damaged.
    async fn again(&self, kept: &KeptWalk) -> Result<Option<Walked>> {
        let Some(pages) = self.shelf.pages(&kept.id)? else { return Ok(None) };
        // What is kept is found without the job, and rows say nothing of it.
        let plan = walk_of(self.resource, self.source.zone, (&kept.errand.period, ""), &kept.errand);
        let load = self.shelf.own_load(&self.mapping, &kept.id);
        let mut outlet = self.outlet(&load, &plan);
        match walk(&self.ground(&pages, None), self.resource, &plan, &mut outlet).await {
            Ok(walked) => Ok(Some(walked)),
            Err(error) if error.is::<NotKept>() => {
                tracing::warn!(walk = %kept.id, "a kept page is missing or damaged; the walk is made anew");
                Ok(None)
            }
            Err(error) => Err(error).context("reading kept pages"),
        }
    }

    /// The rows of used walks, by table; a damaged file of the lake is written anew from the kept pages. None when
    /// those are damaged too.
    ///
    /// # Errors
    /// When the mapping does not fit the pages, or the disk refuses.
    pub async fn rows(&mut self, walks: &[Used]) -> Result<Option<BTreeMap<Table, Vec<Part>>>> {
        loop {
            if !self.map(walks).await? {
                return Ok(None);
            }
            match self.selection().rows(&self.world.raw.lake(), walks) {
                Ok(rows) => return Ok(Some(rows)),
                Err(void) => self.shelf.void_load(&void.load)?,
            }
        }
    }

    /// The rows of the lake under the present mapping.
    pub fn selection(&self) -> Selection<'_> {
        Selection {
            source: &self.source.id,
            resource: &self.resource.id,
            shelf: &self.shelf,
            mapping: &self.mapping,
            by: self.resource.window.map_or(By::Fact, |window| window.by),
        }
    }

    /// Where the rows of a walk go that are too many to wait for its end.
    fn outlet<'o>(&'o self, load: &'o str, plan: &Walk) -> Outlet<'o> {
        let halves = self.resource.window.is_some_and(|window| window.too_large.is_some())
            || self.source.filters.iter().any(|filter| filter.action == Action::SplitWindow);
        // Rows of several legs gather until each of them is whole, so that they stay in its order.
        let relief = if halves || legs(self.resource, plan).len() > 1 { Relief::EachLeg } else { Relief::EachPage };
        let name = Name { source: &self.source.id, resource: &self.resource.id, load };
        Outlet::new(&self.world.raw.lake(), name, relief, plan.days)
    }

    fn loader(&self) -> Loader<'_> {
        Loader::new(&self.source.id, &self.resource.id, &self.mapping, self.world.raw.lake())
    }

    fn ground<'g>(&'g self, pages: &'g Pages, fetcher: Option<&'g Fetcher<'g>>) -> Ground<'g> {
        Ground {
            source: &self.source.id,
            client: &self.source.client,
            zone: self.source.zone,
            fetcher,
            raw: &self.world.raw,
            pages,
            clock: &self.world.clock,
            progress: self.world.progress,
        }
    }

    fn tell_done(&self) {
        self.tell(Progress::WalkDone { source: self.source.id.clone(), resource: self.resource.id.clone() });
    }

    fn tell(&self, progress: Progress) {
        (self.world.progress)(progress);
    }
}

/// When the last day of a planned walk becomes final.
fn last_final(survey: &Survey, plan: &Walk) -> Option<DateTime<Utc>> {
    let (reach, days) = survey.reach.as_ref().zip(plan.days)?;
    Some(final_at(reach.zone, days.1.pred_opt()?, reach.lookback))
}

/// SHA-256 over the ordered hashes of pages, in hex.
fn raw_hash<'p>(pages: impl Iterator<Item = &'p str>) -> String {
    let mut hash = Sha256::new();
    for page in pages {
        hash.update(page.as_bytes());
        hash.update(b"\n");
    }
    hex::encode(hash.finalize())
}
