//! Typed rows become polars frames; the one place that says which polars type a kind has.

use anyhow::{Context, Result};
use polars::prelude::{BooleanChunked, ChunkedArray, Int128Type};
use polars::prelude::{
    Column, DataFrame, DataType, Field, IntoSeries, NamedFrom, NewChunkedArray, PlSmallStr, Schema, Series, TimeUnit,
};

use super::rows::{Rows, Values};
use crate::source::{Kind, SOURCE_COLUMN, Table};

/// How many digits a decimal column holds.
const DECIMAL_PRECISION: usize = 38;

/// The polars type of a kind; a datetime has no zone because it is local to its source.
pub fn dtype(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::String,
        Kind::Int => DataType::Int64,
        Kind::Decimal(places) => DataType::Decimal(DECIMAL_PRECISION, places as usize),
        Kind::Bool => DataType::Boolean,
        Kind::Date => DataType::Date,
        Kind::DateTime => DataType::Datetime(TimeUnit::Microseconds, None),
    }
}

/// The columns of a table as every frame has them, `source` last.
pub fn schema(table: Table) -> Schema {
    let columns = table.columns().iter().map(|column| Field::new(column.name.into(), dtype(column.kind)));
    columns.chain([Field::new(SOURCE_COLUMN.into(), DataType::String)]).collect()
}

/// A table without rows.
pub fn empty(table: Table) -> DataFrame {
    DataFrame::empty_with_schema(&schema(table))
}

/// The frame of typed rows.
///
/// # Errors
/// When a decimal does not fit its precision.
pub fn frame(rows: Rows, source: &str) -> Result<DataFrame> {
    let height = rows.height;
    let mut columns = Vec::with_capacity(rows.columns.len() + 1);
    for (column, values) in rows.table.columns().iter().zip(rows.columns) {
        let series = series(column.name, column.kind, values)
            .with_context(|| format!("the column `{}.{}` cannot be built", rows.table.name(), column.name))?;
        columns.push(Column::from(series));
    }
    columns.push(Column::new_scalar(SOURCE_COLUMN.into(), PlSmallStr::from_str(source).into(), height));
    DataFrame::new(height, columns).with_context(|| format!("the table `{}` cannot be built", rows.table.name()))
}

fn series(name: &str, kind: Kind, values: Values) -> Result<Series> {
    Ok(match values {
        Values::Text(list) => Series::new(name.into(), list),
        Values::Int(list) => Series::new(name.into(), list),
        Values::Bool(list) => BooleanChunked::from_iter_options(name.into(), list.into_iter()).into_series(),
        Values::Date(list) => Series::new(name.into(), list).into_date(),
        Values::DateTime(list) => Series::new(name.into(), list).into_datetime(TimeUnit::Microseconds, None),
        Values::Decimal(list) => {
            let whole: ChunkedArray<Int128Type> = ChunkedArray::from_iter_options(name.into(), list.into_iter());
            whole.into_series().into_decimal(DECIMAL_PRECISION, kind.places() as usize)?
        }
    })
}
