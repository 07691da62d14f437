//! Who sees what. Every page reaches runs and documents through here, so nothing foreign can be named.

use std::collections::BTreeSet;

use crate::finding::{Finding, Weight};
use crate::ledger::{
    CardSummary, CardWish, Delivery, Document, DocumentKind, Ledger, RecipientRole, Role, Run, RunState, User,
};
use crate::period::Period;

/// What one person may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Operators and HR see all.
    Everything,
    /// A manager sees these teams.
    Teams(BTreeSet<String>),
    /// An agent sees the cards of this staff number, once they are released.
    OwnCards(String),
    /// An agent without a staff number sees nothing.
    Nothing,
}

impl Sight {
    /// The sight of a user as the ledger has them now.
    pub fn of(user: &User) -> Self {
        match user.role {
            Role::Operator | Role::Hr => Self::Everything,
            Role::Manager => Self::Teams(user.teams.iter().cloned().collect()),
            Role::Agent => user.staff_number.clone().map_or(Self::Nothing, Self::OwnCards),
        }
    }

    /// Whether they may ask for, send or cancel runs of this team; `None` is the whole shop.
    pub fn commands(&self, team: Option<&str>) -> bool {
        match self {
            Self::Everything => true,
            Self::Teams(teams) => team.is_some_and(|team| teams.contains(team)),
            Self::OwnCards(_) | Self::Nothing => false,
        }
    }

    /// Whether they are told why a run broke and where it lies; such texts may name anybody.
    pub fn sees_errors(&self) -> bool {
        *self == Self::Everything
    }

    fn sees_document(&self, run: &Run, findings: &[Finding], document: &Document) -> bool {
        match self {
            Self::Everything => true,
            Self::Teams(teams) => teams.contains(&document.team),
            Self::OwnCards(staff_number) => {
                document.kind == DocumentKind::Card
                    && document.subject == *staff_number
                    && is_released(run)
                    && !is_held(findings, document)
            }
            Self::Nothing => false,
        }
    }

    fn sees_delivery(&self, delivery: &Delivery) -> bool {
        match self {
            Self::OwnCards(staff_number) => {
                delivery.role == RecipientRole::Agent && delivery.recipient == *staff_number
            }
            _ => true,
        }
    }
}

/// One run, cut down to what one person may see.
pub struct SeenRun {
    /// The run.
    pub run: Run,
    /// The documents they may open.
    pub documents: Vec<Document>,
    /// The findings that name nobody foreign.
    pub findings: Vec<Finding>,
    /// Whether something that they may not read holds the run.
    pub held_elsewhere: bool,
}

/// The run of this id if there is one and they may see any of it.
pub fn open_run(ledger: &Ledger, sight: &Sight, id: &str) -> anyhow::Result<Option<SeenRun>> {
    match ledger.run(id)? {
        Some(run) => see(ledger, sight, run),
        None => Ok(None),
    }
}

/// How many of the newest runs are looked through for those of one person.
const LOOKED_THROUGH: u32 = 5000;

/// The newest runs of which they may see anything, at most `limit`.
pub fn newest_runs(ledger: &Ledger, sight: &Sight, limit: usize) -> anyhow::Result<Vec<Run>> {
    if let Sight::Teams(teams) = sight {
        return ledger.runs_of_teams(teams, u32::try_from(limit).unwrap_or(u32::MAX));
    }
    let mut seen = Vec::new();
    for run in ledger.runs(None, LOOKED_THROUGH)? {
        if seen.len() == limit {
            break;
        }
        if *sight == Sight::Everything {
            seen.push(run);
        } else if let Some(one) = see(ledger, sight, run)? {
            seen.push(one.run);
        }
    }
    Ok(seen)
}

/// The deliveries of a run that concern documents they may open.
pub fn deliveries(ledger: &Ledger, sight: &Sight, seen: &SeenRun) -> anyhow::Result<Vec<Delivery>> {
    let mine: BTreeSet<i64> = seen.documents.iter().map(|document| document.id).collect();
    let mut all = ledger.deliveries(&seen.run.id)?;
    all.retain(|delivery| mine.contains(&delivery.document_id) && sight.sees_delivery(delivery));
    Ok(all)
}

/// The card of this number if there is one and they may see it.
pub fn open_card(ledger: &Ledger, sight: &Sight, id: i64) -> anyhow::Result<Option<Document>> {
    let Some(card) = ledger.document(id)?.filter(|document| document.kind == DocumentKind::Card) else {
        return Ok(None);
    };
    Ok(sees_card(ledger, sight, &card)?.then_some(card))
}

