//! scorepost scores customer-service agents and posts each of them a scorecard.
pub mod clock;
pub mod console;
pub mod deliver;
pub mod diag;
pub mod exact;
pub mod finding;
pub mod job;
pub mod ledger;
pub mod period;
pub mod scheme;
pub mod score;
pub mod settings;
pub mod tables;
pub mod words;
