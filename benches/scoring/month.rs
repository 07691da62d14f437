//! An invented month as Parquet, the same every time, written once into the target folder.

use std::fs::{self, File};
use std::ops::Range;
use std::path::PathBuf;

use chrono::NaiveDate;
use polars::prelude::*;
use scorepost::period::Period;
use scorepost::tables;

/// How much of it.
#[derive(Clone, Copy)]
pub struct Size {
    name: &'static str,
    agents: usize,
    rows: usize,
}

impl Size {
    /// M, or L where `SCOREPOST_BENCH=L` asks for it.
    pub fn wanted() -> Self {
        match std::env::var("SCOREPOST_BENCH").as_deref() {
            Ok("L") => Self { name: "L: 10,000 agents, 20 million rows", agents: 10_000, rows: 20_000_000 },
            Ok("S") => Self { name: "S: 100 agents, 100 thousand rows", agents: 100, rows: 100_000 },
            _ => Self { name: "M: 1,000 agents, 2 million rows", agents: 1_000, rows: 2_000_000 },
        }
    }

    /// What the figures are of.
    pub fn name(self) -> &'static str {
        self.name
    }
}

/// The folder of the month's tables.
pub fn written(size: Size) -> (PathBuf, Period) {
    let period = Period::parse("2026-10").unwrap_or_else(|| panic!("a period"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let folder = target.join(format!("bench-month-2-{}-{}", size.agents, size.rows));
    if !folder.join("done").is_file() {
        fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{error}"));
        write(&folder, "agents", agents(size.agents));
        for table in ["chats_daily", "chat_sessions", "funnel_daily"] {
            write_facts(&folder, table, size);
        }
        write(&folder, "plans", plans(size.agents));
        fs::write(folder.join("done"), "").unwrap_or_else(|error| panic!("{error}"));
    }
    (folder, period)
}

fn write(folder: &std::path::Path, table: &str, mut frame: DataFrame) {
    let file = File::create(folder.join(format!("{table}.parquet"))).unwrap_or_else(|error| panic!("{error}"));
    ParquetWriter::new(file).finish(&mut frame).unwrap_or_else(|error| panic!("{error}"));
}

/// How many rows of a large table are in memory while it is written, and so in one row group.
const AT_ONCE: usize = 1 << 18;

fn write_facts(folder: &std::path::Path, table: &str, size: Size) {
    let file = File::create(folder.join(format!("{table}.parquet"))).unwrap_or_else(|error| panic!("{error}"));
    let first = facts(table, size, 0..AT_ONCE.min(size.rows));
    let mut writer = ParquetWriter::new(file).batched(first.schema()).unwrap_or_else(|error| panic!("{error}"));
    writer.write_batch(&first).unwrap_or_else(|error| panic!("{error}"));
    for from in (AT_ONCE..size.rows).step_by(AT_ONCE) {
        let rows = facts(table, size, from..(from + AT_ONCE).min(size.rows));
        writer.write_batch(&rows).unwrap_or_else(|error| panic!("{error}"));
    }
    writer.finish().unwrap_or_else(|error| panic!("{error}"));
}

fn agent(number: usize) -> String {
    format!("A{number:05}")
}

fn agents(many: usize) -> DataFrame {
    let text = |of: &dyn Fn(usize) -> String| (0..many).map(of).collect::<Vec<String>>();
    let columns = vec![
        Column::new("agent_id".into(), text(&agent)),
        Column::new("name".into(), text(&|number| format!("测试{number}"))),
        Column::new("team_id".into(), text(&|number| format!("T{:03}", number / 20))),
        Column::new("team_name".into(), text(&|number| format!("测试{}组", number / 20))),
        Column::new("role".into(), text(&|_| "presale".to_owned())),
        Column::new("employment_status".into(), text(&|_| "confirmed".to_owned())),
        Column::new("dept_id".into(), text(&|_| "D1".to_owned())),
        Column::new("shop_id".into(), text(&|_| "S1".to_owned())),
    ];
    DataFrame::new(many, columns).unwrap_or_else(|error| panic!("{error}"))
}

fn plans(many: usize) -> DataFrame {
    let columns = vec![
        Column::new("agent_id".into(), (0..many).map(agent).collect::<Vec<_>>()),
        Column::new("month".into(), vec!["2026-10"; many]),
        Column::new("sales_target".into(), vec![150_000_i64; many]),
    ];
    let frame = DataFrame::new(many, columns).unwrap_or_else(|error| panic!("{error}"));
    let money = col("sales_target").cast(DataType::Decimal(38, 4));
    frame.lazy().with_column(money).collect().unwrap_or_else(|error| panic!("{error}"))
}

/// Bits without a pattern that a file could be packed by, which no real month has either.
fn mixed(row: u64, place: u64) -> u64 {
    let bits = (row + (place << 40)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (bits ^ (bits >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33
}

/// Some rows of a fact table, which is sorted by agent and day; whole numbers that follow from the row's own.
fn facts(table: &str, size: Size, rows: Range<usize>) -> DataFrame {
    let schema = tables::schema(table).unwrap_or_else(|| panic!("a table"));
    let per_agent = size.rows / size.agents;
    let day = |row: usize| NaiveDate::from_ymd_opt(2026, 10, ((row % per_agent) * 31 / per_agent) as u32 + 1);
    let mut columns = Vec::new();
    for (place, (name, kind)) in schema.iter().enumerate() {
        let column = match name.as_str() {
            "agent_id" => Column::new(name.clone(), rows.clone().map(|row| agent(row / per_agent)).collect::<Vec<_>>()),
            "date" => DateChunked::from_naive_date(name.clone(), rows.clone().map(|row| day(row).unwrap_or_default()))
                .into_series()
                .into(),
            "last_speaker" => {
                let speaker = |row: usize| if row.is_multiple_of(3) { "agent" } else { "customer" };
                Column::new(name.clone(), rows.clone().map(speaker).collect::<Vec<_>>())
            }
            _ => {
                let number = |row: usize| (mixed(row as u64, place as u64) % (9 + place as u64)) as i64;
                let column = Column::new(name.clone(), rows.clone().map(number).collect::<Vec<_>>());
                column.cast(kind).unwrap_or_else(|error| panic!("{error}"))
            }
        };
        columns.push(column);
    }
    DataFrame::new(rows.len(), columns).unwrap_or_else(|error| panic!("{error}"))
}
