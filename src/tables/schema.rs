//! The columns that schemes may name, table by table: all that lie in time.

use polars::prelude::*;

use crate::extract::dtype;
use crate::source::Grain;
use crate::source::Table;

/// Every table that a metric may be computed over, by name.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = countable().map(Table::name).collect();
    names.sort_unstable();
    names
}

/// The columns of a table, or `None` for a name that is none.
pub fn schema(table: &str) -> Option<Schema> {
    let table = countable().find(|one| one.name() == table)?;
    Some(table.columns().iter().map(|column| Field::new(column.name.into(), dtype(column.kind))).collect())
}

/// How the rows of a table lie in time; those of [`Grain::Month`] are all kept, and a query takes the months that its
/// period names.
pub fn grain(table: &str) -> Option<Grain> {
    Table::from_name(table).map(Table::grain)
}

/// Who works where is no fact of a period: it is the roster's.
fn countable() -> impl Iterator<Item = Table> {
    Table::all().filter(|table| table.grain() != Grain::Timeless)
}
