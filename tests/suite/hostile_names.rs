//! Three hundred names that would run or be computed stay names in every file that a run leaves for programs.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use scorepost::pipeline::{self, Format, What};

use crate::console::payloads::payloads;
use crate::forms::Desk;
use crate::recording::{about, add_hr, workbook};

/// Puts everybody of the roster aside for as many people as there are names.
fn name_them(tables: &Path, names: &[String]) {
    let path = tables.join("agents.csv");
    let mut out = csv::Writer::from_path(&path).expect("a file");
    out.write_record(["agent_id", "name", "team_id", "team_name", "role"]).expect("a row");
    for (number, name) in names.iter().enumerate() {
        let id = format!("A{:02}", number + 1);
        out.write_record([&id, name, "T1", name, "presale"]).expect("a row");
    }
    out.flush().expect("a file");
}

fn is_computed(cell: &str) -> bool {
    cell.starts_with(['=', '+', '@', '\t', '\r']) || (cell.starts_with('-') && cell.parse::<f64>().is_err())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_name_is_a_formula_in_any_export() {
    let names = payloads();
    assert_eq!(names.len(), 300);
    let desk = Desk::with("presale-weighted", "additions", "2026-10", |tables| name_them(tables, &names));
    add_hr(&desk);
    for name in &names {
        about(&desk, "A01", &format!("{name}·"));
    }
    let outcome = desk.results().await;
    let folder = desk.folder.path().join("export");
    for what in [What::Cards, What::Finance] {
        for format in [Format::Csv, Format::Xlsx] {
            pipeline::export_one(&desk.pipeline, &outcome, what, format, &folder)
                .unwrap_or_else(|error| panic!("{error:#}"));
        }
    }
    let expected: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    for file in ["cards.csv", "finance.csv", "finance-proposals.csv"] {
        let mut seen = BTreeSet::new();
        let bytes = std::fs::read(folder.join(file)).expect("a file");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        for row in reader.records() {
            for cell in row.expect("a row").iter() {
                assert!(!is_computed(cell), "{file}: {cell}");
                seen.insert(cell.strip_prefix('\'').unwrap_or(cell).to_owned());
                seen.insert(cell.to_owned());
            }
        }
        let found: BTreeSet<&str> = expected.iter().copied().filter(|name| seen.contains(*name)).collect();
        if file != "finance-proposals.csv" {
            assert_eq!(found, expected, "{file} has every name as it is");
        }
    }
    for file in [folder.join("cards.xlsx"), folder.join("finance.xlsx"), workbook(&desk)] {
        let bytes = std::fs::read(&file).expect("a workbook");
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
        for sheet in book.sheet_names() {
            assert_eq!(book.worksheet_formula(&sheet).expect("a sheet").used_cells().count(), 0, "{file:?} {sheet}");
            let range = book.worksheet_range(&sheet).expect("a sheet");
            let texts = range.used_cells().filter(|(.., cell)| matches!(cell, Data::String(_))).count();
            assert!(texts > 0, "{file:?} {sheet}");
        }
    }
}
