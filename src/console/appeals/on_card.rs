//! What a card's page says of receipt and appeals.

use super::super::desk::Desk;
use super::super::home::zone_of;
use super::super::say;
use super::super::seen_run::SeenRun;
use super::super::sessions::SignedIn;
use super::row::{AppealRow, last_day};
use crate::ledger::{Document, RunState, WantedAppeals};
use crate::words::Bilingual;

/// Receipt and appeals of one card.
pub struct OnCard {
    /// When the agent said to have read it.
    pub acknowledged: Option<String>,
    /// Until when it can be questioned.
    pub until: Option<String>,
    /// The agent's own page of it, for the agent.
    pub own: Option<String>,
    /// What was said of any edition.
    pub appeals: Vec<AppealRow>,
    /// Whether this person answers appeals, so that each leads to its page.
    pub answers: bool,
}

impl OnCard {
    /// As this person sees it; whoever sees the card sees what was said of it.
    pub fn of(desk: &Desk, person: &SignedIn, card: &Document) -> anyhow::Result<Self> {
        let (ledger, zone) = (&desk.console.ledger, zone_of(desk, &card.job));
        let wanted = WantedAppeals {
            job: Some(card.job.clone()),
            period: Some(card.period),
            agent: Some(card.subject.clone()),
            ..WantedAppeals::default()
        };
        let is_own = person.user.staff_number.as_deref() == Some(&card.subject);
        Ok(Self {
            acknowledged: ledger.acknowledged_at(card.id)?.map(|at| say::when(at, zone)),
            until: ledger.window_of(card.id)?.map(|end| last_day(end, zone)),
            own: is_own.then(|| format!("/cards/{}/appeals", card.id)),
            appeals: ledger.appeals(&wanted)?.iter().map(|one| AppealRow::of(one, zone)).collect(),
            answers: person.sight.commands_document(card),
        })
    }
}

/// How many of a run's cards were read, once they went out: `3 / 7`.
pub fn acknowledged(desk: &Desk, seen: &SeenRun) -> anyhow::Result<Option<(Bilingual, String)>> {
    if !matches!(seen.run.state, RunState::Sent | RunState::PartlySent) || seen.cards() == 0 {
        return Ok(None);
    }
    let (read, teams) = (desk.console.ledger.count_acknowledged(&seen.run.id)?, seen.teams());
    let mine: usize = read.iter().filter(|(team, _)| teams.contains(team.as_str())).map(|(_, count)| count).sum();
    Ok(Some((Bilingual::new("已确认阅读", "confirmed read"), format!("{mine} / {}", seen.cards()))))
}
