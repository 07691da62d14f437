//! What was written down about one team, and the form for the next event.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::entry::Entry;
use super::{LIST, Named, word};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::home::{job_title, zone_of};
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::run_rows::Sheets;
use crate::console::{periods, say, tokens};
use crate::ledger::{LONGEST_REASON, RecordedEvent};
use crate::scheme::Noted;
use crate::words::{Bilingual, Locale};

/// Among so many people at most one chooses.
const CHOSEN: usize = 200;

#[derive(Template)]
#[template(path = "recorded-team.html", config = "src/console/askama.toml")]
struct TeamPage {
    page: Page,
    path: String,
    list: String,
    title: String,
    period: String,
    team: String,
    people: Vec<(String, String)>,
    kinds: Vec<KindChoice>,
    first: String,
    last: String,
    entry: Entry,
    wrong: Option<Bilingual>,
    key: String,
    longest: usize,
    events: Vec<EventRow>,
    sheets: Sheets,
    /// Why nothing can be written down now.
    closed: Option<Bilingual>,
    /// The period as of which the people are known, where that is an earlier one.
    known_since: Option<String>,
}

/// A kind that can be chosen.
struct KindChoice {
    word: String,
    label: String,
    /// The least and the most points, where they are written with the event.
    points: Option<String>,
}

/// One event.
struct EventRow {
    id: i64,
    day: String,
    who: String,
    what: String,
    evidence: String,
    written: String,
    withdrawn: Option<String>,
}

/// `GET /recorded/{job}/{period}/{team_id}`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    page::show(&compose(desk, visit, &Named::of(desk, visit)?, Entry::default(), None)?)
}

/// The page with what was typed, and why it does not fit.
pub(super) fn again(
    desk: &Desk,
    visit: &Visit,
    named: &Named,
    entry: Entry,
    wrong: Bilingual,
) -> Result<Response, Refusal> {
    page::show(&compose(desk, visit, named, entry, Some(wrong))?)
}

fn compose(
    desk: &Desk,
    visit: &Visit,
    named: &Named,
    entry: Entry,
    wrong: Option<Bilingual>,
) -> Result<TeamPage, Refusal> {
    let (team, period) = (named.team(), &named.period);
    let tallies = named.tallies(desk)?;
    let sheets = Sheets::of(tallies.iter().map(|one| one.events).sum(), visit.query.get("sheet"));
    let shown = desk.console.ledger.find_recorded(&named.job, period, &tallies, sheets.range())?;
    let own = visit.person()?.user.staff_number.as_deref();
    let row = |event: &RecordedEvent| EventRow::of(desk, named, event, visit.locale);
    Ok(TeamPage {
        page: Page::of(visit),
        path: named.path(),
        list: format!("{LIST}?{}", periods::query(&named.job, period)),
        title: job_title(desk, &named.job, visit.locale),
        period: period.to_string(),
        team: team.name.clone(),
        people: team.people.iter().filter(|(id, _)| own != Some(id)).cloned().collect(),
        kinds: named.sheet.kinds.iter().map(|kind| KindChoice::of(kind, visit.locale)).collect(),
        first: period.start.to_string(),
        last: named.days().end().to_string(),
        entry,
        wrong,
        key: tokens::fresh()?,
        longest: LONGEST_REASON,
        events: shown.iter().map(row).collect(),
        sheets,
        closed: named.closed(),
        known_since: named.sheet.known_since.map(|known| known.to_string()),
    })
}

impl TeamPage {
    /// Whether there are so many people that one types whom instead of choosing.
    fn is_large(&self) -> bool {
        self.people.len() > CHOSEN
    }

    /// Whether any kind takes its points from the event.
    fn asks_points(&self) -> bool {
        self.kinds.iter().any(|kind| kind.points.is_some())
    }
}

impl KindChoice {
    fn of(kind: &Noted, locale: Locale) -> Self {
        let lines: Vec<&str> = kind.lines.iter().map(|line| line.get(locale)).collect();
        Self {
            word: word(kind),
            label: format!("{} · {}", kind.what.get(locale), lines.join(" / ")),
            points: kind.points.as_ref().map(|(least, most)| format!("{} – {}", least.trimmed(6), most.trimmed(6))),
        }
    }
}

impl EventRow {
    fn of(desk: &Desk, named: &Named, event: &RecordedEvent, locale: Locale) -> Self {
        let zone = zone_of(desk, &named.job);
        let what = &event.what;
        let known = named.sheet.kinds.iter().find(|kind| kind.kind == what.kind && kind.cause == what.cause);
        let called = known.map_or(what.kind.as_str(), |kind| kind.what.get(locale));
        let count = if what.count > 1 { format!(" × {}", what.count) } else { String::new() };
        let points = what.points.as_ref().map(|points| format!(" ({})", points.trimmed(6))).unwrap_or_default();
        let ended = event.withdrawn.as_ref();
        Self {
            id: event.id,
            day: what.day.to_string(),
            who: format!("{} {}", what.name, what.agent),
            what: format!("{called}{count}{points}"),
            evidence: what.evidence.clone(),
            written: format!("{} · {}", what.author, say::when(event.at, zone)),
            withdrawn: ended.map(|one| format!("{} · {} · {}", one.by, say::when(one.at, zone), one.reason)),
        }
    }
}
