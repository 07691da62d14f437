//! `user`: who may sign in to the console.

use std::io::{IsTerminal, stdin};

use anyhow::Context;
use serde_json::json;

use crate::console::hash_password;
use crate::ledger::{Ledger, Role, User};
use crate::settings::Settings;

use super::arguments::{UserCommand, UserRole};
use super::fault::Fault;
use super::printer::Printer;
use super::{Ending, who};

/// Adds, lists or disables people.
pub(super) fn user(settings: &Settings, command: &UserCommand, printer: &Printer) -> anyhow::Result<Ending> {
    let opened = crate::pipeline::Folders::make(&settings.data)
        .and_then(|_| Ledger::open_at(&settings.ledger, settings.clock.clone()));
    let ledger = opened.context(Fault::Ours("the data folder or the ledger cannot be used".to_owned()))?;
    match command {
        UserCommand::Add { name, role, staff_number, team } => {
            let role = ledger_role(*role);
            let password_hash = Some(hash_password(&password(printer)?)?);
            let user = User {
                name: name.clone(),
                role,
                staff_number: staff_number.clone(),
                teams: team.clone(),
                disabled: false,
                password_hash,
                created_at: settings.clock.now(),
            };
            ledger.put_user(&user)?;
            ledger.audit(&who(), "user-add", name, role.word())?;
            printer.line(&format!("{name} may sign in as {}", role.word()));
            printer.document(&json!({ "user": name, "role": role.word(), "teams": team, "disabled": false }));
        }
        UserCommand::List => list(&ledger, printer)?,
        UserCommand::Disable { name } => {
            if !ledger.users()?.iter().any(|user| user.name == *name) {
                return Err(Fault::Usage(format!("there is no user `{name}`; `scorepost user list` lists them")).into());
            }
            ledger.disable_user(name)?;
            ledger.audit(&who(), "user-disable", name, "")?;
            printer.line(&format!("{name} can no longer sign in"));
            printer.document(&json!({ "user": name, "disabled": true }));
        }
    }
    Ok(Ending::Done)
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
    let row = |user: &User| {
        let state = if user.disabled { "disabled" } else { "" };
        vec![user.name.clone(), user.role.word().to_owned(), user.teams.join(" "), state.to_owned()]
    };
    printer.table(&["name", "role", "teams", ""], users.iter().map(row).collect());
    let facts = |user: &User| json!({ "name": user.name, "role": user.role.word(), "teams": user.teams, "disabled": user.disabled });
    printer.document(&json!(users.iter().map(facts).collect::<Vec<_>>()));
    Ok(())
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
