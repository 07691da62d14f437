//! From what was pulled to cards: tables, then scores.

use std::collections::BTreeMap;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::DataFrame;

use crate::diag::Diagnostics;
use crate::extract;
use crate::failpoint;
use crate::finding::{Finding, Weight};
use crate::job::{Job, Periods};
use crate::ledger::{Pins, Run};
use crate::period::Period;
use crate::scheme::Scheme;
use crate::score::{self, Appraisal, Input, PastResult};
use crate::tables::gate::Look;
use crate::tables::{self, OnlyTeam, Roster, Tables};
use crate::words::Bilingual;

use super::order::{Event, Stage, Watch};
use super::pull::Pulled;
use super::{Pipeline, gates, restate, wording};

/// How many earlier cards a trend may need: a year of a large team.
const PAST: u32 = 20_000;

/// What scoring gave, with the findings of every stage so far.
pub(super) struct Built {
    pub(super) appraisal: Appraisal,
    pub(super) findings: Vec<Finding>,
}

/// Builds the tables, keeps them, scores, and pins what was used.
pub(super) fn build(
    pipeline: &Pipeline,
    job: &Job,
    run: &Run,
    pulled: Pulled,
    watch: Watch<'_>,
) -> anyhow::Result<Built> {
    watch(Event::Begins(Stage::Score));
    let scheme = scheme_of_run(pipeline, job, run)?;
    let mut findings: Vec<Finding> = pulled.findings.into_iter().map(|one| as_followed(job, one)).collect();
    let until = day_of(job, pulled.cut_off);
    let (tables, noticed) = tables::build(pulled.frames, &run.period, until, only_team(job).as_ref())?;
    findings.extend(noticed);
    let now = pipeline.settings.clock.now();
    let look = Look { tables: &tables, given: &pulled.given, period: &run.period, until, now };
    let mut findings = gates::pass(pipeline, job, run, &look, findings)?;
    let folder = pipeline.folders.tables(&job.id, &run.period.to_string());
    let restated = restate::differences(pipeline, job, run, &tables, &pulled.raw_hash)?;
    tables::write(&folder, &tables.frames)?;
    let mut appraisal = appraise(pipeline, job, scheme, &tables, &run.period, pulled.cut_off)?;
    failpoint::shuffle(&mut appraisal.cards);
    failpoint::shuffle(&mut appraisal.teams);
    findings.extend(appraisal.findings.iter().cloned());
    if appraisal.cards.is_empty() {
        findings.push(wording::nobody(&run.period));
    }
    let pins = Pins {
        raw: Some(pulled.raw_hash),
        scheme: Some(scheme.hash.clone()),
        scheme_id: Some(scheme.id.clone()),
        scheme_version: Some(scheme.version.clone()),
        templates: Some(pipeline.renderer()?.templates_hash().to_owned()),
        fonts: Some(pipeline.renderer()?.fonts_hash().to_owned()),
    };
    pipeline.ledger.set_pins(&run.id, &pins, Some(pulled.cut_off))?;
    watch(Event::Ends(Stage::Score));
    let appraisal = Appraisal { findings: findings.clone(), ..appraisal };
    // Not in the packs: once it is said it is no longer so, and a pack would get another edition for it.
    findings.extend(restate::findings(pipeline, job, &appraisal, &restated)?);
    Ok(Built { appraisal, findings })
}

/// A job that follows running periods takes days that are not over as they are: they are said and hold nothing.
fn as_followed(job: &Job, finding: Finding) -> Finding {
    let is_expected = job.periods == Periods::Running && finding.code == extract::PERIOD_OPEN;
    if is_expected { Finding { weight: Weight::Note, next: Bilingual::default(), ..finding } } else { finding }
}

/// The tables of a period from what is kept of it, without a word about them.
pub(super) fn tables_of(
    job: &Job,
    period: &Period,
    frames: Vec<(String, DataFrame)>,
    cut_off: DateTime<Utc>,
) -> anyhow::Result<Tables> {
    tables::build(frames, period, day_of(job, cut_off), only_team(job).as_ref()).map(|(tables, _)| tables)
}

