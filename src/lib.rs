//! scorepost scores customer-service agents and posts each of them a scorecard.
pub mod clock;
pub mod diag;
pub mod exact;
pub mod extract;
pub mod finding;
pub mod period;
pub mod source;
pub mod words;
