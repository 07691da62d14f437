//! The promises of scorepost, each tested as a person would see it.

mod console;
