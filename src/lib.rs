//! scorepost scores customer-service agents and posts each of them a scorecard.
pub mod clock;
pub mod console;
pub mod diag;
pub mod exact;
pub mod finding;
pub mod ledger;
pub mod period;
pub mod words;
