//! A simulation for a program.

use serde_json::{Value, json};

use crate::pipeline::{Distribution, SchemeChange, SchemeOutcome, Simulated, Simulation};

use super::cells::yuan;

/// Everything in one document.
pub(super) fn document(job: &str, simulation: &Simulation) -> Value {
    let scheme = |(id, version): &(String, String)| json!({ "id": id, "version": version });
    json!({
        "job": job, "in-force": scheme(&simulation.in_force), "draft": scheme(&simulation.draft),
        "missing": simulation.missing.iter().map(|period| period.name()).collect::<Vec<_>>(),
        "periods": simulation.periods.iter().map(period).collect::<Vec<_>>(),
    })
}

fn period(one: &Simulated) -> Value {
    json!({
        "period": one.period.name(), "before": distribution(&one.before), "after": distribution(&one.after),
        "agents": one.changes.iter().map(change).collect::<Vec<_>>(),
    })
}

fn distribution(one: &Distribution) -> Value {
    let five = one.quartiles.as_ref().map(|five| five.each_ref().map(|total| total.trimmed(12)));
    let five = |place: usize| five.as_ref().map(|five| five[place].clone());
    let grades = one.grades.iter().map(|(label, count)| json!({ "label": label, "count": count }));
    json!({
        "scored": one.scored, "not-scored": one.not_scored, "min": five(0), "lower-quartile": five(1), "median": five(2),
        "upper-quartile": five(3), "max": five(4), "mean": one.mean.as_ref().map(|mean| mean.trimmed(12)),
        "grades": grades.collect::<Vec<_>>(), "pay": yuan(&one.pay), "for-approval": yuan(&one.for_approval),
        "holds": one.holds,
    })
}

fn change(one: &SchemeChange) -> Value {
    json!({
        "agent": one.agent, "name": one.name, "team": one.team,
        "before": one.before.as_ref().map(outcome), "after": one.after.as_ref().map(outcome),
        "changes-grade": one.changes_grade(), "changes-rank": one.changes_rank(), "changes-pay": one.changes_pay(),
    })
}

fn outcome(one: &SchemeOutcome) -> Value {
    let reached = one.reached.as_ref();
    json!({
        "total": reached.map(|one| one.total.trimmed(12)), "rank": reached.map(|one| one.rank),
        "of": reached.map(|one| one.of), "grade": reached.map(|one| &one.grade),
        "pay": yuan(&one.pay), "for-approval": yuan(&one.for_approval), "proposals": one.proposals,
    })
}
