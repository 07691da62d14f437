//! Which cards are looked at: a job and period, and a team among those that the person sees.

use std::collections::BTreeMap;

use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::home::job_title;
use crate::console::refusal::Refusal;
use crate::console::rights;
use crate::ledger::{CardSummary, CardWish, CardedPeriod};
use crate::words::Locale;

/// Cards of one team and period at most.
const MOST: usize = 20_000;

/// What can be chosen, and what is.
pub struct Choice {
    /// The period that is looked at.
    pub chosen: CardedPeriod,
    /// Every period of the same job and cycle, the newest first.
    pub periods: Vec<CardedPeriod>,
    /// The names of the teams that have such cards, by id.
    pub teams: BTreeMap<String, String>,
    /// The team that is looked at; all without one.
    pub team: Option<String>,
    /// The form's options for the period.
    pub when: Vec<Choosable>,
}

/// One option of a form.
pub struct Choosable {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// What this visit asks for with `when` and `team`; none while nobody has cards that the person sees.
    pub fn of(desk: &Desk, visit: &Visit) -> Result<Option<Self>, Refusal> {
        let ledger = &desk.console.ledger;
        let all = ledger.carded_periods()?;
        let asked = visit.query.get("when");
        let Some(chosen) = all.iter().find(|one| value(one) == asked).or(all.first()).cloned() else { return Ok(None) };
        let carded = rights::carded_teams(ledger, &visit.person()?.sight, &chosen)?;
        let names = ledger.team_names(&chosen.job)?;
        let named = |id: String| (id.clone(), names.get(&id).cloned().unwrap_or(id));
        let teams: BTreeMap<String, String> = carded.into_iter().map(named).collect();
        let team = visit.query.given("team").map(str::to_owned).filter(|team| teams.contains_key(team));
        let when = all.iter().map(|one| Choosable::period(desk, visit.locale, one, &chosen)).collect();
        let same = |one: &CardedPeriod| one.job == chosen.job && one.period.cycle == chosen.period.cycle;
        let periods = all.iter().filter(|one| same(one) && one.period.start <= chosen.period.start).cloned().collect();
        Ok(Some(Self { periods, teams, team, when, chosen }))
    }

    /// The same with a team, the first one without a word of it; none where the person sees no cards.
    pub fn of_one_team(desk: &Desk, visit: &Visit) -> Result<Option<(Self, String)>, Refusal> {
        let Some(choice) = Self::of(desk, visit)? else { return Ok(None) };
        let team = choice.team.clone().or_else(|| choice.teams.keys().next().cloned());
        Ok(team.map(|team| (Self { team: Some(team.clone()), ..choice }, team)))
    }

    /// The form's options for the team.
    pub fn team_options(&self) -> Vec<Choosable> {
        let option = |(id, name): (&String, &String)| Choosable {
            value: id.clone(),
            label: name.clone(),
            chosen: self.team.as_ref() == Some(id),
        };
        self.teams.iter().map(option).collect()
    }

    /// What is chosen, as links carry it.
    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("when", &value(&self.chosen));
        if let Some(team) = &self.team {
            query.append_pair("team", team);
        }
        query.finish()
    }
}

/// The cards of a period and team, as far as the person sees them.
pub fn cards_of(desk: &Desk, visit: &Visit, one: &CardedPeriod, team: &str) -> Result<Vec<CardSummary>, Refusal> {
    let wish = CardWish {
        job: one.job.clone(),
        period: one.period,
        team: Some(team.to_owned()),
        agent: None,
        text: String::new(),
    };
    Ok(rights::find_cards(&desk.console.ledger, &visit.person()?.sight, &wish, MOST)?)
}

fn value(one: &CardedPeriod) -> String {
    format!("{} {}", one.job, one.period)
}

impl Choosable {
    fn period(desk: &Desk, locale: Locale, one: &CardedPeriod, chosen: &CardedPeriod) -> Self {
        let label = format!("{} · {}", one.period, job_title(desk, &one.job, locale));
        Self { value: value(one), label, chosen: one == chosen }
    }
}
