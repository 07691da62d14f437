//! What later resources need of the records of an earlier one.

use serde_json::Value;

use super::content::each_record;
use super::ground::Page;
use crate::source::Resource;
use crate::source::template::Parent;

/// The fields of each record of a page that later resources name; none when no resource asks for each of them.
pub fn parents(resource: &Resource, page: &Page) -> Vec<Parent> {
    let mut parents = Vec::new();
    if !resource.gives.is_empty() {
        let given = |record: &Value| {
            let fields = resource.gives.iter();
            fields.filter_map(|field| Some((field.clone(), field_of(record, field)?))).collect()
        };
        each_record(&resource.format, page.json.as_ref(), |record| parents.push(given(record)));
    }
    parents
}

/// A field of a record, by its dotted name; `.` is the record itself.
fn field_of(record: &Value, field: &str) -> Option<Value> {
    let found = match field {
        "." => Some(record),
        _ => field.split('.').try_fold(record, |value, name| value.get(name)),
    };
    found.filter(|value| !matches!(value, Value::Null | Value::Array(_) | Value::Object(_))).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_is_one_value() {
        let record = json!({ "id": 7, "of": { "name": "x", "none": null }, "list": [1] });
        let field = |name| field_of(&record, name);
        assert_eq!((field("id"), field("of.name")), (Some(json!(7)), Some(json!("x"))));
        assert_eq!([field("of"), field("of.none"), field("list"), field("nobody"), field(".")], [const { None }; 5]);
        assert_eq!(field_of(&json!("a"), "."), Some(json!("a")));
    }
}
