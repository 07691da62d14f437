//! One pull: a period's repeat uses what it used; else every resource in the order of the file is asked for what is
//! missing, and what stands then is what the period uses from now on.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::freshness::Freshness;
use super::gather::Gathering;
use super::http::Fetcher;
use super::keep::{Reading, Use};
use super::one::One;
use super::plan::Survey;
use super::selection::Part;
use super::work::{Asked, Work};
use super::{Ask, Extraction, Pulled, changes};
use crate::source::{Resource, Source, Table};

/// Pulls a source for a period; days and ids that are kept and no longer change are not asked for again. The rows lie in
/// the lake: few are in memory at once, however many pages they come from.
///
/// # Errors
/// When a variable has no value, a table for a fan-out is missing, or the source or the disk fails; names the source,
/// the request and the next step, never a secret. What was fetched before is kept, and the next pull goes on from it.
pub async fn pull(source: &Source, ask: &Ask, world: &Extraction<'_>) -> Result<Pulled> {
    let one = One::new(source, ask, world);
    let pulled = one.pull().await.with_context(|| format!("cannot pull `{}` for {}", source.id, ask.period));
    pulled.inspect_err(|error| one.note(error))
}

/// What is kept for a period now, without a single request; none when a day or an id of it is missing. What knows no time
/// is as the period used it last.
///
/// # Errors
/// When a list cannot be read, or the mapping does not fit the pages.
pub async fn kept(source: &Source, ask: &Ask, world: &Extraction<'_>) -> Result<Option<Pulled>> {
    let one = One::new(source, ask, world);
    let Some(before) = one.current()? else { return Ok(None) };
    let mut now = Reading::begin(before.number, before.begun);
    let mut gathering = Gathering::new(source, ask);
    for resource in &source.resources {
        let Some(mut part) = before.uses.get(&resource.id).cloned() else { return Ok(None) };
        let mut work = Work::new(source, resource, world)?;
        if resource.window.is_some() || resource.request.names_job() {
            let tables = gathering.tables(resource)?;
            let survey = Survey::of(resource, &gathering.circumstance(before.begun, &tables))?;
            if !work.agenda(&survey.within_period(), &Freshness::Any).gaps.is_empty() {
                return Ok(None);
            }
            part.walks = work.used(&survey, &Freshness::Any);
        }
        let Some(rows) = work.rows(&part.walks).await? else { return Ok(None) };
        gathering.take(&work, &part, rows, Asked::default());
        now.uses.insert(resource.id.clone(), part);
    }
    now.raw_hash = one.raw_hash(&now)?;
    gathering.finish(&now).map(Some)
}

/// What one resource gave.
struct Given<'a> {
    work: Work<'a>,
    part: Use,
    rows: BTreeMap<Table, Vec<Part>>,
    asked: Asked,
}

impl<'a> One<'a> {
    async fn pull(&self) -> Result<Pulled> {
        if let Some(name) = self.source.unresolved.first() {
            bail!("`{name}` has no value; set it in the environment or the secrets file");
        }
        let _turn = self.turn().await?;
        let current = self.current()?;
        if let Some(reading) = current.as_ref().filter(|reading| self.is_to_be_repeated(reading))
            && let Some(pulled) = self.repeat(reading).await?
        {
            return Ok(pulled);
        }
        self.anew(current).await
    }

    /// The same as last time, if that still serves.
    async fn repeat(&self, reading: &Reading) -> Result<Option<Pulled>> {
        let mut gathering = Gathering::new(self.source, self.ask);
        for resource in &self.source.resources {
            let Some(part) = reading.uses.get(&resource.id) else { return Ok(None) };
            let mut work = Work::new(self.source, resource, self.world)?;
            work.only(&part.walks);
            let tables = gathering.tables(resource)?;
            let survey = Survey::of(resource, &gathering.circumstance(self.world.clock.now(), &tables))?;
            if self.folder().is_none() && !self.serves(&work, &survey) || !work.are_of_the_job(&part.walks, &survey) {
                return Ok(None);
            }
            let Some(rows) = work.rows(&part.walks).await? else { return Ok(None) };
            gathering.take(&work, part, rows, Asked::default());
        }
        gathering.finish(reading).map(Some)
    }

    /// Asks for what is missing; what stands then takes the place of what the period used.
    async fn anew(&self, current: Option<Reading>) -> Result<Pulled> {
        let mut reading = self.reading(current.as_ref());
        self.desk.readings().begin(&self.period, &reading)?;
        let fetcher = Fetcher::new(self.source, self.world.clock.clone(), &self.world.hosts, self.world.progress)?;
        let mut gathering = Gathering::new(self.source, self.ask);
        for resource in &self.source.resources {
            let given = self.resource(resource, &reading, &gathering, &fetcher).await;
            let given = given.with_context(|| format!("resource `{}`", resource.id))?;
            gathering.take(&given.work, &given.part, given.rows, given.asked);
            reading.uses.insert(resource.id.clone(), given.part);
        }
        if let Some(same) = current.filter(|current| self.folder().is_some() && current.uses == reading.uses) {
            // The files are as they were: nothing is new, and the data is as old as before.
            self.desk.readings().drop_unfinished(&self.period)?;
            return gathering.finish(&same);
        }
        reading.raw_hash = self.raw_hash(&reading)?;
        reading.done = Some(self.world.clock.now());
        let pulled = gathering.finish(&reading)?;
        self.desk.readings().finish(&self.period, &reading)?;
        Ok(pulled)
    }

    async fn resource(
        &self,
        resource: &'a Resource,
        reading: &Reading,
        gathering: &Gathering<'a>,
        fetcher: &Fetcher<'_>,
    ) -> Result<Given<'a>> {
        let pull = reading.name(&self.period);
        let freshness = self.freshness(&pull, reading);
        let tables = gathering.tables(resource)?;
        let survey = Survey::of(resource, &gathering.circumstance(reading.begun, &tables))?;
        let mut work = Work::new(self.source, resource, self.world)?;
        let before = work.used(&survey, &Freshness::Any);
        loop {
            let (part, asked) = work.fill(&survey, &freshness, &pull, fetcher).await?;
            if let Some(rows) = work.rows(&part.walks).await? {
                changes::note(&self.desk, &mut work, &before, &part.walks, reading.begun).await?;
                return Ok(Given { work, part, rows, asked });
            }
        }
    }
}
