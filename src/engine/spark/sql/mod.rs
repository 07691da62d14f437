//! From a scheme's SQL to Spark's: read by the library's parser, checked against the canonical columns, and written anew
//! with exact types. Nothing of a scheme or of the data is copied: names are those of canonical columns, values are
//! written character by character (`literal`).
//!
//! What the two dialects mean alike is written alike. Where they differ, either the same is said otherwise (sums of
//! truths, numbers without an end of 32 bits), or it is refused by name: division, remainders, products of two decimals,
//! fractions in arithmetic, patterns.

mod aggregate;
mod call;
mod compare;
mod condition;
mod expression;
mod literal;
mod sort;

pub(super) use aggregate::{Wanted, wanted};
pub(super) use condition::condition;
pub(super) use literal::{day, name, text};
pub(super) use sort::Sort;

#[cfg(test)]
mod tests;
