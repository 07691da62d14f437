//! What a mapping can say: lists inside records, paths, stand-ins, units, cuts.

use chrono::NaiveDate;
use serde_json::json;

use super::*;
use crate::source::template::Filling;

/// A resource over one table.
fn into(table: &str, options: &str, format: &str) -> Resource {
    let text = format!(
        r#"
id = "test"
title = {{ zh = "测试", en = "test" }}
time-zone = "Asia/Shanghai"
client = {{ base-url = "http://127.0.0.1" }}
[[resource]]
id = "records"
path = "/records?{{window.start:%Y}}"
window = {{ step = "day" }}
{format}
[[resource.into]]
table = "{table}"
{options}
"#
    );
    let source = read(&AuthoredFile::from_text("test.toml", &text), &Variables::default());
    source.unwrap_or_else(|found| panic!("{found}")).resources.remove(0)
}

fn walk() -> Walk {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    let zone = chrono_tz::Asia::Shanghai;
    let at = |day| crate::period::midnight(zone, day).with_timezone(&zone);
    let days = (day("2026-10-05"), day("2026-10-06"));
    Walk { filling: Filling { window: Some((at(days.0), at(days.1))), ..Filling::default() }, days: Some(days) }
}

fn mapped(resource: &Resource, body: &[u8], json: Option<&Json>) -> Mapped {
    let mut mapper = Mapper::new(&resource.mapping, chrono_tz::Asia::Shanghai, &walk());
    mapper.page(&resource.format, body, json).unwrap_or_else(|error| panic!("{error:#}"));
    mapper.finish()
}

fn cells(mapped: &Mapped, name: &str) -> Vec<String> {
    let rows = &mapped.rows[0];
    let place = rows.table.columns().iter().position(|column| column.name == name).expect("a column");
    let shown = |cell: Option<String>| cell.unwrap_or_else(|| "·".into());
    match &rows.columns[place] {
        Values::Text(list) => list.iter().cloned().map(shown).collect(),
        Values::Int(list) => list.iter().map(|cell| shown(cell.map(|one| one.to_string()))).collect(),
        Values::Decimal(list) => list.iter().map(|cell| shown(cell.map(|one| one.to_string()))).collect(),
        Values::Bool(list) => list.iter().map(|cell| shown(cell.map(|one| one.to_string()))).collect(),
        Values::Date(list) => list.iter().map(|cell| shown(cell.map(|one| one.to_string()))).collect(),
        Values::DateTime(list) => list.iter().map(|cell| shown(cell.map(|one| one.to_string()))).collect(),
    }
}

#[test]
fn lists_inside_records_give_a_row_for_each_item() {
    let days = into(
        "chats_daily",
        r#"
each = ["by_ids.by_id", "evaluations"]
skip = [{ name = "robots", when = { from = "^.id", in = ["robot"] } }]
columns.date = { from = "^^.day", format = "%Y%m%d" }
columns.account = { from = "^.id" }
columns.channel = { from = "^^^.channel" }
columns.ratings = { from = "num" }
"#,
        "records = \"$.days\"",
    );
    let page = json!({ "channel": "pc", "days": [
        { "day": 20261005, "by_ids": { "by_id": [
            { "id": "甲", "evaluations": [{ "num": "3" }, { "num": 4 }] },
            { "id": "乙", "evaluations": { "num": 5.0 } },
            { "id": "丙", "evaluations": null }, { "id": "丁" },
            { "id": "robot", "evaluations": [{ "num": 9 }] },
        ] } },
        { "day": 20261006 },
    ] });
    let mapped = mapped(&days, b"", Some(&page));
    assert_eq!((mapped.records, mapped.aside.records), (2, 0));
    assert_eq!(cells(&mapped, "account"), ["甲", "甲", "乙"]);
    assert_eq!(cells(&mapped, "ratings"), ["3", "4", "5"]);
    assert_eq!(cells(&mapped, "channel"), ["pc", "pc", "pc"]);
    assert_eq!(mapped.skipped, BTreeMap::from([("robots".to_owned(), 1)]));
}

#[test]
fn a_record_with_a_bad_item_is_counted_once() {
    let days = into(
        "chats_daily",
        "each = \"list\"\ncolumns.date = { value = \"{window.start:%Y-%m-%d}\" }\ncolumns.account = { from = \"@\" }\ncolumns.ratings = { value = \"1\" }",
        "records = \"$\"",
    );
    let mapped = mapped(&days, b"", Some(&json!({ "list": ["甲", {}, [], "乙"] })));
    assert_eq!(cells(&mapped, "account"), ["甲", "乙"]);
    assert_eq!(cells(&mapped, "date"), ["20731", "20731"]);
    assert_eq!((mapped.records, mapped.aside.records), (1, 1));
    assert_eq!(mapped.aside.reasons[&Fault::NotKind("account", "text")], (2, vec![1]));
}

