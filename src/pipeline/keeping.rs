//! The tables of a period: laid from what was pulled, kept, and opened again.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};

use crate::extract::Stock;
use crate::finding::Finding;
use crate::job::Job;
use crate::period::Period;
use crate::scheme::Scheme;
use crate::tables::{self, Draft, OnlyTeam, Origin, Tables};
use crate::words::Bilingual;

use super::Pipeline;

/// The tables of a run's period before they are kept.
pub(super) struct Laid<'a> {
    pub(super) tables: Tables,
    /// What was noticed when they were built.
    pub(super) noticed: Vec<Finding>,
    period: &'a Period,
    until: NaiveDate,
    team: Option<OnlyTeam>,
    folder: PathBuf,
    /// Where they lie, and of what they were built; nothing where the kept ones are as they would be built again.
    draft: Option<(Draft, Origin)>,
}

impl<'a> Laid<'a> {
    /// Opens the kept tables where the sources gave the same again, and builds them otherwise.
    pub(super) fn of(
        pipeline: &Pipeline,
        job: &Job,
        period: &'a Period,
        stocks: Vec<(String, Stock)>,
        until: NaiveDate,
    ) -> anyhow::Result<Self> {
        let folder = pipeline.folders.tables(&job.id, &period.to_string());
        let team = only_team(job);
        let origin = Origin::of(&stocks, period, until, team.as_ref())?;
        let (tables, noticed, draft) = match origin.noticed(&folder) {
            Some(noticed) => (Tables::open(&folder, period, until, team.as_ref())?, noticed, None),
            None => {
                let draft = Draft::begin(&folder)?;
                let (tables, noticed) = tables::lay(&draft, stocks, period, until, team.as_ref())?;
                (tables, noticed, Some((draft, origin)))
            }
        };
        Ok(Self { tables, noticed, period, until, team, folder, draft })
    }

    /// Puts them in the place of those that were kept before. Cards are made from what is on the disk, by the first run as
    /// by every later one, and no table is whole in memory.
    pub(super) fn keep(self) -> anyhow::Result<Tables> {
        let Some((draft, origin)) = self.draft else { return Ok(self.tables) };
        draft.keep(&self.tables.frames, &origin, &self.noticed)?;
        drop(self.tables);
        Tables::open(&self.folder, self.period, self.until, self.team.as_ref())
    }
}

/// The tables of a period from what is kept of it, in memory and without a word about them: people and ratings are few.
pub(super) fn tables_of(
    job: &Job,
    period: &Period,
    stocks: Vec<(String, Stock)>,
    cut_off: DateTime<Utc>,
) -> anyhow::Result<Tables> {
    tables::build(stocks, period, day_of(job, cut_off), only_team(job).as_ref()).map(|(tables, _)| tables)
}

/// The same for facts of many rows, which lie in a draft.
pub(super) fn laid(
    draft: &Draft,
    job: &Job,
    period: &Period,
    stocks: Vec<(String, Stock)>,
    cut_off: DateTime<Utc>,
) -> anyhow::Result<Tables> {
    tables::lay(draft, stocks, period, day_of(job, cut_off), only_team(job).as_ref()).map(|(tables, _)| tables)
}

/// The tables that the last run of this period left, if there was one.
pub(super) fn kept_tables(pipeline: &Pipeline, job: &Job, period: &Period) -> anyhow::Result<Option<Tables>> {
    let folder = pipeline.folders.tables(&job.id, &period.to_string());
    if !folder.is_dir() {
        return Ok(None);
    }
    let today = day_of(job, pipeline.settings.clock.now());
    Tables::open(&folder, period, today, only_team(job).as_ref()).map(Some)
}

/// The kept tables of the earlier periods that the scheme asks for.
pub(super) fn earlier_tables(
    pipeline: &Pipeline,
    job: &Job,
    scheme: &Scheme,
    period: &Period,
) -> anyhow::Result<BTreeMap<Period, Tables>> {
    let mut earlier = BTreeMap::new();
    let wanted = scheme.periods_back();
    let mut before = *period;
    for back in 1..=wanted.iter().max().copied().unwrap_or(0) {
        before = before.previous();
        if wanted.contains(&back)
            && let Some(tables) = kept_tables(pipeline, job, &before)?
        {
            earlier.insert(before, tables);
        }
    }
    Ok(earlier)
}

/// Which earlier periods the scheme compares with have no tables here: whether there was no data then, or they were only
/// never run, makes a difference to what people get.
pub(super) fn without_history(pipeline: &Pipeline, job: &Job, scheme: &Scheme, period: &Period) -> Option<Finding> {
    let back = |count: u32| (0..count).fold(*period, |before, _| before.previous());
    let is_lacking = |before: &Period| !pipeline.folders.tables(&job.id, &before.to_string()).is_dir();
    let mut lacking: Vec<Period> = scheme.periods_compared().into_iter().map(back).filter(is_lacking).collect();
    lacking.sort();
    let first = lacking.first()?;
    let all = lacking.iter().map(ToString::to_string).collect::<Vec<String>>();
    let (zh, en, id) = (all.join("、"), all.join(", "), &job.id);
    let text = Bilingual::new(
        format!("考核方案要与 {zh} 比较，而本任务没有保留其数据（未运行过或已清除）：相关规则只按已有的数据计算"),
        format!(
            "the scheme compares with {en}, of which this job keeps no data (never run, or purged): its rules judge by what \
             there is"
        ),
    );
    let next = Bilingual::new(
        format!("若当时已有数据，请由远及近先运行（如 scorepost run {id} --period {first}），再重新运行本期"),
        format!(
            "if there was data then, run the oldest first (`scorepost run {id} --period {first}`), then this one again"
        ),
    );
    Some(Finding::note("no-history", text).next(next))
}

/// The day of an instant on the job's clocks.
pub(super) fn day_of(job: &Job, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&job.time_zone).date_naive()
}

fn only_team(job: &Job) -> Option<OnlyTeam> {
    let team = job.only_team.as_ref()?;
    Some(OnlyTeam { id: team.id.clone(), name: team.name.clone(), table: team.agents_of.clone() })
}