/// Whether any run that stands on the card lets them see it.
fn sees_card(ledger: &Ledger, sight: &Sight, card: &Document) -> anyhow::Result<bool> {
    for run in ledger.document_runs(card.id)? {
        if sight.sees_document(&run, &ledger.findings(&run.id)?, card) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every edition of an agent's card for a period that they may see, the first one first.
pub fn editions(
    ledger: &Ledger,
    sight: &Sight,
    job: &str,
    period: &Period,
    agent: &str,
) -> anyhow::Result<Vec<Document>> {
    let mut seen = Vec::new();
    for edition in ledger.editions(job, period, DocumentKind::Card, agent)? {
        if sees_card(ledger, sight, &edition)? {
            seen.push(edition);
        }
    }
    Ok(seen)
}

/// The cards that fit and that they may see, at most `limit`.
pub fn find_cards(ledger: &Ledger, sight: &Sight, wish: &CardWish, limit: usize) -> anyhow::Result<Vec<CardSummary>> {
    let most = u32::try_from(limit).unwrap_or(u32::MAX);
    match sight {
        Sight::Everything => ledger.find_cards(wish, most),
        Sight::Teams(teams) => {
            let mut found = Vec::new();
            for team in teams {
                found.extend(ledger.find_cards(&CardWish { team: Some(team.clone()), ..wish.clone() }, most)?);
            }
            found.truncate(limit);
            Ok(found)
        }
        Sight::OwnCards(staff_number) => {
            let own = CardWish { agent: Some(staff_number.clone()), ..wish.clone() };
            released(ledger, sight, &wish.job, ledger.find_cards(&own, most)?)
        }
        Sight::Nothing => Ok(Vec::new()),
    }
}

/// An agent's card for each period as far as they may see it, the first period first.
pub fn card_history(ledger: &Ledger, sight: &Sight, job: &str, agent: &str) -> anyhow::Result<Vec<CardSummary>> {
    let mut all = ledger.card_history(job, agent)?;
    match sight {
        Sight::Everything => Ok(all),
        Sight::Teams(teams) => {
            all.retain(|card| teams.contains(&card.team));
            Ok(all)
        }
        Sight::OwnCards(_) => released(ledger, sight, job, all),
        Sight::Nothing => Ok(Vec::new()),
    }
}

/// In place of each card the newest edition that they may see: a later one may not be released yet.
fn released(ledger: &Ledger, sight: &Sight, job: &str, cards: Vec<CardSummary>) -> anyhow::Result<Vec<CardSummary>> {
    let mut seen = Vec::new();
    for card in cards {
        seen.extend(editions(ledger, sight, job, &card.period, &card.agent)?.pop().map(CardSummary::from));
    }
    Ok(seen)
}

/// The deliveries of one card that concern them.
pub fn card_deliveries(ledger: &Ledger, sight: &Sight, card: &Document) -> anyhow::Result<Vec<Delivery>> {
    let mut all = ledger.document_deliveries(card.id)?;
    all.retain(|delivery| sight.sees_delivery(delivery));
    Ok(all)
}

fn see(ledger: &Ledger, sight: &Sight, run: Run) -> anyhow::Result<Option<SeenRun>> {
    let findings = ledger.findings(&run.id)?;
    let all = ledger.run_documents(&run.id)?;
    let (documents, foreign): (Vec<Document>, Vec<Document>) =
        all.into_iter().partition(|document| sight.sees_document(&run, &findings, document));
    if documents.is_empty() && !sight.commands(run.scope.team.as_deref()) {
        return Ok(None);
    }
    let (shown, hidden): (Vec<Finding>, Vec<Finding>) =
        findings.into_iter().partition(|finding| sees_finding(sight, &documents, &foreign, finding));
    let held_elsewhere = hidden.iter().any(|finding| finding.weight == Weight::Hold);
    Ok(Some(SeenRun { run, documents, findings: shown, held_elsewhere }))
}

/// Managers read findings about their own people and about the whole shop, unless a foreign name stands in them.
fn sees_finding(sight: &Sight, mine: &[Document], foreign: &[Document], finding: &Finding) -> bool {
    let Sight::Teams(teams) = sight else { return *sight == Sight::Everything };
    let concerns_me = finding
        .subject
        .as_ref()
        .is_none_or(|subject| teams.contains(subject) || mine.iter().any(|document| document.subject == *subject));
    let names_foreign = foreign.iter().any(|document| {
        [&document.name, &document.subject, &document.team].into_iter().any(|name| finding.mentions(name))
    });
    concerns_me && !names_foreign
}

fn is_released(run: &Run) -> bool {
    matches!(run.state, RunState::Sent | RunState::PartlySent)
}

fn is_held(findings: &[Finding], document: &Document) -> bool {
    findings.iter().filter(|finding| finding.weight == Weight::HoldSubject).any(|finding| {
        finding.subject.as_ref().is_some_and(|subject| *subject == document.subject || *subject == document.team)
    })
}
