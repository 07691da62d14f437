//! What is kept of the sources: a calendar of marks for each resource, ages, counts, the last failure.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};

use super::{Coverage, Covered, Kept, Tab, tabs};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::say;
use crate::period::{Cycle, Period};
use crate::words::{Bilingual, Locale};

#[derive(Template)]
#[template(path = "operator-sources.html", config = "src/console/askama.toml")]
struct SourcesPage {
    page: Page,
    tabs: Vec<Tab>,
    sources: Vec<Choice>,
    shown: Option<Shown>,
}

/// A source that can be looked at.
struct Choice {
    id: String,
    title: String,
    here: bool,
}

/// One source in one month.
struct Shown {
    id: String,
    title: String,
    month: String,
    before: String,
    after: String,
    days: Vec<Day>,
    last_pull: Option<String>,
    last_failure: Option<(String, String)>,
    resources: Vec<Row>,
    legend: Vec<(&'static str, Bilingual)>,
}

/// A day at the head of the calendar.
struct Day {
    number: u32,
    is_monday: bool,
}

/// One resource.
struct Row {
    name: String,
    /// A sign for each day; none for a resource that knows no time.
    marks: Vec<&'static str>,
    /// The days of each kind, in words for those who see no marks.
    tally: String,
    missing: usize,
    counts: String,
    age: String,
}

/// `GET /operator/sources?source=&month=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let machine = &desk.console.machine;
    let all = machine.sources();
    let asked = visit.query.get("source");
    let chosen = all.iter().find(|(id, _)| id == asked).or(all.first());
    let month = Period::parse(visit.query.get("month")).filter(|period| period.cycle == Cycle::Month);
    let coverage = chosen.map(|(id, _)| machine.coverage(id, month)).transpose()?.flatten();
    let now = desk.console.clock.now();
    let shown = chosen.zip(coverage).map(|((id, title), coverage)| Shown::of(id, title, &coverage, visit.locale, now));
    let page = Page::of(visit);
    let choice = |(id, title): &(String, Bilingual)| Choice {
        here: shown.as_ref().is_some_and(|shown| shown.id == *id),
        id: id.clone(),
        title: title.get(visit.locale).to_owned(),
    };
    let sources = all.iter().map(choice).collect();
    page::show(&SourcesPage { tabs: tabs(&page), sources, shown, page })
}

impl Shown {
    fn of(id: &str, title: &Bilingual, coverage: &Coverage, locale: Locale, now: DateTime<Utc>) -> Self {
        let days: Vec<NaiveDate> =
            coverage.month.start.iter_days().take_while(|day| *day <= coverage.month.last_day()).collect();
        let day = |day: &NaiveDate| Day { number: day.day(), is_monday: day.weekday() == Weekday::Mon };
        Self {
            id: id.to_owned(),
            title: title.get(locale).to_owned(),
            month: coverage.month.to_string(),
            before: coverage.month.previous().to_string(),
            after: coverage.month.next().to_string(),
            last_pull: coverage
                .last_pull
                .as_ref()
                .map(|(period, at)| format!("{} ({period})", say::when(*at, coverage.zone))),
            last_failure: coverage
                .last_failure
                .as_ref()
                .map(|one| (format!("{} ({})", say::when(one.at, coverage.zone), one.period), one.why.clone())),
            resources: coverage.resources.iter().map(|one| Row::of(one, &days, locale, now)).collect(),
            days: days.iter().map(day).collect(),
            legend: Kept::ALL.into_iter().map(|kept| (kept.sign(), kept.words())).collect(),
        }
    }
}

impl Row {
    fn of(one: &Covered, days: &[NaiveDate], locale: Locale, now: DateTime<Utc>) -> Self {
        let kept =
            |day: &NaiveDate| one.days.iter().find(|(known, _)| known == day).map_or(Kept::Unwanted, |(_, kept)| *kept);
        let marks: Vec<Kept> = if one.days.is_empty() { Vec::new() } else { days.iter().map(kept).collect() };
        let count = |kept: Kept| marks.iter().filter(|mark| **mark == kept).count();
        let told = Kept::ALL.into_iter().filter(|kept| count(*kept) > 0);
        Self {
            name: one.resource.clone(),
            tally: told
                .map(|kept| format!("{} {}", count(kept), kept.words().get(locale)))
                .collect::<Vec<_>>()
                .join(", "),
            missing: count(Kept::Missing),
            counts: counts(one, locale),
            age: one.begun.map_or_else(|| never(locale), |(old, new)| ages(now - old, now - new, locale)),
            marks: marks.into_iter().map(Kept::sign).collect(),
        }
    }
}

fn counts(one: &Covered, locale: Locale) -> String {
    let (pages, records) = (one.pages, one.records);
    match (locale, one.ids) {
        (Locale::Zh, None) => format!("{pages} 页 {records} 条"),
        (Locale::Zh, Some(ids)) => format!("{pages} 页 {records} 条 · {ids} 个账号"),
        (Locale::En, None) => format!("{pages} pages, {records} records"),
        (Locale::En, Some(ids)) => format!("{pages} pages, {records} records · {ids} ids"),
    }
}

fn never(locale: Locale) -> String {
    Bilingual::new("未取过", "never pulled").get(locale).to_owned()
}

/// How long ago the oldest and the newest were pulled; once where that is the same.
fn ages(oldest: TimeDelta, newest: TimeDelta, locale: Locale) -> String {
    let (oldest, newest) = (say::ago(oldest), say::ago(newest));
    match oldest == newest {
        true => newest.get(locale).to_owned(),
        false => format!("{} … {}", oldest.get(locale), newest.get(locale)),
    }
}
