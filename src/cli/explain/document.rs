//! The tree as JSON, every number exact to twelve decimals.

use serde_json::{Value, json};

use crate::exact::Exact;
use crate::pipeline::Explanation;
use crate::score::appraisal::{
    Card, Figure, Line, LineKind, Measured, MoneyLine, Origin, Proposal, Standing, WeekPoints,
};
use crate::tables::Rows;

/// What `--json` prints.
pub(super) fn document(explanation: &Explanation, period: &str) -> Value {
    let card = &explanation.card;
    json!({
        "agent": card.agent.id, "name": card.agent.name, "team": card.team_id, "period": period,
        "scheme": explanation.scheme, "edition": explanation.edition, "as_issued": explanation.as_issued,
        "standing": standing(card),
        "lines": card.lines.iter().zip(&explanation.rows).map(|(one, rows)| line(one, rows)).collect::<Vec<_>>(),
        "marks": card.marks.iter().map(|mark| json!({ "id": mark.id, "label": mark.label })).collect::<Vec<_>>(),
        "money": card.money.iter().map(money).collect::<Vec<_>>(),
        "proposals": card.proposals.iter().map(proposal).collect::<Vec<_>>(),
        "figures": explanation.figures.iter().map(figure).collect::<Vec<_>>(),
        "remarks": card.remarks,
    })
}

fn exact(one: &Exact) -> String {
    one.trimmed(12)
}

fn standing(card: &Card) -> Value {
    match &card.standing {
        Standing::Scored { total, rank, of, grade, .. } => {
            let grade = Some(grade).filter(|grade| !grade.zh.is_empty());
            json!({ "total": exact(total), "rank": rank, "of": of, "grade": grade })
        }
        Standing::NotScored { reason } => json!({ "reason": reason }),
    }
}

fn line(line: &Line, rows: &[Rows]) -> Value {
    let reference = line.reference.as_ref().map(|one| {
        json!({
            "label": one.label, "measured": measured(&one.measured), "relation": one.relation.as_ref().map(exact),
        })
    });
    json!({
        "id": line.id, "label": line.label, "group": line.group, "apart": line.apart, "kind": kind(line.kind),
        "level": line.level.as_ref().map(|level| json!({ "id": level.id, "label": level.label })),
        "measured": line.measured.as_ref().map(measured), "reference": reference,
        "points": line.points.as_ref().map(exact), "full_marks": exact(&line.full_marks),
        "weight": exact(&line.weight), "effective_weight": exact(&line.effective_weight),
        "contribution": line.contribution.as_ref().map(exact), "status": line.status.word(), "unset": line.lacking,
        "rule": line.rule, "assumed": line.assumed,
        "weeks": line.weeks.iter().map(week).collect::<Vec<_>>(),
        "occurrences": line.occurrences.iter().map(|one| json!({
            "on": one.on.map(|on| on.to_string()), "what": one.what, "points": exact(&one.points),
        })).collect::<Vec<_>>(),
        "unmet": line.unmet.iter().map(|one| json!({
            "item": one.id, "text": one.text, "critical": one.critical,
        })).collect::<Vec<_>>(),
        "origins": line.origins.iter().zip(rows).map(|(one, rows)| origin(one, rows)).collect::<Vec<_>>(),
    })
}

fn kind(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Weighted => "weighted",
        LineKind::Added => "added",
        LineKind::Shown => "shown",
    }
}

fn measured(one: &Measured) -> Value {
    json!({
        "value": one.value.as_ref().map(exact), "numerator": exact(&one.numerator),
        "denominator": one.denominator.as_ref().map(exact),
    })
}

fn week(one: &WeekPoints) -> Value {
    json!({
        "week": one.week, "measured": one.measured.as_ref().map(measured),
        "points": one.points.as_ref().map(exact), "rule": one.rule,
    })
}

fn origin(one: &Origin, rows: &Rows) -> Value {
    json!({
        "label": one.label, "table": one.table, "expression": one.expression, "filter": one.filter,
        "rows": { "count": rows.count, "columns": rows.columns, "cells": rows.cells },
    })
}

fn money(one: &MoneyLine) -> Value {
    json!({
        "id": one.id, "label": one.label, "amount": one.amount.fixed(2), "rule": one.rule, "worked": one.worked,
        "needs_approval": one.needs_approval,
    })
}

fn figure(one: &Figure) -> Value {
    json!({ "id": one.id, "label": one.label, "value": one.value.as_ref().map(exact), "worked": one.worked })
}

fn proposal(one: &Proposal) -> Value {
    json!({
        "rule": one.rule, "kind": one.kind, "text": one.text, "evidence": one.evidence,
        "amount": one.amount.as_ref().map(|amount| amount.fixed(2)),
    })
}
