//! Cells of numbers as exact ones.

use anyhow::Context;
use polars::prelude::*;

use crate::exact::Exact;

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
