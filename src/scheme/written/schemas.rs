//! JSON Schemas of the values whose reading is written by hand.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Expression, FullMarks, Mix, Over, Weight, Written};
use crate::exact::{Exact, NUMBER_PATTERN};

/// A day as TOML writes it; editors hand it to a schema as text.
pub(in crate::scheme) struct Day;

/// What a parameter's id looks like.
const ID_PATTERN: &str = "[a-z].*";

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "a day such as 2026-01-01, without quotes", "type": "string", "format": "date" })
    }
}

impl JsonSchema for Written {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "a number such as 45 or \"2%\", \"unset\", or a parameter's id",
            "anyOf": [
                { "type": "number" },
                { "const": "unset" },
                { "type": "string", "pattern": format!("^({NUMBER_PATTERN}|{ID_PATTERN})$") },
            ],
        })
    }
}

impl JsonSchema for Expression {
    fn schema_name() -> Cow<'static, str> {
        "Expression".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "a number, \"unset\", or an expression over named values such as \"total / 100 * 2000\"",
            "type": ["number", "string"],
        })
    }
}

impl JsonSchema for FullMarks {
    fn schema_name() -> Cow<'static, str> {
        "FullMarks".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let number = generator.subschema_for::<Exact>();
        json_schema!({
            "description": "what the weights sum to: a number above nought such as 100, or \"none\"",
            "anyOf": [{ "const": "none" }, number],
        })
    }
}

impl JsonSchema for Weight {
    fn schema_name() -> Cow<'static, str> {
        "Weight".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        or_word("equal", "a weight, or \"equal\" for an equal part", generator)
    }
}

impl JsonSchema for Over {
    fn schema_name() -> Cow<'static, str> {
        "Over".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        or_word("sum", "what a score is divided by: a number, or \"sum\" for everybody's", generator)
    }
}

fn or_word(word: &str, description: &str, generator: &mut SchemaGenerator) -> Schema {
    let amount = generator.subschema_for::<Written>();
    json_schema!({ "description": description, "anyOf": [{ "const": word }, amount] })
}

impl JsonSchema for Mix {
    fn schema_name() -> Cow<'static, str> {
        "Mix".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let weights = generator.subschema_for::<BTreeMap<String, Written>>();
        json_schema!({
            "description": "\"mean\", or weights by role such as { self = 40, supervisor = 60 }",
            "anyOf": [{ "const": "mean" }, weights],
        })
    }
}

/// Bands of a lookup write `value` where those of an indicator write `points`.
pub(super) fn with_value(schema: &mut Schema) {
    let properties = schema.get_mut("properties").and_then(|one| one.as_object_mut());
    if let Some(properties) = properties
        && let Some(points) = properties.get("points").cloned()
    {
        properties.insert("value".to_owned(), points);
    }
}
