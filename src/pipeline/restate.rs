//! Restatement watch: data of a period whose cards were issued is not what it was. It is said what changed and which cards
//! would change by how much; nothing follows from it by itself.

use anyhow::bail;

use crate::diag::Diagnostics;
use crate::finding::Finding;
use crate::job::Job;
use crate::ledger::{Claim, Holder, Run, RunState, Scope, Trigger};
use crate::period::Period;
use crate::render::Change;
use crate::score::Appraisal;
use crate::tables::gate::days;
use crate::tables::{Difference, Draft, Tables, difference};
use crate::words::Bilingual;

use super::{Pipeline, build, effects, keeping, pull, versions};

/// How many earlier runs of a job are looked through for the last one of the period.
const RUNS: u32 = 500;

/// What differs from the data of the last run of this period that came to cards; nothing when there was none, or when
/// its pages were the same.
pub(super) fn differences(
    pipeline: &Pipeline,
    job: &Job,
    run: &Run,
    now: &Tables,
    raw_hash: &str,
) -> anyhow::Result<Vec<Difference>> {
    match last_issued(pipeline, job, &run.period, Some(&run.id))? {
        Some(last) if last.pins.raw.as_deref() != Some(raw_hash) => since_last(pipeline, job, &run.period, now),
        _ => Ok(Vec::new()),
    }
}

/// What is said about a closed period of whose days a later pull changed something; asks no source for anything.
pub async fn restated(pipeline: &Pipeline, job: &str, period: &Period) -> anyhow::Result<Vec<Finding>> {
    let job = pipeline.jobs.get(job).map_err(Diagnostics::from)?;
    let Some(last) = last_issued(pipeline, job, period, None)? else { return Ok(Vec::new()) };
    if !pull::was_changed_since(pipeline, job, period, last.created_at)? {
        return Ok(Vec::new());
    }
    let kept = pull::kept(pipeline, job, period).await?;
    let Some(kept) = kept.filter(|kept| last.pins.raw.as_ref() != Some(&kept.raw_hash)) else { return Ok(Vec::new()) };
    let (draft, _look) = look(pipeline, job, period)?;
    let tables = keeping::laid(&draft, job, period, kept.stocks, kept.cut_off)?;
    let differences = since_last(pipeline, job, period, &tables)?;
    let scheme = versions::scheme_of_run(pipeline, job, &last)?;
    let appraisal = build::appraise(pipeline, job, &scheme, &tables, period, kept.cut_off)?;
    findings(pipeline, job, &appraisal, &differences)
}

/// A draft that is never kept, beside the tables of a period and whoever works on them, and the right to it.
fn look(pipeline: &Pipeline, job: &Job, period: &Period) -> anyhow::Result<(Draft, Holder)> {
    // The name by which leftovers are swept is that of the right.
    let name = format!("{period}.look");
    match pipeline.ledger.claim_run(&pipeline.settings.data, &job.id, &name, &Scope::default())? {
        Claim::Held(holder) => Ok((Draft::begin(&pipeline.folders.tables(&job.id, &name))?, holder)),
        Claim::Busy { by } => bail!("somebody else looks at what changed in {period} ({by}); try again after them"),
    }
}

/// How many closed periods before its own a scheduled run looks at.
const EARLIER: usize = 3;

/// The same about the periods before one; a period that cannot be read any more stops nobody's cards.
pub(super) async fn earlier(pipeline: &Pipeline, job: &Job, period: &Period) -> Vec<Finding> {
    let mut findings = Vec::new();
    for before in std::iter::successors(Some(period.previous()), |before| Some(before.previous())).take(EARLIER) {
        match restated(pipeline, &job.id, &before).await {
            Ok(told) => findings.extend(told),
            Err(error) => {
                tracing::warn!(job = job.id, period = %before, "a closed period cannot be looked at: {error:#}")
            }
        }
    }
    findings
}

