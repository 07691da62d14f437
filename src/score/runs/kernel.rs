//! Sums and counts over runs of rows, straight over their columns.

use std::cell::Cell;

use polars::prelude::*;

use super::leaves::{Leaf, Take};

/// A leaf over each run of rows, of which the ends are given; `None` for values that it does not know how to add up, or
/// that do not fit.
pub(super) fn over(
    leaf: &Leaf,
    rows: &DataFrame,
    values: Option<&str>,
    ends: &[usize],
) -> PolarsResult<Option<Series>> {
    let values = values.map(|name| rows.column(name)).transpose()?;
    let values = values.map(|values| values.as_materialized_series().rechunk());
    let kept = kept(rows, leaf.keep.as_ref(), values.as_ref())?;
    let kept = kept.as_ref();
    let Some(values) = values.filter(|_| leaf.take == Take::Sum) else { return Ok(Some(counts(kept, ends))) };
    Ok(match values.dtype() {
        DataType::Int64 => {
            let sums = sums(flat(values.i64()?), kept, ends, i64::wrapping_add);
            Some(Int64Chunked::from_vec(PlSmallStr::EMPTY, sums).into_series())
        }
        DataType::Decimal(_, scale) => {
            let sums = units(flat(values.decimal()?.physical()), kept, ends);
            let column = sums.map(|sums| Int128Chunked::from_vec(PlSmallStr::EMPTY, sums).into_series());
            column.map(|column| column.into_decimal(DIGITS, *scale)).transpose()?
        }
        DataType::Boolean => Some(counts(Some(&truths(values.bool()?, kept)), ends)),
        _ => None,
    })
}

/// How many digits a sum of decimals has at most.
const DIGITS: usize = 38;
/// The first number with more.
const MOST: u128 = 10_u128.pow(38);

/// Which rows have a value that counts; `None` when all of them do.
fn kept(rows: &DataFrame, keep: Option<&PlSmallStr>, values: Option<&Series>) -> PolarsResult<Option<BooleanChunked>> {
    let there = values.filter(|values| values.null_count() > 0).map(|values| values.is_not_null());
    let keep = keep.map(|keep| rows.column(keep)).transpose()?;
    let Some(keep) = keep else { return Ok(there) };
    let keep = truths(keep.bool()?.rechunk().as_ref(), there.as_ref());
    Ok(Some(keep))
}

/// What is true and counts; what is unknown is not true.
fn truths(values: &BooleanChunked, kept: Option<&BooleanChunked>) -> BooleanChunked {
    let known = (values.null_count() > 0).then(|| values.is_not_null());
    let conditions = known.iter().chain(kept);
    conditions.fold(values.clone(), |truths, condition| &truths & condition)
}

/// The values of a column of one chunk, whatever stands where there are none.
fn flat<T: PolarsNumericType>(values: &ChunkedArray<T>) -> &[T::Native] {
    values.downcast_iter().next().map_or(&[], |chunk| chunk.values().as_slice())
}

fn sums<T: Copy + Default>(
    values: &[T],
    kept: Option<&BooleanChunked>,
    ends: &[usize],
    add: impl Fn(T, T) -> T,
) -> Vec<T> {
    let mut start = 0;
    let mut run = |end: usize| {
        let run = &values[start..end];
        start = end;
        run
    };
    match kept.and_then(|kept| kept.downcast_iter().next()) {
        None => ends.iter().map(|end| run(*end).iter().fold(T::default(), |sum, value| add(sum, *value))).collect(),
        Some(kept) => {
            let mut kept = kept.values().iter();
            let value = |(value, kept): (&T, bool)| if kept { *value } else { T::default() };
            let mut sum = |end: &usize| run(*end).iter().zip(kept.by_ref()).map(value).fold(T::default(), &add);
            ends.iter().map(&mut sum).collect()
        }
    }
}

/// Sums of the units of decimals; `None` where one has more digits than a decimal, which the engine tells.
fn units(values: &[i128], kept: Option<&BooleanChunked>, ends: &[usize]) -> Option<Vec<i128>> {
    let is_beyond = Cell::new(false);
    let add = |sum: i128, value| {
        let (sum, wraps) = sum.overflowing_add(value);
        is_beyond.set(is_beyond.get() || wraps);
        sum
    };
    let sums = sums(values, kept, ends, add);
    let fits = !is_beyond.get() && sums.iter().all(|sum| sum.unsigned_abs() < MOST);
    fits.then_some(sums)
}

/// How many rows of each run count.
fn counts(kept: Option<&BooleanChunked>, ends: &[usize]) -> Series {
    let kept = kept.and_then(|kept| kept.downcast_iter().next()).map(|kept| kept.values());
    let mut start = 0;
    let count = |end: &usize| {
        let long = *end - start;
        let count = kept.map_or(long, |kept| kept.clone().sliced(start, long).set_bits());
        start = *end;
        count as IdxSize
    };
    IdxCa::from_vec(PlSmallStr::EMPTY, ends.iter().map(count).collect()).into_series()
}
