//! Pulling every source of a job: those that need people of earlier ones after these, the others at the same time.

use std::collections::BTreeMap;
use std::sync::Mutex;

use anyhow::Context;
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use sha2::{Digest, Sha256};

use crate::extract::{self, Ask, Extraction, Lot, Manifest, Outlook, Progress, RawStore, ResourceOutlook, Stock};
use crate::finding::Finding;
use crate::job::Job;
use crate::period::Period;
use crate::source::{Source, Table};
use crate::tables::gate::Given;
use crate::words::Bilingual;

use super::order::{Event, Order, Stage, Unit, Watch};
use super::{Pipeline, groups, keeping, recording};

/// Waits from this many milliseconds on are told also where no progress bar shows them.
const WORTH_SAYING: u64 = 3_000;

/// What all sources gave.
pub(super) struct Pulled {
    /// Rows by table name; two sources may fill the same table.
    pub(super) stocks: Vec<(String, Stock)>,
    /// What each source gave, in numbers.
    pub(super) given: Vec<Given>,
    pub(super) findings: Vec<Finding>,
    /// The instant as of which all of it is true: the earliest of the sources'.
    pub(super) cut_off: DateTime<Utc>,
    /// SHA-256 over the raw hashes of the sources in the job's order.
    pub(super) raw_hash: String,
    /// What was read of each source, in the job's order.
    pub(super) manifests: Vec<Manifest>,
}

/// Pulls, or repeats from kept pages what was pulled before, unless that was before `refresh_since`.
pub(super) async fn pull(
    pipeline: &Pipeline,
    job: &Job,
    period: &Period,
    refresh_since: Option<DateTime<Utc>>,
    watch: Watch<'_>,
) -> anyhow::Result<Pulled> {
    watch(Event::Begins(Stage::Pull));
    recording::bring(pipeline, job, period)?;
    let counter = Mutex::new((0, 0));
    let progress = |progress: Progress| tell(&counter, progress, watch);
    let extraction = Extraction {
        clock: pipeline.settings.clock.clone(),
        raw: raw_store(pipeline),
        hosts: pipeline.hosts.clone(),
        progress: &progress,
    };
    let sources = job.sources.iter().map(|id| source(pipeline, job, id)).collect::<anyhow::Result<Vec<&Source>>>()?;
    let mut ask = Ask { period: *period, job: job.id.clone(), tables: BTreeMap::new(), refresh_since };
    let mut gathered = Gathered::new(extraction.clock.now());
    for group in groups::of(&sources) {
        let pulls = group.into_iter().map(|source| extract::pull(source, &ask, &extraction));
        for given in try_join_all(pulls).await? {
            remember(&mut ask, &given, &sources)?;
            gathered.take(given);
        }
    }
    let pulled = gathered.finish();
    let rows = pulled.stocks.iter().map(|(_, stock)| stock.height() as u64).sum();
    watch(Event::Counted { stage: Stage::Pull, unit: Unit::Rows, count: rows });
    watch(Event::Ends(Stage::Pull));
    Ok(pulled)
}

/// What is kept of a period now, without a request; `None` when something of it is missing.
pub(super) async fn kept(pipeline: &Pipeline, job: &Job, period: &Period) -> anyhow::Result<Option<Pulled>> {
    let silent = |_: Progress| {};
    let extraction = Extraction {
        clock: pipeline.settings.clock.clone(),
        raw: raw_store(pipeline),
        hosts: pipeline.hosts.clone(),
        progress: &silent,
    };
    let mut ask = Ask { period: *period, job: job.id.clone(), tables: BTreeMap::new(), refresh_since: None };
    let mut gathered = Gathered::new(extraction.clock.now());
    let sources = job.sources.iter().map(|id| source(pipeline, job, id)).collect::<anyhow::Result<Vec<&Source>>>()?;
    for source in groups::of(&sources).into_iter().flatten() {
        let Some(given) = extract::kept(source, &ask, &extraction).await? else { return Ok(None) };
        remember(&mut ask, &given, &sources)?;
        gathered.take(given);
    }
    Ok(Some(gathered.finish()))
}

/// Keeps for later sources the tables by which they ask.
fn remember(ask: &mut Ask, given: &extract::Pulled, sources: &[&Source]) -> anyhow::Result<()> {
    let is_needed = |lot: &&Lot| sources.iter().any(|source| source.needs().contains(&lot.table));
    for lot in given.lots.iter().filter(is_needed) {
        ask.tables.insert(lot.table, lot.stock.read()?);
    }
    Ok(())
}

