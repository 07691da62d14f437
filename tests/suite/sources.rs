//! A source is pulled whole or the pull says what is missing; nothing is lost, doubled, asked for twice or told to others.

mod bad_inputs;
mod clock;
mod csv_tables;
mod cutting;
mod desks;
pub mod double;
mod exports;
mod families;
mod faults;
mod folder;
mod identity;
mod kept;
mod lake;
mod long;
mod pages;
mod phone_desk;
mod platforms;
mod rows;
mod shipped;
mod stage;
mod storm;
mod third_party;
mod turning;
mod whole;
mod wire;

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use polars::prelude::DataFrame;
use scorepost::clock::Clock;
use scorepost::diag::AuthoredFile;
use scorepost::extract::{Ask, Extraction, Hosts, Progress, RawStore};
use scorepost::finding::{Finding, Weight};
use scorepost::period::Period;
use scorepost::source::{self, Source, Table, Variables};

use whole::{Pulled, pull};

/// A data folder with a clock that stands on a day after October 2026 was over.
struct Bench {
    folder: tempfile::TempDir,
    clock: Clock,
    period: Period,
    tables: BTreeMap<Table, DataFrame>,
}

impl Bench {
    fn new() -> Self {
        let now: DateTime<Utc> = "2026-11-09T01:00:00Z".parse().expect("an instant");
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            clock: Clock::fixed(now),
            period: Period::parse("2026-10").expect("a period"),
            tables: BTreeMap::new(),
        }
    }

    fn period(mut self, label: &str) -> Self {
        self.period = Period::parse(label).expect("a period");
        self
    }

    async fn pull(&self, source: &Source) -> anyhow::Result<Pulled> {
        self.ask(source, None).await
    }

    async fn refresh(&self, source: &Source) -> anyhow::Result<Pulled> {
        self.ask(source, Some(self.clock.now())).await
    }

    async fn ask(&self, source: &Source, refresh_since: Option<DateTime<Utc>>) -> anyhow::Result<Pulled> {
        let silent = |_: Progress| {};
        let world =
            Extraction { clock: self.clock.clone(), raw: self.raw(), hosts: Hosts::default(), progress: &silent };
        pull(
            source,
            &Ask { job: String::new(), period: self.period, tables: self.tables.clone(), refresh_since },
            &world,
        )
        .await
    }

    fn raw(&self) -> RawStore {
        RawStore::new(self.folder.path())
    }

    /// Every byte that lies in the data folder, page bodies unpacked.
    fn everything(&self) -> String {
        let mut text = String::new();
        read_all(self.folder.path(), &mut text);
        text
    }
}

fn read_all(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            read_all(&entry, text);
            continue;
        }
        let bytes = std::fs::read(&entry).expect("a file");
        let bytes = if entry.extension().is_some_and(|end| end == "zst") {
            zstd::stream::decode_all(bytes.as_slice()).expect("a page")
        } else {
            bytes
        };
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
}

/// The file that ships under this name, with its address.
fn shipped(id: &str, variable: &str, base: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/sources").join(format!("{id}.toml"));
    let file = AuthoredFile::read(&path).expect("a shipped source");
    source::read(&file, &Variables::default().with(variable, base)).unwrap_or_else(|found| panic!("{found}"))
}

fn finding<'a>(pulled: &'a Pulled, code: &str) -> Option<&'a Finding> {
    pulled.findings.iter().find(|finding| finding.code == code)
}

fn holds(pulled: &Pulled) -> Vec<&str> {
    let holds = pulled.findings.iter().filter(|finding| finding.weight == Weight::Hold);
    holds.map(|finding| finding.code.as_str()).collect()
}

fn texts(frame: &DataFrame, column: &str) -> Vec<String> {
    let column = frame.column(column).and_then(|column| column.str()).expect("a text column");
    column.iter().map(|text| text.unwrap_or("-").to_owned()).collect()
}
