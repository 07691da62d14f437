//! What people are to fill in before anything can be scored: items to rate and items to check, and whom each is about.

mod checks;
mod ratings;

use std::collections::{BTreeMap, BTreeSet};

use super::appraisal::Person;
use super::desk::Desk;
use super::results::Results;
use super::{Compiled, Input, population, prepare};
use crate::exact::Exact;
use crate::period::Period;
use crate::scheme::formula::Value;
use crate::tables::Member;
use crate::words::Bilingual;

pub use checks::{CheckSheet, CheckedItem, Inspected, Line};
pub use ratings::{Block, RatedItem, RatingForm, RatingLevel};

/// Everything that a scheme asks people to fill in for one period.
#[derive(Clone, Debug)]
pub struct Forms {
    /// For which scheme.
    pub heading: Heading,
    /// The teams by id, with everybody who may be scored.
    pub teams: Vec<FormTeam>,
    /// Items to rate, in the order of the card.
    pub rated: Vec<RatedItem>,
    /// Items to check, in the order of the sheet.
    pub checked: Vec<CheckedItem>,
}

/// What every form says of itself.
#[derive(Clone, Debug)]
pub struct Heading {
    /// What people call the scheme.
    pub title: Bilingual,
    /// The scheme's version.
    pub version: String,
    /// SHA-256 of the scheme's file, hexadecimal.
    pub hash: String,
    /// The days that the form is about.
    pub period: Period,
    /// What the scheme says to all who read it.
    pub remarks: Vec<Bilingual>,
}

/// A team and its people by staff number; for schemes about departments, a class of departments.
#[derive(Clone, Debug)]
pub struct FormTeam {
    /// The team's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whoever may be scored.
    pub people: Vec<Person>,
    /// The shops in which they work.
    pub shops: BTreeSet<String>,
}

/// The forms of a scheme for the people of a period.
///
/// Whoever is not surely left out by the scheme is in: before a period is over, nobody knows who had enough data.
pub fn forms(compiled: &Compiled<'_>, input: &Input<'_>) -> anyhow::Result<Forms> {
    let (facts, _) = prepare(compiled, input)?;
    let desk = Desk::new(&facts, Results::none());
    let people: Vec<&Member> =
        facts.roster.agents().filter(|member| population::may_be_scored(&desk, member)).collect();
    let scheme = compiled.scheme;
    Ok(Forms {
        heading: Heading {
            title: scheme.title.clone(),
            version: scheme.version.clone(),
            hash: scheme.hash.clone(),
            period: input.period,
            remarks: scheme.remarks.clone(),
        },
        teams: teams(&people),
        rated: ratings::items(&desk, &people),
        checked: checks::items(&desk, &people),
    })
}

fn teams(people: &[&Member]) -> Vec<FormTeam> {
    let mut teams: BTreeMap<&str, FormTeam> = BTreeMap::new();
    for member in people {
        let team = teams.entry(&member.team_id).or_insert_with(|| FormTeam {
            id: member.team_id.clone(),
            name: member.team_name.clone(),
            people: Vec::new(),
            shops: BTreeSet::new(),
        });
        team.people.push(Person { id: member.id.clone(), name: member.name.clone(), email: None });
        team.shops.extend(member.shop_id.clone());
    }
    teams.into_values().collect()
}

/// The staff numbers of those for whom a condition does not surely fail.
fn whom<'m>(
    desk: &Desk<'_>,
    people: &[&'m Member],
    when: Option<&crate::scheme::Formula>,
) -> impl Iterator<Item = &'m Member> {
    let fails = |member: &&&Member| when.is_some_and(|when| desk.of_agent(when, member) == Value::Truth(false));
    people.iter().filter(|member| !fails(member)).copied().collect::<Vec<_>>().into_iter()
}

impl Forms {
    /// Whether the scheme asks anybody for anything.
    pub fn is_empty(&self) -> bool {
        self.rated.is_empty() && self.checked.is_empty()
    }
}

/// A score for people: as many decimals as it has, four at most.
pub fn shown(score: &Exact) -> String {
    score.trimmed(4)
}
