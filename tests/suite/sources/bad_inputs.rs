//! Bad inputs of every kind: each is told with its place, none becomes a row, and nothing breaks.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use scorepost::source::{Column, Kind, Source, Table};
use serde_json::{Value, json};

use super::double::{Double, json as answer, plan};
use super::{Bench, Pulled, holds};
use crate::trials::Figures;

/// The row of a file in which the bad cell stands; the header is the first.
const BAD_ROW: usize = 3;

/// What is no value of a kind.
fn bad_cells(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Text => &[],
        Kind::Int => {
            &["1.5", "abc", "NaN", "1e3", "99999999999999999999", "0x10", "1 2", "１２", "--1", "=1+1", "∞", "1_000"]
        }
        Kind::Decimal(_) => &[
            "1,5",
            "1,234.5",
            "abc",
            "NaN",
            "inf",
            "12%",
            "1e400",
            "--1",
            "0x10",
            "1 2",
            "=1+1",
            "1.2.3",
            "１２.５",
            "¥12",
            "1.23456789",
            "+",
        ],
        Kind::Bool => &["maybe", "2", "ja", "T R U E", "tru", "真?", "0.0", "=TRUE()"],
        Kind::Date => &[
            "2026-13-01",
            "2026-02-30",
            "05/10/2026",
            "yesterday",
            "2026-10-5",
            "46300",
            "0000-00-00",
            "2026-10-05T",
            "２０２６-10-05",
            "2026/10/05",
            "-",
            "20261005",
        ],
        Kind::DateTime => &[
            "2026-10-05 25:00:00",
            "2026-10-05T09:61:00",
            "noon",
            "1790000000",
            "2026-10-05",
            "2026-10-05 9:00",
            "2026-10-05T09:00:00Z",
            "2026-10-05 09:00:00+25:00",
            "09:00:00",
            "2026-02-29 09:00:00",
        ],
    }
}

/// A good cell of the n-th row.
fn good_cell(column: &Column, row: usize) -> String {
    match column.kind {
        Kind::Text if column.name == "month" => "2026-10".to_owned(),
        Kind::Text => format!("A{row}"),
        Kind::Int => "1".to_owned(),
        Kind::Decimal(_) => "1.5".to_owned(),
        Kind::Bool => "true".to_owned(),
        Kind::Date => "2026-10-05".to_owned(),
        Kind::DateTime => "2026-10-05T09:00:00".to_owned(),
    }
}

/// A file of three rows, of which the second has a bad cell.
fn file(table: Table, place: usize, cell: &str) -> String {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let head: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
    let mut text = head.join(",") + "\n";
    for row in 1..=3 {
        let cells = table.columns().iter().enumerate().map(|(at, column)| {
            let bad = row + 1 == BAD_ROW && at == place;
            if bad { quoted(cell) } else { good_cell(column, row) }
        });
        text += &(cells.collect::<Vec<_>>().join(",") + "\n");
    }
    text
}

/// Serves the same bytes whatever is asked for.
async fn serving(kind: &'static str, bytes: impl Into<Vec<u8>>) -> Double {
    let bytes = bytes.into();
    Double::new(move |_| ([(header::CONTENT_TYPE, kind)], bytes.clone()).into_response()).await
}

fn table_file(double: &Double, table: Table) -> Source {
    double.read(&format!(
        "[[resource]]\nid = \"rows\"\npath = \"/{{period}}/rows.csv\"\nformat = \"csv\"\nwindow = {{}}\nset-aside-limit = \"0%\"\n\
         into = [{{ table = \"{}\", by-name = true }}]\n",
        table.name()
    ))
}

/// What a person reads of a pull: its error, or its findings.
fn told(pulled: &anyhow::Result<Pulled>) -> String {
    match pulled {
        Err(error) => format!("{error:#}"),
        Ok(pulled) => pulled.findings.iter().map(|one| format!("{:?} {}\n", one.subject, one.text.en)).collect(),
    }
}

/// Whether nothing of it can be mailed: the pull failed, or the run is held.
fn is_stopped(pulled: &anyhow::Result<Pulled>) -> bool {
    pulled.as_ref().map_or(true, |pulled| !holds(pulled).is_empty())
}

