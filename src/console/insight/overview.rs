//! Totals over the periods, how they lie in one, and the teams side by side.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::choice::{Choice, Choosable};
use super::{Tab, figures, tabs};
use crate::console::attend::Visit;
use crate::console::charts::{Bars, Boxes, Five, Lines, Series, scale};
use crate::console::desk::Desk;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::rights;
use crate::console::run_rows::Sheets;
use crate::exact::Exact;
use crate::words::{Bilingual, Locale};

/// How many periods a trend has at most.
const PERIODS: usize = 12;
/// With more cards than this in a period the trend is drawn for one team only.
const MOST_CARDS: usize = 1000;
/// How many teams stand in one drawing.
const TEAMS_DRAWN: usize = 20;
/// So many ranges of totals at about.
const RANGES: f64 = 8.0;

#[derive(Template)]
#[template(path = "insight-overview.html", config = "src/console/askama.toml")]
struct OverviewPage {
    page: Page,
    tabs: Vec<Tab>,
    shown: Option<Shown>,
}

/// What is looked at.
struct Shown {
    when: Vec<Choosable>,
    teams: Vec<Choosable>,
    query: String,
    scored: usize,
    cards: usize,
    trend: Trend,
    bars: Option<Bars>,
    ranges: Vec<(String, Vec<u64>)>,
    boxes: Option<Boxes>,
    rows: Vec<TeamRow>,
    sheets: Sheets,
}

/// A team's mean in each period, with the number of agents behind it.
type Means = Vec<Option<(String, usize)>>;

/// The means of the teams over the periods.
struct Trend {
    lines: Option<Lines>,
    periods: Vec<String>,
    /// Each team with its mean and number of cards in every period.
    rows: Vec<(String, Means)>,
    too_many: bool,
}

/// One team in the period.
struct TeamRow {
    name: String,
    scored: usize,
    cards: usize,
    mean: String,
    five: [String; 5],
}

/// `GET /insight?when=&team=&sheet=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let choice = Choice::of(desk, visit)?.filter(|choice| !choice.teams.is_empty());
    let query = choice.as_ref().map(Choice::query).unwrap_or_default();
    let shown = choice.map(|choice| look(desk, visit, &choice)).transpose()?;
    let page = Page::of(visit);
    page::show(&OverviewPage { tabs: tabs(&page, &query), shown, page })
}

fn look(desk: &Desk, visit: &Visit, choice: &Choice) -> Result<Shown, Refusal> {
    let locale = visit.locale;
    let (ledger, sight) = (&desk.console.ledger, &visit.person()?.sight);
    let by_team = teams(choice, rights::totals(ledger, sight, &choice.chosen, None)?);
    let picked = || by_team.iter().filter(|team| choice.team.as_ref().is_none_or(|picked| *picked == team.id));
    let totals: Vec<Exact> = picked().flat_map(|team| team.totals.iter().cloned()).collect();
    let cards = by_team.iter().map(|team| team.cards).sum();
    let ranges = ranges(&totals);
    let sheets = Sheets::of(by_team.len(), visit.query.get("sheet"));
    let on_sheet = sheets.cut(&by_team);
    Ok(Shown {
        when: options(choice),
        teams: choice.team_options(),
        query: choice.query(),
        scored: totals.len(),
        cards: picked().map(|team| team.cards).sum(),
        trend: trend(desk, visit, choice, cards)?,
        bars: (!ranges.is_empty()).then(|| Bars::of(say_spread(totals.len()).get(locale).to_owned(), &[], &ranges)),
        ranges,
        boxes: boxes(on_sheet, locale),
        rows: on_sheet.iter().map(TeamRow::of).collect(),
        sheets,
    })
}

fn options(choice: &Choice) -> Vec<Choosable> {
    let copy = |one: &Choosable| Choosable { value: one.value.clone(), label: one.label.clone(), chosen: one.chosen };
    choice.when.iter().map(copy).collect()
}

/// One team with the totals of those who are scored.
struct Team {
    id: String,
    name: String,
    totals: Vec<Exact>,
    cards: usize,
}

/// Every team that the person sees, by id.
fn teams(choice: &Choice, totals: BTreeMap<String, Vec<Option<Exact>>>) -> Vec<Team> {
    let team = |(id, all): (String, Vec<Option<Exact>>)| Team {
        name: choice.teams.get(&id).unwrap_or(&id).clone(),
        cards: all.len(),
        totals: all.into_iter().flatten().collect(),
        id,
    };
    totals.into_iter().map(team).collect()
}