/// What differs from the tables that the last run of the period left.
fn since_last(pipeline: &Pipeline, job: &Job, period: &Period, now: &Tables) -> anyhow::Result<Vec<Difference>> {
    match keeping::kept_tables(pipeline, job, period)? {
        Some(kept) => difference(&kept, now),
        None => Ok(Vec::new()),
    }
}

/// The last run of a period that came to cards, apart from one.
fn last_issued(pipeline: &Pipeline, job: &Job, period: &Period, except: Option<&str>) -> anyhow::Result<Option<Run>> {
    let runs = pipeline.ledger.runs(Some(&job.id), RUNS)?;
    let has_cards = |one: &Run| {
        let came_to_cards = one.state == RunState::Ready || has_gone_out(one.state);
        one.trigger != Trigger::History && one.pins.raw.is_some() && came_to_cards
    };
    let is_other = |one: &Run| one.period == *period && except.is_none_or(|id| id != one.id);
    Ok(runs.into_iter().find(|one| is_other(one) && has_cards(one)))
}

fn has_gone_out(state: RunState) -> bool {
    matches!(state, RunState::Releasing | RunState::Sent | RunState::PartlySent | RunState::Done)
}

/// What people are told: the changed data in one note, and one for each card that would change.
pub(super) fn findings(
    pipeline: &Pipeline,
    job: &Job,
    appraisal: &Appraisal,
    differences: &[Difference],
) -> anyhow::Result<Vec<Finding>> {
    if differences.is_empty() {
        return Ok(Vec::new());
    }
    let changed = effects::of(pipeline, job, &Scope::default(), appraisal)?.changes();
    // Whoever has no card yet is new, not restated.
    let changed: Vec<(String, Vec<Change>)> = changed.into_iter().filter(|(_, changes)| !changes.is_empty()).collect();
    let cards = changed.iter().map(|(agent, changes)| card(agent, changes, appraisal));
    Ok(std::iter::once(data(differences, changed.len(), appraisal)).chain(cards).collect())
}

fn data(differences: &[Difference], cards: usize, appraisal: &Appraisal) -> Finding {
    let tables: Vec<Bilingual> = differences.iter().map(with_days).collect();
    let list = |pick: fn(&Bilingual) -> &str, mark: &str| tables.iter().map(pick).collect::<Vec<&str>>().join(mark);
    let period = appraisal.period;
    Finding::note(
        "restated-data",
        Bilingual::new(
            format!("{period} 出卡之后数据有变化：{}；{cards} 张绩效卡随之变化", list(|one| &one.zh, "；")),
            format!(
                "the data of {period} has changed since its cards were issued: {}; {cards} cards change",
                list(|one| &one.en, "; ")
            ),
        ),
    )
    .next(Bilingual::new(
        "请核对变化的原因；放行后才会发出新版次",
        "look at what changed; new editions go out only when they are released",
    ))
}

fn with_days(one: &Difference) -> Bilingual {
    let (text, days) = (one.text(), days::listed(&one.days));
    match one.days.is_empty() {
        true => text,
        false => Bilingual::new(format!("{}（{}）", text.zh, days.zh), format!("{} ({})", text.en, days.en)),
    }
}

fn card(agent: &str, changes: &[Change], appraisal: &Appraisal) -> Finding {
    let name = appraisal.cards.iter().find(|card| card.agent.id == agent).map(|card| card.agent.name.as_str());
    let name = name.unwrap_or_default();
    let list = |zh: bool, mark: &str| {
        let what = |change: &Change| if zh { change.what.zh.clone() } else { change.what.en.clone() };
        let one = |change: &Change| format!("{} {} → {}", what(change), change.before, change.after);
        changes.iter().map(one).collect::<Vec<String>>().join(mark)
    };
    Finding::note(
        "restated-card",
        Bilingual::new(
            format!("{name}（{agent}）的绩效卡随数据变化：{}", list(true, "，")),
            format!("the card of {name} ({agent}) changes with the data: {}", list(false, ", ")),
        ),
    )
    .about(agent)
}
