//! Resources that ask for each record of an earlier one.

use serde_json::json;

use scorepost::source::Table;

use super::double::{Double, json, status};
use super::{Bench, finding, holds, texts};

const TEAMS: &str = r#"
[[resource]]
id = "teams"
path = "/teams"
records = "$.teams"
"#;

/// The plans of each team, whose path names its project too.
const MEMBERS: &str = r#"
[[resource]]
id = "plans"
path = "/projects/{parent.project.code}/teams/{ids}"
fan-out = { over = "resource", resource = "teams", field = "id", batch = 1 }
paginator = { kind = "page", page-param = "page", size = 2 }
records = "$"
[[resource.into]]
table = "plans"
columns.agent_id = { from = "agent" }
columns.month = { from = "parent.month" }
columns.sales_target = { from = "target" }
"#;

fn team(id: u64, project: &str) -> serde_json::Value {
    json!({ "id": id, "project": { "code": project }, "members": [1, 2], "month": format!("2026-{id:02}") })
}

/// Three teams of two to four members.
async fn desk() -> Double {
    Double::new(|asked| {
        let parts: Vec<&str> = asked.path.split('/').collect();
        match parts.as_slice() {
            [_, "teams"] => json(&json!({ "teams": [team(10, "p/q"), team(7, "r"), team(8, "r"), team(7, "r")] })),
            [_, "projects", project, "teams", id] => {
                let size: u64 = id.parse::<u64>().expect("an id") - 6;
                let from = (asked.number("page") - 1) * 2;
                let name = |member: u64| json!({ "agent": format!("{project}-{id}-{member}"), "target": 1 });
                json(&(from..size.min(from + 2)).map(name).collect())
            }
            _ => status(404, "no"),
        }
    })
    .await
}

#[tokio::test]
async fn children_are_asked_for_by_the_fields_of_their_parents() {
    let double = desk().await;
    let (bench, source) = (Bench::new(), double.read(&format!("{TEAMS}{MEMBERS}")));
    let pulled = bench.pull(&source).await.expect("pulled");
    let rows = texts(pulled.frame(Table::PLANS).expect("plans"), "agent_id");
    let expected = ["p%2Fq-10-0", "p%2Fq-10-1", "p%2Fq-10-2", "p%2Fq-10-3", "r-7-0", "r-8-0", "r-8-1"];
    assert_eq!(rows, expected, "sorted by id, each id once, and no id leads to another path");
    let months = texts(pulled.frame(Table::PLANS).expect("plans"), "month");
    assert_eq!(months[..5], ["2026-10", "2026-10", "2026-10", "2026-10", "2026-07"], "the parent's field");
    assert_eq!((pulled.counts[0].records, pulled.counts[1].records), (4, 7));
    double.take();
    let again = bench.pull(&source).await.expect("repeated");
    assert_eq!((double.take(), again.raw_hash), (0, pulled.raw_hash));
}

#[tokio::test]
async fn a_field_that_no_record_has_is_told() {
    let double = desk().await;
    let members = MEMBERS.replace("field = \"id\"", "field = \"team_id\"");
    let told = format!("{:#}", Bench::new().pull(&double.read(&format!("{TEAMS}{members}"))).await.expect_err("no id"));
    assert!(
        told.contains("resource `plans`") && told.contains("no record of `teams` has a value in `team_id`"),
        "{told}"
    );
}

#[tokio::test]
async fn parents_without_records_have_no_children() {
    let double = Double::new(|_| json(&json!({ "teams": [] }))).await;
    let pulled = Bench::new().pull(&double.read(&format!("{TEAMS}{MEMBERS}"))).await.expect("pulled");
    assert_eq!((pulled.counts[1].pages, holds(&pulled).len()), (0, 0));
    let told = finding(&pulled, "no-records").expect("a note");
    assert_eq!(told.subject.as_deref(), Some("double/teams"));
}

#[tokio::test]
async fn ids_may_be_the_records_themselves_and_two_fan_outs_meet_in_one_request() {
    let double = Double::new(|asked| match asked.path.as_str() {
        "/columns" => json(&json!({ "ids": [3, 4, 5] })),
        _ => {
            let body: serde_json::Value = serde_json::from_str(&asked.body).expect("a body");
            let agent = format!("{} {}", body["user"], body["columns"]);
            json(&json!([{ "agent": agent, "target": 1 }]))
        }
    })
    .await;
    let source = double.read(
        r#"
[[resource]]
id = "columns"
path = "/columns"
records = "$.ids"
[[resource]]
id = "plans"
method = "POST"
path = "/values"
body = { user = { "$text" = "{ids}" }, columns = { "$number" = "{ids.column}" } }
fan-out = [
  { over = "accounts", platform = "taobao", batch = 1 },
  { over = "resource", resource = "columns", field = ".", batch = 2, slot = "column" },
]
records = "$"
[[resource.into]]
table = "plans"
columns.agent_id = { from = "agent" }
columns.month = { value = "2026-10" }
columns.sales_target = { from = "target" }
"#,
    );
    let mut bench = Bench::new();
    let accounts = polars::df!("platform" => ["taobao"; 2], "account" => ["b", "a"]).expect("a frame");
    bench.tables.insert(Table::ACCOUNTS, accounts);
    let pulled = bench.pull(&source).await.expect("pulled");
    let rows = texts(pulled.frame(Table::PLANS).expect("plans"), "agent_id");
    assert_eq!(rows, ["\"a\" [3,4]", "\"a\" [5]", "\"b\" [3,4]", "\"b\" [5]"]);
}
