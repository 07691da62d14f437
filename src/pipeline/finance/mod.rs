//! The hand-off to finance: what may be paid to whom, what still waits, and who approved what; nothing is paid here.
//!
//! Every sum is the sum of the amounts beside it, to the fen. A card that is held stands there without an amount.

mod account;
mod document;
mod proposals;
mod sheets;
mod table;

use std::path::Path;

use super::export::{Format, Sources, delimited, write_json};
use super::folders::write_whole;
use super::{Outcome, Pipeline};

use account::Account;

/// Writes the files of one format and gives their names.
///
/// # Errors
/// When a file cannot be written, or there is none of this format.
pub(super) fn write(
    pipeline: &Pipeline,
    outcome: &Outcome,
    sources: &Sources<'_>,
    format: Format,
    folder: &Path,
) -> anyhow::Result<Vec<&'static str>> {
    let account = Account::of(outcome, sources);
    match format {
        Format::Json => {
            write_json(&folder.join("finance.json"), &document::document(&account))?;
            Ok(vec!["finance.json"])
        }
        Format::Csv => {
            let payments = delimited::csv(&table::columns(&account), &table::rows(&account))?;
            write_whole(&folder.join("finance.csv"), &payments)?;
            let proposals = delimited::csv(&proposals::COLUMNS, &proposals::rows(&account, pipeline.settings.locale))?;
            write_whole(&folder.join("finance-proposals.csv"), &proposals)?;
            Ok(vec!["finance.csv", "finance-proposals.csv"])
        }
        Format::Xlsx => {
            let house = pipeline.settings.house.company.get(pipeline.settings.locale);
            write_whole(&folder.join("finance.xlsx"), &sheets::workbook(&account, house, pipeline.settings.locale)?)?;
            Ok(vec!["finance.xlsx"])
        }
        Format::Parquet => anyhow::bail!("amounts for finance are written as json, csv or xlsx"),
    }
}
