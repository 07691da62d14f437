//! `user`: who may sign in to the console.

use std::io::{IsTerminal, stdin};

use anyhow::Context;
use serde_json::json;

use crate::console::hash_password;
use crate::ledger::{Grant, Ledger, Role, User};
use crate::settings::Settings;

use super::arguments::{UserCommand, UserRole};
use super::fault::Fault;
use super::printer::Printer;
use super::{Ending, who};

/// Adds, lists, changes or disables people.
pub(super) fn user(settings: &Settings, command: &UserCommand, printer: &Printer) -> anyhow::Result<Ending> {
    let opened = crate::pipeline::Folders::make(&settings.data)
        .and_then(|_| Ledger::open_at(&settings.ledger, settings.clock.clone()));
    let ledger = opened.context(Fault::Ours("the data folder or the ledger cannot be used".to_owned()))?;
    match command {
        UserCommand::List => list(&ledger, printer)?,
        UserCommand::Add { name, role, staff_number, team, mail, no_password } => {
            let password_hash = if *no_password { None } else { Some(hash_password(&password(printer)?)?) };
            let user = User {
                name: name.clone(),
                role: ledger_role(*role),
                staff_number: staff_number.clone(),
                teams: team.clone(),
                disabled: false,
                password_hash,
                created_at: settings.clock.now(),
            };
            add(&ledger, &user, mail.as_deref(), printer)?;
        }
        UserCommand::Change { name, role, staff_number, mail } => {
            let before = known(&ledger, name)?;
            let user = User {
                role: role.map_or(before.role, ledger_role),
                staff_number: staff_number.clone().or(before.staff_number.clone()),
                ..before
            };
            change(&ledger, &user, mail.as_deref(), printer)?;
        }
        UserCommand::Grant { name, team, from, until } => {
            known(&ledger, name)?;
            ledger.grant_team(name, &Grant { team: team.clone(), from: *from, until: *until }, &who())?;
            printer.line(&format!("{name} sees team {team} beside what the roster says"));
            printer.document(&json!({ "user": name, "team": team, "from": from, "until": until }));
        }
        UserCommand::Revoke { name, team } => revoke(&ledger, &known(&ledger, name)?, team, printer)?,
        UserCommand::EndSessions { name } => {
            known(&ledger, name)?;
            ledger.close_sessions_of(name)?;
            ledger.audit(&who(), "end-sessions", name, "")?;
            printer.line(&format!("{name} is signed in nowhere"));
            printer.document(&json!({ "user": name, "sessions": 0 }));
        }
        UserCommand::Disable { name } => {
            known(&ledger, name)?;
            ledger.disable_user(name)?;
            ledger.audit(&who(), "user-disable", name, "")?;
            printer.line(&format!("{name} can no longer sign in"));
            printer.document(&json!({ "user": name, "disabled": true }));
        }
        UserCommand::Enable { name } => {
            known(&ledger, name)?;
            ledger.enable_user(name)?;
            ledger.audit(&who(), "user-enable", name, "")?;
            printer.line(&format!("{name} may sign in again"));
            printer.document(&json!({ "user": name, "disabled": false }));
        }
    }
    Ok(Ending::Done)
}

fn add(ledger: &Ledger, user: &User, mail: Option<&str>, printer: &Printer) -> anyhow::Result<()> {
    ledger.put_user(user)?;
    if mail.is_some() {
        ledger.set_address(&user.name, mail)?;
    }
    let (name, role) = (&user.name, user.role.word());
    ledger.audit(&who(), "user-add", name, role)?;
    printer.line(&format!("{name} may sign in as {role}"));
    printer.document(&json!({ "user": name, "role": role, "teams": user.teams, "disabled": false }));
    Ok(())
}

fn change(ledger: &Ledger, user: &User, mail: Option<&str>, printer: &Printer) -> anyhow::Result<()> {
    ledger.put_user(user)?;
    if mail.is_some() {
        ledger.set_address(&user.name, mail)?;
    }
    let (name, role) = (&user.name, user.role.word());
    ledger.audit(&who(), "user-change", name, role)?;
    printer.line(&format!("{name} is {role} now"));
    printer.document(&json!({ "user": name, "role": role, "staff_number": user.staff_number }));
    Ok(())
}

/// Takes dated grants and those of `user add --team` away.
fn revoke(ledger: &Ledger, user: &User, team: &String, printer: &Printer) -> anyhow::Result<()> {
    let dated = ledger.grants_of(&user.name)?.iter().any(|grant| grant.team == *team);
    let always = user.teams.contains(team);
    if !dated && !always {
        return Err(Fault::Usage(format!(
            "`{}` was not granted the team `{team}`; see `scorepost user list`",
            user.name
        ))
        .into());
    }
    if dated {
        ledger.revoke_team(&user.name, team, &who())?;
    }
    if always {
        let teams = user.teams.iter().filter(|one| *one != team).cloned().collect();
        ledger.put_user(&User { teams, ..user.clone() })?;
        ledger.audit(&who(), "revoke-team", &user.name, team)?;
    }
    printer.line(&format!("{} sees team {team} no more, unless the roster says so", user.name));
    printer.document(&json!({ "user": user.name, "team": team, "granted": false }));
    Ok(())
}

fn known(ledger: &Ledger, name: &str) -> anyhow::Result<User> {
    let nobody = || Fault::Usage(format!("there is no user `{name}`; `scorepost user list` lists them"));
    Ok(ledger.user(name)?.ok_or_else(nobody)?)
}

fn ledger_role(typed: UserRole) -> Role {
    match typed {
        UserRole::Operator => Role::Operator,
        UserRole::Hr => Role::Hr,
        UserRole::Manager => Role::Manager,
        UserRole::Agent => Role::Agent,
    }
}

fn list(ledger: &Ledger, printer: &Printer) -> anyhow::Result<()> {
    let users = ledger.users()?;
    let granted = |user: &User| -> anyhow::Result<Vec<String>> {
        let dated = ledger.grants_of(&user.name)?.into_iter().map(|grant| written(&grant));
        Ok(user.teams.iter().cloned().chain(dated).collect())
    };
    let granted = users.iter().map(granted).collect::<anyhow::Result<Vec<_>>>()?;
    let row = |(user, granted): (&User, &Vec<String>)| {
        let state = if user.disabled { "disabled" } else { "" };
        let number = user.staff_number.clone().unwrap_or_default();
        vec![user.name.clone(), user.role.word().to_owned(), number, granted.join(" "), state.to_owned()]
    };
    let rows = users.iter().zip(&granted).map(row).collect();
    printer.table(&["name", "role", "staff number", "granted teams", ""], rows);
    let facts = |(user, granted): (&User, &Vec<String>)| {
        json!({
            "name": user.name, "role": user.role.word(), "staff_number": user.staff_number, "teams": user.teams,
            "granted": granted, "disabled": user.disabled,
        })
    };
    printer.document(&json!(users.iter().zip(&granted).map(facts).collect::<Vec<_>>()));
    Ok(())
}

/// A grant as `T1(2026-10-01..2026-12-31)`.
fn written(grant: &Grant) -> String {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    format!("{}({}..{})", grant.team, day(grant.from), day(grant.until))
}

/// One line of stdin; never an argument, which other users of the machine could read.
fn password(printer: &Printer) -> anyhow::Result<String> {
    if stdin().is_terminal() {
        printer.say("password (12 characters or more; it will be visible, so clear the screen afterwards):");
    }
    let mut line = String::new();
    stdin().read_line(&mut line).context("reading the password")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
