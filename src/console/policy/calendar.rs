//! Campaigns in a month: the days on which schemes judge otherwise, and how.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use chrono::{Datelike, NaiveDate};

use super::{Tab, path, tabs};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::period::{Cycle, Period};
use crate::scheme::Scheme;
use crate::scheme::consequence::{Days, Override};
use crate::words::{Bilingual, Locale};

#[derive(Template)]
#[template(path = "policy-calendar.html", config = "src/console/askama.toml")]
struct CalendarPage {
    page: Page,
    tabs: Vec<Tab>,
    month: String,
    before: String,
    after: String,
    weekdays: [Bilingual; 7],
    weeks: Vec<[Day; 7]>,
    campaigns: Vec<Campaign>,
}

/// A day of the month, or an empty field at its edge.
#[derive(Default)]
struct Day {
    number: Option<u32>,
    /// The numbers of the campaigns on it.
    campaigns: Vec<usize>,
}

/// One rule for some days.
struct Campaign {
    number: usize,
    label: String,
    days: String,
    scheme: String,
    path: String,
    what: String,
    range: Option<(NaiveDate, NaiveDate)>,
}

/// `GET /policy/calendar?month=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let today = desk.console.clock.now().date_naive();
    let asked = Period::parse(visit.query.get("month")).filter(|period| period.cycle == Cycle::Month);
    let month = asked.unwrap_or_else(|| Period::containing(Cycle::Month, today));
    let registry = desk.console.policies.schemes();
    let in_force = registry.all().iter().filter(|scheme| {
        registry.in_force(&scheme.id, month.last_day()).is_ok_and(|one| one.version == scheme.version)
    });
    let rules = in_force.flat_map(|scheme| scheme.overrides.iter().map(move |rule| (scheme, rule)));
    let touching = rules.filter(|(_, rule)| touches(rule, &month));
    let campaigns: Vec<Campaign> = touching
        .enumerate()
        .map(|(place, (scheme, rule))| Campaign::of(place + 1, scheme, rule, visit.locale))
        .collect();
    let page = Page::of(visit);
    page::show(&CalendarPage {
        tabs: tabs(&page),
        month: month.to_string(),
        before: month.previous().to_string(),
        after: month.next().to_string(),
        weekdays: weekdays(),
        weeks: weeks(&month, &campaigns),
        campaigns,
        page,
    })
}

/// Whether a rule holds on a day of the month; for marked days nobody knows before the month's data is there.
fn touches(rule: &Override, month: &Period) -> bool {
    match rule.days {
        Days::Range(from, to) => from <= month.last_day() && to >= month.start,
        Days::Tagged(_) => true,
    }
}

impl Campaign {
    fn of(number: usize, scheme: &Scheme, rule: &Override, locale: Locale) -> Self {
        let (days, range) = match &rule.days {
            Days::Range(from, to) => (format!("{from} – {to}"), Some((*from, *to))),
            Days::Tagged(tag) => {
                let words = Bilingual::new(
                    format!("数据中日历标为“{tag}”的日子"),
                    format!("days that the data's calendar marks “{tag}”"),
                );
                (words.get(locale).to_owned(), None)
            }
        };
        Self {
            number,
            label: rule.label.get(locale).to_owned(),
            days,
            scheme: format!("{} {}", scheme.title.get(locale), scheme.version),
            path: path(scheme),
            what: what(rule).get(locale).to_owned(),
            range,
        }
    }

    fn covers(&self, day: NaiveDate) -> bool {
        self.range.is_some_and(|(from, to)| from <= day && day <= to)
    }
}

/// What is different on its days; the page of the scheme tells it in full.
fn what(rule: &Override) -> Bilingual {
    let counted = [
        (rule.weights.len(), "权重", "weights"),
        (rule.expressions.len(), "口径", "expressions"),
        (rule.leave_out.len(), "不计入", "left out"),
        (rule.limits.len(), "预警界限", "limits of watches"),
    ];
    let some = || counted.iter().filter(|(count, ..)| *count > 0);
    Bilingual::new(
        some().map(|(count, zh, _)| format!("{zh} {count} 项")).collect::<Vec<_>>().join("、"),
        some().map(|(count, _, en)| format!("{en}: {count}")).collect::<Vec<_>>().join(", "),
    )
}

fn weekdays() -> [Bilingual; 7] {
    [("一", "Mon"), ("二", "Tue"), ("三", "Wed"), ("四", "Thu"), ("五", "Fri"), ("六", "Sat"), ("日", "Sun")]
        .map(|(zh, en)| Bilingual::new(zh, en))
}

/// The month in weeks that begin on Monday.
fn weeks(month: &Period, campaigns: &[Campaign]) -> Vec<[Day; 7]> {
    let mut weeks: Vec<[Day; 7]> = vec![Default::default()];
    for day in month.start.iter_days().take_while(|day| *day <= month.last_day()) {
        let place = day.weekday().num_days_from_monday() as usize;
        if place == 0 && day != month.start {
            weeks.push(Default::default());
        }
        let on = campaigns.iter().filter(|campaign| campaign.covers(day)).map(|campaign| campaign.number).collect();
        if let Some(week) = weeks.last_mut() {
            week[place] = Day { number: Some(day.day()), campaigns: on };
        }
    }
    weeks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_laid_out_in_weeks_with_its_campaigns() {
        let month = Period::parse("2026-11").expect("a month");
        let campaign = Campaign {
            number: 1,
            label: String::new(),
            days: String::new(),
            scheme: String::new(),
            path: String::new(),
            what: String::new(),
            range: "2026-11-10".parse().ok().zip("2026-11-11".parse().ok()),
        };
        let weeks = weeks(&month, &[campaign]);
        // The 1st is a Sunday, the 30th a Monday.
        assert_eq!(
            (weeks.len(), weeks[0][6].number, weeks[5][0].number, weeks[5][1].number),
            (6, Some(1), Some(30), None)
        );
        let days: Vec<u32> =
            weeks.iter().flatten().filter(|day| !day.campaigns.is_empty()).filter_map(|day| day.number).collect();
        assert_eq!(days, [10, 11]);
    }
}
