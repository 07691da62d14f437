//! Amounts of money: each with its rule, and what they sum to.

use serde_json::{Value, json};

use super::body::said;
use super::clean::clean;
use super::figures::yuan;
use crate::exact::Exact;
use crate::score::appraisal::{Card, MoneyLine};
use crate::words::{Bilingual, Locale};

/// The amounts of a card, what they sum to, and what still waits for somebody's approval; `null` without any.
pub(super) fn money_body(card: &Card, locale: Locale) -> Value {
    if card.money.is_empty() {
        return Value::Null;
    }
    let line = |line: &MoneyLine| {
        json!({
            "label": said(&line.label, locale),
            "amount": yuan(&line.amount, 2),
            "rule": said(&line.worked, locale),
            "waits": line.needs_approval,
        })
    };
    json!({
        "lines": card.money.iter().map(line).collect::<Vec<_>>(),
        "sum": sum(card, false).map(|sum| yuan(&sum, 2)),
        "waiting": sum(card, true).map(|sum| yuan(&sum, 2)),
    })
}

/// A component of pay: its id, its name, and whether it waits for approval.
pub(super) type Component<'c> = (&'c str, &'c Bilingual, bool);

/// Every component of which anybody has an amount, in the order in which they are met.
pub(super) fn components<'c>(cards: &[&'c Card]) -> Vec<Component<'c>> {
    let mut components: Vec<Component<'c>> = Vec::new();
    for line in cards.iter().flat_map(|card| &card.money) {
        if !components.iter().any(|(id, ..)| *id == line.id) {
            components.push((&line.id, &line.label, line.needs_approval));
        }
    }
    components
}

/// The amounts of a team: a row per agent, a column per component; `null` where nobody has any.
pub(super) fn team_money(cards: &[&Card], locale: Locale) -> Value {
    let columns = components(cards);
    if columns.is_empty() {
        return Value::Null;
    }
    let amount = |card: &Card, id: &str| card.money.iter().find(|line| line.id == id).map(|line| line.amount.clone());
    let row = |card: &&Card| {
        let cell = |(id, ..): &Component<'_>| amount(card, id).map(|amount| yuan(&amount, 2));
        json!({
            "id": clean(&card.agent.id),
            "name": clean(&card.agent.name),
            "cells": columns.iter().map(cell).collect::<Vec<_>>(),
            "sum": sum(card, false).map(|sum| yuan(&sum, 2)),
        })
    };
    let whole = |(id, ..): &Component<'_>| yuan(&cards.iter().filter_map(|card| amount(card, id)).sum::<Exact>(), 2);
    let all: Exact = cards.iter().filter_map(|card| sum(card, false)).sum();
    json!({
        "columns": columns.iter().map(|(_, label, waits)| json!({ "label": said(label, locale), "waits": waits })).collect::<Vec<_>>(),
        "rows": cards.iter().filter(|card| !card.money.is_empty()).map(row).collect::<Vec<_>>(),
        "sums": columns.iter().map(whole).collect::<Vec<_>>(),
        "sum": yuan(&all, 2),
    })
}

/// The sum of what waits for approval, or of what does not; `None` where there is none of it.
fn sum(card: &Card, waits: bool) -> Option<Exact> {
    let mut amounts = card.money.iter().filter(|line| line.needs_approval == waits).map(|line| line.amount.clone());
    let first = amounts.next()?;
    Some(amounts.fold(first, |sum, amount| sum + amount))
}
