//! Tables that follow from others, and what happens where a source gives them too.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::finding::Finding;
use crate::source::Table;
use crate::words::Bilingual;

use super::shape::complete;

/// Puts a derived table among the others; rows that a source gave stand, and that is said.
pub fn put(
    frames: &mut BTreeMap<String, DataFrame>,
    table: &str,
    mut derived: DataFrame,
    findings: &mut Vec<Finding>,
) -> PolarsResult<()> {
    let given = frames.get(table).map_or(0, DataFrame::height);
    if given == 0 {
        complete(table, &mut derived)?;
        frames.insert(table.to_owned(), derived);
    } else if derived.height() > 0 {
        findings.push(direct_rows_stand(table, given));
    }
    Ok(())
}

fn direct_rows_stand(table: &str, rows: usize) -> Finding {
    Finding::note(
        "direct-rows-stand",
        Bilingual::new(
            format!("数据源直接给出 {table} {rows} 行，以其为准；由明细推算的结果未采用"),
            format!("a source gives {rows} rows of {table} itself; they stand, and what follows from single records is not used"),
        ),
    )
    .about(table)
}

/// Tables that follow from others, with those of which one is enough.
const FOLLOW: [(&str, &[&str]); 3] = [
    ("attendance_days", &["punches"]),
    ("chats_daily", &["chats", "chat_sessions", "presence"]),
    ("funnel_daily", &["chats", "orders"]),
];

/// Whether a table follows from these.
pub fn follows(table: Table, filled: &BTreeSet<Table>) -> bool {
    let mut bases = FOLLOW.iter().filter(|(name, _)| *name == table.name()).flat_map(|(_, from)| from.iter());
    bases.any(|base| filled.iter().any(|one| one.name() == *base))
}

/// Whether a table can have rows when these are filled.
pub fn can_have(table: Table, filled: &BTreeSet<Table>) -> bool {
    filled.contains(&table) || follows(table, filled)
}
