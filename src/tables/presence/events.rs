//! Who was online when: the events of each person's accounts become their spans.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use super::spans::{self, Span};

/// Events of one stream: when, and whether something began.
type Stream = BTreeSet<(i64, bool)>;

/// What was heard of one account.
#[derive(Default)]
struct Account {
    /// Online and offline, by device: being online on one says nothing about another.
    devices: BTreeMap<String, Stream>,
    /// Suspend and resume, which hold for the whole account.
    suspended: Stream,
    /// The days of its events.
    days: BTreeSet<i64>,
}

/// The presence of one person.
#[derive(Default)]
pub struct Person {
    accounts: BTreeMap<(String, String), Account>,
}

/// When a person was there.
pub struct Presence {
    /// Online with at least one account that was not suspended.
    pub online: Vec<Span>,
    /// Online, but with suspended accounts only.
    pub suspended: Vec<Span>,
    /// Every day with an event.
    pub days: BTreeSet<i64>,
}

/// Reads the events of people whom somebody knows; the order of the rows does not matter.
pub fn people(frame: &DataFrame) -> PolarsResult<BTreeMap<String, Person>> {
    let text = |name: &str| frame.column(name)?.str();
    let (agents, platforms, accounts) = (text("agent_id")?, text("platform")?, text("account")?);
    let (states, devices) = (text("status")?, text("device")?);
    let times = frame.column("at")?.datetime()?;
    let mut people: BTreeMap<String, Person> = BTreeMap::new();
    for row in 0..frame.height() {
        let (Some(agent), Some(at), Some(state)) = (agents.get(row), times.phys.get(row), states.get(row)) else {
            continue;
        };
        let name = |column: &StringChunked| column.get(row).unwrap_or_default().to_owned();
        let person = people.entry(agent.to_owned()).or_default();
        let account = person.accounts.entry((name(platforms), name(accounts))).or_default();
        account.hear(at, state, name(devices));
    }
    Ok(people)
}

impl Account {
    /// Takes one event; the source file lets no other word pass, and what it may let pass says nothing.
    fn hear(&mut self, at: i64, state: &str, device: String) {
        let (stream, begins) = match state {
            "online" => (self.devices.entry(device).or_default(), true),
            "offline" => (self.devices.entry(device).or_default(), false),
            "suspend" => (&mut self.suspended, true),
            "resume" => (&mut self.suspended, false),
            _ => return,
        };
        stream.insert((at, begins));
        self.days.insert(at.div_euclid(spans::DAY));
    }

    fn online(&self) -> Vec<Span> {
        spans::union(self.devices.values().flat_map(spans::of_events).collect())
    }
}

impl Person {
    /// When they were there.
    pub fn presence(&self) -> Presence {
        let (mut online, mut held, mut days) = (Vec::new(), Vec::new(), BTreeSet::new());
        for account in self.accounts.values() {
            let (there, suspended) = (account.online(), spans::of_events(&account.suspended));
            online.extend(spans::minus(&there, &suspended));
            held.extend(spans::both(&there, &suspended));
            days.extend(&account.days);
        }
        let online = spans::union(online);
        Presence { suspended: spans::minus(&spans::union(held), &online), online, days }
    }
}
