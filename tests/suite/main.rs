//! What scorepost promises, one module per promise.

mod ledger_survives_kills;
