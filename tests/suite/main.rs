//! What scorepost promises, one module per promise.

mod ledger_survives_kills;
//! The promises, a module each.

mod mail;
mod peers;
//! The promises of scorepost, each tested as a person would see it.

mod console;
