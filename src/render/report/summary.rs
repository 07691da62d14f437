//! All teams side by side: results, whole ranking, figures and pools, money to the fen, what needs a decision.

use serde_json::{Value, json};

use super::ranking::{any_moved, tables, unscored};
use super::{Matter, people, text};
use crate::exact::Exact;
use crate::finding::{Finding, Weight};
use crate::render::body::{grades_body, said};
use crate::render::clean::clean;
use crate::render::consequence::{team_marks, team_proposals};
use crate::render::distribution::{grade_counts, tiles};
use crate::render::figures::{number, yuan};
use crate::render::group::{group_body, groups_of};
use crate::render::money::components;
use crate::render::pack::{named_or, places_of, scored};
use crate::score::appraisal::{Card, GroupFigures, Level, MoneyLine, PoolFigures, Team};
use crate::words::Locale;

pub(super) fn body(matter: &Matter<'_>) -> Option<Value> {
    let (appraisal, locale) = (matter.appraisal, matter.locale);
    let cards = matter.cards();
    if cards.is_empty() {
        return None;
    }
    let teams = matter.about.teams(appraisal);
    let rows: Vec<Value> = teams.iter().map(|team| team_row(matter, team, &of_team(&cards, team))).collect();
    Some(json!({
        "grades": grades_body(appraisal, locale),
        "teams": rows,
        "all": numbers(matter, &cards, &Team { mean_total: mean(&cards), ..nobody() }),
        "tables": tables(matter, &cards),
        "any_moved": any_moved(matter, &cards),
        "unscored": unscored(matter, &cards),
        "groups": groups(matter, &teams, &cards),
        "marks": team_marks(&cards, locale),
        "money": money(matter, &teams, &cards),
        "proposals": team_proposals(&cards, locale),
        "held": findings(matter, |finding| finding.weight != Weight::Note),
        "notes": findings(matter, |finding| finding.weight == Weight::Note && concerns_nobody_alone(matter, finding)),
        "more_notes": appraisal.findings.iter().filter(|one| one.weight == Weight::Note && !concerns_nobody_alone(matter, one)).count(),
    }))
}

fn of_team<'a>(cards: &[&'a Card], team: &Team) -> Vec<&'a Card> {
    cards.iter().copied().filter(|card| card.team_id == team.id).collect()
}

/// A team without anything, for numbers of all.
fn nobody() -> Team {
    Team { id: String::new(), name: String::new(), manager: None, mean_total: None }
}

fn mean(cards: &[&Card]) -> Option<Exact> {
    let totals: Vec<Exact> = scored(cards).map(|(_, total)| total.clone()).collect();
    let count = Exact::whole(totals.len() as i64);
    totals.into_iter().sum::<Exact>().checked_div(&count)
}

fn team_row(matter: &Matter<'_>, team: &Team, cards: &[&Card]) -> Value {
    let mut row = numbers(matter, cards, team);
    row["id"] = json!(clean(&team.id));
    row["name"] = json!(named_or(&team.name, &team.id));
    row["manager"] = json!(team.manager.as_ref().map(|manager| clean(&manager.name)));
    row
}

/// How many were scored, how their totals lie, and how many have each grade.
fn numbers(matter: &Matter<'_>, cards: &[&Card], team: &Team) -> Value {
    let appraisal = matter.appraisal;
    let all: Vec<&Card> = appraisal.cards.iter().collect();
    let mut numbers = tiles(team, cards, places_of(appraisal, &all).min(2));
    let totals = || scored(cards).map(|(_, total)| total);
    let at =
        |total: &Exact| total.checked_div(&appraisal.scheme.full_marks).map(|share| share.to_f64().clamp(0.0, 1.0));
    numbers["lowest_at"] = json!(totals().min().and_then(at));
    numbers["best_at"] = json!(totals().max().and_then(at));
    numbers["mean_at"] = json!(team.mean_total.as_ref().and_then(at));
    numbers["grades"] = grade_counts(appraisal, cards, matter.locale);
    numbers
}

/// Figures and pools; a team's under its name, and of each pool what every team got of it.
fn groups(matter: &Matter<'_>, teams: &[&Team], cards: &[&Card]) -> Value {
    groups_of(matter.appraisal, cards).map(|group| group_row(matter, group, teams, cards)).collect()
}

fn group_row(matter: &Matter<'_>, group: &GroupFigures, teams: &[&Team], cards: &[&Card]) -> Value {
    let mut row = group_body(group, cards, matter.locale);
    if let Some(team) = teams.iter().find(|team| group.level == Level::Team && team.id == group.id) {
        // A heading that is not a kind of group but a name.
        (row["level"], row["id"]) = (json!("name"), json!(named_or(&team.name, &team.id)));
    }
    let members: Vec<&Card> = cards.iter().copied().filter(|card| group.members.contains(&card.agent.id)).collect();
    let parts = |pool: &PoolFigures| -> Value {
        let part = |team: &&Team| {
            let amount = sum(&of_team(&members, team), |line| line.id == pool.id)?;
            Some(json!({ "name": named_or(&team.name, &team.id), "amount": yuan(&amount, 2) }))
        };
        teams.iter().filter_map(part).collect()
    };
    for (at, pool) in group.pools.iter().enumerate().filter(|_| teams.len() > 1) {
        row["pools"][at]["parts"] = parts(pool);
    }
    row
}

