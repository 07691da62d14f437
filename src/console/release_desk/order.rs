//! In which order the cards of a run lie on the desk; a run may have thousands, of which one lies open.

use std::collections::BTreeSet;

use crate::console::seen_run::SeenRun;
use crate::ledger::{DocumentHead, DocumentKind, Ledger};

/// What stands out first, then what the run issued, then the others; each team by team and best rank first.
pub struct Order {
    outliers: Vec<DocumentHead>,
}

impl Order {
    /// The order of the run's cards that this person sees.
    pub fn of(ledger: &Ledger, seen: &SeenRun) -> anyhow::Result<Self> {
        let about = seen.findings.iter().filter(|one| one.is_outlier()).filter_map(|one| one.subject.as_deref());
        let mut outliers = Vec::new();
        for agent in about.collect::<BTreeSet<&str>>() {
            outliers.extend(seen.card_of(ledger, agent)?);
        }
        outliers.sort_by(|one, other| {
            let place =
                |card: &DocumentHead| (card.run_id != seen.run.id, card.team.clone(), card.rank.unwrap_or(u32::MAX));
            place(one).cmp(&place(other)).then_with(|| one.subject.cmp(&other.subject))
        });
        Ok(Self { outliers })
    }

    /// How many stand out.
    pub fn outliers(&self) -> usize {
        self.outliers.len()
    }

    /// The card that lies at this place, from nought.
    pub fn card(&self, ledger: &Ledger, seen: &SeenRun, place: usize) -> anyhow::Result<Option<DocumentHead>> {
        if let Some(outlier) = self.outliers.get(place) {
            return Ok(Some(outlier.clone()));
        }
        let mut skipped = place - self.outliers.len();
        for (team, is_issued, count) in self.piles(seen) {
            if skipped < count {
                return self.in_pile(ledger, seen, (team, is_issued), skipped);
            }
            skipped -= count;
        }
        Ok(None)
    }

    /// The teams' cards that do not stand out, with their number: those that the run issued, then the others.
    fn piles<'a>(&'a self, seen: &'a SeenRun) -> impl Iterator<Item = (&'a str, bool, usize)> {
        [true, false].into_iter().flat_map(move |is_issued| {
            seen.of_cards().map(move |portion| {
                let all = if is_issued { portion.issued } else { portion.documents - portion.issued };
                let (team, run) = (portion.team.as_str(), &seen.run.id);
                let out = self.outliers.iter().filter(|card| card.team == team && (card.run_id == *run) == is_issued);
                // A run at work may have issued more since it was counted.
                (team, is_issued, all.saturating_sub(out.count()))
            })
        })
    }

    fn in_pile(
        &self,
        ledger: &Ledger,
        seen: &SeenRun,
        (team, is_issued): (&str, bool),
        place: usize,
    ) -> anyhow::Result<Option<DocumentHead>> {
        let of_team = ledger.heads_of_team(&seen.run.id, DocumentKind::Card, team)?.into_iter();
        let mut pile =
            of_team.filter(|card| (card.run_id == seen.run.id) == is_issued).filter(|card| !self.stands_out(card));
        Ok(pile.nth(place))
    }

    fn stands_out(&self, card: &DocumentHead) -> bool {
        self.outliers.iter().any(|outlier| outlier.id == card.id)
    }
}
