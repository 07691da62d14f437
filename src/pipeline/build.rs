//! From what was pulled to cards: tables, then scores.

use std::borrow::Cow;
use std::collections::BTreeMap;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};

use crate::diag::{Diagnostic, Diagnostics};
use crate::extract::{self, Stock};
use crate::failpoint;
use crate::finding::{Finding, Weight};
use crate::job::{Job, Periods};
use crate::ledger::{Pins, Run, SchemeValue, TeamLead};
use crate::period::Period;
use crate::scheme::{Fill, Scheme};
use crate::score::{self, Adjustment, Appraisal, Input, PastResult};
use crate::tables::gate::Look;
use crate::tables::{self, Draft, Member, OnlyTeam, Origin, Roster, Tables};
use crate::words::Bilingual;

use super::order::{Event, Stage, Unit, Watch};
use super::pull::Pulled;
use super::reckoning::{self, For};
use super::{Pipeline, adjustments, gates, restate, wording};

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
    let folder = pipeline.folders.tables(&job.id, &run.period.to_string());
    let (period, team) = (&run.period, only_team(job));
    let origin = Origin::of(&pulled.stocks, period, until, team.as_ref())?;
    let open = || Tables::open(&folder, period, until, team.as_ref());
    let (tables, noticed, draft) = match origin.noticed(&folder) {
        Some(noticed) => (open()?, noticed, None),
        None => {
            let draft = Draft::begin(&folder)?;
            let (tables, noticed) = tables::lay(&draft, pulled.stocks, period, until, team.as_ref())?;
            (tables, noticed, Some(draft))
        }
    };
    findings.extend(noticed.iter().cloned());
    let now = pipeline.settings.clock.now();
    let look = Look { tables: &tables, given: &pulled.given, period, until, now };
    let mut findings = gates::pass(pipeline, job, run, &look, findings)?;
    let restated = restate::differences(pipeline, job, run, &tables, &pulled.raw_hash)?;
    watch(Event::Counted { stage: Stage::Score, unit: Unit::Rows, count: tables.count()? });
    let tables = match draft {
        None => tables,
        Some(draft) => {
            draft.keep(&tables.frames, &origin, &noticed)?;
            drop(tables);
            // Cards are made from what is on the disk, by the first run as by every later one, and no table is whole in
            // memory.
            open()?
        }
    };
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
    let past = past_results(pipeline, job, period)?;
    let earlier = earlier_tables(pipeline, job, scheme, period)?;
    let compiled = score::compile(scheme)?;
    let as_of = day_of(job, cut_off);
    let (past, earlier) = (&past, &earlier);
    let input = Input { tables, period: *period, cut_off, as_of, past, earlier, adjustments };
    reckoning::appraise(pipeline, job, &compiled, &input, whom)
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

/// Which earlier periods the scheme compares with have no tables here: whether there was no data then, or they were only
/// never run, makes a difference to what people get.
fn without_history(pipeline: &Pipeline, job: &Job, scheme: &Scheme, period: &Period) -> Option<Finding> {
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

/// Scores again what a run scored, from the tables that it left.
pub(super) fn again(pipeline: &Pipeline, job: &Job, run: &Run) -> anyhow::Result<Appraisal> {
    let tables = kept_tables(pipeline, job, &run.period)?.context("no tables are kept")?;
    let cut_off = run.cut_off.context("the run never came to its data")?;
    let findings = pipeline.ledger.findings(&run.id)?;
    let set = adjustments::scored(job, &pipeline.ledger.run_adjustments(&run.id)?);
    let scheme = scheme_of_run(pipeline, job, run)?;
    let kept = Kept { tables: &tables, period: &run.period, cut_off };
    let appraisal = appraise_with(pipeline, job, &scheme, kept, &set, For::Look)?;
    Ok(Appraisal { findings, ..appraisal })
}

/// The version of the job's scheme that is in force at the period's end, with what persons filled in.
pub(super) fn scheme_of<'a>(pipeline: &'a Pipeline, job: &Job, period: &Period) -> anyhow::Result<Cow<'a, Scheme>> {
    let scheme = pipeline.schemes.in_force(&job.scheme, period.last_day()).map_err(Diagnostics::from)?;
    filled(pipeline, job, scheme)
}

/// A scheme with the values that it leaves unset and that persons filled in since.
pub(super) fn filled<'a>(pipeline: &Pipeline, job: &Job, scheme: &'a Scheme) -> anyhow::Result<Cow<'a, Scheme>> {
    let values = pipeline.ledger.scheme_values(&scheme.id, &scheme.version)?;
    if values.is_empty() {
        return Ok(Cow::Borrowed(scheme));
    }
    let fill = |value: SchemeValue| Fill {
        name: value.name,
        value: value.value,
        who: value.who,
        day: day_of(job, value.at),
        reason: value.reason,
    };
    Ok(Cow::Owned(scheme.filled(&values.into_iter().map(fill).collect::<Vec<_>>())?))
}

/// The version of the job's scheme that somebody named; the one in force at the period's end where nobody did.
pub(super) fn scheme_or<'a>(
    pipeline: &'a Pipeline,
    job: &Job,
    period: &Period,
    version: Option<&str>,
) -> anyhow::Result<Cow<'a, Scheme>> {
    match version {
        Some(version) => {
            let scheme = pipeline.schemes.version(&job.scheme, version).map_err(Diagnostics::from)?;
            filled(pipeline, job, scheme)
        }
        None => scheme_of(pipeline, job, period),
    }
}

/// What is wrong when a job and its scheme do not agree on how long a period is: what is paid for a quarter would be paid
/// for each month of it.
pub fn other_cycle(job: &Job, scheme: &Scheme) -> Option<Diagnostic> {
    let (ours, theirs) = (&job.cycle, &scheme.cycle);
    let text = || format!("job `{}` has the cycle `{ours}`, its scheme `{}` the cycle `{theirs}`", job.id, scheme.id);
    let wrong = || Diagnostic::error(text()).at(job.file.place(0..0)).hint("make `cycle` the same in both files");
    (ours != theirs).then(wrong)
}

/// Refuses a job whose scheme has another cycle.
pub(super) fn same_cycle(job: &Job, scheme: &Scheme) -> anyhow::Result<()> {
    other_cycle(job, scheme).map_or(Ok(()), |wrong| Err(Diagnostics::from(wrong).into()))
}

/// The version by which the newest run of a period scored; the one in force at its end where there was none.
pub(super) fn scheme_last_used<'a>(
    pipeline: &'a Pipeline,
    job: &Job,
    period: &Period,
) -> anyhow::Result<Cow<'a, Scheme>> {
    match pipeline.ledger.runs_of_period(&job.id, period)?.first() {
        Some(run) => scheme_of_run(pipeline, job, run),
        None => scheme_of(pipeline, job, period),
    }
}

/// The version of the scheme by which a run scores.
pub(super) fn scheme_of_run<'a>(pipeline: &'a Pipeline, job: &Job, run: &Run) -> anyhow::Result<Cow<'a, Scheme>> {
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
    let scheme = scheme_of_run(pipeline, job, run)?;
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

/// The day of an instant on the job's clocks.
pub(super) fn day_of(job: &Job, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&job.time_zone).date_naive()
}

fn only_team(job: &Job) -> Option<OnlyTeam> {
    let team = job.only_team.as_ref()?;
    Some(OnlyTeam { id: team.id.clone(), name: team.name.clone(), table: team.agents_of.clone() })
}
