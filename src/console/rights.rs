//! Who sees what. Every page reaches runs and documents through here, so nothing foreign can be named.

use std::collections::{BTreeMap, BTreeSet};

use super::seen_run::SeenRun;
use crate::exact::Exact;
use crate::finding::{Finding, Weight};
use crate::ledger::{
    CardSummary, CardWish, CardedPeriod, Delivery, Document, DocumentHead, DocumentKind, Led, Ledger, RecipientRole,
    Role, Run, RunState, User, Whose,
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

    /// Whether a team's documents of this run are theirs to open, as a team's: an agent opens none but their own card.
    pub fn sees_team(&self, run: &Run, team: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Teams(led) => led.sees(&run.job, &run.period, team),
            Self::OwnCards(_) | Self::Nothing => false,
        }
    }

    /// Whether a run lets them open this card.
    fn sees_card(&self, ledger: &Ledger, run: &Run, (subject, team): (&str, &str)) -> anyhow::Result<bool> {
        Ok(match self {
            Self::OwnCards(own) => {
                subject == own && is_released(run) && !ledger.holds_back(&run.id, [subject, team])?
            }
            _ => self.sees_team(run, team),
        })
    }

    /// Whether a mail about a document that they see is theirs to know of.
    pub fn sees_delivery(&self, delivery: &Delivery) -> bool {
        match self {
            Self::OwnCards(staff_number) => {
                delivery.role == RecipientRole::Agent && delivery.recipient == *staff_number
            }
            _ => true,
        }
    }
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
    let Sight::OwnCards(staff_number) = sight else {
        let all = if *sight == Sight::Everything { ledger.runs(None, LOOKED_THROUGH)? } else { Vec::new() };
        return Ok(all.into_iter().filter(fits).take(limit).collect());
    };
    let mut seen = Vec::new();
    for run in ledger.runs_of_agent(staff_number, LOOKED_THROUGH)?.into_iter().filter(fits) {
        if seen.len() == limit {
            break;
        }
        seen.extend(see(ledger, sight, run)?.map(|one| one.run));
    }
    Ok(seen)
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
        if sight.sees_card(ledger, &run, (&card.subject, &card.team))? {
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

/// The teams that have cards of a period which they may see.
pub fn carded_teams(ledger: &Ledger, sight: &Sight, one: &CardedPeriod) -> anyhow::Result<BTreeSet<String>> {
    match sight {
        Sight::Everything => ledger.carded_teams(one, Whose::Everybody),
        Sight::Teams(led) => ledger.carded_teams(one, Whose::Teams(&led.teams_of(&one.job, &one.period))),
        Sight::OwnCards(_) | Sight::Nothing => Ok(BTreeSet::new()),
    }
}

/// The total of every newest card of a period that they may see as a team's, by team; of one team only where one is named.
pub fn totals(
    ledger: &Ledger,
    sight: &Sight,
    one: &CardedPeriod,
    team: Option<&str>,
) -> anyhow::Result<BTreeMap<String, Vec<Option<Exact>>>> {
    let mut teams = match sight {
        Sight::Everything => None,
        Sight::Teams(led) => Some(led.teams_of(&one.job, &one.period)),
        Sight::OwnCards(_) | Sight::Nothing => return Ok(BTreeMap::new()),
    };
    if let Some(team) = team {
        let may = teams.is_none_or(|teams| teams.contains(team));
        teams = Some(may.then(|| team.to_owned()).into_iter().collect());
    }
    ledger.card_totals(one, whose(&teams))
}

/// Everybody's things, or those of these teams.
fn whose(teams: &Option<BTreeSet<String>>) -> Whose<'_> {
    teams.as_ref().map_or(Whose::Everybody, Whose::Teams)
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
    let teams = match sight {
        Sight::Everything => None,
        Sight::Teams(led) => Some(led.teams_of(&run.job, &run.period)),
        Sight::OwnCards(_) | Sight::Nothing => Some(BTreeSet::new()),
    };
    let (portions, own) = match sight {
        Sight::Everything | Sight::Teams(_) => (ledger.portions(&run.id, whose(&teams))?, None),
        Sight::OwnCards(staff_number) => (Vec::new(), own_card(ledger, sight, &run, staff_number)?),
        Sight::Nothing => (Vec::new(), None),
    };
    if portions.is_empty() && own.is_none() && !sight.commands_run(&run) {
        return Ok(None);
    }
    let (findings, held_elsewhere) = readable(ledger, sight, &run, &teams)?;
    Ok(Some(SeenRun { run, teams, portions, own, findings, held_elsewhere }))
}

/// The card of this staff number if the run lets its agent open it.
fn own_card(ledger: &Ledger, sight: &Sight, run: &Run, staff_number: &str) -> anyhow::Result<Option<DocumentHead>> {
    let Some(card) = ledger.head_about(&run.id, DocumentKind::Card, staff_number)? else { return Ok(None) };
    Ok(sight.sees_card(ledger, run, (&card.subject, &card.team))?.then_some(card))
}

/// The findings that they may read, and whether one that they may not holds the run.
///
/// Managers read findings about their own people and about the whole shop, unless a foreign name stands in them.
fn readable(
    ledger: &Ledger,
    sight: &Sight,
    run: &Run,
    teams: &Option<BTreeSet<String>>,
) -> anyhow::Result<(Vec<Finding>, bool)> {
    let shown = match (sight, teams) {
        (Sight::Everything, _) => return Ok((ledger.findings(&run.id)?, false)),
        (Sight::Teams(_), Some(teams)) => {
            let near = ledger.findings_near(&run.id, teams)?;
            let foreign = ledger.mentions_others(run, teams, &near)?;
            near.into_iter().zip(foreign.iter()).filter(|(_, foreign)| !**foreign).map(|(finding, _)| finding).collect()
        }
        _ => Vec::new(),
    };
    let holds = shown.iter().filter(|finding| finding.weight == Weight::Hold).count();
    let held_elsewhere = ledger.count_holds(&run.id)? > holds;
    Ok((shown, held_elsewhere))
}

fn is_released(run: &Run) -> bool {
    matches!(run.state, RunState::Sent | RunState::PartlySent)
}
