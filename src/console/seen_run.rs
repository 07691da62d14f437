//! One run, cut down to what one person may see of it; its documents are read a few at a time.

use std::collections::BTreeSet;
use std::ops::Range;

use super::rights::Sight;
use super::run_rows::Trouble;
use crate::finding::Finding;
use crate::ledger::{Delivery, DeliveryState, DocumentHead, DocumentKind, Ledger, LetterMark, Portion, Run, Whose};

/// What one person may see of a run.
pub struct SeenRun {
    /// The run.
    pub run: Run,
    /// The teams whose things they may see, beside their own card; `None` for those who see everything.
    pub teams: Option<BTreeSet<String>>,
    /// How many documents of each team they may open, by kind and team.
    pub portions: Vec<Portion>,
    /// The one card that they may open, of those who see no team.
    pub own: Option<DocumentHead>,
    /// The findings that name nobody foreign.
    pub findings: Vec<Finding>,
    /// Whether something that they may not read holds the run.
    pub held_elsewhere: bool,
}

impl SeenRun {
    /// How many documents they may open.
    pub fn documents(&self) -> usize {
        usize::from(self.own.is_some()) + self.portions.iter().map(|portion| portion.documents).sum::<usize>()
    }

    /// How many cards they may open.
    pub fn cards(&self) -> usize {
        usize::from(self.own.is_some()) + self.of_cards().map(|portion| portion.documents).sum::<usize>()
    }

    /// The cards of each team, by team.
    pub fn of_cards(&self) -> impl Iterator<Item = &Portion> {
        self.portions.iter().filter(|portion| portion.kind == DocumentKind::Card)
    }

    /// The teams of which they may open documents; one without a name stands for the whole shop, or for themselves.
    pub fn teams(&self) -> BTreeSet<&str> {
        match &self.own {
            Some(own) => BTreeSet::from([own.team.as_str()]),
            None => self.portions.iter().map(|portion| portion.team.as_str()).collect(),
        }
    }

    /// Those of the cards that lie in this range when all lie team by team, best rank first.
    pub fn cards_in(&self, ledger: &Ledger, range: Range<usize>) -> anyhow::Result<Vec<DocumentHead>> {
        if let Some(own) = &self.own {
            return Ok(vec![own.clone()]);
        }
        let (mut cards, mut first) = (Vec::new(), 0);
        for portion in self.of_cards() {
            let end = first + portion.documents;
            if first < range.end && range.start < end {
                let of_team = ledger.heads_of_team(&self.run.id, portion.kind, &portion.team)?;
                let skipped = range.start.saturating_sub(first);
                cards.extend(of_team.into_iter().skip(skipped).take(range.end - first.max(range.start)));
            }
            first = end;
        }
        Ok(cards)
    }

    /// Their documents of these kinds about a team that `wanted` names, or about all teams.
    pub fn documents_of(
        &self,
        ledger: &Ledger,
        is_kind: impl Fn(DocumentKind) -> bool,
        wanted: impl Fn(&str) -> bool,
    ) -> anyhow::Result<Vec<DocumentHead>> {
        let mut found = Vec::new();
        for portion in
            self.portions.iter().filter(|one| is_kind(one.kind) && (one.team.is_empty() || wanted(&one.team)))
        {
            found.extend(ledger.heads_of_team(&self.run.id, portion.kind, &portion.team)?);
        }
        Ok(found)
    }

    /// The document of this number if it is the run's and theirs to open.
    pub fn document(&self, ledger: &Ledger, id: i64) -> anyhow::Result<Option<DocumentHead>> {
        Ok(ledger.head(&self.run.id, id)?.filter(|document| self.shows(document)))
    }

    /// The card of this agent if the run has one and it is theirs to open.
    pub fn card_of(&self, ledger: &Ledger, agent: &str) -> anyhow::Result<Option<DocumentHead>> {
        Ok(ledger.head_about(&self.run.id, DocumentKind::Card, agent)?.filter(|document| self.shows(document)))
    }

    /// Whether a document of the run is theirs to open.
    pub fn shows(&self, document: &DocumentHead) -> bool {
        match &self.own {
            Some(own) => own.id == document.id,
            None => self.shows_team(document.kind, &document.team),
        }
    }

    fn shows_team(&self, kind: DocumentKind, team: &str) -> bool {
        self.portions.iter().any(|portion| portion.kind == kind && portion.team == team)
    }

    /// The letter of this number, with its document, if both are the run's and theirs to know of.
    pub fn letter(&self, ledger: &Ledger, sight: &Sight, id: i64) -> anyhow::Result<Option<(DocumentHead, Delivery)>> {
        let Some(mail) = ledger.delivery(id)?.filter(|mail| sight.sees_delivery(mail)) else { return Ok(None) };
        Ok(self.document(ledger, mail.document_id)?.map(|document| (document, mail)))
    }

    /// The letters about documents of this team, or about their own card, that are theirs to know of.
    pub fn letters_of(&self, ledger: &Ledger, sight: &Sight, team: &str) -> anyhow::Result<Vec<Delivery>> {
        let mut letters = match &self.own {
            Some(own) => ledger.document_deliveries(own.id)?,
            None => ledger.letters_of_team(&self.run.id, team)?,
        };
        letters.retain(|letter| sight.sees_delivery(letter));
        Ok(letters)
    }

    /// How many letters failed, came back or are unknown, or are to be sent again, by state.
    pub fn troubled(&self, ledger: &Ledger, sight: &Sight) -> anyhow::Result<Vec<(DeliveryState, usize)>> {
        if let Some(own) = &self.own {
            let letters = self.letters_of(ledger, sight, &own.team)?;
            return Ok(letters.into_iter().map(|letter| (letter.state, 1)).collect());
        }
        let all = ledger.count_troubled(&self.run.id)?.into_iter();
        Ok(all.filter(|one| self.has_team(&one.team)).map(|one| (one.state, one.letters)).collect())
    }

    /// The first letters that failed, came back or are unknown, each with its document.
    pub fn troubled_letters(
        &self,
        ledger: &Ledger,
        sight: &Sight,
        limit: usize,
    ) -> anyhow::Result<Vec<(DocumentHead, Delivery)>> {
        match &self.own {
            Some(own) => {
                let letters = self.letters_of(ledger, sight, &own.team)?;
                let troubled = letters.into_iter().filter(|letter| Trouble::is(letter.state));
                Ok(troubled.map(|letter| (own.clone(), letter)).collect())
            }
            None => ledger.troubled_letters(&self.run.id, self.whose(), limit),
        }
    }

    /// What every letter's place in a list depends on, of those of their teams.
    pub fn letter_marks(&self, ledger: &Ledger) -> anyhow::Result<Vec<LetterMark>> {
        ledger.letter_marks(&self.run, self.whose())
    }

    fn whose(&self) -> Whose<'_> {
        self.teams.as_ref().map_or(Whose::Everybody, Whose::Teams)
    }

    fn has_team(&self, team: &str) -> bool {
        self.portions.iter().any(|portion| portion.team == team)
    }

    /// How many letters there are in each state, of those of their teams.
    pub fn letter_states(&self, ledger: &Ledger) -> anyhow::Result<Vec<(DeliveryState, usize)>> {
        ledger.count_letters(&self.run.id, self.whose())
    }
}
