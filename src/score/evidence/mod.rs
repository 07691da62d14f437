//! What people recorded about agents: events, ratings, check sheets.

mod events;
mod ratings;
mod sheets;

pub(super) use events::{Event, Events};
pub(super) use ratings::{Mixed, Ratings};
pub(super) use sheets::{Sheets, Verdict};
