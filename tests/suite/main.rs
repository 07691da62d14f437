//! The promises of scorepost, one module each, in one binary because linking is dear.

mod bad_files;
mod console;
mod demo_doubles;
mod facts;
mod house;
mod ledger_survives_kills;
mod mail;
mod peers;
mod scoring;
