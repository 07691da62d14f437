//! The description of the interface (OpenAPI 3.1), made from the list of operations.

use std::sync::{Arc, LazyLock};

use axum::response::Response;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::refusal::Refusal;
use super::super::routes::{Audience, Method};
use super::{Gives, Need, OPERATIONS, Operation, json as answer, problem, shape, shapes};
use crate::ledger::Ability;

static DESCRIPTION: LazyLock<Value> = LazyLock::new(whole);

/// `GET /api/v1/openapi.json`
pub fn describe(_desk: &Arc<Desk>, _visit: &Visit) -> Result<Response, Refusal> {
    answer(&*DESCRIPTION)
}

fn whole() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut shapes = settings.into_generator();
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let facts = operation.route.facts;
        let method = match facts.method {
            Method::Get => "get",
            Method::Post => "post",
        };
        paths.entry(facts.path).or_insert_with(|| json!({}))[method] = one(operation, &mut shapes);
    }
    shape::<problem::Problem<'_>>(&mut shapes);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "scorepost",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Runs, cards and requests of scorepost. Decimals and instants are texts. What a token's user \
                            may not see is not there.",
        },
        "paths": paths,
        "components": {
            "schemas": shapes.take_definitions(true),
            "securitySchemes": { "token": {
                "type": "http", "scheme": "bearer", "description": "A token made by `scorepost token add`.",
            } },
        },
    })
}

fn one(operation: &Operation, shapes: &mut SchemaGenerator) -> Value {
    let facts = operation.route.facts;
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.says,
        "security": [{ "token": [ability(facts.audience)] }],
        "parameters": parameters(operation, shapes),
        "responses": responses(operation, shapes),
    });
    if let Some(takes) = operation.takes {
        let content = json!({ "application/json": { "schema": takes(shapes) } });
        described["requestBody"] = json!({ "required": true, "content": content });
    }
    described
}

fn ability(audience: Audience) -> &'static str {
    match audience {
        Audience::Programs(ability) => ability.word(),
        _ => Ability::Read.word(),
    }
}

fn parameters(operation: &Operation, shapes: &mut SchemaGenerator) -> Vec<Value> {
    let facts = operation.route.facts;
    let mut all: Vec<Value> = names(facts.path)
        .map(|name| {
            let number = if name == "run" { json!({ "type": "string" }) } else { json!({ "type": "integer" }) };
            json!({ "name": name, "in": "path", "required": true, "schema": number })
        })
        .collect();
    for one in operation.query {
        let schema = (one.shape)(shapes);
        all.push(json!({
            "name": one.name, "in": "query", "description": one.says, "schema": schema,
            "required": one.need == Need::Required,
        }));
    }
    if facts.method == Method::Post {
        all.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "The same key counts once, so that a lost answer can be asked for again.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200 },
        }));
    }
    all
}

/// The variable parts of a path.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn responses(operation: &Operation, shapes: &mut SchemaGenerator) -> Value {
    let problem = json!({
        "description": "It was not done; the detail says why and what to do.",
        "content": { "application/problem+json": { "schema": shape::<problem::Problem<'_>>(shapes) } },
    });
    let (status, given) = match operation.gives {
        Gives::Found(shape) => ("200", json!({ "application/json": { "schema": shape(shapes) } })),
        Gives::Accepted => ("202", json!({ "application/json": { "schema": shape::<shapes::Request>(shapes) } })),
        Gives::Pdf => ("200", json!({ "application/pdf": {} })),
    };
    json!({ status: { "description": operation.says, "content": given }, "default": problem })
}
