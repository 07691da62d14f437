//! Rating forms: one item after the other, each for all agents of a team, by one kind of rater.

use std::collections::BTreeSet;

use super::super::desk::Desk;
use super::{FormTeam, Forms, Person, whom};
use crate::exact::Exact;
use crate::scheme::line::Rating;
use crate::scheme::{Amount, Judged, Scheme};
use crate::tables::Member;
use crate::words::Bilingual;

/// An item that people rate.
#[derive(Clone, Debug)]
pub struct RatedItem {
    /// Its id in the table `ratings`.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// What a rater should know about it.
    pub about: Option<Bilingual>,
    /// The best score.
    pub max: Exact,
    /// The levels to choose from, best first; a score is given where there are none.
    pub levels: Vec<RatingLevel>,
    /// The roles that rate it; none where anybody may.
    pub roles: Vec<String>,
    /// Those of them whose scores are shown and do not count.
    pub reference_only: Vec<String>,
    /// The staff numbers of those who are rated.
    pub who: BTreeSet<String>,
}

/// A level that a rater may choose.
#[derive(Clone, Debug)]
pub struct RatingLevel {
    /// Its id in the table `ratings`.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// The score that it stands for; `None` while nobody has set it.
    pub points: Option<Exact>,
}

/// What one rater fills in: item by item, each across all agents.
#[derive(Clone, Debug)]
pub struct RatingForm {
    /// As what they rate, such as `supervisor`.
    pub role: String,
    /// The team's id.
    pub team_id: String,
    /// What people call the team.
    pub team_name: String,
    /// Who rates, where only one person can.
    pub rater: Option<Person>,
    /// The items with whom they are about.
    pub blocks: Vec<Block>,
}

/// One item and everybody who is rated on it.
#[derive(Clone, Debug)]
pub struct Block {
    /// The item.
    pub item: RatedItem,
    /// The agents by staff number.
    pub people: Vec<Person>,
}

/// The role of those who rate what the scheme leaves to anybody.
const ANYBODY: &str = "supervisor";
/// The role of those who rate themselves.
const SELF: &str = "self";

/// Every rated item once, for those to whom a line with it applies.
pub(super) fn items(desk: &Desk<'_>, people: &[&Member]) -> Vec<RatedItem> {
    let scheme = desk.facts.scheme;
    let mut items: Vec<RatedItem> = Vec::new();
    for indicator in &scheme.indicators {
        let Judged::Rating(rating) = &indicator.judged else { continue };
        let who = whom(desk, people, indicator.when.as_ref()).map(|member| member.id.clone());
        match items.iter_mut().find(|item| item.id == rating.item) {
            Some(item) => item.who.extend(who),
            None => items.push(RatedItem {
                id: rating.item.clone(),
                label: indicator.label.clone(),
                about: indicator.about.clone(),
                max: rating.max.clone(),
                levels: levels(scheme, rating),
                roles: rating.mix.keys().chain(&rating.reference_only).cloned().collect(),
                reference_only: rating.reference_only.clone(),
                who: who.collect(),
            }),
        }
    }
    items
}

/// The levels of a rating in the scheme's order, then those that it does not name.
fn levels(scheme: &Scheme, rating: &Rating) -> Vec<RatingLevel> {
    let place = |id: &String| scheme.levels.iter().position(|level| level.id == *id).unwrap_or(usize::MAX);
    let mut levels: Vec<(&String, &Amount)> = rating.levels.iter().collect();
    levels.sort_by_key(|(id, _)| place(id));
    let level = |(id, amount): (&String, &Amount)| RatingLevel {
        id: id.clone(),
        label: scheme.levels.get(place(id)).map_or_else(|| Bilingual::same(id), |level| level.label.clone()),
        points: match amount {
            Amount::Known(points) => Some(points.clone()),
            Amount::Unset(_) => None,
        },
    };
    levels.into_iter().map(level).collect()
}

impl RatedItem {
    /// Whether raters of a role fill it in.
    fn is_for(&self, role: &str, only: Option<&str>) -> bool {
        match self.roles.is_empty() {
            true => role == only.unwrap_or(ANYBODY),
            false => self.roles.iter().any(|one| one == role),
        }
    }
}

impl Forms {
    /// The roles that rate, in the order of the items.
    pub fn roles(&self) -> Vec<String> {
        let mut roles = Vec::new();
        for item in &self.rated {
            let open = item.roles.is_empty().then(|| ANYBODY.to_owned());
            for role in item.roles.iter().cloned().chain(open) {
                if !roles.contains(&role) {
                    roles.push(role);
                }
            }
        }
        roles
    }

    /// A form for each role and team, and for those who rate themselves one each; `only` one role where it is given.
    pub fn rating_forms(&self, only: Option<&str>) -> Vec<RatingForm> {
        let roles = only.map_or_else(|| self.roles(), |role| vec![role.to_owned()]);
        let mut forms = Vec::new();
        for role in &roles {
            for team in &self.teams {
                match role == SELF {
                    true => forms.extend(team.people.iter().filter_map(|person| self.of_oneself(only, team, person))),
                    false => forms.extend(self.rating_form(role, only, team, &team.people, None)),
                }
            }
        }
        forms
    }

    fn of_oneself(&self, only: Option<&str>, team: &FormTeam, person: &Person) -> Option<RatingForm> {
        self.rating_form(SELF, only, team, std::slice::from_ref(person), Some(person))
    }

    fn rating_form(
        &self,
        role: &str,
        only: Option<&str>,
        team: &FormTeam,
        people: &[Person],
        rater: Option<&Person>,
    ) -> Option<RatingForm> {
        let block = |item: &RatedItem| {
            let people: Vec<Person> = people.iter().filter(|person| item.who.contains(&person.id)).cloned().collect();
            (!people.is_empty()).then(|| Block { item: item.clone(), people })
        };
        let blocks: Vec<Block> = self.rated.iter().filter(|item| item.is_for(role, only)).filter_map(block).collect();
        (!blocks.is_empty()).then(|| RatingForm {
            role: role.to_owned(),
            team_id: team.id.clone(),
            team_name: team.name.clone(),
            rater: rater.cloned(),
            blocks,
        })
    }
}
