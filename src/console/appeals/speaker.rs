//! Who speaks for a card's agent: whoever holds its signed link, or the agent signed in.

use super::super::attend::Visit;
use super::super::cards;
use super::super::desk::Desk;
use super::super::refusal::Refusal;
use super::super::rights;
use super::super::sessions;
use crate::ledger::Document;

/// A card, and the agent's way to it.
pub struct Speaker {
    /// The card.
    pub card: Document,
    /// Where the agent's own page of it is; what is done there lies below.
    pub page: String,
    /// What lies below that page begins with this.
    pub base: String,
    /// How the agent came, for the audit.
    pub through: &'static str,
    /// Whether they came by a link, so that the rest of the console is closed to them.
    pub is_linked: bool,
}

impl Speaker {
    /// The agent of the card that the path names, by its link or by its number.
    ///
    /// A link that is forged or expired, and a card of somebody else, are both not there.
    pub fn of(desk: &Desk, visit: &Visit) -> Result<Self, Refusal> {
        if visit.params.get("link").is_empty() { Self::signed_in(desk, visit) } else { Self::linked(desk, visit) }
    }

    fn linked(desk: &Desk, visit: &Visit) -> Result<Self, Refusal> {
        let link = visit.params.get("link");
        let card = desk.console.ledger.linked_card(link)?.ok_or(Refusal::NotFound)?;
        // A manager who opened the PDF holds the agent's link too, and must not speak in the agent's place.
        if let Some(hash) = &visit.token_hash
            && let Some(person) = sessions::look(desk, hash)?
            && person.user.staff_number.as_deref() != Some(&card.subject)
        {
            return Err(Refusal::NotFound);
        }
        let page = format!("/my/{link}");
        Ok(Self { card, base: page.clone(), page, through: "link", is_linked: true })
    }

    fn signed_in(desk: &Desk, visit: &Visit) -> Result<Self, Refusal> {
        let person = visit.person()?;
        let id = visit.params.number("card").ok_or(Refusal::NotFound)?;
        let card = rights::open_card(&desk.console.ledger, &person.sight, id)?.ok_or(Refusal::NotFound)?;
        if person.user.staff_number.as_deref() != Some(&card.subject) {
            return Err(Refusal::NotFound);
        }
        let base = cards::path(card.id);
        Ok(Self { page: format!("{base}/appeals"), base, card, through: "console", is_linked: false })
    }
}
