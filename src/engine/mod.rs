//! Engines that count the rows of kept tables in place of [`crate::score`], for data that one machine is too small for.
//!
//! The border is narrow: [`crate::score::Question`]s in, small frames of exact sums out. Ratios, rounding, places and
//! bands are worked out by [`crate::score`] whoever counts, so that every engine gives the same cards to the bit.

pub mod spark;
