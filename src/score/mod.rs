//! score
pub mod appraisal;