/// Every component of money in a column, every team in a row, with sums that equal their parts; what waits for approval
/// is in its own column and in no sum. `null` where nobody has any.
fn money(matter: &Matter<'_>, teams: &[&Team], cards: &[&Card]) -> Value {
    let columns = components(cards);
    if columns.is_empty() {
        return Value::Null;
    }
    let row = |team: &&Team| {
        let own = of_team(cards, team);
        json!({
            "name": named_or(&team.name, &team.id),
            "people": own.iter().filter(|card| !card.money.is_empty()).count(),
            "cells": columns.iter().map(|(id, ..)| printed(sum(&own, |line| line.id == *id))).collect::<Vec<_>>(),
            "sum": printed(sum(&own, |line| !line.needs_approval)),
        })
    };
    json!({
        "columns": columns.iter().map(|(_, label, waits)| json!({ "label": said(label, matter.locale), "waits": waits })).collect::<Vec<_>>(),
        "rows": teams.iter().map(row).collect::<Vec<_>>(),
        "people": cards.iter().filter(|card| !card.money.is_empty()).count(),
        "sums": columns.iter().map(|(id, ..)| printed(sum(cards, |line| line.id == *id))).collect::<Vec<_>>(),
        "sum": printed(sum(cards, |line| !line.needs_approval)),
        "waiting": printed(sum(cards, |line| line.needs_approval)),
    })
}

/// The sum of some amounts; `None` where there are none of them.
fn sum(cards: &[&Card], of: impl Fn(&MoneyLine) -> bool) -> Option<Exact> {
    let amounts = cards.iter().flat_map(|card| &card.money).filter(|line| of(line)).map(|line| line.amount.clone());
    amounts.reduce(|sum, amount| sum + amount)
}

fn printed(amount: Option<Exact>) -> Option<String> {
    amount.map(|amount| yuan(&amount, 2))
}

/// Whether a finding is about the data or a team, not about one agent.
fn concerns_nobody_alone(matter: &Matter<'_>, finding: &Finding) -> bool {
    let subject = finding.subject.as_ref();
    !subject.is_some_and(|subject| matter.appraisal.cards.iter().any(|card| card.agent.id == *subject))
}

fn findings(matter: &Matter<'_>, wanted: impl Fn(&Finding) -> bool) -> Value {
    let mut found: Vec<&Finding> = matter.appraisal.findings.iter().filter(|finding| wanted(finding)).collect();
    found.sort_by_key(|finding| finding.weight);
    let row = |finding: &Finding| {
        let text = said(&finding.text, matter.locale);
        let subject = finding.subject.as_deref().map(clean).filter(|subject| !text.contains(subject.as_str()));
        json!({
            "held": finding.weight != Weight::Note,
            "subject": subject.map(|subject| named(matter, &subject)),
            "text": text,
            "next": said(&finding.next, matter.locale),
        })
    };
    found.into_iter().map(row).collect()
}

fn named(matter: &Matter<'_>, subject: &str) -> String {
    let card = matter.appraisal.cards.iter().find(|card| card.agent.id == subject);
    card.map_or_else(|| subject.to_owned(), |card| format!("{} {subject}", clean(&card.agent.name)))
}

/// Says how many were scored, their mean, what is paid and what waits.
pub(super) fn brief(body: &Value, locale: Locale) -> Value {
    let all = &body["all"];
    let scored = match locale {
        Locale::Zh => format!("{} / {} 人", all["scored"], all["of"]),
        Locale::En => format!("{} of {}", all["scored"], all["of"]),
    };
    let mut facts = vec![json!({ "label": locale.say("已评分", "scored"), "value": scored })];
    let mut more = |label: &str, value: String| {
        if !value.is_empty() {
            facts.push(json!({ "label": label, "value": value }));
        }
    };
    more(locale.say("平均分", "mean"), text(&all["mean"]));
    more(locale.say("金额合计", "amounts"), text(&body["money"]["sum"]));
    let count = |key: &str| body[key].as_array().map_or(0, Vec::len);
    let decisions = count("proposals") + count("held");
    more(
        locale.say("待决事项", "to decide"),
        if decisions > 0 { number(&Exact::whole(decisions as i64), 0) } else { String::new() },
    );
    let team = |row: &Value| {
        vec![text(&row["name"]), people(row["scored"].as_u64().unwrap_or(0) as usize, locale), text(&row["mean"])]
    };
    let teams: Vec<Vec<String>> = body["teams"].as_array().into_iter().flatten().take(12).map(team).collect();
    let head = [locale.say("团队", "Team"), locale.say("已评分", "Scored"), locale.say("平均分", "Mean")];
    json!({
        "facts": facts,
        "table": if teams.is_empty() { Value::Null } else { json!({ "head": head, "rows": teams }) },
        "own": null,
        "note": null,
    })
}
