//! Results as they are made public: name, department, place, total, grade, and for how long they may be questioned.

use serde_json::{Value, json};

use super::ranking::tables;
use super::{Matter, is_scored, own_line, people, rows};
use crate::job::Shown;
use crate::render::body::grades_body;
use crate::words::Locale;

pub(super) fn body(matter: &Matter<'_>) -> Option<Value> {
    let cards = matter.cards();
    if !cards.iter().any(|card| is_scored(card)) {
        return None;
    }
    let mut tables = tables(matter, &cards);
    tables.as_array_mut().into_iter().flatten().for_each(mark_namesakes);
    Some(json!({
        "shows": { "total": matter.shows(Shown::Total), "grade": matter.shows(Shown::Grade) },
        "grades": if matter.shows(Shown::Grade) { grades_body(matter.appraisal, matter.locale) } else { json!([]) },
        "tables": tables,
        "withheld": matter.withheld(),
        "objection_days": matter.report.objection_days,
    }))
}

/// Nothing but what is made public stays in a row; a staff number is printed only where two have one name.
fn mark_namesakes(table: &mut Value) {
    let rows: Vec<Value> = table["rows"].as_array().cloned().unwrap_or_default();
    let is_namesake = |row: &Value| rows.iter().filter(|other| other["name"] == row["name"]).count() > 1;
    let row = |row: &Value| {
        json!({
            "rank": row["rank"], "tied": row["tied"], "id": row["id"], "name": row["name"], "team": row["team"],
            "namesake": is_namesake(row), "total": row["total"], "grade": row["grade"], "step": row["step"],
        })
    };
    table["rows"] = rows.iter().map(row).collect();
}

/// Says how many results there are, for how long they may be questioned, and the reader's own; no other's.
pub(super) fn brief(body: &Value, reader: Option<&str>, locale: Locale) -> Value {
    let days = &body["objection_days"];
    json!({
        "facts": [
            { "label": locale.say("公示结果", "results"), "value": people(rows(body).count(), locale) },
            {
                "label": locale.say("异议期", "time for questions"),
                "value": match locale {
                    Locale::Zh => format!("{days} 个工作日"),
                    Locale::En => format!("{days} working days"),
                },
            },
        ],
        "table": null,
        "own": own_line(body, reader, locale),
        "note": locale.say(
            "对结果有异议的，请在异议期内书面向主管或人力资源部提出，写明理由和依据。",
            "Whoever questions a result tells their manager or HR in writing within that time, with the reason and evidence.",
        ),
    })
}
