//! Trials: the program is killed, cut and starved, and the recipients' mailboxes say what came of it.
//!
//! Each has a short set, which runs with every other test, and a long one, which `.ci/trials long` runs and whose figures it
//! prints. What is thrown by dice comes from one seed; a failure says how to replay it.

mod calendar;
mod catalogue;
mod crash;
mod crowd;
mod cut;
mod dice;
mod figures;
mod folder;
mod limits;
mod mailboxes;
mod months;
mod moved_clocks;
mod oracle;
mod persons;
mod places;
mod power;
mod program;
mod returns;
mod server;
mod simulation;
mod sky;
mod syscalls;
mod whole;

pub use dice::{Dice, Replay};
pub use figures::Figures;
pub use folder::Prepared;
pub use mailboxes::{Mailboxes, Weather};
pub use places::small;
pub use program::{Ending, Program};
