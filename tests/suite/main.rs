//! The promises of scorepost, one module each, in one binary because linking is dear.

mod author_tools;
mod bad_files;
mod bench;
mod console;
mod demo_doubles;
mod exit_codes;
mod facts;
mod house;
mod kills;
mod ledger_survives_kills;
mod letters;
mod mail;
mod main_job;
mod mangled;
mod peers;
mod properties;
mod proposals;
mod pulling;
mod rosters;
mod scheduler;
mod schemas;
mod scoring;
mod serving;
mod sources;
mod stories;
mod story_tables;
