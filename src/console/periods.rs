//! Which job and period a page of ratings is about: what an address asks for, the ways to others, and where things lie.

use super::JobCard;
use super::attend::Visit;
use super::desk::Desk;
use super::page::Page;
use super::refusal::Refusal;
use super::tabs::{Place, Tab, tabs};
use crate::period::Period;
use crate::words::Bilingual;

/// How many periods are offered.
const OFFERED: usize = 4;

/// The pages on which people rate and write down.
const ROOMS: [Place; 2] = [("/forms", "评分表与检查表", "Forms"), ("/recorded", "事件台账", "Events")];

/// The job and the period that are looked at.
pub struct Chosen<'a> {
    /// The job.
    pub job: &'a JobCard,
    /// The period.
    pub period: Period,
    /// The period that is going on.
    present: Period,
}

/// The ways on from a page.
pub struct Ways {
    /// To the page beside it.
    pub rooms: Vec<Tab>,
    /// To the same page of each job.
    pub jobs: Vec<Tab>,
    /// To the same page of the last periods.
    pub periods: Vec<Tab>,
}

/// The job that an address asks for; none without a word of it.
pub fn asked_job<'a>(desk: &'a Desk, visit: &Visit) -> Result<Option<&'a JobCard>, Refusal> {
    visit.query.given("job").map(|id| desk.job(id).ok_or(Refusal::NotFound)).transpose()
}

/// The job and the period that a path names, if there are such.
pub fn named(desk: &Desk, visit: &Visit) -> Result<(String, Period), Refusal> {
    let job = desk.job(visit.params.get("job")).ok_or(Refusal::NotFound)?;
    let period = Period::parse_for(job.cycle, visit.params.get("period")).ok_or(Refusal::NotFound)?;
    Ok((job.id.clone(), period))
}

/// The period of a job that is going on.
pub fn present(desk: &Desk, job: &JobCard) -> Period {
    Period::containing(job.cycle, desk.console.clock.now().with_timezone(&job.zone).date_naive())
}

/// Where a thing of a job's period is, below the page that lists them.
pub fn path(list: &str, job: &str, period: &Period, name: &str) -> String {
    let plain =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    format!("{list}/{}/{}/{}", plain(job), plain(&period.to_string()), plain(name))
}

/// What an address says of a job and a period.
pub fn query(job: &str, period: &Period) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("job", job).append_pair("period", &period.to_string());
    query.finish()
}

impl<'a> Chosen<'a> {
    /// The period of this job that an address asks for; without a word of it the `usual` one, told from the present one.
    pub fn of(
        desk: &Desk,
        visit: &Visit,
        job: &'a JobCard,
        usual: impl FnOnce(Period) -> Period,
    ) -> Result<Self, Refusal> {
        let present = present(desk, job);
        let period = match visit.query.given("period") {
            Some(text) => Period::parse_for(job.cycle, text).ok_or(Refusal::NotFound)?,
            None => usual(present),
        };
        Ok(Self { job, period, present })
    }

    /// What an address says of it.
    pub fn query(&self) -> String {
        query(&self.job.id, &self.period)
    }

    /// The ways on from this page.
    pub fn ways(&self, desk: &Desk, page: &Page) -> Ways {
        let jobs = desk.console.jobs.iter().map(|job| Tab {
            path: format!("{}?{}", page.here, only_job(&job.id)),
            name: job.title.clone(),
            here: job.id == self.job.id,
        });
        let offered = std::iter::successors(Some(self.present), |one| Some(one.previous())).take(OFFERED);
        let periods = offered.map(|one| Tab {
            path: format!("{}?{}", page.here, query(&self.job.id, &one)),
            name: Bilingual::same(one.to_string()),
            here: one == self.period,
        });
        Ways { rooms: tabs(page, &ROOMS), jobs: jobs.collect(), periods: periods.collect() }
    }
}

fn only_job(job: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("job", job).finish()
}
