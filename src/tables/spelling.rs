//! One spelling for one thing: ids of two sources are the same although one of them has spaces around it.

use polars::prelude::*;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::source::Table;

/// The columns that people and sources write, and by which tables find each other.
const IDS: [&str; 7] = ["agent_id", "account", "assist_agent_id", "other_agent_id", "dept_id", "shop_id", "team_id"];

/// Composed characters, no outer space.
pub fn clean(text: &str) -> String {
    text.trim().nfc().collect()
}

/// Whether it is so already; most ids are plain letters and digits, which need no look at each sign.
fn is_clean(text: &str) -> bool {
    let is_graphic = |end: Option<&u8>| end.is_none_or(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    (text.is_ascii() && is_graphic(bytes.first()) && is_graphic(bytes.last())) || (text.trim() == text && is_nfc(text))
}

/// Cleans the ids of a frame; an empty customer is nobody, so that strangers do not count as one customer. So is an empty
/// id that a row may lack, such as the agent of a check of a site.
pub fn clean_ids(table: &str, frame: &mut DataFrame) -> PolarsResult<()> {
    let table = Table::from_name(table);
    for name in IDS {
        rewrite(frame, name, |text| (!is_clean(text)).then(|| Some(clean(text))))?;
        if table.and_then(|table| table.column(name)).is_some_and(|column| !column.required && name != "account") {
            rewrite(frame, name, |text| text.is_empty().then_some(None))?;
        }
    }
    rewrite(frame, "customer_id", |text| text.trim().is_empty().then_some(None))
}

/// Replaces the cells for which `change` gives something; a frame without the column, or without a change, stays as it is.
fn rewrite(frame: &mut DataFrame, name: &str, change: impl Fn(&str) -> Option<Option<String>>) -> PolarsResult<()> {
    let Ok(cells) = frame.column(name).and_then(|column| column.str()) else { return Ok(()) };
    if cells.null_count() == cells.len() || !cells.iter().flatten().any(|text| change(text).is_some()) {
        return Ok(());
    }
    let cells: Vec<Option<String>> =
        cells.iter().map(|cell| cell.and_then(|text| change(text).unwrap_or_else(|| Some(text.to_owned())))).collect();
    frame.with_column(Column::new(name.into(), cells))?;
    Ok(())
}
