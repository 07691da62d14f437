//! The promises of scorepost, one module each, in one binary because linking is dear.

mod console;
mod demo_doubles;
mod ledger_survives_kills;
mod mail;
mod peers;
