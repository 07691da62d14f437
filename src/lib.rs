//! scorepost scores customer-service agents and posts each of them a scorecard.
//!
//! # The way of the data
//!
//! ```text
//!  cron tick ─┐                                                             ┌─► console reads
//!             ├─► pipeline ─► extract ─► tables ─► score ─► render ─► deliver
//!  request ───┘       │        raw pages  Parquet   cards    PDFs     letters
//!                     └────────────────── ledger ◄──────────────────────────┘
//! ```
//!
//! Each stage is one function from the product of the stage before to its own, and the product's type lives in the stage
//! that makes it. Only [`pipeline`] calls stages. The [`console`] asks, the [`scheduler`] acts: there is one writer of runs.
//! Every step leaves its result in the [`ledger`] or the data folder before the next begins, and done twice gives the
//! same result; a run that was killed anywhere is simply run again.
//!
//! # The rule of dependencies
//!
//! A module imports only from the layers above its own in this list; inside a folder anything goes. Each heavy crate has one
//! home. `tests/suite/house.rs` proves both from the `use` lines.
//!
//! | layer | modules | home of |
//! |---|---|---|
//! | 0 | [`clock`] [`diag`] [`exact`] [`failpoint`] [`finding`] [`period`] [`side_by_side`] [`unfinished`] [`words`] | |
//! | 1 | [`source`] [`scheme`] [`job`] [`settings`]: what people write, checked, places kept | toml |
//! | 2 | [`ledger`] what ran and was sent; [`extract`] sources to typed rows; [`identity`] who signed in elsewhere | rusqlite, tokio-postgres, reqwest |
//! | 3 | [`tables`] rows to canonical tables; what was counted over them is kept beside them | |
//! | 4 | [`score`] tables × scheme, with what people set after appeals, to cards; polars ends here | polars |
//! | 5 | [`engine`] counts on a cluster instead of here; [`render`] cards to PDFs; [`workbook`] forms and lists to XLSX, forms back; [`deliver`] letters to mailboxes, lines to chats | typst, rust_xlsxwriter, lettre, reqwest again |
//! | 7 | [`pipeline`] the only place that names every stage; [`trial`] stories that try a scheme | |
//! | 8 | [`scheduler`] when; [`upkeep`] health, metrics, alerts, proofs, retention; [`console`] pages; [`demo`] a double of the outside world | tokio-cron-scheduler, prometheus-client, axum |
//! | 9 | [`cli`] the verbs | clap |
//!
//! # Errors
//!
//! A file that a person wrote is wrong: [`diag::Diagnostics`], all of them, each with its place and the next action.
//! The world failed: one `anyhow` error with its chain. An outcome that decides whether to try again is an enum, such as
//! [`deliver::Outcome`]. What a run notices about its data is a [`finding::Finding`], which may hold it.
//!
//! # Numbers
//!
//! Sums, ratios, points and money are [`exact::Exact`] fractions from the moment they leave a query until they are printed,
//! half up. Gates and grades decide on unrounded values. Nothing that a reader sees depends on the wall clock (see
//! [`clock`]), on hash order, or on threads.

pub mod cli;
pub mod clock;
pub mod console;
pub mod deliver;
pub mod demo;
pub mod diag;
pub mod engine;
pub mod exact;
pub mod extract;
pub mod failpoint;
pub mod finding;
pub mod identity;
pub mod job;
pub mod ledger;
pub mod period;
pub mod pipeline;
pub mod render;
pub mod scheduler;
pub mod scheme;
pub mod score;
pub mod settings;
pub mod side_by_side;
pub mod source;
pub mod tables;
pub mod trial;
pub mod unfinished;
pub mod upkeep;
pub mod words;
pub mod workbook;
