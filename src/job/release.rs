//! Who lets the letters of a run go, what is shown to them first, and what happens when nobody does.

use std::fmt;

use chrono::TimeDelta;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::check::duration;
use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, Spanned};

/// How the letters of a run are let go.
#[derive(Clone, Debug, Default)]
pub struct Release {
    /// By whom.
    pub by: ReleasedBy,
    /// Which cards they are shown first.
    pub outliers: Outliers,
    /// When people are reminded, counted from when the run is ready.
    pub remind_after: Option<TimeDelta>,
    /// When it is too late.
    pub deadline: Option<Deadline>,
}

/// Who lets the letters of a scheduled run go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReleasedBy {
    /// They go as soon as the run is ready and nothing holds it.
    Automatic,
    /// A manager or HR looks first.
    #[default]
    Manager,
    /// Two persons look first; the second is not the first.
    TwoPerson,
}

/// How many persons approve what a scheme proposes about somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ApprovedBy {
    /// One, with a reason.
    #[default]
    OnePerson,
    /// Two; the second is not the first. One is enough to refuse.
    TwoPerson,
}

/// When a release is too late, and what happens then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// So long after the run is ready.
    pub after: TimeDelta,
    /// What happens.
    pub then: Then,
}

/// What happens to a run that nobody released in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Then {
    /// It is held: a person must answer for the delay.
    #[default]
    Hold,
    /// Its letters go.
    Release,
    /// It is cancelled.
    Cancel,
}

/// What makes a card one that people should look at before it goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Outliers {
    /// Its grade moved by so many since the period before; 0 looks at none.
    pub grade_moves: u32,
    /// Its rank moved by so many; 0 looks at none.
    pub rank_moves: u32,
    /// Its total lies so many points beyond all totals of the six periods before; 0 looks at none.
    pub total_beyond: u32,
    /// Whether a line without data makes one.
    pub missing: bool,
}

impl Default for Outliers {
    fn default() -> Self {
        Self { grade_moves: 2, rank_moves: 5, total_beyond: 10, missing: true }
    }
}

/// `[release]` as it is written: a table, or the word for `by` alone.
#[derive(Default)]
pub(super) struct ReleaseWritten {
    by: ReleasedBy,
    rest: ReleaseTable,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ReleaseTable {
    /// Who lets the letters go.
    #[serde(default)]
    by: ReleasedBy,
    /// Which cards are shown first.
    #[serde(default)]
    outliers: Outliers,
    /// When people are reminded, counted from when the run is ready, such as `1d`.
    remind_after: Option<Spanned<String>>,
    /// When it is too late, counted from when the run is ready, such as `3d`.
    deadline: Option<Spanned<String>>,
    /// What happens then.
    then: Option<Spanned<Then>>,
}

impl<'de> Deserialize<'de> for ReleaseWritten {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = ReleaseWritten;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("`automatic`, `manager`, `two-person`, or a table with `by`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ReleaseWritten, E> {
                let by = ReleasedBy::deserialize(de::value::StrDeserializer::<E>::new(text))?;
                Ok(ReleaseWritten { by, rest: ReleaseTable::default() })
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<ReleaseWritten, M::Error> {
                let rest = ReleaseTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(ReleaseWritten { by: rest.by, rest })
            }
        }
        input.deserialize_any(Either)
    }
}

impl JsonSchema for ReleaseWritten {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Release".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (word, table) = (generator.subschema_for::<ReleasedBy>(), generator.subschema_for::<ReleaseTable>());
        json_schema!({ "description": "who lets the letters go: a word, or a table with `by`", "anyOf": [word, table] })
    }
}

/// Checks what is written about releases.
pub(super) fn check(written: ReleaseWritten, file: &AuthoredFile, found: &mut Diagnostics) -> Release {
    let ReleaseWritten { by, rest } = written;
    let mut checker = Checker { file, found };
    let remind_after = checker.length(rest.remind_after.as_ref());
    let after = checker.length(rest.deadline.as_ref());
    let then = rest.then.as_ref().map(|then| *then.get_ref()).unwrap_or_default();
    if let (ReleasedBy::Automatic, Some(at)) = (by, rest.deadline.as_ref().or(rest.remind_after.as_ref())) {
        checker.wrong(at, "nobody is waited for: the release is automatic", "remove it, or write `by = \"manager\"`");
    }
    if let (None, Some(at)) = (after, &rest.then) {
        checker.wrong(at, "`then` needs a `deadline`", "add for instance `deadline = \"3d\"`");
    }
    if let (ReleasedBy::TwoPerson, Then::Release, Some(at)) = (by, then, &rest.then) {
        checker.wrong(at, "the clock is not the second person", "write `then = \"hold\"` or `then = \"cancel\"`");
    }
    if let (Some(remind), Some(deadline), Some(at)) = (remind_after, after, &rest.remind_after)
        && remind >= deadline
    {
        checker.wrong(at, "the reminder would come after the deadline", "remind earlier");
    }
    Release { by, outliers: rest.outliers, remind_after, deadline: after.map(|after| Deadline { after, then }) }
}

struct Checker<'a> {
    file: &'a AuthoredFile,
    found: &'a mut Diagnostics,
}

impl Checker<'_> {
    fn wrong<T>(&mut self, at: &Spanned<T>, message: impl Into<String>, hint: &str) {
        self.found.push(Diagnostic::error(message).at(self.file.place(at.span())).hint(hint));
    }

    fn length(&mut self, written: Option<&Spanned<String>>) -> Option<TimeDelta> {
        let written = written?;
        let length = duration(written.as_ref()).filter(|length| *length > TimeDelta::zero());
        if length.is_none() {
            let message = format!("`{}` is not a length of time", written.as_ref());
            self.wrong(written, message, "write for instance `12h` or `3d`");
        }
        length
    }
}
