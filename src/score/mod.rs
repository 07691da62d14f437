//! Scoring: canonical tables and a scheme in, an [`Appraisal`] out; no disk, no network, no clock.
//!
//! [`compile`] turns the scheme's SQL into queries; [`appraise`] runs them (`measure`, one `scan` for each table, its rows
//! as they lie in `runs`), then goes stage after stage (`appraise`): points of every line (`line`), totals, gates, places,
//! quotas, pools, pay, proposals.
//! Whatever a scheme says in an expression is evaluated on a `desk`, where every name has a value. After the queries
//! everything is exact arithmetic, agents side by side; what comes of it is put together in the roster's order, whichever
//! thread was first.

mod adding;
mod adjustments;
mod advice;
pub mod appraisal;
mod appraise;
mod attendance;
mod card;
mod compile;
mod desk;
mod evidence;
mod facts;
mod findings;
mod fold;
mod following;
pub mod forms;
mod gate;
mod groups;
mod insight;
mod ladder;
mod line;
mod measure;
mod measures;
mod milestone;
mod one_sided;
mod order;
mod pay;
mod person;
mod plan;
mod pool;
mod population;
mod question;
mod quota;
mod reason;
mod reconcile;
mod results;
mod runs;
mod scan;
mod slip;
mod streak;
mod sums;
mod total;
mod uncounted;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::{Engine, IntoLazy};

use crate::exact::Exact;
use crate::period::Period;
use crate::scheme::formula::{Name, Value};
use crate::scheme::{Formula, Scheme};
use crate::tables::{Member, Tables};

use facts::{Evidence, Facts};
use population::Population;

pub use adjustments::{Adjustment, Sets};
pub use appraisal::Appraisal;
pub use compile::{Compiled, compile};
pub use population::roster;
pub use question::{Answers, Keep, Parts, Question, Sum};

/// Starts the threads of the engine, which keep the priority of whoever asks it first.
pub fn start_threads() {
    rayon::broadcast(|_| ());
    let one = polars::df!("one" => [1i64]).map(|frame| frame.lazy().select([polars::prelude::col("one").sum()]));
    for engine in [Engine::Streaming, Engine::InMemory] {
        // A query that could not begin here is told of by the run that needs it.
        drop(one.clone().map(|rows| rows.collect_with_engine(engine)));
    }
}

/// What a scheme is applied to.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The facts and the people.
    pub tables: &'a Tables,
    /// The days that count.
    pub period: Period,
    /// When the facts were pulled.
    pub cut_off: DateTime<Utc>,
    /// The day of that instant on the job's clocks: rows younger than their maturity are provisional on it.
    pub as_of: NaiveDate,
    /// Earlier results of the same job.
    pub past: &'a [PastResult],
    /// The tables of earlier periods that are kept.
    pub earlier: &'a BTreeMap<Period, Tables>,
    /// What people set by hand, the first one first.
    pub adjustments: &'a [Adjustment],
}

/// What an agent reached in an earlier period.
#[derive(Clone, Debug)]
pub struct PastResult {
    /// Staff number.
    pub agent: String,
    /// The team at that time.
    pub team: String,
    /// When.
    pub period: Period,
    /// The total, `None` when not scored.
    pub total: Option<Exact>,
    /// The place in the ranking.
    pub rank: Option<u32>,
    /// Among how many.
    pub ranked: Option<u32>,
    /// The grade's id.
    pub grade: Option<String>,
    /// The gates and quotas that held.
    pub marks: BTreeSet<String>,
}

/// How many periods back the results lie that a scheme's streaks and its cards' trends ask for.
pub fn reaches_back(scheme: &Scheme) -> u32 {
    scheme.streaks.iter().map(streak::reaches_back).max().unwrap_or(0).max(card::TREND)
}

/// Applies a compiled scheme.
pub fn appraise(compiled: &Compiled<'_>, input: &Input<'_>) -> anyhow::Result<Appraisal> {
    let (facts, population) = prepare(compiled, input)?;
    let attendance = attendance::count(input.tables)?;
    let worked = appraise::work(compiled, input, &population, &facts)?;
    let desk = desk::Desk::new(&facts, &worked.results);
    let alerts = watch::alerts(compiled, &desk, input)?;
    let disagreements = reconcile::findings(&desk);
    let halves = one_sided::findings(compiled, input)?;
    let uncounted = uncounted::finding(&facts, input.tables)?;
    let insights = insight::drawn(compiled, &desk, input.tables)?;
    let mut appraisal = card::assemble(&facts, input, worked, &attendance, insights);
    appraisal.findings.extend(alerts.iter().map(watch::finding).chain(disagreements));
    appraisal.findings.extend(halves.into_iter().chain(uncounted));
    appraisal.findings.extend(adjustments::unfitting(input.adjustments, &appraisal.cards));
    appraisal.alerts = alerts.into();
    Ok(appraisal)
}

/// Everything that [`appraise`] would count over the rows of kept tables, for an engine that counts it beforehand.
pub fn questions(compiled: &Compiled<'_>, input: &Input<'_>) -> anyhow::Result<Vec<Question>> {
    let noted = Arc::new(Mutex::new(Vec::new()));
    let noting = compiled.noting(&noted);
    prepare(&noting, input)?;
    watch::reach_back(&noting, input)?;
    Ok(std::mem::take(&mut noted.lock().unwrap_or_else(PoisonError::into_inner)))
}

/// Every agent's value of every metric, formula, lookup and parameter, by staff number and id; for trying a scheme out.
pub fn values(compiled: &Compiled<'_>, input: &Input<'_>) -> anyhow::Result<BTreeMap<String, BTreeMap<String, Value>>> {
    let (facts, population) = prepare(compiled, input)?;
    let worked = appraise::work(compiled, input, &population, &facts)?;
    let desk = desk::Desk::new(&facts, &worked.results);
    let of = |member: &Member| {
        let value = |id: &str| (id.to_owned(), desk.of_agent(&Formula::of_name(Name::own(id)), member));
        (member.id.clone(), compiled.scheme.values().map(value).collect())
    };
    Ok(facts.roster.agents().map(of).collect())
}

/// Counts what is asked for and decides who is who, for the period and the one before.
fn prepare<'a>(compiled: &Compiled<'a>, input: &Input<'a>) -> anyhow::Result<(Facts<'a>, Population)> {
    let mut facts = facts_of(compiled, input, input.tables, input.period)?;
    let before = input.period.previous();
    if let Some(tables) = input.earlier.get(&before) {
        let mut previous = facts_of(compiled, input, tables, before)?;
        population::decide(&mut previous);
        facts.previous = Some(Box::new(previous));
    }
    let population = population::decide(&mut facts);
    if !insight::by_day_of_agents(compiled, input.tables) && watch::by_day(compiled.scheme).is_empty() {
        facts.forget_agents_days();
    }
    Ok((facts, population))
}

fn facts_of<'a>(
    compiled: &Compiled<'a>,
    input: &Input<'a>,
    tables: &'a Tables,
    period: Period,
) -> anyhow::Result<Facts<'a>> {
    let roster = population::roster(compiled.scheme, tables, &period, input.as_of)?;
    let (as_of, by_day) = match period == input.period {
        true => (input.as_of, &insight::by_day(compiled, tables) | &watch::by_day(compiled.scheme)),
        // What was pulled for an earlier period has long been final, and only its whole is compared with.
        false => (NaiveDate::MAX, BTreeSet::new()),
    };
    Facts::count(compiled, Evidence { tables, roster, period, as_of, by_day, earlier: input.earlier })
}
