//! A folder is pulled like an interface: kept, noticed when it changes, and never left.

use std::path::Path;

use scorepost::diag::AuthoredFile;
use scorepost::source::{self, Source, Table, Variables};

use super::{Bench, Pulled, finding, texts};

/// A source over the plans of a folder.
fn source(folder: &Path, resource: &str) -> Source {
    let text = format!(
        r#"
id = "folder"
title = {{ zh = "文件夹", en = "Folder" }}
time-zone = "Asia/Shanghai"
client = {{ base-url = "file:${{FOLDER}}" }}
[[resource]]
id = "plans"
{resource}
[[resource.into]]
table = "plans"
columns.agent_id = {{ from = ["工号", "agent"] }}
columns.month = {{ value = "{{window.start:%Y-%m}}" }}
columns.sales_target = {{ from = ["目标", "target"] }}
"#
    );
    let variables = Variables::default().with("FOLDER", folder.to_string_lossy());
    let file = AuthoredFile::from_text("folder.toml", &text);
    source::read(&file, &variables).unwrap_or_else(|found| panic!("{found}"))
}

const CSV: &str = "path = \"/plans-{window.start:%Y-%m}*.csv\"\nformat = \"csv\"\nwindow = { step = \"month\" }";

fn plans(pulled: &Pulled, column: &str) -> Vec<String> {
    texts(pulled.frame(Table::PLANS).expect("plans"), column)
}

fn put(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("a file");
}

#[tokio::test]
async fn files_are_read_by_name_and_a_changed_one_is_read_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "plans-2026-10b.csv", "工号,目标\nA002,2\n");
    put(folder.path(), "plans-2026-10a.csv", "工号,目标\nA001,1\n");
    put(folder.path(), "~$plans-2026-10a.csv", "no file that anybody keeps");
    let bench = Bench::new();
    let first = bench.pull(&source(folder.path(), CSV)).await.expect("pulled");
    assert_eq!(plans(&first, "agent_id"), ["A001", "A002"]);
    assert_eq!(plans(&first, "month"), ["2026-10", "2026-10"]);
    let kept = bench.everything();
    let again = bench.pull(&source(folder.path(), CSV)).await.expect("pulled");
    assert_eq!(again.raw_hash, first.raw_hash);
    assert_eq!(bench.everything().len(), kept.len(), "what is known is not kept again");
    assert_eq!(again.counts[0].kept, 2, "the same files are the same pages");
    put(folder.path(), "plans-2026-10b.csv", "工号,目标\nA003,3\n");
    let changed = bench.pull(&source(folder.path(), CSV)).await.expect("pulled");
    assert_eq!(plans(&changed, "agent_id"), ["A001", "A003"]);
    assert_ne!(changed.raw_hash, first.raw_hash);
}

#[tokio::test]
async fn a_folder_that_went_away_is_no_obstacle_until_somebody_asks_for_it_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let away = folder.path().join("away");
    std::fs::create_dir(&away).expect("a folder");
    put(&away, "plans-2026-10.csv", "工号,目标\nA001,1\n");
    let bench = Bench::new();
    bench.pull(&source(&away, CSV)).await.expect("pulled");
    std::fs::rename(&away, folder.path().join("unmounted")).expect("gone");
    let again = bench.pull(&source(&away, CSV)).await.expect("what is kept serves");
    assert_eq!(plans(&again, "agent_id"), ["A001"]);
    let refused = bench.refresh(&source(&away, CSV)).await.expect_err("nothing new can be read");
    assert!(format!("{refused:#}").contains("is not there; is it mounted"), "{refused:#}");
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = |error: anyhow::Error| format!("{error:#}");
    let none = Bench::new().pull(&source(folder.path(), CSV)).await.expect_err("no file");
    assert!(refused(none).ends_with("the folder has no file `/plans-2026-10*.csv`; put it there, or correct `path`"));
    let gone = folder.path().join("gone");
    let none = Bench::new().pull(&source(&gone, CSV)).await.expect_err("no folder");
    assert!(refused(none).contains("is not there; is it mounted"));
    put(folder.path(), "plans-2026-10a.csv", "工号\nA001\n");
    let other = Bench::new().pull(&source(folder.path(), CSV)).await.expect_err("another header");
    let other = refused(other);
    assert!(
        other.ends_with("file `plans-2026-10a.csv`: the header has no column `目标` or `target`; it has `工号`"),
        "{other}"
    );
}

