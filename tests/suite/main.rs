//! What scorepost promises, one module per promise.

mod console;
mod ledger_survives_kills;
