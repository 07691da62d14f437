//! A manager's teams with their last results, and what changed since the period before.

use super::desk::Desk;
use super::rights::Sight;
use super::{JobCard, cards};
use crate::exact::Exact;
use crate::ledger::{CardSummary, CardWish, Led};
use crate::period::Period;
use crate::words::Locale;

/// As many cards as a team may have.
const CARDS: u32 = 1000;

/// The last result of one team by one job.
pub struct TeamRow {
    /// What the team is called.
    pub team: String,
    /// What the job is called.
    pub job: String,
    /// The period that runs now.
    pub present: String,
    /// The last period that has cards.
    pub period: String,
    /// The mean total of those who were scored, with two decimals; a dash where nobody was.
    pub mean: String,
    /// What the mean gained or lost against the period before; a dash where there is none.
    pub change: String,
    /// Whether it lost.
    pub fell: bool,
    /// How many cards there are.
    pub cards: usize,
    /// Where the cards are.
    pub path: String,
}

/// The results of a manager's teams, job by job; nothing for others, who see the whole shop.
pub fn of(desk: &Desk, sight: &Sight, locale: Locale) -> anyhow::Result<Vec<TeamRow>> {
    let Sight::Teams(led) = sight else { return Ok(Vec::new()) };
    let carded = desk.console.ledger.carded_periods()?;
    let mut rows = Vec::new();
    for job in &desk.console.jobs {
        let periods: Vec<Period> = carded.iter().filter(|one| one.job == job.id).map(|one| one.period).collect();
        rows.extend(of_job(desk, job, led, &periods, locale)?);
    }
    Ok(rows)
}

/// The teams that a job has cards of; `periods` begin with the last.
fn of_job(desk: &Desk, job: &JobCard, led: &Led, periods: &[Period], locale: Locale) -> anyhow::Result<Vec<TeamRow>> {
    let Some(last) = periods.first() else { return Ok(Vec::new()) };
    let before = last.previous();
    let names = desk.console.ledger.team_names(&job.id)?;
    let today = desk.console.clock.now().with_timezone(&job.zone).date_naive();
    let mut rows = Vec::new();
    for team in &led.teams_of(&job.id, last) {
        let now = cards_of(desk, job, last, team)?;
        if now.is_empty() {
            continue;
        }
        let seen_before =
            if led.sees(&job.id, &before, team) { cards_of(desk, job, &before, team)? } else { Vec::new() };
        let (mean_now, mean_before) = (mean(&now), mean(&seen_before));
        let change = mean_now.clone().zip(mean_before).map(|(now, before)| now - before);
        rows.push(TeamRow {
            team: names.get(team).unwrap_or(team).clone(),
            job: job.title.get(locale).to_owned(),
            present: Period::containing(job.cycle, today).to_string(),
            period: last.to_string(),
            mean: cards::total(mean_now.as_ref()),
            fell: change.as_ref().is_some_and(Exact::is_negative),
            change: change.map_or_else(cards::dash, |change| signed(&change)),
            cards: now.len(),
            path: cards_path(job, last),
        });
    }
    Ok(rows)
}

fn cards_of(desk: &Desk, job: &JobCard, period: &Period, team: &str) -> anyhow::Result<Vec<CardSummary>> {
    let wish = CardWish {
        job: job.id.clone(),
        period: *period,
        team: Some(team.to_owned()),
        agent: None,
        text: String::new(),
    };
    desk.console.ledger.find_cards(&wish, CARDS)
}

fn mean(cards: &[CardSummary]) -> Option<Exact> {
    let totals: Vec<&Exact> = cards.iter().filter_map(|card| card.total.as_ref()).collect();
    let sum = totals.iter().fold(Exact::zero(), |sum, total| sum + (**total).clone());
    sum.checked_div(&Exact::whole(totals.len() as i64))
}

fn signed(change: &Exact) -> String {
    let sign = if change.is_negative() || change.is_zero() { "" } else { "+" };
    format!("{sign}{}", change.fixed(2))
}

/// The newest cards of the period; a manager sees those of their own teams.
fn cards_path(job: &JobCard, period: &Period) -> String {
    let when = format!("{} {period}", job.id);
    format!("/cards?{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("when", &when).finish())
}
