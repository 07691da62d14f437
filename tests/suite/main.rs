//! What scorepost promises, one module per promise.

mod ledger_survives_kills;
//! The promises, a module each.

mod mail;
mod peers;
