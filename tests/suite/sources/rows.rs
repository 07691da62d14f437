//! Records that are doubled, contradict each other or cannot be typed are counted, never guessed.

use scorepost::finding::Weight;
use scorepost::source::Table;
use serde_json::{Value, json};

use super::double::{Double, json, plan, status};
use super::{Bench, finding, holds, texts};

async fn pull_list(list: Value, resource: &str) -> super::Pulled {
    let double = Double::new(move |_| json(&json!({ "list": list }))).await;
    let source = double.source("", &format!("records = \"$.list\"\n{resource}"));
    Bench::new().pull(&source).await.expect("pulled")
}

#[tokio::test]
async fn the_same_row_twice_is_dropped_and_counted() {
    let pulled = pull_list(json!([plan(1), plan(2), plan(1)]), "").await;
    assert_eq!(pulled.frame(Table::PLANS).map(|frame| frame.height()), Some(2));
    let note = finding(&pulled, "duplicates-dropped").expect("a finding");
    assert_eq!((note.weight, note.text.en.as_str()), (Weight::Note, "1 rows repeat an earlier one and were dropped"));
}

#[tokio::test]
async fn a_contradiction_holds_the_run() {
    let pulled = pull_list(json!([plan(1), { "agent": "A001", "target": "99" }]), "").await;
    assert_eq!(holds(&pulled), ["conflicting-rows"]);
    assert_eq!(
        finding(&pulled, "conflicting-rows").and_then(|finding| finding.subject.as_deref()),
        Some("double/plans")
    );
}

#[tokio::test]
async fn rows_set_aside_are_told_once_with_their_places() {
    let list =
        json!([plan(1), { "agent": "A002" }, { "agent": "A003", "target": "1,5" }, { "agent": "A004", "target": "x" }]);
    let pulled = pull_list(list.clone(), "").await;
    assert_eq!(texts(pulled.frame(Table::PLANS).expect("plans"), "agent_id"), ["A001"]);
    let told: Vec<_> = pulled.findings.iter().filter(|finding| finding.code == "rows-set-aside").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(
        told[0].text.en,
        "3 of 4 records cannot be used and were set aside: \
         `sales_target` has no value: 1 (row 2); `sales_target` is not a number such as 60000.00 or -300 \
         (no separators, no currency, no more decimals than the column has): 2 (row 3, 4)"
    );
    assert_eq!(told[0].weight, Weight::Note);
    assert_eq!(holds(&pull_list(list.clone(), "set-aside-limit = \"75%\"").await), Vec::<&str>::new());
    assert_eq!(holds(&pull_list(list, "set-aside-limit = \"74%\"").await), ["rows-set-aside"]);
}

#[tokio::test]
async fn when_no_record_can_be_used_the_run_is_held() {
    let renamed = pull_list(json!([{ "staff": "A001", "target": "1" }]), "").await;
    assert_eq!(holds(&renamed), ["rows-set-aside"]);
}

#[tokio::test]
async fn nothing_at_all_is_told_or_holds_as_the_source_says() {
    let noted = pull_list(json!([]), "").await;
    assert_eq!(finding(&noted, "no-records").map(|finding| finding.weight), Some(Weight::Note));
    assert_eq!(noted.frame(Table::PLANS).map(|frame| frame.height()), Some(0));
    assert_eq!(holds(&pull_list(json!([]), "when-empty = \"hold\"").await), ["no-records"]);
    assert!(finding(&pull_list(json!([plan(1)]), "when-empty = \"hold\"").await, "no-records").is_none());
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let double = Double::new(|_| status(404, "not found")).await;
    let source = double.read(
        r#"
[[resource]]
id = "targets"
path = "/files/targets-{window.start:%Y-%m}.csv"
format = "csv"
window = { step = "month" }
[[resource.into]]
table = "plans"
columns.agent_id = { from = "a" }
columns.month = { from = "b" }
columns.sales_target = { from = "c" }
"#,
    );
    let text = format!("{:#}", Bench::new().pull(&source).await.expect_err("no file"));
    assert!(text.contains("the source has no `/files/targets-2026-10.csv` (404)"), "{text}");
    assert_eq!(double.take(), 1);
}
