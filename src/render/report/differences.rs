//! What a reader would call different between two editions of one report: who stands elsewhere, whose total changed.

use serde_json::Value;

use super::{rows, text};
use crate::render::issue::Change;
use crate::words::Bilingual;

/// People of whom it is told one by one.
const MOST: usize = 12;

/// The differences of two bodies with tables of people, person by person; beyond a dozen their number.
pub(in crate::render) fn differences(before: &Value, after: &Value) -> Vec<Change> {
    let find = |body: &Value, id: &Value| rows(body).find(|row| row["id"] == *id).cloned().unwrap_or_default();
    let mut found: Vec<Change> = Vec::new();
    for new in rows(after) {
        found.extend(difference(new, &find(before, &new["id"]), new));
    }
    for old in rows(before).filter(|old| find(after, &old["id"]).is_null()) {
        found.extend(difference(old, old, &Value::Null));
    }
    if found.len() > MOST {
        let more = found.split_off(MOST).len();
        let what = Bilingual::new(format!("另有 {more} 人有变化"), format!("{more} more people changed"));
        found.push(Change { what, before: String::new(), after: String::new() });
    }
    found
}

fn difference(named: &Value, old: &Value, new: &Value) -> Option<Change> {
    let (before, after) = (result(old), result(new));
    (before != after).then(|| Change { what: Bilingual::same(text(&named["name"])), before, after })
}

/// Place, total and grade of one row: `2 · 88.0 · 良好`.
fn result(row: &Value) -> String {
    let parts = ["rank", "total", "grade"].map(|key| text(&row[key]));
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if said.is_empty() { "—".to_owned() } else { said.join(" · ") }
}
