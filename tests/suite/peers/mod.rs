//! Doubles of the world outside.

pub mod faults;
pub mod http;
pub mod smtp;
