//! The distributed engine: what it would be asked, and on a cluster that what it answers makes the same cards.

mod asked;
mod cluster;
mod double;
mod figures;
mod month;