#[tokio::test]
async fn every_format_gives_the_same_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let window = "window = { step = \"month\" }";
    let cases: [(&str, String, Vec<u8>); 5] = [
        ("csv", "format = \"csv\"\nencoding = \"auto\"".into(), encode("工号,目标\r\nA001,1\r\n")),
        ("tsv", "format = \"tsv\"\nheader-row = 2".into(), b"plans of the shop\n agent\ttarget\nA001\t1\n".to_vec()),
        ("json", "records = \"$.list\"".into(), br#"{"list": {"agent": "A001", "target": 1}}"#.to_vec()),
        ("jsonl", "format = \"jsonl\"".into(), b"{\"agent\": \"A001\", \"target\": 1.0}\n\n".to_vec()),
        ("loose", "format = \"csv\"\nheaders = \"loose\"".into(), "\u{feff}\u{feff}工 号,目标\nA001,1\n".into()),
    ];
    for (name, format, body) in cases {
        std::fs::write(folder.path().join(format!("2026-10.{name}")), body).expect("a file");
        let source = source(folder.path(), &format!("path = \"/{{window.start:%Y-%m}}.{name}\"\n{format}\n{window}"));
        let pulled = Bench::new().pull(&source).await.unwrap_or_else(|error| panic!("{name}: {error:#}"));
        assert_eq!(plans(&pulled, "agent_id"), ["A001"], "{name}");
        let target = pulled.frame(Table::PLANS).expect("plans").column("sales_target").expect("a column").get(0);
        assert_eq!(target.expect("a cell").to_string(), "1.0000", "{name}");
        assert!(finding(&pulled, "rows-set-aside").is_none(), "{name}");
    }
}

/// GBK of the few signs above.
fn encode(text: &str) -> Vec<u8> {
    let table = [('工', [0xb9, 0xa4]), ('号', [0xba, 0xc5]), ('目', [0xc4, 0xbf]), ('标', [0xb1, 0xea])];
    let one = |sign: char| match table.iter().find(|(known, _)| *known == sign) {
        Some((_, bytes)) => bytes.to_vec(),
        None => vec![sign as u8],
    };
    text.chars().flat_map(one).collect()
}

#[tokio::test]
async fn a_workbook_that_is_none_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let window = "window = { step = \"month\" }";
    for (body, reason) in [
        (&b"<html><table>"[..], "the file is no .xlsx workbook, whatever its name says; open it and save it as .xlsx"),
        (
            b"\xd0\xcf\x11\xe0\xa1",
            "the file is a workbook of the old kind (.xls) or has a password; save it as .xlsx without one",
        ),
    ] {
        std::fs::write(folder.path().join("2026-10.xlsx"), body).expect("a file");
        let source =
            source(folder.path(), &format!("path = \"/{{window.start:%Y-%m}}.xlsx\"\nformat = \"xlsx\"\n{window}"));
        let error = format!("{:#}", Bench::new().pull(&source).await.expect_err("no workbook"));
        assert!(error.ends_with(reason), "{error}");
    }
    std::fs::write(folder.path().join("2026-10.xlsx"), b"PK\x03\x04 and then nothing").expect("a file");
    let source =
        source(folder.path(), &format!("path = \"/{{window.start:%Y-%m}}.xlsx\"\nformat = \"xlsx\"\n{window}"));
    let error = format!("{:#}", Bench::new().pull(&source).await.expect_err("half a workbook"));
    assert!(error.contains("the workbook cannot be read; save it anew as .xlsx"), "{error}");
}
