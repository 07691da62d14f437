//! How much of a list is given at once.

use std::ops::Range;

use schemars::{Schema, SchemaGenerator, json_schema};

use super::super::attend::Visit;
use super::super::refusal::Refusal;
use crate::words::Bilingual;

/// Given unless told.
const USUAL: usize = 50;
/// Given at most.
const MOST: usize = 200;
/// The farthest start of a page.
const FARTHEST: usize = 100_000;

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    offset: usize,
    limit: usize,
}

impl Part {
    /// Reads `limit` and `offset`.
    pub fn of(visit: &Visit) -> Result<Self, Refusal> {
        let number = |name: &'static str, usual: usize, from: usize, to: usize| match visit.query.given(name) {
            None => Ok(usual),
            Some(text) => text.parse().ok().filter(|number| (from..=to).contains(number)).ok_or_else(|| {
                Refusal::Malformed(Bilingual::new(
                    format!("`{name}` 应为 {from} 到 {to} 的整数。"),
                    format!("`{name}` must be a whole number from {from} to {to}."),
                ))
            }),
        };
        Ok(Self { limit: number("limit", USUAL, 1, MOST)?, offset: number("offset", 0, 0, FARTHEST)? })
    }

    /// How many must be found to fill it and to know whether there are more.
    pub fn reach(self) -> usize {
        self.offset + self.limit + 1
    }

    /// Which of a list's things are in it.
    pub fn range(self) -> Range<usize> {
        self.offset..self.offset + self.limit
    }

    /// The part, and whether there are more.
    pub fn cut<T>(self, all: Vec<T>) -> (Vec<T>, bool) {
        let more = all.len() > self.offset + self.limit;
        (all.into_iter().skip(self.offset).take(self.limit).collect(), more)
    }
}

pub(super) fn limit(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL })
}

pub(super) fn offset(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 0, "maximum": FARTHEST, "default": 0 })
}
