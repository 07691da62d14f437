//! `token`: programs that may ask the console's interface in a person's name.

use anyhow::Context;
use chrono::TimeDelta;
use serde_json::json;

use crate::console::{fresh_token, hash_token};
use crate::ledger::{Ability, ApiToken, Ledger, NewApiToken};
use crate::settings::Settings;

use super::arguments::{TokenAbility, TokenCommand};
use super::fault::Fault;
use super::printer::Printer;
use super::{Ending, who};

/// Makes, lists or takes back tokens.
pub(super) fn token(settings: &Settings, command: &TokenCommand, printer: &Printer) -> anyhow::Result<Ending> {
    let opened = crate::pipeline::Folders::make(&settings.data)
        .and_then(|_| Ledger::open_at(&settings.ledger, settings.clock.clone()));
    let ledger = opened.context(Fault::Ours("the data folder or the ledger cannot be used".to_owned()))?;
    match command {
        TokenCommand::Add { name, user, may, days } => add(&ledger, settings, (name, user), (may, *days), printer),
        TokenCommand::List => list(&ledger, printer),
        TokenCommand::Revoke { id } => revoke(&ledger, *id, printer),
    }
}

/// The token itself is shown here and never again.
fn add(
    ledger: &Ledger,
    settings: &Settings,
    (name, user): (&str, &str),
    (may, days): (&[TokenAbility], u16),
    printer: &Printer,
) -> anyhow::Result<Ending> {
    if ledger.user(user)?.is_none_or(|known| known.disabled) {
        let text = format!("there is no user `{user}` who may sign in; `scorepost user list` lists them");
        return Err(Fault::Usage(text).into());
    }
    let token = fresh_token()?;
    let mut abilities: Vec<Ability> = may.iter().map(|one| (*one).into()).collect();
    abilities.sort();
    abilities.dedup();
    let new = NewApiToken {
        name: name.to_owned(),
        user: user.to_owned(),
        token_hash: hash_token(&token),
        abilities,
        expires_at: settings.clock.now() + TimeDelta::days(days.into()),
    };
    let id = ledger.add_api_token(&new)?;
    let words = words(&new.abilities);
    ledger.audit(&who(), "token-add", user, &format!("{id} {name}: {words}"))?;
    printer.say(&format!("token {id} of {user} may {words} until {}; it is shown only now:", day(new.expires_at)));
    printer.line(&token);
    printer.document(&json!({ "id": id, "token": token, "user": user, "may": words, "until": day(new.expires_at) }));
    Ok(Ending::Done)
}

fn list(ledger: &Ledger, printer: &Printer) -> anyhow::Result<Ending> {
    let tokens = ledger.api_tokens()?;
    let row = |one: &ApiToken| {
        let used = one.last_used_at.map_or_else(|| "-".to_owned(), day);
        let ends = one.revoked_at.map_or_else(|| day(one.expires_at), |at| format!("revoked {}", day(at)));
        vec![one.id.to_string(), one.name.clone(), one.user.clone(), words(&one.abilities), used, ends]
    };
    printer.table(&["id", "name", "user", "may", "last used", "until"], tokens.iter().map(row).collect());
    let facts = |one: &ApiToken| {
        json!({
            "id": one.id, "name": one.name, "user": one.user, "may": words(&one.abilities),
            "until": day(one.expires_at), "revoked": one.revoked_at.map(day), "last_used": one.last_used_at.map(day),
        })
    };
    printer.document(&json!(tokens.iter().map(facts).collect::<Vec<_>>()));
    Ok(Ending::Done)
}

fn revoke(ledger: &Ledger, id: i64, printer: &Printer) -> anyhow::Result<Ending> {
    let known = ledger.api_tokens()?.into_iter().find(|one| one.id == id);
    let Some(known) = known else {
        return Err(Fault::Usage(format!("there is no token {id}; `scorepost token list` lists them")).into());
    };
    ledger.revoke_api_token(id)?;
    ledger.audit(&who(), "token-revoke", &known.user, &format!("{id} {}", known.name))?;
    printer.line(&format!("token {id} of {} lets nobody in any more", known.user));
    printer.document(&json!({ "id": id, "revoked": true }));
    Ok(Ending::Done)
}

fn words(abilities: &[Ability]) -> String {
    abilities.iter().map(|one| one.word()).collect::<Vec<_>>().join(" ")
}

fn day(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}
