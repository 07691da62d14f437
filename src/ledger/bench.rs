//! What the ledger's tests stand on.

use chrono::{DateTime, Utc};

use super::{DocumentKind, Ledger, NewDelivery, NewDocument, NewRun, RecipientRole, Role, Scope, Trigger, User};
use crate::clock::Clock;
use crate::period::Period;

/// An instant written in RFC 3339.
pub fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("an instant").with_timezone(&Utc)
}

/// A period by its label.
pub fn period(label: &str) -> Period {
    Period::parse(label).expect("a period")
}

/// An empty ledger in memory and its clock, which stands still.
pub fn ledger() -> (Ledger, Clock) {
    let clock = Clock::fixed(instant("2026-11-09T01:00:00.123Z"));
    (Ledger::open_in_memory(clock.clone()).expect("a ledger"), clock)
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
