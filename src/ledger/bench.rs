//! What the ledger's tests stand on.

use chrono::{DateTime, Utc};
use tempfile::TempDir;

use super::store::postgres::{self, Session as Line};
use super::{DocumentKind, Ledger, NewDelivery, NewDocument, NewRun, RecipientRole, Role, Scope, Trigger, User};
use crate::clock::Clock;
use crate::period::Period;
use crate::settings::LedgerPlace;

/// An instant written in RFC 3339.
pub fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("an instant").with_timezone(&Utc)
}

/// A period by its label.
pub fn period(label: &str) -> Period {
    Period::parse(label).expect("a period")
}

/// The address of a PostgreSQL server on which the tests may make schemas; without it they run on SQLite.
const SERVER: &str = "SCOREPOST_TEST_POSTGRES";

/// An empty ledger and its clock, which stands still; in memory, or on the server that the tests were given.
pub fn ledger() -> (Ledger, Clock) {
    let clock = Clock::fixed(instant("2026-11-09T01:00:00.123Z"));
    let ledger = match server() {
        None => Ledger::open_in_memory(clock.clone()),
        Some(url) => Ledger::open_at(&LedgerPlace::Server(fresh_schema(&url)), clock.clone()),
    };
    (ledger.expect("a ledger"), clock)
}

/// A place for a new ledger that can be opened several times; the folder is its data folder.
pub fn fresh_place() -> (LedgerPlace, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let place = match server() {
        None => LedgerPlace::File(folder.path().join("ledger.sqlite")),
        Some(url) => LedgerPlace::Server(fresh_schema(&url)),
    };
    (place, folder)
}

/// The server that the tests were given.
pub fn server() -> Option<String> {
    std::env::var(SERVER).ok()
}

/// Makes a schema of its own, in which no other test keeps anything.
pub fn fresh_schema(url: &str) -> String {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).expect("random bytes");
    let name = format!("test_{}", hex::encode(random));
    let place = postgres::Place::parse(url).expect("the address of the server");
    Line::open(&place).expect("the server").batch(&format!("CREATE SCHEMA {name}")).expect("a schema");
    format!("{url}?options=-csearch_path%3D{name}")
}

/// An ad-hoc run of everybody.
pub fn new_run(label: &str) -> NewRun {
    NewRun {
        job: "monthly".to_owned(),
        period: period(label),
        scope: Scope::default(),
        trigger: Trigger::AdHoc,
        requested_by: "hr".to_owned(),
        refresh: false,
        send: true,
        as_of: None,
    }
}

/// A card of October, of team T1.
pub fn card(agent: &str, content: &str) -> NewDocument {
    NewDocument {
        kind: DocumentKind::Card,
        job: "monthly".to_owned(),
        period: period("2026-10"),
        subject: agent.to_owned(),
        name: format!("agent {agent}"),
        team: "T1".to_owned(),
        content_hash: content.to_owned(),
        data: "{}".to_owned(),
        total: None,
        rank: None,
        of: None,
        grade: None,
        grade_id: None,
        marks: Vec::new(),
        changed: None,
        proposals: None,
    }
}

/// A mail to the agent of a card.
pub fn mail(document_id: i64, run_id: &str, recipient: &str) -> NewDelivery {
    NewDelivery {
        document_id,
        run_id: run_id.to_owned(),
        recipient: recipient.to_owned(),
        role: RecipientRole::Agent,
        address: format!("{recipient}@example.invalid"),
        message_id: format!("<{document_id}.{recipient}@example.invalid>"),
        mime_hash: "m".to_owned(),
    }
}

/// A user with a password.
pub fn user(name: &str, role: Role, created_at: DateTime<Utc>) -> User {
    User {
        name: name.to_owned(),
        role,
        staff_number: None,
        teams: Vec::new(),
        disabled: false,
        password_hash: Some("hash".to_owned()),
        created_at,
    }
}

/// A run that issued a card for each agent and planned a mail for each card.
pub fn planned(ledger: &Ledger, agents: &[&str]) -> String {
    let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
    let mails: Vec<NewDelivery> = agents
        .iter()
        .map(|agent| {
            let (document, _) = ledger.issue(&run, &card(agent, "v1")).expect("issued");
            mail(document.id, &run, agent)
        })
        .collect();
    assert_eq!(ledger.plan_deliveries(&mails).expect("planned"), agents.len());
    run
}