/// Whether a pull since then changed something about the days of a period.
pub(super) fn was_changed_since(
    pipeline: &Pipeline,
    job: &Job,
    period: &Period,
    since: DateTime<Utc>,
) -> anyhow::Result<bool> {
    let raw = raw_store(pipeline);
    for id in &job.sources {
        if extract::differences(&raw, id, *period)?.iter().any(|one| one.at >= since) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the sources gave so far, in the job's order.
struct Gathered {
    pulled: Pulled,
    hash: Sha256,
}

impl Gathered {
    fn new(now: DateTime<Utc>) -> Self {
        let pulled = Pulled {
            stocks: Vec::new(),
            given: Vec::new(),
            findings: Vec::new(),
            cut_off: now,
            raw_hash: String::new(),
            manifests: Vec::new(),
        };
        Self { pulled, hash: Sha256::new() }
    }

    fn take(&mut self, given: extract::Pulled) {
        self.hash.update(given.raw_hash.as_bytes());
        self.pulled.cut_off = self.pulled.cut_off.min(given.cut_off);
        self.pulled.given.push(in_numbers(&given));
        self.pulled.manifests.push(given.manifest);
        self.pulled.findings.extend(given.findings);
        self.pulled.stocks.extend(given.lots.into_iter().map(|lot| (lot.table.name().to_owned(), lot.stock)));
    }

    fn finish(self) -> Pulled {
        Pulled { raw_hash: hex::encode(self.hash.finalize()), ..self.pulled }
    }
}

/// What gates ask about a source's pull.
fn in_numbers(given: &extract::Pulled) -> Given {
    let table = |lot: &Lot| (lot.table, lot.duplicates, lot.stock.height() as u64);
    Given {
        source: given.source.clone(),
        cut_off: given.cut_off,
        counts: given.counts.clone(),
        duplicates: given.lots.iter().map(table).collect(),
    }
}

/// What a pull for an order would ask for, line by line.
pub(super) fn describe(pipeline: &Pipeline, job: &Job, order: &Order) -> anyhow::Result<Vec<Bilingual>> {
    let kept = keeping::kept_tables(pipeline, job, &order.period)?;
    let mut people = BTreeMap::new();
    for table in [Table::AGENTS, Table::ACCOUNTS] {
        if let Some(kept) = &kept
            && let Some(frame) = kept.whole(table.name())?
        {
            people.insert(table, frame);
        }
    }
    let ask = Ask {
        period: order.period,
        job: job.id.clone(),
        tables: people,
        refresh_since: order.refresh.then(|| pipeline.settings.clock.now()),
    };
    let raw = raw_store(pipeline);
    let clock = &pipeline.settings.clock;
    job.sources
        .iter()
        .map(|id| Ok(in_words(job, &extract::describe(source(pipeline, job, id)?, &ask, clock, &raw)?)))
        .collect()
}

/// One line about one source.
fn in_words(job: &Job, outlook: &Outlook) -> Bilingual {
    let id = &outlook.source;
    if let (true, Some(since)) = (outlook.complete, outlook.kept_since) {
        let since = since.with_timezone(&job.time_zone).format("%Y-%m-%d %H:%M %Z");
        return Bilingual::new(
            format!("拉取 {id}：使用 {since} 已保留的数据，不发请求"),
            format!("pull {id}: uses the data kept on {since}, asks for nothing"),
        );
    }
    let resource = |one: &ResourceOutlook| match one.walks {
        Some(walks) => format!("{} {}/{walks}", one.resource, one.begun),
        None => format!("{} ?", one.resource),
    };
    let resources: Vec<String> = outlook.resources.iter().map(resource).collect();
    Bilingual::new(
        format!("拉取 {id}：{}（已保留/需要的时段与批次，每个一页以上）", resources.join("，")),
        format!("pull {id}: {} (kept/needed windows and batches, a page or more each)", resources.join(", ")),
    )
}

fn source<'a>(pipeline: &'a Pipeline, job: &Job, id: &str) -> anyhow::Result<&'a Source> {
    let source = pipeline.sources.get(id);
    let source = source.with_context(|| format!("job `{}` names source `{id}`, which is not in `sources/`", job.id))?;
    if let Some(name) = source.unresolved.first() {
        anyhow::bail!("source `{id}` needs `{name}`: set it in the environment or in the secrets file");
    }
    Ok(source)
}

pub(super) fn raw_store(pipeline: &Pipeline) -> RawStore {
    RawStore::new(pipeline.folders.root())
}

/// Tells a watcher how far a pull is. Walks are the unit of progress: their number is known before their pages.
pub fn tell(counter: &Mutex<(u64, u64)>, progress: Progress, watch: Watch<'_>) {
    let Ok(mut counter) = counter.lock() else { return };
    let what = match progress {
        Progress::Begun { source, resource, walks } => {
            counter.1 += walks as u64;
            format!("{source} {resource}")
        }
        Progress::Page { source, resource, .. } => format!("{source} {resource}"),
        Progress::WalkDone { source, resource } => {
            counter.0 += 1;
            format!("{source} {resource}")
        }
        Progress::Waiting { source, resource, millis, why } => {
            let text = format!("{source} {resource}: {why}; {:.1} s", millis as f64 / 1000.0);
            if millis >= WORTH_SAYING {
                watch(Event::Says(text.clone()));
            }
            text
        }
    };
    watch(Event::Progress { stage: Stage::Pull, done: counter.0, total: counter.1, what });
}