#[tokio::test]
async fn every_bad_cell_is_told_with_its_place() {
    let mut figures = Figures::of("bad inputs: cells");
    for table in Table::all() {
        for (place, column) in table.columns().iter().enumerate() {
            let cells = bad_cells(column.kind);
            // Three of a kind for each column, others for the next one.
            for cell in (0..cells.len().min(3)).map(|turn| cells[(place * 3 + turn) % cells.len()]) {
                let what = format!("{}.{} = {cell:?}", table.name(), column.name);
                let double = serving("text/csv", file(table, place, cell)).await;
                let pulled = Bench::new().pull(&table_file(&double, table)).await;
                let text = told(&pulled);
                assert!(is_stopped(&pulled), "{what} stops nothing: {text}");
                assert!(text.contains("double/rows"), "{what} does not name its file: {text}");
                assert!(text.contains(&format!("`{}`", column.name)), "{what} does not name its column: {text}");
                assert!(text.contains(&format!("row {BAD_ROW}")), "{what} does not name its row: {text}");
                let height = pulled.as_ref().ok().and_then(|pulled| pulled.frame(table)).map(|frame| frame.height());
                assert_eq!(height, Some(2), "{what}: the other rows");
                figures.add("inputs", 1);
            }
        }
    }
    figures.tell();
    assert!(figures.count("inputs") >= 300, "{}", figures.count("inputs"));
}

/// Files that are no text, or not the text that they say.
fn bad_texts() -> Vec<(&'static str, Vec<u8>)> {
    let good = "agent_id,month,sales_target\nA1,2026-10,1000\n";
    let utf16 =
        |mark: &[u8], unit: fn(u16) -> [u8; 2]| [mark.to_vec(), good.encode_utf16().flat_map(unit).collect()].concat();
    let mut texts: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("blanks", b"   \n \n".to_vec()),
        ("a lone mark", vec![0xef, 0xbb, 0xbf]),
        ("NUL bytes", vec![0; 512]),
        ("bytes of 255", vec![0xff; 512]),
        ("UTF-16 from the left without a mark", utf16(b"", u16::to_le_bytes)),
        ("UTF-16 from the right without a mark", utf16(b"", u16::to_be_bytes)),
        ("a PDF", b"%PDF-1.7\n1 0 obj".to_vec()),
        ("a workbook", b"PK\x03\x04\x14\x00\x06\x00".to_vec()),
        ("gzip that nobody announced", vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
        ("a web page", b"<!doctype html><html><body>sign in</body></html>".to_vec()),
        ("JSON", b"{\"code\":40001,\"msg\":\"expired\"}".to_vec()),
        ("a header twice", b"agent_id,agent_id,month,sales_target\nA1,A1,2026-10,1\n".to_vec()),
        ("a renamed column", b"agent,month,sales_target\nA1,2026-10,1\n".to_vec()),
        ("a column too many", b"agent_id,month,sales_target,colour\nA1,2026-10,1,red\n".to_vec()),
        ("a missing column", b"agent_id,sales_target\nA1,1\n".to_vec()),
        ("another sign between cells", b"agent_id;month;sales_target\nA1;2026-10;1\n".to_vec()),
        ("a row too short", b"agent_id,month,sales_target\nA1,2026-10\n".to_vec()),
        ("a row too long", b"agent_id,month,sales_target\nA1,2026-10,1,2\n".to_vec()),
        ("a quote that does not end", b"agent_id,month,sales_target\n\"A1,2026-10,1\nA2,2026-10,2\n".to_vec()),
        ("a broken letter", b"agent_id,month,sales_target\nA\xff,2026-10,1\n".to_vec()),
        ("half a letter", b"agent_id,month,sales_target\nA1\xe5\xbc,2026-10,1\n".to_vec()),
    ];
    // Cut after every byte of its header: no beginning of it is another file.
    texts.extend((1..27).map(|end| ("a header that was cut", good.as_bytes()[..end].to_vec())));
    texts
}

#[tokio::test]
async fn bad_files_are_told_and_give_no_rows() {
    let mut figures = Figures::of("bad inputs: files");
    for (what, bytes) in bad_texts() {
        let double = serving("text/csv", bytes.clone()).await;
        let pulled = Bench::new().pull(&table_file(&double, Table::PLANS)).await;
        let text = told(&pulled);
        let rows = pulled.as_ref().ok().and_then(|pulled| pulled.frame(Table::PLANS)).map_or(0, |frame| frame.height());
        assert!(rows == 0 || is_stopped(&pulled), "{what} gives {rows} rows: {text}");
        assert!(is_stopped(&pulled) || text.contains("rows"), "{what} is not told: {text}");
        figures.add("inputs", 1);
    }
    figures.tell();
}

