//! Months that nobody wrote: people of a scheme's own stories brought together, with rows dealt to them at random.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use polars::prelude::*;
use proptest::collection::vec;
use proptest::prelude::*;
use scorepost::diag::AuthoredFile;
use scorepost::exact::Exact;
use scorepost::period::Period;
use scorepost::scheme::Scheme;
use scorepost::score::{self, Appraisal, Compiled, Input};
use scorepost::tables::{self, Tables};
use scorepost::trial;

/// Columns that say to whom or to what a row belongs; other `…_id`s are the row's own.
const FOREIGN: [&str; 9] = [
    "agent_id",
    "other_agent_id",
    "assist_agent_id",
    "rater_id",
    "dept_id",
    "shop_id",
    "team_id",
    "item_id",
    "head_agent_id",
];

/// Tables whose numbers may be multiplied without leaving their scale.
const COUNTED: [&str; 5] = ["chats_daily", "funnel_daily", "shop_daily", "plans", "dept_months"];

/// What the stories of one scheme tell.
pub struct Material {
    pub scheme: Scheme,
    told: Vec<Told>,
}

/// The tables of one period of a story.
struct Told {
    people: DataFrame,
    facts: Vec<(String, DataFrame)>,
}

/// One more row: which of the material, whose it becomes, on which day, and how many times over.
#[derive(Clone, Debug)]
pub struct Pick {
    told: usize,
    frame: usize,
    row: usize,
    agent: usize,
    day: u32,
    times: i64,
}

/// A month: the people, each from some story, and more rows.
#[derive(Clone, Debug)]
pub struct Month {
    people: Vec<(usize, usize)>,
    more: Vec<Pick>,
}

/// Whether rows stand as they were dealt, or the other way round.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Order {
    AsDealt,
    Reversed,
}

fn pick() -> impl Strategy<Value = Pick> {
    (any::<usize>(), any::<usize>(), any::<usize>(), any::<usize>(), 1..=31_u32, 0..4_i64)
        .prop_map(|(told, frame, row, agent, day, times)| Pick { told, frame, row, agent, day, times })
}

impl Month {
    /// Any month of a few people.
    pub fn any() -> impl Strategy<Value = Self> {
        let people = vec((any::<usize>(), any::<usize>()), 2..6);
        (people, vec(pick(), 0..30)).prop_map(|(people, more)| Self { people, more })
    }
}

impl Material {
    /// Everything that the stories of a shipped scheme tell, with what they supply for what it leaves unset.
    pub fn of(id: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let file = AuthoredFile::read(&root.join(format!("jobs/schemes/{id}.toml"))).expect("a shipped scheme");
        let plain = Scheme::parse(&file).unwrap_or_else(|found| panic!("{found}"));
        let (mut told, mut set) = (Vec::new(), BTreeMap::<String, Exact>::new());
        for story in trial::stories(&root.join("fixtures/schemes").join(id)).expect("stories") {
            set.extend(trial::Story::read(&story, plain.cycle).expect("a story").set);
            told.extend(folders(&story).iter().filter_map(|period| Told::read(period)));
        }
        let scheme = Scheme::parse_with(&file, &set).unwrap_or_else(|found| panic!("{found}"));
        Self { scheme, told }
    }

    /// One more row of a table, for one of the people; `None` where no story has any.
    pub fn more_of(&self, table: &str, agent: usize, row: usize) -> Option<Pick> {
        let has = |told: &Told| told.facts.iter().position(|(name, _)| name == table);
        let (told, frame) = self.told.iter().enumerate().find_map(|(at, told)| Some((at, has(told)?)))?;
        Some(Pick { told, frame, row, agent, day: 5, times: 1 })
    }

    /// Scores a month, with one more row after the others where there is one.
    pub fn appraise(&self, compiled: &Compiled<'_>, month: &Month, order: Order, last: Option<&Pick>) -> Appraisal {
        self.scored(compiled, &self.tables(month, order, last))
    }

    /// The tables of a month, with one more row after the others where there is one.
    pub fn tables(&self, month: &Month, order: Order, last: Option<&Pick>) -> Tables {
        let mut frames = self.frames(month, last);
        if order == Order::Reversed {
            frames.reverse();
            frames.iter_mut().for_each(|(_, frame)| *frame = frame.reverse());
        }
        let period = period();
        tables::build(frames, &period, period.end, None).expect("tables").0
    }

    /// Scores tables of a month.
    pub fn scored(&self, compiled: &Compiled<'_>, tables: &Tables) -> Appraisal {
        let period = period();
        let cut_off = DateTime::<Utc>::UNIX_EPOCH;
        let earlier = BTreeMap::new();
        let input =
            Input { tables, period, cut_off, as_of: period.end, past: &[], earlier: &earlier, adjustments: &[] };
        score::appraise(compiled, &input).expect("an appraisal")
    }

