//! Slows down whoever guesses passwords, by account and by address, from the failures that the ledger keeps.
//!
//! Unknown names are slowed like known ones, so that the delay tells nothing about who exists.

use std::net::IpAddr;

use chrono::TimeDelta;

use super::desk::Desk;
use super::refusal::Refusal;

/// So many failures within so many minutes, and the next try waits until some have aged.
struct Step {
    minutes: i64,
    failures: u32,
}

/// Five wrong passwords cost a minute, ten a quarter of an hour, twenty an hour.
const PER_ACCOUNT: [Step; 3] =
    [Step { minutes: 60, failures: 20 }, Step { minutes: 15, failures: 10 }, Step { minutes: 1, failures: 5 }];

/// An address may be an office of many people.
const PER_ADDRESS: [Step; 3] =
    [Step { minutes: 60, failures: 200 }, Step { minutes: 15, failures: 80 }, Step { minutes: 1, failures: 30 }];

/// Refuses when too many tries failed for this name or from this address.
pub fn check(desk: &Desk, name: &str, address: Option<IpAddr>) -> Result<(), Refusal> {
    let now = desk.console.clock.now();
    let ledger = &desk.console.ledger;
    for step in PER_ACCOUNT {
        let failed = ledger.failed_sign_ins_since(name, now - TimeDelta::minutes(step.minutes))?;
        refuse_at(failed, &step)?;
    }
    let Some(address) = address else { return Ok(()) };
    for step in PER_ADDRESS {
        let failed = ledger.failed_sign_ins_from(&address.to_string(), now - TimeDelta::minutes(step.minutes))?;
        refuse_at(failed, &step)?;
    }
    Ok(())
}

fn refuse_at(failed: u32, step: &Step) -> Result<(), Refusal> {
    let seconds = u32::try_from(step.minutes * 60).unwrap_or(u32::MAX);
    if failed >= step.failures { Err(Refusal::TooMany(seconds)) } else { Ok(()) }
}
