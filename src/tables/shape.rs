//! Every frame in the shape of its canonical table: absent columns are there and empty, every row has its day.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::extract::dtype;
use crate::source::Grain;
use crate::source::Table;

/// Adds the columns that a source did not give, as nulls; a frame of no canonical table stays as it is.
pub fn complete(name: &str, frame: &mut DataFrame) -> PolarsResult<()> {
    for column in Table::from_name(name).iter().flat_map(|table| table.columns()) {
        if !frame.schema().contains(column.name) {
            let nothing = Series::full_null(column.name.into(), frame.height(), &dtype(column.kind));
            frame.with_column(Column::from(nothing))?;
        }
    }
    Ok(())
}

/// Adds those of some columns that a file of the table does not have, as nulls.
pub fn fill(name: &str, wanted: &BTreeSet<String>, frame: &mut DataFrame) -> PolarsResult<()> {
    for column in Table::from_name(name).iter().flat_map(|table| table.columns()) {
        if wanted.contains(column.name) && !frame.schema().contains(column.name) {
            let nothing = Series::full_null(column.name.into(), frame.height(), &dtype(column.kind));
            frame.with_column(Column::from(nothing))?;
        }
    }
    Ok(())
}

/// The same for a table that is read only when it is asked for.
pub fn completed(name: &str, rows: LazyFrame) -> PolarsResult<LazyFrame> {
    let mut rows = rows;
    let schema = rows.collect_schema()?;
    let columns = Table::from_name(name).map(|table| table.columns()).unwrap_or_default();
    let absent = columns.iter().filter(|column| !schema.contains(column.name));
    let nothing: Vec<Expr> = absent.map(|column| lit(NULL).cast(dtype(column.kind)).alias(column.name)).collect();
    Ok(if nothing.is_empty() { rows } else { rows.with_columns(nothing) })
}

/// Gives rows without `date` the day of the column that their table names for it.
pub fn fill_dates(frames: &mut BTreeMap<String, DataFrame>) -> PolarsResult<()> {
    frames.iter_mut().try_for_each(|(name, frame)| fill_date(name, frame))
}

/// The same for rows of one table.
pub fn fill_date(name: &str, frame: &mut DataFrame) -> PolarsResult<()> {
    if let Some(Grain::DayOf(other)) = Table::from_name(name).map(Table::grain) {
        let day = coalesce(&[col("date"), col(other).cast(DataType::Date)]);
        *frame = frame.clone().lazy().with_column(day.alias("date")).collect()?;
    }
    Ok(())
}
