//! Tables that follow from others, and what happens where a source gives them too.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::finding::Finding;
use crate::source::Table;
use crate::words::Bilingual;

use super::shape::complete;

/// Puts a derived table among the others.
///
/// Rows that a source gave stand. Derived rows that name their platform fill what those of the same key left empty, and
/// stand beside those of other keys; derived rows without a platform cannot be told from them: they are not used, and
/// that is said.
pub fn put(
    frames: &mut BTreeMap<String, DataFrame>,
    table: &str,
    mut derived: DataFrame,
    findings: &mut Vec<Finding>,
) -> PolarsResult<()> {
    complete(table, &mut derived)?;
    let Some(given) = frames.get(table).filter(|given| given.height() > 0) else {
        frames.insert(table.to_owned(), derived);
        return Ok(());
    };
    let named = named(&derived)?;
    if named.height() < derived.height() {
        findings.push(direct_rows_stand(table, given.height()));
    }
    if named.height() > 0 {
        let whole = filled(table, given, named)?;
        frames.insert(table.to_owned(), whole);
    }
    Ok(())
}

/// The rows that name their platform.
fn named(derived: &DataFrame) -> PolarsResult<DataFrame> {
    if !derived.schema().contains("platform") {
        return Ok(derived.clear());
    }
    derived.clone().lazy().filter(col("platform").is_not_null()).collect()
}

/// Given rows with their empty cells filled, and the derived rows of other keys.
fn filled(table: &str, given: &DataFrame, named: DataFrame) -> PolarsResult<DataFrame> {
    let key: Vec<&str> = Table::from_name(table).map(Table::key).unwrap_or_default().to_vec();
    let columns = given.get_column_names_owned();
    let both = |name: &str| named.schema().contains(name) && !key.contains(&name);
    let cells: Vec<Expr> = columns
        .iter()
        .map(|name| match both(name) {
            true => coalesce(&[col(name.clone()), col(format!("{name}_right"))]).alias(name.clone()),
            false => col(name.clone()),
        })
        .collect();
    let on: Vec<Expr> = key.iter().map(|name| col(*name)).collect();
    let whole = JoinArgs { nulls_equal: true, ..JoinArgs::new(JoinType::Full) };
    given
        .clone()
        .lazy()
        .join(named.lazy(), on.clone(), on, whole.with_coalesce(JoinCoalesce::CoalesceColumns))
        .select(cells)
        .sort(key, SortMultipleOptions::default())
        .collect()
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
