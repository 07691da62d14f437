//! The JSON Schemas and the files that they describe agree: every shipped file is valid, a wrong one is not.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// What a schema has against a value; a small part of JSON Schema, as much as ours use.
struct Check<'a> {
    root: &'a Value,
    wrong: Vec<String>,
}

impl<'a> Check<'a> {
    fn of(schema: &'a Value, value: &Value) -> Vec<String> {
        let mut check = Self { root: schema, wrong: Vec::new() };
        check.value(schema, value, "");
        check.wrong
    }

    fn value(&mut self, schema: &'a Value, value: &Value, path: &str) {
        let Some(schema) = schema.as_object() else {
            assert_eq!(schema, &Value::Bool(true), "a schema is an object or true");
            return;
        };
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = self.root.pointer(reference.trim_start_matches('#')).expect(reference);
            self.value(target, value, path);
        }
        self.plain(schema, value, path);
        for (key, all) in [("anyOf", false), ("oneOf", false), ("allOf", true)] {
            let Some(several) = schema.get(key).and_then(Value::as_array) else { continue };
            let tries: Vec<Vec<String>> = several.iter().map(|one| self.apart(one, value, path)).collect();
            let fits = tries.iter().filter(|wrong| wrong.is_empty()).count();
            if (all && fits < tries.len()) || fits == 0 {
                self.wrong.push(format!("{path}: fits none of {key}: {tries:?}"));
            }
        }
        match value {
            Value::Object(table) => self.table(schema, table, path),
            Value::Array(list) => {
                for (place, one) in list.iter().enumerate() {
                    if let Some(items) = schema.get("items") {
                        self.value(items, one, &format!("{path}[{place}]"));
                    }
                }
            }
            _ => {}
        }
    }

    fn apart(&self, schema: &'a Value, value: &Value, path: &str) -> Vec<String> {
        let mut check = Check { root: self.root, wrong: Vec::new() };
        check.value(schema, value, path);
        check.wrong
    }

    fn plain(&mut self, schema: &Map<String, Value>, value: &Value, path: &str) {
        let types: Vec<&str> = match schema.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !types.is_empty() && !types.iter().any(|one| is_of(value, one)) {
            self.wrong.push(format!("{path}: {value} is no {types:?}"));
        }
        if schema.get("const").is_some_and(|only| only != value) {
            self.wrong.push(format!("{path}: {value} is not {}", schema["const"]));
        }
        if let Some(words) = schema.get("enum").and_then(Value::as_array)
            && !words.contains(value)
        {
            self.wrong.push(format!("{path}: {value} is none of {words:?}"));
        }
    }

    fn table(&mut self, schema: &'a Map<String, Value>, table: &Map<String, Value>, path: &str) {
        let known = schema.get("properties").and_then(Value::as_object);
        for (key, value) in table {
            let path = format!("{path}.{key}");
            match (known.and_then(|known| known.get(key)), schema.get("additionalProperties")) {
                (Some(schema), _) => self.value(schema, value, &path),
                (None, Some(Value::Bool(false))) => self.wrong.push(format!("{path}: unknown key")),
                (None, Some(schema)) => self.value(schema, value, &path),
                (None, None) => {}
            }
        }
        let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        for key in required.iter().filter_map(Value::as_str).filter(|key| !table.contains_key(*key)) {
            self.wrong.push(format!("{path}: `{key}` is missing"));
        }
    }
}

fn is_of(value: &Value, word: &str) -> bool {
    match word {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("the type `{other}`"),
    }
}

/// What a TOML file says, as editors hand it to a schema: days as texts.
fn json_of(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(day) => day.to_string().into(),
        toml::Value::Array(list) => list.into_iter().map(json_of).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json_of(value))).collect(),
    }
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a file");
    json_of(toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn kinds() -> [(&'static str, Value, Vec<PathBuf>); 3] {
    let jobs = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs");
    let files = |folder: &str| scorepost::diag::toml_files(&jobs.join(folder)).expect("files");
    [
        ("job", scorepost::job::schema().to_value(), files("")),
        ("source", scorepost::source::schema().to_value(), files("sources")),
        ("scheme", scorepost::scheme::schema().to_value(), files("schemes")),
    ]
}

#[test]
fn every_shipped_file_is_valid() {
    for (kind, schema, files) in kinds() {
        assert!(files.len() > 1, "{kind}");
        for path in files {
            let wrong = Check::of(&schema, &read(&path));
            assert!(wrong.is_empty(), "{kind} {}: {wrong:#?}", path.display());
        }
    }
}

#[test]
fn the_shipped_calendar_is_valid() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/calendars/china.toml");
    let (schema, file) = (scorepost::job::calendar_schema().to_value(), read(&path));
    assert_eq!(Check::of(&schema, &file), Vec::<String>::new());
    let mut without = file.clone();
    without.as_object_mut().expect("a table").remove("source");
    assert!(!Check::of(&schema, &without).is_empty(), "who announced the days must be said");
}

#[test]
fn unknown_and_missing_keys_are_found() {
    for (kind, schema, files) in kinds() {
        let sound = read(&files[0]);
        let mut unknown = sound.clone();
        unknown["no-such-key"] = json!(1);
        assert!(!Check::of(&schema, &unknown).is_empty(), "{kind}");
        let mut missing = sound.clone();
        missing.as_object_mut().expect("a table").remove("id");
        assert!(!Check::of(&schema, &missing).is_empty(), "{kind}");
    }
}

/// What a person writes wrongly, and every such value must be refused.
#[test]
fn values_of_a_wrong_kind_are_found() {
    let [_, _, (_, schema, _)] = kinds();
    let wrong = [
        ("cycle", json!(3)),
        ("full-marks", json!(true)),
        ("title", json!({ "zh": "只有中文" })),
        ("total", json!({ "counts": "some" })),
        ("rank", json!({ "within": "house" })),
        ("indicator", json!([{ "id": "a", "bands": [{ "at-lest": 1, "points": 2 }] }])),
        ("indicator", json!([{ "id": "a", "weight": false }])),
        ("indicator", json!([{ "id": "a", "rating": { "item": "x", "mix": { "self": [] } } }])),
        ("pool", json!([{ "id": "a", "label": "b", "of": "team", "base": "x", "split": { "by": "luck" } }])),
    ];
    let sound = json!({ "id": "a", "title": "b", "version": "1", "effective-from": "2026-01-01", "cycle": "month" });
    assert_eq!(Check::of(&schema, &sound), Vec::<String>::new());
    for (key, value) in wrong {
        let mut file = sound.clone();
        file[key] = value.clone();
        assert!(!Check::of(&schema, &file).is_empty(), "{key} = {value}");
    }
}
