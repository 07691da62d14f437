//! Check sheets: every item of the scheme's list for one inspected person, and the items of a site apart.

use std::collections::{BTreeMap, BTreeSet};

use super::super::desk::Desk;
use super::{Forms, Person, whom};
use crate::scheme::{Judged, Scheme};
use crate::tables::Member;
use crate::words::Bilingual;

/// An item of a check sheet.
#[derive(Clone, Debug)]
pub struct CheckedItem {
    /// Its id in the table `checklist_results`.
    pub id: String,
    /// What is checked.
    pub text: Bilingual,
    /// The id of its chapter.
    pub chapter: Option<String>,
    /// What people call that chapter.
    pub chapter_label: Option<Bilingual>,
    /// Whether failing it fails the whole line.
    pub critical: bool,
    /// Whether the verdict follows from data, so that nobody ticks it.
    pub computed: bool,
    /// Whether it is checked at the site and not at a person.
    pub of_site: bool,
    /// To whom a line with it applies, and of those to whom the item does.
    pub who: BTreeMap<String, bool>,
}

/// What one inspector fills in: the people of a team, or a site.
#[derive(Clone, Debug)]
pub struct CheckSheet {
    /// The team's id, or the shop's.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether it is about a site.
    pub of_site: bool,
    /// Who or what is inspected, one list each.
    pub inspected: Vec<Inspected>,
}

/// Who or what is inspected, with its list.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// The person, or the shop under its id.
    pub who: Person,
    /// The list.
    pub lines: Vec<Line>,
}

/// An item of one list.
#[derive(Clone, Debug)]
pub struct Line {
    /// The item.
    pub item: CheckedItem,
    /// Whether it applies here; one that does not needs no verdict.
    pub applies: bool,
}

/// The items that some line judges, and those of the site.
pub(super) fn items(desk: &Desk<'_>, people: &[&Member]) -> Vec<CheckedItem> {
    let scheme = desk.facts.scheme;
    let mut judged: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for indicator in &scheme.indicators {
        let Judged::Checklist(checklist) = &indicator.judged else { continue };
        let who: BTreeSet<&str> =
            whom(desk, people, indicator.when.as_ref()).map(|member| member.id.as_str()).collect();
        checklist.items.iter().for_each(|item| judged.entry(*item).or_default().extend(&who));
    }
    let labels = chapter_labels(scheme);
    let item = |(place, item): (usize, &crate::scheme::Item)| {
        let whose = judged.get(&place);
        if whose.is_none() && !item.of_site {
            return None;
        }
        let applies = |member: &&&Member| whose.is_some_and(|whose| whose.contains(member.id.as_str()));
        let verdict = |member: &&Member| {
            let applies = item.applies_when.as_ref().is_none_or(|when| desk.of_agent(when, member).holds());
            (member.id.clone(), applies)
        };
        Some(CheckedItem {
            id: item.id.clone(),
            text: item.text.clone(),
            chapter: item.chapter.clone(),
            chapter_label: item.chapter.as_ref().and_then(|chapter| labels.get(chapter.as_str()).cloned()),
            critical: item.critical,
            computed: item.met_when.is_some(),
            of_site: item.of_site,
            who: people.iter().filter(applies).map(verdict).collect(),
        })
    };
    scheme.items.iter().enumerate().filter_map(item).collect()
}

/// What people call the chapters: as the line that judges just that chapter, or that has its name.
fn chapter_labels(scheme: &Scheme) -> BTreeMap<&str, Bilingual> {
    let mut labels = BTreeMap::new();
    let chapters: BTreeSet<&str> = scheme.items.iter().filter_map(|item| item.chapter.as_deref()).collect();
    for chapter in chapters {
        let places: Vec<usize> =
            (0..scheme.items.len()).filter(|at| scheme.items[*at].chapter.as_deref() == Some(chapter)).collect();
        let judges = |judged: &Judged| matches!(judged, Judged::Checklist(list) if list.items == places);
        let own = scheme.indicators.iter().find(|one| judges(&one.judged)).map(|one| one.label.clone());
        let named = || scheme.indicators.iter().find(|one| one.id == chapter).map(|one| one.label.clone());
        if let Some(label) = own.or_else(named) {
            labels.insert(chapter, label);
        }
    }
    labels
}

impl Forms {
    /// A sheet for each team, with a list for each of its people, and one for each shop where sites are checked.
    pub fn check_sheets(&self) -> Vec<CheckSheet> {
        let teams = self.teams.iter().map(|team| CheckSheet {
            id: team.id.clone(),
            name: team.name.clone(),
            of_site: false,
            inspected: team.people.iter().filter_map(|person| self.list_of(person)).collect(),
        });
        let shops: BTreeSet<&String> = self.teams.iter().flat_map(|team| &team.shops).collect();
        let sites = shops.into_iter().map(|shop| CheckSheet {
            id: shop.clone(),
            name: shop.clone(),
            of_site: true,
            inspected: self.list_of_site(shop).into_iter().collect(),
        });
        teams.chain(sites).filter(|sheet| !sheet.inspected.is_empty()).collect()
    }

    fn list_of(&self, person: &Person) -> Option<Inspected> {
        let line = |item: &CheckedItem| {
            let applies = *item.who.get(&person.id).filter(|_| !item.of_site)?;
            Some(Line { item: item.clone(), applies })
        };
        let lines: Vec<Line> = self.checked.iter().filter_map(line).collect();
        let asks = lines.iter().any(|line| !line.item.computed);
        asks.then(|| Inspected { who: person.clone(), lines })
    }

    fn list_of_site(&self, shop: &str) -> Option<Inspected> {
        let of_site = self.checked.iter().filter(|item| item.of_site);
        let lines: Vec<Line> = of_site.map(|item| Line { item: item.clone(), applies: true }).collect();
        let who = Person { id: shop.to_owned(), name: shop.to_owned(), email: None };
        (!lines.is_empty()).then_some(Inspected { who, lines })
    }
}