#[test]
fn paths_choose_an_item_of_a_list_by_place_or_by_what_it_has() {
    let stats = into(
        "attendance_days",
        r#"
columns.agent_id = { from = "user" }
columns.date = { value = "{window.start:%Y-%m-%d}" }
columns.work_minutes = { from = "datas[code=52105].value" }
columns.late_minutes = { from = "vals[vo.id=7].list[-1]" }
columns.early_minutes = { from = ["nowhere", "vals[0].vo.id"] }
columns.missed = { from = "vals[5].vo.id" }
"#,
        "records = \"$.list\"",
    );
    let page = json!({ "list": [{
        "user": "u1",
        "datas": [{ "code": "52104", "value": "480" }, { "code": 52105, "value": "450" }],
        "vals": [{ "vo": { "id": 3 } }, { "vo": { "id": 7 }, "list": [1, 2, 12] }],
    }] });
    let mapped = mapped(&stats, b"", Some(&page));
    let row = ["work_minutes", "late_minutes", "early_minutes", "missed"].map(|name| cells(&mapped, name).remove(0));
    assert_eq!(row, ["450", "12", "3", "·"]);
}

#[test]
fn absent_null_a_dash_and_nought_are_four_things() {
    let plans = into(
        "plans",
        r#"
columns.agent_id = { from = "id" }
columns.month = { value = "{window.start:%Y-%m}" }
columns.sales_target = { from = "target", when-absent = "1", when-null = "2.5", null = ["-"] }
columns.conversion_target = { from = "target", null = ["-"] }
"#,
        "records = \"$\"",
    );
    let page = json!([{ "id": 1 }, { "id": 2, "target": null }, { "id": 3, "target": "-" }, { "id": 4, "target": 0 }]);
    let mapped = mapped(&plans, b"", Some(&page));
    assert_eq!(cells(&mapped, "sales_target"), ["10000", "25000", "25000", "0"]);
    assert_eq!(cells(&mapped, "conversion_target"), ["·", "·", "·", "0"]);
}

#[test]
fn units_become_those_of_the_column() {
    let days = into(
        "attendance_days",
        r#"
columns.agent_id = { from = "id", after = [":", "："], strip = ["cntaobao"] }
columns.date = { value = "{window.start:%Y-%m-%d}" }
columns.late_minutes = { from = "late", unit = "seconds" }
columns.early_minutes = { from = "late", unit = "seconds", round = true }
columns.work_minutes = { from = "work", unit = "hours" }
columns.leave_hours = { from = "leave", unit = "hundredths" }
columns.overtime_minutes = { from = "clock", unit = "seconds" }
"#,
        "records = \"$\"",
    );
    let page = json!([
        { "id": "cntaobao店:甲", "late": 1530, "work": "7.55", "leave": 850, "clock": "0:10:59" },
        { "id": "店：乙", "late": "89999", "work": 0, "leave": 0, "clock": "60" },
        { "id": "丙", "late": "1,5", "work": 0, "leave": 0, "clock": "0" },
    ]);
    let mapped = mapped(&days, b"", Some(&page));
    assert_eq!(cells(&mapped, "agent_id"), ["甲", "乙"]);
    assert_eq!(cells(&mapped, "late_minutes"), ["25", "1499"]);
    assert_eq!(cells(&mapped, "early_minutes"), ["26", "1500"]);
    assert_eq!(cells(&mapped, "work_minutes"), ["453", "0"]);
    assert_eq!(cells(&mapped, "leave_hours"), ["85000", "0"]);
    assert_eq!(cells(&mapped, "overtime_minutes"), ["10", "1"]);
    assert_eq!(mapped.aside.reasons[&Fault::NotKind("late_minutes", "int")], (1, vec![3]));
}