/// Scores tables that are there already.
pub(super) fn appraise(
    pipeline: &Pipeline,
    job: &Job,
    scheme: &Scheme,
    tables: &Tables,
    period: &Period,
    cut_off: DateTime<Utc>,
) -> anyhow::Result<Appraisal> {
    let past = past_results(pipeline, job, period)?;
    let earlier = earlier_tables(pipeline, job, scheme, period)?;
    let compiled = score::compile(scheme)?;
    let as_of = day_of(job, cut_off);
    score::appraise(&compiled, &Input { tables, period: *period, cut_off, as_of, past: &past, earlier: &earlier })
}

pub(super) fn past_results(pipeline: &Pipeline, job: &Job, period: &Period) -> anyhow::Result<Vec<PastResult>> {
    let past = pipeline.ledger.past_results(&job.id, period, PAST)?;
    let result = |past: crate::ledger::PastResult| PastResult {
        agent: past.agent,
        team: past.team,
        period: past.period,
        total: past.total,
        rank: past.rank,
        ranked: past.ranked,
        grade: past.grade,
        marks: past.marks.into_iter().collect(),
    };
    Ok(past.into_iter().map(result).collect())
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

/// Scores again what a run scored, from the tables that it left.
pub(super) fn again(pipeline: &Pipeline, job: &Job, run: &Run) -> anyhow::Result<Appraisal> {
    let tables = kept_tables(pipeline, job, &run.period)?.context("no tables are kept")?;
    let cut_off = run.cut_off.context("the run never came to its data")?;
    let findings = pipeline.ledger.findings(&run.id)?;
    let appraisal = appraise(pipeline, job, scheme_of_run(pipeline, job, run)?, &tables, &run.period, cut_off)?;
    Ok(Appraisal { findings, ..appraisal })
}

/// The version of the job's scheme that is in force at the period's end.
pub(super) fn scheme_of<'a>(pipeline: &'a Pipeline, job: &Job, period: &Period) -> Result<&'a Scheme, Diagnostics> {
    Ok(pipeline.schemes.in_force(&job.scheme, period.last_day())?)
}

/// The version of the job's scheme that somebody named; the one in force at the period's end where nobody did.
pub(super) fn scheme_or<'a>(
    pipeline: &'a Pipeline,
    job: &Job,
    period: &Period,
    version: Option<&str>,
) -> anyhow::Result<&'a Scheme> {
    match version {
        Some(version) => Ok(pipeline.schemes.version(&job.scheme, version).map_err(Diagnostics::from)?),
        None => Ok(scheme_of(pipeline, job, period)?),
    }
}

/// The version of the scheme by which a run scores.
pub(super) fn scheme_of_run<'a>(pipeline: &'a Pipeline, job: &Job, run: &Run) -> anyhow::Result<&'a Scheme> {
    scheme_or(pipeline, job, &run.period, pipeline.ledger.chosen_scheme(&run.id)?.as_deref())
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

/// The people of a run's period as they were pulled last, as its scheme sees them; `None` when they are not kept.
pub(super) fn roster_now(pipeline: &Pipeline, job: &Job, run: &Run) -> anyhow::Result<Option<Roster>> {
    let Some(tables) = kept_tables(pipeline, job, &run.period)? else { return Ok(None) };
    let as_of = day_of(job, run.cut_off.unwrap_or_else(|| pipeline.settings.clock.now()));
    score::roster(scheme_of_run(pipeline, job, run)?, &tables, &run.period, as_of).map(Some)
}

/// The day of an instant on the job's clocks.
pub(super) fn day_of(job: &Job, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&job.time_zone).date_naive()
}

fn only_team(job: &Job) -> Option<OnlyTeam> {
    let team = job.only_team.as_ref()?;
    Some(OnlyTeam { id: team.id.clone(), name: team.name.clone(), table: team.agents_of.clone() })
}
