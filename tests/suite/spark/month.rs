//! A month of dice in every canonical table, with nothing, nought and less than nought in it, and words that the shipped
//! schemes ask for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use scorepost::diag::AuthoredFile;
use scorepost::extract::{Rows, Value, frame};
use scorepost::period::Period;
use scorepost::scheme::Scheme;
use scorepost::score::Input;
use scorepost::source::{Column, Grain, Kind, Table};
use scorepost::tables::{self, Tables};

/// Kept tables of a month and of the one before.
pub struct Month {
    pub period: Period,
    pub tables: Tables,
    pub earlier: BTreeMap<Period, Tables>,
}

impl Month {
    /// Throws a month with so many rows a table and keeps it in a folder.
    pub fn thrown(folder: &Path, rows: usize) -> Self {
        let period = Period::parse("2026-10").expect("a month");
        let before = period.previous();
        let (tables, earlier) =
            (kept(&folder.join("now"), &period, rows), kept(&folder.join("before"), &before, rows / 2));
        Self { period, tables, earlier: BTreeMap::from([(before, earlier)]) }
    }

    /// What a scheme is applied to, as of a day on which the last rows are not final yet.
    pub fn input(&self) -> Input<'_> {
        Input {
            tables: &self.tables,
            period: self.period,
            cut_off: DateTime::<Utc>::UNIX_EPOCH,
            as_of: self.period.last_day(),
            past: &[],
            earlier: &self.earlier,
            adjustments: &[],
        }
    }
}

/// Every shipped scheme.
pub fn schemes() -> Vec<Scheme> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/schemes");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("schemes")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let read = |path: &PathBuf| AuthoredFile::read(path).unwrap_or_else(|wrong| panic!("{}", wrong.message));
    files.iter().map(|path| Scheme::parse(&read(path)).unwrap_or_else(|found| panic!("{found}"))).collect()
}

fn kept(folder: &Path, period: &Period, rows: usize) -> Tables {
    let words = words();
    let mut dice = fastrand::Rng::with_seed(period.start.to_epoch_days() as u64);
    let mut pulled = Vec::new();
    for table in Table::all().filter(|table| table.grain() != Grain::Timeless) {
        let mut thrown = Rows::new(table);
        for _ in 0..rows {
            thrown.push(table.columns().iter().map(|column| value(column, period, &words, &mut dice)).collect());
        }
        pulled.push((table.name().to_owned(), frame(thrown, "dice").expect("a frame")));
    }
    pulled.push(("agents".to_owned(), frame(people(), "dice").expect("a frame")));
    let frames: BTreeMap<_, _> = pulled.into_iter().collect();
    tables::write(folder, &frames).expect("kept");
    Tables::open(folder, period, period.last_day(), None).unwrap_or_else(|error| panic!("{error:#}"))
}

/// Two teams of six.
fn people() -> Rows {
    let mut rows = Rows::new(Table::AGENTS);
    for number in 1..=12 {
        let text = |column: &Column| match column.name {
            "agent_id" => format!("A{number:03}"),
            "name" => format!("Agent {number:03}"),
            "team_id" => format!("T{}", number % 2 + 1),
            "team_name" => format!("Team {}", number % 2 + 1),
            "dept_id" => "D1".to_owned(),
            "shop_id" => "S1".to_owned(),
            "role" => "presale".to_owned(),
            "employment_status" => "confirmed".to_owned(),
            _ => String::new(),
        };
        let cell = |column: &Column| match text(column) {
            text if text.is_empty() => Value::Null,
            text => Value::Text(text),
        };
        rows.push(Table::AGENTS.columns().iter().map(cell).collect());
    }
    rows
}

/// The texts that shipped schemes compare with, and some that would end a literal.
fn words() -> Vec<String> {
    let mut words: Vec<String> = ["it's", "a\\b", "好；--", "${x}", "CSAT", "Csat"].map(str::to_owned).to_vec();
    for scheme in schemes() {
        let filters = scheme.filters.iter().map(|filter| filter.keep.as_str());
        let metrics = scheme.metrics.iter().map(|metric| metric.expression.as_str());
        for sql in filters.chain(metrics) {
            words.extend(sql.split('\'').skip(1).step_by(2).map(str::to_owned));
        }
    }
    words.sort();
    words.dedup();
    words
}

fn value(column: &Column, period: &Period, words: &[String], dice: &mut fastrand::Rng) -> Value {
    let is_day = column.name == "date";
    if !is_day && !column.required && dice.u8(..6) == 0 {
        return Value::Null;
    }
    let day = |dice: &mut fastrand::Rng| period.start + chrono::Days::new(dice.u64(..31).min(30));
    let epoch = |day: NaiveDate| (day - NaiveDate::default()).num_days() as i32;
    match column.kind {
        Kind::Text => Value::Text(match column.name {
            "agent_id" | "checker_id" | "rater_id" => format!("A{:03}", dice.u8(1..=14)),
            "team_id" => format!("T{}", dice.u8(1..=3)),
            "dept_id" => format!("D{}", dice.u8(1..=2)),
            "shop_id" => "S1".to_owned(),
            "month" => ["2026-08", "2026-09", "2026-10"][dice.usize(..3)].to_owned(),
            _ => words[dice.usize(..words.len())].clone(),
        }),
        Kind::Int => Value::Int(dice.i64(-3..90_000) % [2, 60, 100_000][dice.usize(..3)]),
        Kind::Decimal(_) => Value::Decimal(dice.i128(-50_000..9_000_000_000)),
        Kind::Bool => Value::Bool(dice.bool()),
        Kind::Date => {
            let last = period.last_day();
            Value::Date(epoch(if is_day { day(dice).min(last) } else { day(dice) }))
        }
        Kind::DateTime => Value::DateTime(i64::from(epoch(day(dice))) * 86_400_000_000 + dice.i64(..86_400_000_000)),
    }
}