    fn frames(&self, month: &Month, last: Option<&Pick>) -> Vec<(String, DataFrame)> {
        let mut frames = Vec::new();
        for (place, (told, row)) in month.people.iter().enumerate() {
            let told = &self.told[told % self.told.len()];
            let person = told.people.slice((row % told.people.height()) as i64, 1);
            let was = person.column("agent_id").expect("an id").str().expect("a text").get(0).unwrap_or("").to_owned();
            frames.push(("agents".to_owned(), with(person, lit(agent(place)).alias("agent_id"))));
            for (table, frame) in &told.facts {
                let is_own = frame.column("agent_id").is_ok();
                let rows = match is_own {
                    true => frame.clone().lazy().filter(col("agent_id").eq(lit(was.clone()))).collect().expect("rows"),
                    // What belongs to nobody, such as a shop's days, is told once.
                    false if place == 0 => frame.clone(),
                    false => continue,
                };
                if rows.height() > 0 {
                    frames.push((table.clone(), dealt(rows, &agent(place), &format!("-{place}"), None)));
                }
            }
        }
        let dealt = month.more.iter().chain(last).enumerate();
        frames.extend(dealt.map(|(at, pick)| self.row(pick, month.people.len(), at)));
        frames
    }

    fn row(&self, pick: &Pick, people: usize, at: usize) -> (String, DataFrame) {
        let told = &self.told[pick.told % self.told.len()];
        let (table, frame) = &told.facts[pick.frame % told.facts.len()];
        let row = frame.slice((pick.row % frame.height()) as i64, 1);
        let mut row = dealt(row, &agent(pick.agent % people), &format!("-more-{at}"), Some(pick.day));
        if COUNTED.contains(&table.as_str()) {
            row = times(row, pick.times);
        }
        (table.clone(), row)
    }
}

impl Told {
    fn read(period: &Path) -> Option<Self> {
        let tables = tables::read_story(period).unwrap_or_else(|found| panic!("{found}"));
        let (people, facts): (Vec<_>, Vec<_>) =
            tables.into_iter().filter(|(_, frame)| frame.height() > 0).partition(|(table, _)| table == "agents");
        let (_, people) = people.into_iter().next()?;
        (!facts.is_empty()).then_some(Self { people, facts })
    }
}

fn folders(story: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(story).expect("a story").map(|entry| entry.expect("an entry").path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn period() -> Period {
    Period::parse("2026-10").expect("a period")
}

fn agent(place: usize) -> String {
    format!("A{:02}", place + 1)
}

fn with(rows: DataFrame, column: Expr) -> DataFrame {
    rows.lazy().with_column(column).collect().expect("rows")
}

/// Rows that belong to an agent now, in the month that is scored, with ids of their own.
fn dealt(mut rows: DataFrame, agent: &str, suffix: &str, day: Option<u32>) -> DataFrame {
    let names: Vec<String> = rows.get_column_names().iter().map(|name| name.to_string()).collect();
    for name in names {
        rows = match name.as_str() {
            "agent_id" => with(rows, lit(agent.to_owned()).alias("agent_id")),
            "month" => with(rows, lit("2026-10").alias("month")),
            "date" => in_october(rows, day),
            own if own.ends_with("_id") && !FOREIGN.contains(&own) => {
                with(rows, (col(own) + lit(suffix.to_owned())).alias(own))
            }
            _ => rows,
        };
    }
    rows
}

/// The same days of October 2026, or one of its days.
fn in_october(mut rows: DataFrame, day: Option<u32>) -> DataFrame {
    let days = rows.column("date").expect("dates").cast(&DataType::Int32).expect("days");
    let moved = |since: Option<i32>| {
        let was = NaiveDate::default() + chrono::TimeDelta::days(since?.into());
        NaiveDate::from_ymd_opt(2026, 10, day.unwrap_or(was.day()))
    };
    let dates = days.i32().expect("days").iter().map(moved).collect::<Vec<_>>();
    let dates = DateChunked::from_naive_date_options("date".into(), dates).into_series();
    rows.with_column(dates.into()).expect("as many days");
    rows
}

fn times(rows: DataFrame, times: i64) -> DataFrame {
    let numbers: Vec<(String, DataType)> = rows
        .columns()
        .iter()
        .filter(|column| column.dtype().is_integer())
        .map(|column| (column.name().to_string(), column.dtype().clone()))
        .collect();
    let changed = numbers.into_iter().map(|(name, kind)| (col(name.as_str()) * lit(times)).cast(kind).alias(name));
    rows.lazy().with_columns(changed.collect::<Vec<Expr>>()).collect().expect("rows")
}
