//! Cells of numbers as exact ones.

use anyhow::Context;
use polars::prelude::*;

use crate::exact::Exact;

/// A column as exact numbers, as [`exact`] reads each of its cells.
pub fn exacts(column: &Column) -> anyhow::Result<Vec<Option<Exact>>> {
    let column = column.as_materialized_series().rechunk();
    match column.dtype() {
        DataType::Int64 => Ok(column.i64()?.iter().map(|cell| cell.map(Exact::whole)).collect()),
        DataType::Decimal(_, scale) => {
            let scale = *scale as u32;
            let units = column.decimal()?.physical().iter();
            Ok(units.map(|cell| cell.map(|units| Exact::scaled(units, scale))).collect())
        }
        _ => column.iter().map(|cell| exact(&cell)).collect(),
    }
}

/// A cell as an exact number; `None` for null and for a float that is no number, such as 0 / 0: missing, never nought.
pub fn exact(cell: &AnyValue<'_>) -> anyhow::Result<Option<Exact>> {
    Ok(Some(match cell {
        AnyValue::Null => return Ok(None),
        AnyValue::Decimal(units, _, scale) => Exact::scaled(*units, *scale as u32),
        AnyValue::Float64(value) => return Ok(Exact::from_float(*value)),
        AnyValue::Float32(value) => return Ok(Exact::from_float((*value).into())),
        AnyValue::Boolean(value) => Exact::whole((*value).into()),
        other => Exact::whole(other.extract::<i64>().with_context(|| format!("a metric is not a number: {other:?}"))?),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_read_as_its_cells_are() {
        let numbers = Column::new("n".into(), [Some(25_i64), None, Some(-3)]);
        let kinds = [DataType::Int64, DataType::Decimal(38, 4), DataType::UInt32, DataType::Float64, DataType::Boolean];
        for kind in kinds {
            let column = numbers.cast(&kind).expect("another kind");
            let cells = (0..column.len()).map(|row| exact(&column.get(row).expect("a cell")).expect("a number"));
            assert_eq!(exacts(&column).expect("numbers"), cells.collect::<Vec<_>>(), "{kind}");
        }
        assert!(exacts(&Column::new("t".into(), ["a"])).is_err(), "a text is no number");
    }
}
