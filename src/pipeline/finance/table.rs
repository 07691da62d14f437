//! `finance.csv`: a row an agent, a sum below each team and one below all; amounts are decimals with two places.

use super::account::{Account, Due, Entry, TeamAccount};
use crate::exact::Exact;

/// Columns before the amounts.
const BEFORE: [&str; 7] = ["row", "team", "team_name", "agent", "name", "status", "edition"];
/// Columns after the amounts.
const AFTER: [&str; 8] = ["currency", "job", "period", "run", "scheme", "scheme_version", "card_hash", "pdf_hash"];

/// The names of the columns.
pub(super) fn columns(account: &Account<'_>) -> Vec<String> {
    let of = |state: &str| -> Vec<String> {
        let each = account.components.iter().map(|(id, _)| format!("{state}.{id}"));
        each.chain([format!("{state}_sum")]).collect()
    };
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    [owned(&BEFORE), of("payable"), of("pending"), owned(&AFTER)].concat()
}

/// All rows.
pub(super) fn rows(account: &Account<'_>) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    for team in &account.teams {
        rows.extend(team.entries.iter().map(|entry| of_agent(account, entry)));
        rows.push(of_team(account, team));
    }
    let before = [Some("sum".to_owned()), None, None, None, None, None, None];
    rows.push(row(account, before, &account.due, [None, None]));
    rows
}

fn of_agent(account: &Account<'_>, entry: &Entry<'_>) -> Vec<Option<String>> {
    let card = entry.card;
    let before = [
        Some("agent".to_owned()),
        Some(card.team_id.clone()),
        Some(card.team_name.clone()),
        Some(card.agent.id.clone()),
        Some(card.agent.name.clone()),
        Some(entry.standing.word().to_owned()),
        entry.document.map(|one| one.edition.to_string()),
    ];
    let hashes =
        [entry.document.map(|one| one.content_hash.clone()), entry.document.and_then(|one| one.pdf_hash.clone())];
    row(account, before, &entry.due, hashes)
}

fn of_team(account: &Account<'_>, team: &TeamAccount<'_>) -> Vec<Option<String>> {
    let before =
        [Some("team-sum".to_owned()), Some(team.id.to_owned()), Some(team.name.to_owned()), None, None, None, None];
    row(account, before, &team.due, [None, None])
}

fn row(
    account: &Account<'_>,
    before: [Option<String>; 7],
    due: &Due,
    hashes: [Option<String>; 2],
) -> Vec<Option<String>> {
    let fixed = |amount: &Exact| amount.fixed(2);
    let mut cells = before.to_vec();
    for amounts in [&due.payable, &due.pending] {
        cells.extend(account.components.iter().map(|(id, _)| amounts.get(id).map(fixed)));
        cells.push(amounts.sum().as_ref().map(fixed));
    }
    let run = account.run;
    cells.extend(
        ["CNY", &run.job, &run.period.to_string(), &run.id, &account.scheme.id, &account.scheme.version]
            .map(|text| Some(text.to_owned())),
    );
    cells.extend(hashes);
    cells
}
