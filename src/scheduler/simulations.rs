//! Drafts that the console wants tried on past periods; one at a time, because each scores whole months.

use anyhow::Context;

use crate::diag::Diagnostics;
use crate::ledger::{RequestState, Simulation, Tried, TriedAgent, TriedOutcome, TriedPeriod, TriedTotals};
use crate::period::Period;
use crate::pipeline::{self, Distribution, Pipeline, SchemeChange, SchemeOutcome, Simulated};
use crate::scheme::Registry;

use super::work::{Attempt, Work};

/// Lets those wait again that a process took which died.
pub(super) fn recover(pipeline: &Pipeline) -> anyhow::Result<()> {
    pipeline.ledger.recover_simulations(|worker| pipeline.ledger.alive(&pipeline.settings.data, worker))
}

/// The next one, unless one is at work.
pub(super) fn take(pipeline: &Pipeline, work: &Work) -> anyhow::Result<Option<Simulation>> {
    if work.tries_a_draft() { Ok(None) } else { pipeline.ledger.take_simulation(&pipeline.worker.id) }
}

/// Tries the draft and leaves what came of it; it is about no run.
pub(super) async fn act(attempt: Attempt, simulation: Simulation) -> Option<String> {
    let (pipeline, id) = (&*attempt.pipeline, simulation.id);
    let (answer, periods) = simulate(pipeline, &simulation).unwrap_or_else(|error| {
        tracing::warn!(simulation = id, error = format!("{error:#}"), "a draft could not be tried");
        (Tried { why: Some(why(&error)), ..Tried::default() }, Vec::new())
    });
    if let Err(error) = pipeline.ledger.end_simulation(id, &answer, &periods) {
        tracing::error!(simulation = id, error = format!("{error:#}"), "a simulation could not be kept");
    }
    None
}

/// Ends one whose task broke, unless it was ended before that.
pub(super) fn broke(pipeline: &Pipeline, id: i64) -> anyhow::Result<()> {
    let at_work = pipeline.ledger.simulation(id)?.is_some_and(|one| one.state == RequestState::Taken);
    if !at_work {
        return Ok(());
    }
    let why = Some("the program broke; look at its log and ask again".to_owned());
    pipeline.ledger.end_simulation(id, &Tried { why, ..Tried::default() }, &[])
}

/// What is wrong with a file is said without the file's lines.
fn why(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Diagnostics>() {
        Some(found) => found.sorted().iter().map(|one| one.message.as_str()).collect::<Vec<_>>().join("; "),
        None => format!("{error:#}"),
    }
}

fn simulate(pipeline: &Pipeline, simulation: &Simulation) -> anyhow::Result<(Tried, Vec<TriedPeriod>)> {
    let asked = &simulation.asked;
    // Drafts are written while the service runs.
    let (registry, _) = Registry::review(&pipeline.settings.jobs.join("schemes"));
    let mut all = registry.all().iter();
    let draft = all.find(|scheme| scheme.id == asked.scheme && scheme.version == asked.version);
    let draft = draft.with_context(|| format!("scheme `{}` {} is no longer here", asked.scheme, asked.version))?;
    let periods: Vec<Period> = asked.periods.split(' ').filter_map(Period::parse).collect();
    let simulated = pipeline::simulate(pipeline, &asked.job, draft, &periods)?;
    let missing = simulated.missing.iter().map(Period::name).collect();
    let tried = Tried { in_force: Some(simulated.in_force), missing, why: None };
    Ok((tried, simulated.periods.iter().map(period).collect()))
}

fn period(one: &Simulated) -> TriedPeriod {
    TriedPeriod {
        period: one.period.name(),
        totals: [totals(&one.before), totals(&one.after)],
        agents: one.changes.iter().map(tried).collect(),
    }
}

fn totals(one: &Distribution) -> TriedTotals {
    TriedTotals {
        scored: one.scored,
        quartiles: one.quartiles.as_ref().map(|five| five.each_ref().map(|total| total.fixed(2))),
        mean: one.mean.as_ref().map(|mean| mean.fixed(2)),
        grades: one.grades.clone(),
        pay: one.pay.fixed(2),
        for_approval: one.for_approval.fixed(2),
        holds: one.holds.clone(),
    }
}

/// What became of one agent, as the ledger keeps it.
pub fn tried(one: &SchemeChange) -> TriedAgent {
    TriedAgent {
        agent: one.agent.clone(),
        name: one.name.clone(),
        team: one.team.clone(),
        team_name: one.team_name.clone(),
        before: one.before.as_ref().map(outcome),
        after: one.after.as_ref().map(outcome),
        changes: one.changes_grade() || one.changes_rank() || one.changes_pay(),
    }
}

fn outcome(one: &SchemeOutcome) -> TriedOutcome {
    let reached = one.reached.as_ref();
    TriedOutcome {
        total: reached.map(|one| one.total.trimmed(12)),
        rank: reached.map(|one| one.rank),
        grade: reached.map(|one| one.grade.clone()),
        pay: one.pay.fixed(2),
        for_approval: one.for_approval.fixed(2),
        proposals: one.proposals.clone(),
    }
}
