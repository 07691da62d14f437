//! What scoring again would change on the cards, computed without issuing any.

use crate::exact::Exact;
use crate::job::Job;
use crate::ledger::{Document, DocumentKind, Scope};
use crate::render::{self, Change};
use crate::score::Appraisal;
use crate::score::appraisal::{Card, Standing};
use crate::words::Locale;

use super::{Pipeline, documents};

/// What would become of the cards of a scope.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// The cards that would get a new edition, in the order of the appraisal.
    pub cards: Vec<Effect>,
    /// How many would stay as they are.
    pub same: usize,
}

/// What would change on one card.
#[derive(Clone, Debug)]
pub struct Effect {
    /// Staff number.
    pub agent: String,
    /// The agent's name.
    pub name: String,
    /// The team's id.
    pub team: String,
    /// What the newest edition says; `None` when there is none yet.
    pub before: Option<Figures>,
    /// What the next one would say.
    pub after: Figures,
    /// What differs from the edition before; empty for a first edition.
    pub changes: Vec<Change>,
}

/// The result on a card; nothing of it where nobody was scored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The total.
    pub total: Option<Exact>,
    /// The grade as it is printed.
    pub grade: Option<String>,
    /// The rank, and among how many.
    pub rank: Option<(u32, u32)>,
}

impl Effects {
    /// How many would be first editions.
    pub fn first(&self) -> usize {
        self.cards.iter().filter(|card| card.before.is_none()).count()
    }

    /// The changes alone, by staff number.
    pub(super) fn changes(self) -> impl Iterator<Item = (String, Vec<Change>)> {
        self.cards.into_iter().map(|card| (card.agent, card.changes))
    }
}

impl Figures {
    fn of_card(card: &Card, locale: Locale) -> Self {
        match &card.standing {
            Standing::Scored { total, rank, of, grade, .. } => Self {
                total: Some(total.clone()),
                grade: Some(grade.get(locale).to_owned()).filter(|grade| !grade.is_empty()),
                rank: Some((*rank, *of)),
            },
            _ => Self::default(),
        }
    }

    /// The total with two decimals.
    pub fn total(&self) -> Option<String> {
        self.total.as_ref().map(|total| total.fixed(2))
    }

    /// The rank as it is printed, such as `3 / 12`.
    pub fn rank(&self) -> Option<String> {
        self.rank.map(|(rank, of)| format!("{rank} / {of}"))
    }

    fn of_edition(edition: &Document) -> Self {
        Self {
            total: edition.total.clone(),
            grade: edition.grade.clone().filter(|grade| !grade.is_empty()),
            rank: edition.rank.zip(edition.of),
        }
    }
}

/// What an appraisal would change on the cards in scope.
pub(super) fn of(pipeline: &Pipeline, job: &Job, scope: &Scope, appraisal: &Appraisal) -> anyhow::Result<Effects> {
    let mut effects = Effects::default();
    for card in appraisal.cards.iter().filter(|card| documents::covers(scope, card)) {
        let body = documents::body_of(pipeline, appraisal, card);
        let latest = pipeline.ledger.latest_document(&job.id, &appraisal.period, DocumentKind::Card, &card.agent.id)?;
        if latest.as_ref().is_some_and(|latest| latest.content_hash == render::digest(&body)) {
            effects.same += 1;
            continue;
        }
        effects.cards.push(Effect {
            agent: card.agent.id.clone(),
            name: card.agent.name.clone(),
            team: card.team_id.clone(),
            changes: documents::differences(latest.as_ref(), &body)?,
            before: latest.as_ref().map(Figures::of_edition),
            after: Figures::of_card(card, pipeline.settings.locale),
        });
    }
    Ok(effects)
}
