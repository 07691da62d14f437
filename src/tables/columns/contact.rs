//! Whether a ticket was solved at the first contact.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::given_or;

/// Fills `in_first_contact` of tickets whose platform counts replies and reopenings: solved, with one reply at most, and
/// never opened again. That is how help desks without such a field are read, not a number of their own.
pub fn fill(frames: &mut BTreeMap<String, DataFrame>) -> PolarsResult<()> {
    let Some(frame) = frames.get_mut("tickets") else { return Ok(()) };
    let known = col("resolved").is_not_null().and(col("contacts").is_not_null()).and(col("reopens").is_not_null());
    let at_once = col("resolved").and(col("contacts").lt_eq(lit(1))).and(col("reopens").eq(lit(0)));
    let follows = when(known).then(at_once).otherwise(lit(NULL));
    *frame = frame.clone().lazy().with_column(given_or("in_first_contact", follows)).collect()?;
    Ok(())
}
