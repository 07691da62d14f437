//! What each team's manager may read of an appraisal: whom findings concern, and whose cards and charts are whose, is
//! worked out once for all teams, of which there may be thousands.

use std::collections::{BTreeSet, HashMap};

use crate::finding::{Finding, Names};
use crate::score::Appraisal;
use crate::score::appraisal::{Card, Insight, Person, Team};

/// An appraisal, ready to be told to one team after the other.
pub(super) struct TeamViews<'a> {
    appraisal: &'a Appraisal,
    cards: HashMap<&'a str, Vec<&'a Card>>,
    insights: HashMap<&'a str, Vec<&'a Insight>>,
    /// In their order, each with the only team that may read it, if not everybody may; those about several are left out.
    findings: Vec<(&'a Finding, Option<&'a str>)>,
}

impl<'a> TeamViews<'a> {
    /// Everybody may read what names nobody; what names people of one team, that team alone; what names people of two,
    /// neither of them.
    pub(super) fn of(appraisal: &'a Appraisal, findings: &'a [Finding]) -> Self {
        let mut cards: HashMap<&str, Vec<&Card>> = HashMap::new();
        for card in &appraisal.cards {
            cards.entry(&card.team_id).or_default().push(card);
        }
        let mut insights: HashMap<&str, Vec<&Insight>> = HashMap::new();
        for insight in &appraisal.insights {
            insights.entry(&insight.team_id).or_default().push(insight);
        }
        let people = appraisal.cards.iter().map(|card| (&card.agent, card.team_id.as_str()));
        let teams = Whose::of(people, &appraisal.teams);
        let readable = |finding: &'a Finding| {
            let mut teams = teams.concerned(finding).into_iter();
            match (teams.next(), teams.next()) {
                (only, None) => Some((finding, only)),
                _ => None,
            }
        };
        Self { appraisal, cards, insights, findings: findings.iter().filter_map(readable).collect() }
    }

    /// What a team's manager may read: findings about others' people are left out.
    pub(super) fn of_team(&self, team: &Team) -> Appraisal {
        let whole = self.appraisal;
        let own = |id: &str| self.cards.get(id).into_iter().flatten().map(|card| (*card).clone()).collect();
        let drawn = |id: &str| self.insights.get(id).into_iter().flatten().map(|one| (*one).clone()).collect();
        Appraisal {
            cards: own(&team.id),
            insights: drawn(&team.id),
            findings: self.findings(team).cloned().collect(),
            scheme: whole.scheme.clone(),
            teams: whole.teams.clone(),
            groups: whole.groups.clone(),
            duties: whole.duties.clone(),
            asked: whole.asked.clone(),
            alerts: whole.alerts.clone(),
            milestones: whole.milestones.clone(),
            ..*whole
        }
    }

    /// The cards of a team.
    pub(super) fn cards(&self, team: &Team) -> &[&'a Card] {
        self.cards.get(team.id.as_str()).map_or(&[], Vec::as_slice)
    }

    /// The findings that a team's manager may read.
    pub(super) fn findings(&self, team: &Team) -> impl Iterator<Item = &'a Finding> {
        let is_theirs = |only: &Option<&str>| only.is_none_or(|only| only == team.id);
        self.findings.iter().filter(move |(_, only)| is_theirs(only)).map(|(finding, _)| *finding)
    }
}

/// Which teams an id or a name belongs to.
struct Whose<'a> {
    /// Teams by what a finding may be about: an agent, a team, or whoever leads one.
    subjects: HashMap<&'a str, BTreeSet<&'a str>>,
    /// Teams by the ids and names of their agents, which may stand in a finding's words: an account of two people names
    /// both of them, wherever they work.
    people: HashMap<&'a str, BTreeSet<&'a str>>,
    names: Names,
}

impl<'a> Whose<'a> {
    /// Of agents, each with the team, and of whoever leads one.
    fn of(agents: impl Iterator<Item = (&'a Person, &'a str)>, teams: &'a [Team]) -> Self {
        let (mut subjects, mut people): (HashMap<_, BTreeSet<_>>, HashMap<_, BTreeSet<_>>) = Default::default();
        for (agent, team) in agents {
            subjects.entry(agent.id.as_str()).or_default().insert(team);
            for name in [&agent.id, &agent.name] {
                people.entry(name.as_str()).or_default().insert(team);
            }
        }
        for team in teams {
            for id in std::iter::once(&team.id).chain(team.manager.as_ref().map(|manager| &manager.id)) {
                subjects.entry(id.as_str()).or_default().insert(team.id.as_str());
            }
        }
        let names = people.keys().map(|name| (*name).to_owned()).collect();
        Self { subjects, people, names }
    }

    /// The teams that a finding is about or whose people it names.
    fn concerned(&self, finding: &Finding) -> BTreeSet<&'a str> {
        let subject = finding.subject.as_ref().and_then(|subject| self.subjects.get(subject.as_str()));
        let named = self.names.standing_in(finding).into_iter().filter_map(|name| self.people.get(name));
        subject.into_iter().chain(named).flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Bilingual;

    fn person(id: &str, name: &str) -> Person {
        Person { id: id.to_owned(), name: name.to_owned(), email: None }
    }

    fn team(id: &str, manager: &str) -> Team {
        let manager = Some(person(manager, ""));
        Team { id: id.to_owned(), name: String::new(), manager, mean_total: None }
    }

    #[test]
    fn a_finding_concerns_the_teams_of_whom_it_is_about_and_of_whom_it_names() {
        let agents = [person("A1", "小满"), person("A2", "谷雨"), person("B1", "小满")];
        let teams = [team("T1", "M1"), team("T2", "M2")];
        let of_teams = ["T1", "T1", "T2"];
        let whose = Whose::of(agents.iter().zip(of_teams), &teams);
        let said = |text: &str| Finding::note("any", Bilingual::same(text));
        let teams = |finding: Finding| whose.concerned(&finding).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(teams(said("A11 rows lack a customer")), "", "a name is a word of its own");
        assert_eq!(teams(said("谷雨 has two accounts")), "T1");
        assert_eq!(teams(said("nobody punched").about("B1")), "T2");
        assert_eq!(teams(said("nobody punched").about("T2")), "T2");
        assert_eq!(teams(said("has no address").about("M1")), "T1");
        assert_eq!(teams(said("one account of A2 and B1")), "T1 T2");
        assert_eq!(teams(said("小满 has two accounts").about("A1")), "T1 T2", "two people have that name");
        assert_eq!(teams(said("shares an account with B1").about("A2")), "T1 T2");
    }
}
