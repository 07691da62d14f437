//! `fan-out` as written: one table, or a list of them.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::Placed;
use crate::diag::Spanned;

/// `fan-out`: a request for each batch of ids that were pulled before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FanOutTable {
    /// Whose ids: `accounts`, `agents` or `resource`.
    pub over: Placed,
    /// For `accounts`: the platform, as the table `accounts` names it.
    pub platform: Option<String>,
    /// For `resource`: the id of an earlier resource of the file.
    pub resource: Option<Placed>,
    /// For `resource`: the field of its records that is asked for, such as `id`; `.` for the record itself.
    pub field: Option<Placed>,
    /// How many ids one request takes.
    pub batch: Spanned<usize>,
    /// What stands between two ids, `,` when not given.
    pub join: Option<String>,
    /// What stands before each id, such as `cntaobao`.
    pub prefix: Option<String>,
    /// A name, when several fan-outs meet in one request: `{ids.NAME}` instead of `{ids}`.
    pub slot: Option<Placed>,
}

/// One or more fan-outs.
#[derive(Debug)]
pub struct FanOutList(pub Vec<FanOutTable>);

/// What an editor may offer for it.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
pub enum OneFanOutOrMore {
    /// One fan-out.
    One(Box<FanOutTable>),
    /// All combinations of several.
    More(Vec<FanOutTable>),
}

impl<'de> Deserialize<'de> for FanOutList {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ListVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = FanOutList;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a fan-out such as `{ over = \"agents\", batch = 30 }`, or a list of them")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FanOutList, A::Error> {
        FanOutTable::deserialize(MapAccessDeserializer::new(map)).map(|one| FanOutList(vec![one]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<FanOutList, A::Error> {
        let mut tables = Vec::new();
        while let Some(one) = list.next_element()? {
            tables.push(one);
        }
        Ok(FanOutList(tables))
    }
}
