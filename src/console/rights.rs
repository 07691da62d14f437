//! Who sees what. Every page reaches runs and documents through here, so nothing foreign can be named.

use std::collections::BTreeSet;

use crate::finding::{Finding, Weight};
use crate::ledger::{
    CardSummary, CardWish, Delivery, Document, DocumentKind, Led, Ledger, RecipientRole, Role, Run, RunState, User,
};
use crate::period::Period;

/// What one person may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Operators and HR see all.
    Everything,
    /// A manager sees these teams, each for the periods in which they led it.
    Teams(Led),
    /// An agent sees the cards of this staff number, once they are released.
    OwnCards(String),
    /// An agent without a staff number sees nothing.
    Nothing,
}

impl Sight {
    /// The sight of a user as the ledger has them, and what they lead, now.
    pub fn of(ledger: &Ledger, user: &User) -> anyhow::Result<Self> {
        Ok(match user.role {
            Role::Operator | Role::Hr => Self::Everything,
            Role::Manager => Self::Teams(ledger.led_by(user)?),
            Role::Agent => user.staff_number.clone().map_or(Self::Nothing, Self::OwnCards),
        })
    }

    /// Whether they act for this team at present, whatever the period; `None` is the whole shop.
    pub fn commands(&self, team: Option<&str>) -> bool {
        self.commands_by(team, |led, team| led.now().contains(team))
    }

    /// Whether they may ask for, send or cancel a job's runs of this team and period; `None` is the whole shop.
    pub fn commands_in(&self, job: &str, period: &Period, team: Option<&str>) -> bool {
        self.commands_by(team, |led, team| led.commands(job, period, team))
    }

    /// Whether they may act on this run as a whole.
    pub fn commands_run(&self, run: &Run) -> bool {
        self.commands_in(&run.job, &run.period, run.scope.team.as_deref())
    }

    /// Whether they may act on this document's mails.
    pub fn commands_document(&self, document: &Document) -> bool {
        self.commands_in(&document.job, &document.period, Some(&document.team))
    }

    fn commands_by(&self, team: Option<&str>, led: impl Fn(&Led, &str) -> bool) -> bool {
        match self {
            Self::Everything => true,
            Self::Teams(teams) => team.is_some_and(|team| led(teams, team)),
            Self::OwnCards(_) | Self::Nothing => false,
        }
    }

    /// What they lead; nothing for those who are no managers.
    pub fn led(&self) -> Led {
        match self {
            Self::Teams(led) => led.clone(),
            _ => Led::default(),
        }
    }

    /// Whether they are told why a run broke and where it lies; such texts may name anybody.
    pub fn sees_errors(&self) -> bool {
        *self == Self::Everything
    }

    fn sees_document(&self, run: &Run, findings: &[Finding], document: &Document) -> bool {
        match self {
            Self::Everything => true,
            Self::Teams(led) => led.sees(&document.job, &document.period, &document.team),
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
    newest_runs_that(ledger, sight, limit, |_| true)
}

/// The newest runs that fit and of which they may see anything, at most `limit`.
pub fn newest_runs_that(
    ledger: &Ledger,
    sight: &Sight,
    limit: usize,
    fits: impl Fn(&Run) -> bool,
) -> anyhow::Result<Vec<Run>> {
    if let Sight::Teams(led) = sight {
        let sees = |team: &str, run: &Run| led.sees(&run.job, &run.period, team) && fits(run);
        return ledger.runs_of_teams(&led.ever(), limit, sees);
    }
    let mut seen = Vec::new();
    for run in ledger.runs(None, LOOKED_THROUGH)?.into_iter().filter(fits) {
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
        Sight::Teams(led) => {
            let mut found = Vec::new();
            let asked = |team: &String| wish.team.as_ref().is_none_or(|only| only == team);
            for team in led.teams_of(&wish.job, &wish.period).into_iter().filter(asked) {
                found.extend(ledger.find_cards(&CardWish { team: Some(team), ..wish.clone() }, most)?);
            }
            found.truncate(limit);
            Ok(found)
        }
        Sight::OwnCards(staff_number) => {
            if wish.agent.as_ref().is_some_and(|asked| asked != staff_number) {
                return Ok(Vec::new());
            }
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
        Sight::Teams(led) => {
            all.retain(|card| led.sees(job, &card.period, &card.team));
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
    if documents.is_empty() && !sight.commands_run(&run) {
        return Ok(None);
    }
    let (shown, hidden): (Vec<Finding>, Vec<Finding>) =
        findings.into_iter().partition(|finding| sees_finding(sight, &run, (&documents, &foreign), finding));
    let held_elsewhere = hidden.iter().any(|finding| finding.weight == Weight::Hold);
    Ok(Some(SeenRun { run, documents, findings: shown, held_elsewhere }))
}

/// Managers read findings about their own people and about the whole shop, unless a foreign name stands in them.
fn sees_finding(sight: &Sight, run: &Run, (mine, foreign): (&[Document], &[Document]), finding: &Finding) -> bool {
    let Sight::Teams(led) = sight else { return *sight == Sight::Everything };
    let is_mine = |subject: &String| {
        led.sees(&run.job, &run.period, subject) || mine.iter().any(|document| document.subject == *subject)
    };
    let concerns_me = finding.subject.as_ref().is_none_or(is_mine);
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
