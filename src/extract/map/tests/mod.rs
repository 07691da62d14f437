//! Records of both formats through a small mapping.

mod language;

use super::*;
use crate::diag::AuthoredFile;
use crate::source::template::Filling;
use crate::source::{Resource, Variables, read};
use rows::Values;

fn resource(format: &str, columns: &str) -> Resource {
    let text = format!(
        r#"
id = "test"
title = {{ zh = "测试", en = "test" }}
time-zone = "Asia/Shanghai"
client = {{ base-url = "http://127.0.0.1" }}
[[resource]]
id = "orders"
path = "/orders"
{format}
[[resource.into]]
table = "orders"
{columns}
"#
    );
    let source = read(&AuthoredFile::from_text("test.toml", &text), &Variables::default());
    source.unwrap_or_else(|found| panic!("{found}")).resources.remove(0)
}

fn json_orders() -> Resource {
    resource(
        "records = \"$.trades.trade\"",
        r#"
skip = [{ name = "closed", when = { from = "status", in = ["CLOSED"] } }]
columns.order_id = { from = "tid" }
columns.customer_id = { from = "buyer.open" }
columns.order_at = { from = "created" }
columns.paid_at = { from = "pay_time", null = ["", "-"] }
columns.order_amount = { from = "payment" }
columns.status = { from = "status", map = { PAID = "paid", WAIT = "waiting" } }
"#,
    )
}

fn map(resource: &Resource, json: &Json) -> Mapped {
    let mut mapper =
        Mapper::new(&resource.mapping, chrono_tz::Asia::Shanghai, &Walk { filling: Filling::default(), days: None });
    mapper.page(&resource.format, b"", Some(json)).expect("a page");
    mapper.finish()
}

fn order(tid: impl Into<Json>, status: &str) -> Json {
    serde_json::json!({
        "tid": tid.into(), "buyer": { "open": "AAH1" }, "created": "2026-10-01 09:30:00", "pay_time": "-",
        "payment": "200.07", "status": status,
    })
}

/// The values of one column of the only table.
fn values(mapped: &Mapped, name: &str) -> Values {
    let place = Table::ORDERS.columns().iter().position(|column| column.name == name).expect("a column");
    mapped.rows[0].columns[place].clone()
}

#[test]
fn records_become_typed_rows() {
    let json = serde_json::json!({ "trades": { "trade": [order(4_611_686_018_427_387_905_i64, "PAID"), order("2", "CLOSED")] } });
    let mapped = map(&json_orders(), &json);
    assert_eq!((mapped.records, mapped.rows[0].height, mapped.aside.records), (2, 1, 0));
    assert_eq!(mapped.skipped, BTreeMap::from([("closed".to_owned(), 1)]));
    let values = |name| values(&mapped, name);
    assert_eq!(values("order_id"), Values::Text(vec![Some("4611686018427387905".into())]));
    assert_eq!(values("customer_id"), Values::Text(vec![Some("AAH1".into())]));
    assert_eq!(values("paid_at"), Values::DateTime(vec![None]));
    assert_eq!(values("order_amount"), Values::Decimal(vec![Some(2_000_700)]));
    assert_eq!(values("status"), Values::Text(vec![Some("paid".into())]));
}

#[test]
fn one_object_counts_as_a_list_of_one_and_absence_as_none() {
    let one = serde_json::json!({ "trades": { "trade": order(1, "PAID") } });
    assert_eq!(map(&json_orders(), &one).rows[0].height, 1);
    for none in [
        serde_json::json!({}),
        serde_json::json!({ "trades": { "trade": null } }),
        serde_json::json!({ "trades": { "trade": [] } }),
    ] {
        assert_eq!(map(&json_orders(), &none).records, 0);
    }
}

#[test]
fn what_cannot_be_typed_is_set_aside_with_its_place() {
    let mut wrong = order(1, "PAID");
    wrong["payment"] = "1,234.5".into();
    let mut missing = order(2, "PAID");
    missing["created"] = Json::Null;
    let unknown = order(3, "NEW");
    let json = serde_json::json!({ "trades": { "trade": [wrong, missing, unknown, order(4, "WAIT")] } });
    let mapped = map(&json_orders(), &json);
    assert_eq!((mapped.rows[0].height, mapped.aside.records), (1, 3));
    let reasons: Vec<_> = mapped.aside.reasons.into_iter().collect();
    assert_eq!(
        reasons,
        [
            (Fault::Missing("order_at"), (1, vec![2])),
            (Fault::NotKind("order_amount", "decimal"), (1, vec![1])),
            (Fault::NotAllowed("status"), (1, vec![3])),
        ]
    );
}

const CSV_COLUMNS: &str = r#"
columns.order_id = { from = "单号" }
columns.customer_id = { from = "买家" }
columns.order_at = { from = "时间" }
columns.order_amount = { from = "金额", unit = "fen" }
columns.status = { value = "paid" }
"#;

fn lines(text: &str) -> Result<Mapped> {
    let resource = resource("format = \"csv\"", CSV_COLUMNS);
    let mut mapper =
        Mapper::new(&resource.mapping, chrono_tz::Asia::Shanghai, &Walk { filling: Filling::default(), days: None });
    mapper.page(&resource.format, text.as_bytes(), None)?;
    Ok(mapper.finish())
}

#[test]
fn csv_has_a_bom_quotes_and_lines_that_slipped() {
    let text = "\u{feff}单号,买家,时间,金额,备注\r\n\
                1,\"甲,乙\",2026-10-01 00:00:00,12345,\r\n\
                2,丙,2026-10-01 00:00:00,5\r\n\
                3,丁,2026-10-01 00:00:00,,x\r\n";
    let mapped = lines(text).expect("lines");
    assert_eq!((mapped.records, mapped.rows[0].height), (3, 1));
    assert_eq!(values(&mapped, "customer_id"), Values::Text(vec![Some("甲,乙".into())]));
    assert_eq!(values(&mapped, "order_amount"), Values::Decimal(vec![Some(1_234_500)]));
    assert_eq!(mapped.aside.reasons[&Fault::FieldCount], (1, vec![3]));
    assert_eq!(mapped.aside.reasons[&Fault::Missing("order_amount")], (1, vec![4]));
}

#[test]
fn a_renamed_column_is_an_error_that_names_it() {
    let error = lines("单号,顾客,时间,金额\n").expect_err("no such column").to_string();
    assert_eq!(error, "the header has no column `买家`; it has `单号`, `顾客`, `时间`, `金额`");
}
