//! Doubles of the world outside.

pub mod smtp;
