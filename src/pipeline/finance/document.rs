//! `finance.json`: the account for programs; every amount is a text of a decimal with two places.

use serde_json::{Map, Value, json};

use super::account::{Account, Amounts, Due, Entry, TeamAccount};
use super::proposals;

/// The whole account.
pub(super) fn document(account: &Account<'_>) -> Value {
    let run = account.run;
    let component =
        |(id, label): &(&str, &crate::words::Bilingual)| json!({ "id": id, "zh": label.zh, "en": label.en });
    json!({
        "currency": "CNY",
        "run": run.id,
        "job": run.job,
        "period": run.period.to_string(),
        "scope": run.scope.to_string(),
        "state": run.state.word(),
        "cut_off": run.cut_off.map(|at| at.to_rfc3339()),
        "raw": run.pins.raw,
        "scheme": { "id": account.scheme.id, "version": account.scheme.version, "hash": account.scheme.hash },
        "components": account.components.iter().map(component).collect::<Vec<_>>(),
        "agents": account.teams.iter().flat_map(|team| &team.entries).map(entry).collect::<Vec<_>>(),
        "teams": account.teams.iter().map(team).collect::<Vec<_>>(),
        "sum": due(&account.due),
        "proposals": account.proposals.iter().map(|one| proposals::document(one)).collect::<Vec<_>>(),
    })
}

fn entry(entry: &Entry<'_>) -> Value {
    let mut all = due(&entry.due);
    let own = json!({
        "agent": entry.card.agent.id,
        "name": entry.card.agent.name,
        "team": entry.card.team_id,
        "status": entry.standing.word(),
        "edition": entry.document.map(|one| one.edition),
        "card_hash": entry.document.map(|one| &one.content_hash),
        "pdf_hash": entry.document.and_then(|one| one.pdf_hash.as_ref()),
    });
    let (Value::Object(mut own), Value::Object(due)) = (own, all.take()) else { return Value::Null };
    own.extend(due);
    Value::Object(own)
}

fn team(team: &TeamAccount<'_>) -> Value {
    let mut sums = due(&team.due);
    let (Value::Object(mut own), Value::Object(due)) =
        (json!({ "team": team.id, "name": team.name, "agents": team.entries.len() }), sums.take())
    else {
        return Value::Null;
    };
    own.extend(due);
    Value::Object(own)
}

fn due(due: &Due) -> Value {
    json!({
        "payable": amounts(&due.payable),
        "payable_sum": due.payable.sum().map(|sum| sum.fixed(2)),
        "pending": amounts(&due.pending),
        "pending_sum": due.pending.sum().map(|sum| sum.fixed(2)),
    })
}

fn amounts(amounts: &Amounts) -> Value {
    let pairs = amounts.iter().map(|(component, amount)| (component.clone(), json!(amount.fixed(2))));
    Value::Object(pairs.collect::<Map<String, Value>>())
}
