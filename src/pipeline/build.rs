//! From what was pulled to cards: tables, then scores.

use anyhow::Context;
use chrono::{DateTime, Utc};

use crate::extract;
use crate::failpoint;
use crate::finding::{Finding, Weight};
use crate::job::{Job, Periods};
use crate::ledger::{Pins, Run, TeamLead};
use crate::period::Period;
use crate::scheme::Scheme;
use crate::score::{self, Adjustment, Appraisal, Input, PastResult};
use crate::tables::gate::Look;
use crate::tables::{Member, Roster, Tables};
use crate::words::Bilingual;

use super::keeping::{Laid, day_of, earlier_tables, kept_tables, without_history};
use super::order::{Event, Stage, Unit, Watch};
use super::pull::Pulled;
use super::reckoning::{self, For};
use super::{Pipeline, adjustments, gates, restate, versions, wording};

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
    let scheme = versions::scheme_of_run(pipeline, job, run)?;
    let mut findings: Vec<Finding> = pulled.findings.into_iter().map(|one| as_followed(job, one)).collect();
    let (period, until, now) = (&run.period, day_of(job, pulled.cut_off), pipeline.settings.clock.now());
    let laid = Laid::of(pipeline, job, period, pulled.stocks, until)?;
    findings.extend(laid.noticed.iter().cloned());
    let look = Look { tables: &laid.tables, given: &pulled.given, period, until, now };
    let mut findings = gates::pass(pipeline, job, run, &look, findings)?;
    let restated = restate::differences(pipeline, job, run, &laid.tables, &pulled.raw_hash)?;
    watch(Event::Counted { stage: Stage::Score, unit: Unit::Rows, count: laid.tables.count()? });
    let tables = laid.keep()?;
    let taken = pipeline.ledger.adjustments(&job.id, &run.period)?;
    pipeline.ledger.pin_adjustments(&run.id, &taken)?;
    let set = adjustments::scored(job, &taken);
    let kept = Kept { tables: &tables, period: &run.period, cut_off: pulled.cut_off };
    let mut appraisal = appraise_with(pipeline, job, &scheme, kept, &set, For::Run(run, watch))?;
    failpoint::shuffle(&mut appraisal.cards);
    failpoint::shuffle(&mut appraisal.teams);
    findings.extend(appraisal.findings.iter().cloned());
    findings.extend(without_history(pipeline, job, &scheme, period));
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
    record_leads(pipeline, job, run, &scheme, &tables, pulled.cut_off)?;
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

/// Scores tables that are there already, with what people set by hand until now.
pub(super) fn appraise(
    pipeline: &Pipeline,
    job: &Job,
    scheme: &Scheme,
    tables: &Tables,
    period: &Period,
    cut_off: DateTime<Utc>,
) -> anyhow::Result<Appraisal> {
    let set = adjustments::now(pipeline, job, period)?;
    appraise_with(pipeline, job, scheme, Kept { tables, period, cut_off }, &set, For::Look)
}

/// What is scored.
struct Kept<'a> {
    tables: &'a Tables,
    period: &'a Period,
    cut_off: DateTime<Utc>,
}

fn appraise_with(
    pipeline: &Pipeline,
    job: &Job,
    scheme: &Scheme,
    kept: Kept<'_>,
    adjustments: &[Adjustment],
    whom: For<'_>,
) -> anyhow::Result<Appraisal> {
    let Kept { tables, period, cut_off } = kept;
    let past = past_results(pipeline, job, scheme, period)?;
    let earlier = earlier_tables(pipeline, job, scheme, period)?;
    let compiled = score::compile(scheme)?;
    let as_of = day_of(job, cut_off);
    let (past, earlier) = (&past, &earlier);
    let input = Input { tables, period: *period, cut_off, as_of, past, earlier, adjustments };
    reckoning::appraise(pipeline, job, &compiled, &input, whom)
}

/// The results of earlier periods that the scheme asks for.
pub(super) fn past_results(
    pipeline: &Pipeline,
    job: &Job,
    scheme: &Scheme,
    period: &Period,
) -> anyhow::Result<Vec<PastResult>> {
    let past = pipeline.ledger.past_results(&job.id, period, score::reaches_back(scheme))?;
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

/// Scores again what a run scored, from the tables that it left.
pub(super) fn again(pipeline: &Pipeline, job: &Job, run: &Run) -> anyhow::Result<Appraisal> {
    let tables = kept_tables(pipeline, job, &run.period)?.context("no tables are kept")?;
    let cut_off = run.cut_off.context("the run never came to its data")?;
    let findings = pipeline.ledger.findings(&run.id)?;
    let set = adjustments::scored(job, &pipeline.ledger.run_adjustments(&run.id)?);
    let scheme = versions::scheme_of_run(pipeline, job, run)?;
    let kept = Kept { tables: &tables, period: &run.period, cut_off };
    let appraisal = appraise_with(pipeline, job, &scheme, kept, &set, For::Look)?;
    Ok(Appraisal { findings, ..appraisal })
}

/// The people of a run's period as they were pulled last, as its scheme sees them; `None` when they are not kept.
pub(super) fn roster_now(pipeline: &Pipeline, job: &Job, run: &Run) -> anyhow::Result<Option<Roster>> {
    let Some(tables) = kept_tables(pipeline, job, &run.period)? else { return Ok(None) };
    let as_of = day_of(job, run.cut_off.unwrap_or_else(|| pipeline.settings.clock.now()));
    let scheme = versions::scheme_of_run(pipeline, job, run)?;
    score::roster(&scheme, &tables, &run.period, as_of).map(Some)
}

/// Keeps who leads which team, so that the console need not open the tables to know who may see what.
fn record_leads(
    pipeline: &Pipeline,
    job: &Job,
    run: &Run,
    scheme: &Scheme,
    tables: &Tables,
    cut_off: DateTime<Utc>,
) -> anyhow::Result<()> {
    let roster = score::roster(scheme, tables, &run.period, day_of(job, cut_off))?;
    let lead = |(member, in_office): (&Member, bool)| TeamLead {
        team: member.team_id.clone(),
        manager: member.id.clone(),
        in_office,
    };
    pipeline.ledger.record_leads(&job.id, &run.period, &roster.leads().map(lead).collect())
}