/// Answers in which there is no list of records, or none that can be believed.
fn bad_answers() -> Vec<Vec<u8>> {
    let good = json!({ "total": 2, "list": [plan(1), plan(2)] }).to_string().into_bytes();
    let odd: [Value; 22] = [
        json!(null),
        json!(true),
        json!(0),
        json!("list"),
        json!([]),
        json!([[plan(1)]]),
        json!({}),
        json!({ "lst": [plan(1)] }),
        json!({ "List": [plan(1)] }),
        json!({ "list": "A001" }),
        json!({ "list": 5 }),
        json!({ "list": true }),
        json!({ "list": [null] }),
        json!({ "list": ["A001"] }),
        json!({ "list": [[]] }),
        json!({ "list": [{}] }),
        json!({ "list": [{ "agent": null, "target": "1" }] }),
        json!({ "list": [{ "agent": ["A001"], "target": "1" }] }),
        json!({ "list": [{ "agent": "A001", "target": { "value": 1 } }] }),
        json!({ "list": [{ "agent": "A001", "target": true }] }),
        json!({ "list": [{ "agent": "A001", "target": "" }] }),
        json!({ "code": 40001, "msg": "expired" }),
    ];
    let mut answers: Vec<Vec<u8>> = odd.iter().map(|one| one.to_string().into_bytes()).collect();
    let texts: [&[u8]; 16] = [
        b"",
        b" ",
        b"<html>sign in</html>",
        b"OK",
        b"{\"list\":[NaN]}",
        b"{\"list\":[{\"agent\":\"A001\",\"target\":Infinity}]}",
        b"{'list':[]}",
        b"{\"list\":[],}",
        b"{\"list\":[1 2]}",
        b"{\"list\":[]}{\"list\":[]}",
        b"{\"list\":[{\"agent\":\"\xff\",\"target\":\"1\"}]}",
        b"{\"list\":[{\"agent\":\"\\ud800\",\"target\":\"1\"}]}",
        b"\xff\xfe{\0}\0",
        b"callback({\"list\":[]})",
        b"{\"list\":[{\"agent\":\"A001\",\"target\":1e999}]}",
        b"\0",
    ];
    answers.extend(texts.iter().map(|text| text.to_vec()));
    for open in [b'[', b'{'] {
        answers.push(vec![open; 1_000_000]);
    }
    answers.push("{\"list\":".repeat(100_000).into_bytes());
    answers.extend((1..good.len()).map(|end| good[..end].to_vec()));
    answers
}

#[tokio::test]
async fn bad_envelopes_are_told_and_give_no_rows() {
    let mut figures = Figures::of("bad inputs: answers");
    for bytes in bad_answers() {
        let what = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        let double = serving("application/json", bytes).await;
        let source = double.source("", "records = \"$.list\"\nset-aside-limit = \"0%\"");
        let pulled = Bench::new().pull(&source).await;
        let text = told(&pulled);
        let rows = pulled.as_ref().ok().and_then(|pulled| pulled.frame(Table::PLANS)).map_or(0, |frame| frame.height());
        assert_eq!(rows, 0, "{what}: {text}");
        assert!(text.contains("double"), "{what} does not name its source: {text}");
        figures.add("inputs", 1);
    }
    figures.tell();
    assert!(figures.count("inputs") > 100);
}

/// What a source may say of how many records there are.
fn bad_totals() -> Vec<Value> {
    vec![
        json!(null),
        json!(-1),
        json!(1),
        json!(3),
        json!(5),
        json!(7.5),
        json!("many"),
        json!(""),
        json!("4 records"),
        json!([4]),
        json!({ "n": 4 }),
        json!(true),
        json!(1e300),
        json!(u64::MAX),
        json!("0x4"),
        json!("４"),
    ]
}

#[tokio::test]
async fn bad_totals_hold_or_fail() {
    const PAGED: &str = "paginator = { kind = \"page\", page-param = \"page\", size-param = \"size\", size = 3, total = \"$.total\" }\n\
                         records = \"$.list\"\n";
    let mut figures = Figures::of("bad inputs: totals");
    for total in bad_totals() {
        let said = total.clone();
        let double = Double::new(move |asked| -> Response {
            let from = (asked.number("page").max(1) - 1) * 3;
            let list: Vec<Value> = (from..4.min(from + 3)).map(|number| plan(number + 1)).collect();
            answer(&json!({ "total": said, "list": list }))
        })
        .await;
        let pulled = Bench::new().pull(&double.source("", PAGED)).await;
        let rows = pulled.as_ref().ok().and_then(|pulled| pulled.frame(Table::PLANS)).map_or(0, |frame| frame.height());
        let text = told(&pulled);
        // Who says three, and gives three before saying that there are no more, is believed.
        let is_believed = total == json!(rows);
        assert!(is_stopped(&pulled) || rows == 4 || is_believed, "a total of {total} gives {rows} of 4 rows: {text}");
        let is_named = text.contains("double") && text.contains("plans");
        assert!(!is_stopped(&pulled) || is_named, "a total of {total} names no source: {text}");
        figures.add("inputs", 1);
    }
    figures.tell();
}
