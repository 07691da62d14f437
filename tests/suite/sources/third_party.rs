//! Servers that nobody of this project wrote are filled with invented rows and pulled by source files that were written
//! from their documentation; `.ci/third-party` installs them and runs these tests.

mod datasette;
mod json_server;
mod nginx;
mod server;

use std::path::Path;

use polars::prelude::DataFrame;
use scorepost::diag::AuthoredFile;
use scorepost::source::{self, Source, Table, Variables};

use super::Pulled;

/// The source that was written for one of them, with its variables.
fn source(id: &str, variables: &[(&str, &str)]) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/third-party").join(format!("{id}.toml"));
    let file = AuthoredFile::read(&path).expect("a source");
    let known = variables.iter().fold(Variables::default(), |known, (name, value)| known.with(name, *value));
    source::read(&file, &known).unwrap_or_else(|found| panic!("{found}"))
}

/// What was pulled into a table.
fn table<'a>(pulled: &'a Pulled, name: &str) -> &'a DataFrame {
    Table::from_name(name).and_then(|table| pulled.frame(table)).expect("a table")
}

/// The rows of some columns as text, sorted.
fn rows(frame: &DataFrame, columns: &[&str]) -> Vec<Vec<String>> {
    let columns: Vec<_> = columns.iter().map(|name| frame.column(name).expect("a column")).collect();
    let cell =
        |row: usize| move |column: &&polars::prelude::Column| column.get(row).expect("a cell").str_value().into_owned();
    let mut rows: Vec<Vec<String>> = (0..frame.height()).map(|row| columns.iter().map(cell(row)).collect()).collect();
    rows.sort();
    rows
}

/// Texts that have broken importers before.
const NOTES: [&str; 5] = ["", "客户说\"你好\"，谢谢", "a,b\nc", "😀 100% & <b>", "0"];