#[test]
fn shares_are_exact_and_their_whole_is_that_of_the_column() {
    let rates = into(
        "chats_daily",
        r#"
skip = [{ name = "sums", when = { from = "nick", in = ["汇总"] } }]
columns.account = { from = "nick" }
columns.date = { value = "{window.start:%Y-%m-%d}" }
columns.reply_rate = { from = ["回复率", "旺旺回复率"], unit = "rate" }
columns.satisfied_rate = { from = "满意", unit = "percent", optional = true }
columns.survey_sent_rate = { from = "邀评", unit = "rate", null = ["", "-"] }
"#,
        "format = \"csv\"",
    );
    let csv = "nick,旺旺回复率,邀评\n汇总,9999,1\n甲,0.625,62.5%\n乙,1,0.5\n丙,0,0%\n丁,0.5,-\n";
    let mapped = mapped(&rates, csv.as_bytes(), None);
    assert_eq!(cells(&mapped, "account"), ["甲", "丙", "丁"]);
    assert_eq!(cells(&mapped, "reply_rate"), ["625000", "0", "500000"], "a sum that is skipped says nothing");
    assert_eq!(cells(&mapped, "survey_sent_rate"), ["625000", "0", "·"]);
    assert_eq!(cells(&mapped, "satisfied_rate"), ["·", "·", "·"]);
    assert_eq!(mapped.aside.reasons[&Fault::Unclear("survey_sent_rate")], (1, vec![4]));
}

#[test]
fn an_id_that_a_spreadsheet_cut_is_no_id() {
    let plans = into(
        "plans",
        "columns.agent_id = { from = \"id\" }\ncolumns.month = { value = \"2026-10\" }\ncolumns.sales_target = { value = \"1\" }",
        "format = \"xlsx\"",
    );
    let rule = &plans.mapping.rows[0].columns[0];
    assert!(matches!(raw::Given::read(Cell::Figure("223195834900000", false), rule), Ok(raw::Given::Raw(_))));
    let cut = raw::Given::read(Cell::Figure("2231958349000000000", false), rule);
    assert!(matches!(cut, Err(Fault::LostDigits("agent_id"))));
}

#[test]
fn numbers_keep_every_digit_of_their_text() {
    let orders = into(
        "plans",
        "columns.agent_id = { from = \"id\" }\ncolumns.month = { value = \"2026-10\" }\ncolumns.sales_target = { from = \"target\" }",
        "records = \"$\"",
    );
    let text = r#"[{"id": 99999999999999999999, "target": 123456789012345678.1234}, {"id": 2231958349000000001, "target": 1.10}]"#;
    let json = crate::extract::json::read(text.as_bytes()).expect("JSON");
    let mapped = mapped(&orders, b"", Some(&json));
    assert_eq!(cells(&mapped, "agent_id"), ["99999999999999999999", "2231958349000000001"]);
    assert_eq!(cells(&mapped, "sales_target"), ["1234567890123456781234", "11000"]);
}

/// Ratings of a form: a score within the range of its row, or a level in the words of its row.
const RATINGS: &str = r#"
skip = [{ name = "not-filled", note = false, when = { from = "given", empty = true } }]
columns.rater_role = { value = "peer" }
columns.agent_id = { from = "agent" }
columns.item_id = { value = "teamwork" }
columns.score = { from = "given", null-when = { from = "words", empty = false }, between-fields = ["least", "most"] }
columns.level = { from = "given", null-when = { from = "words", empty = true }, map-from = "words" }
columns.date = { value = "2026-10-05" }
"#;

#[test]
fn a_row_says_its_own_range_and_its_own_words() {
    let resource = into("ratings", RATINGS, "format = \"tsv\"");
    let words = r#"{"优秀":"excellent","Good":"good"}"#;
    let body = format!(
        "agent\tgiven\tleast\tmost\twords\n\
         A1\t4.5\t0\t5\t\nA2\t5.01\t0\t5\t\nA3\t\t0\t5\t\nA4\t优秀\t\t\t{words}\nA5\tgreat\t\t\t{words}\nA6\t900\t\t\t\nA7\t-1\t0\t5\t\n"
    );
    let mapped = mapped(&resource, body.as_bytes(), None);
    assert_eq!(cells(&mapped, "agent_id"), ["A1", "A4", "A6"], "no bounds are none");
    assert_eq!(cells(&mapped, "score"), ["45000", "·", "9000000"]);
    assert_eq!(cells(&mapped, "level"), ["·", "excellent", "·"]);
    let reasons: Vec<(String, u64)> =
        mapped.aside.reasons.iter().map(|(fault, (count, _))| (fault.describe().en, *count)).collect();
    assert_eq!(
        reasons,
        [
            ("`level` has a value that is not allowed".to_owned(), 1),
            ("`score` lies outside what its row allows".to_owned(), 2)
        ]
    );
    assert_eq!(mapped.skipped.get("not-filled"), Some(&1), "an empty cell is no rating");
}