fn boxes(teams: &[Team], locale: Locale) -> Option<Boxes> {
    let group = |team: &Team| {
        let five = figures::five(&team.totals)?;
        Some((format!("{} (n={})", team.name, team.totals.len()), Five(five.map(|one| one.to_f64()))))
    };
    let groups: Vec<(String, Five)> = teams.iter().filter_map(group).take(TEAMS_DRAWN).collect();
    let title = Bilingual::new(
        "各团队总分（分）：最低、四分位、中位、最高；n 为有分数的人数",
        "Totals by team (points): least, quartiles, median, greatest; n is the number of agents scored",
    );
    Boxes::of(title.get(locale).to_owned(), &groups)
}

impl TeamRow {
    fn of(team: &Team) -> Self {
        let five = figures::five(&team.totals);
        Self {
            name: team.name.clone(),
            scored: team.totals.len(),
            cards: team.cards,
            mean: figures::mean(&team.totals).map_or("–".to_owned(), |mean| mean.fixed(2)),
            five: five.map_or_else(
                || [const { String::new() }; 5].map(|_| "–".to_owned()),
                |five| five.map(|one| one.fixed(2)),
            ),
        }
    }
}

/// How many totals lie in each of some even ranges; a total on a limit lies above it.
fn ranges(totals: &[Exact]) -> Vec<(String, Vec<u64>)> {
    let values: Vec<f64> = totals.iter().map(Exact::to_f64).collect();
    let (Some(low), Some(high)) = (values.iter().copied().reduce(f64::min), values.iter().copied().reduce(f64::max))
    else {
        return Vec::new();
    };
    let (low, _, step) = scale(low, high.max(low + 1.0), RANGES);
    let place = |value: f64| ((value - low) / step).floor() as usize;
    let range = |index: usize| {
        let from = low + index as f64 * step;
        let digits = usize::from(step < 1.0);
        let count = values.iter().filter(|value| place(**value) == index).count() as u64;
        (format!("{from:.digits$}–{:.digits$}", from + step), vec![count])
    };
    (0..=place(high)).map(range).collect()
}

fn say_spread(scored: usize) -> Bilingual {
    Bilingual::new(
        format!("总分分布（单位：人，横轴：分；n={scored}）"),
        format!("How the totals lie (agents, by points; n={scored})"),
    )
}

/// The means of the team, or of every team where they are few, over the last periods.
fn trend(desk: &Desk, visit: &Visit, choice: &Choice, cards: usize) -> Result<Trend, Refusal> {
    let (ledger, sight) = (&desk.console.ledger, &visit.person()?.sight);
    let too_many = choice.team.is_none() && cards > MOST_CARDS;
    let mut periods: Vec<_> = choice.periods.iter().take(PERIODS).collect();
    periods.reverse();
    let mut rows: BTreeMap<String, Vec<Option<(Exact, usize)>>> = BTreeMap::new();
    for (place, one) in periods.iter().enumerate().filter(|_| !too_many) {
        for (team, totals) in rights::totals(ledger, sight, one, choice.team.as_deref())? {
            let totals: Vec<Exact> = totals.into_iter().flatten().collect();
            let row = rows.entry(team).or_insert_with(|| vec![None; periods.len()]);
            row[place] = figures::mean(&totals).map(|mean| (mean, totals.len()));
        }
    }
    let name = |id: &String| choice.teams.get(id).unwrap_or(id).clone();
    let series: Vec<Series> = rows
        .iter()
        .map(|(id, row)| Series {
            name: name(id),
            values: row.iter().map(|one| one.as_ref().map(|(mean, _)| mean.to_f64())).collect(),
        })
        .collect();
    let labels: Vec<String> = periods.iter().map(|one| one.period.to_string()).collect();
    let title = Bilingual::new("各期平均总分（分）", "Mean total by period (points)");
    let told =
        |row: Vec<Option<(Exact, usize)>>| row.into_iter().map(|one| one.map(|(mean, n)| (mean.fixed(2), n))).collect();
    Ok(Trend {
        lines: Lines::of(title.get(visit.locale).to_owned(), &labels, &series),
        periods: labels,
        rows: rows.into_iter().map(|(id, row)| (name(&id), told(row))).collect(),
        too_many,
    })
}
