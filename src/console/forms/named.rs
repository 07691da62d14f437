//! The form that a path names, in the hands of whoever may fill it in.

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::periods;
use super::super::refusal::Refusal;
use super::super::sessions::SignedIn;
use super::{Item, LIST, Sheet};
use crate::ledger::{AnswerStage, FormOf, Given};
use crate::period::Period;

/// The role of those who rate themselves.
pub(super) const SELF: &str = "self";
/// The role of those who rate their colleagues.
pub(super) const PEER: &str = "peer";

/// One form and its rater.
pub struct Named {
    /// The form, cut down to what this rater fills in.
    pub sheet: Sheet,
    /// Whose answers.
    pub of: FormOf,
    /// Where it is shown.
    pub path: String,
}

impl Named {
    /// The form of the path; one that is not this person's to fill in is not there.
    pub fn of(desk: &Desk, visit: &Visit) -> Result<Self, Refusal> {
        let person = visit.person()?;
        let (job, period) = periods::named(desk, visit)?;
        let sheets = desk.console.forms.sheets(&job, &period, visit.locale)?;
        let name = visit.params.get("form");
        let sheet = sheets
            .into_iter()
            .find(|one| one.name == name && fills_in(person, (&job, &period), one))
            .ok_or(Refusal::NotFound)?;
        let path = periods::path(LIST, &job, &period, &sheet.name);
        let of = FormOf { job, period, form: sheet.name.clone(), author: person.user.name.clone() };
        Ok(Self { sheet: without_oneself(person, sheet), of, path })
    }

    /// The item that the path names, with its place.
    pub fn item(&self, visit: &Visit) -> Result<(usize, &Item), Refusal> {
        let number = visit.params.number("item").and_then(|number| usize::try_from(number).ok());
        let place = number.and_then(|number| number.checked_sub(1)).ok_or(Refusal::NotFound)?;
        self.sheet.items.get(place).map(|item| (place, item)).ok_or(Refusal::NotFound)
    }

    /// What is filled in at a stage, as far as the form still asks for it.
    pub fn given(&self, desk: &Desk, stage: AnswerStage) -> Result<Vec<Given>, Refusal> {
        let found = desk.console.ledger.answers(&self.of, stage)?;
        let mut given = found.map(|answers| answers.given).unwrap_or_default();
        given.retain(|one| self.asks(&one.item, &one.agent));
        Ok(given)
    }

    /// Whether it asks for this cell.
    pub fn asks(&self, item: &str, agent: &str) -> bool {
        let item = self.sheet.items.iter().find(|one| one.id == item);
        item.is_some_and(|item| item.people.iter().any(|(id, _)| id == agent))
    }
}

/// Whether this person is one of a form's raters: oneself, a colleague of the team, or for any other role whoever leads it.
pub fn fills_in(person: &SignedIn, (job, period): (&str, &Period), sheet: &Sheet) -> bool {
    let own = person.user.staff_number.as_deref();
    match sheet.role.as_str() {
        SELF => own.is_some() && own == sheet.rater.as_ref().map(|(id, _)| id.as_str()),
        PEER => own.is_some_and(|own| sheet.members.iter().any(|member| member == own)),
        _ => person.sight.commands_in(job, period, Some(&sheet.team)),
    }
}

/// Nobody rates themself but where that is asked.
fn without_oneself(person: &SignedIn, mut sheet: Sheet) -> Sheet {
    let Some(own) = person.user.staff_number.as_deref().filter(|_| sheet.role != SELF) else { return sheet };
    for item in &mut sheet.items {
        item.people.retain(|(id, _)| id != own);
    }
    sheet.items.retain(|item| !item.people.is_empty());
    sheet
}
