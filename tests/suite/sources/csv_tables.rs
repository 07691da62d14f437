//! Spreadsheets instead of interfaces: a folder of CSV files on a static file server, from the first request to the card.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use axum::response::IntoResponse;
use scorepost::source::{Source, Table};
use serde_json::Value;

use super::double::{Double, status};
use super::{Bench, Pulled, finding, holds, shipped, texts};

type Files = BTreeMap<String, String>;

/// Files by path, each with a text.
fn files(list: &[(&str, &str)]) -> Files {
    list.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// Serves them as a static file server does.
async fn server(files: Files) -> Double {
    Double::new(move |asked| match files.get(&asked.path) {
        Some(text) => text.clone().into_response(),
        None => status(404, "<html>not found</html>"),
    })
    .await
}

fn source(double: &Double) -> Source {
    shipped("csv-tables", "TABLES_URL", &double.base)
}

async fn pull(list: &[(&str, &str)]) -> anyhow::Result<Pulled> {
    let double = server(files(list)).await;
    Bench::new().pull(&source(&double)).await
}

async fn refusal(list: &[(&str, &str)]) -> String {
    format!("{:#}", pull(list).await.expect_err("a refusal"))
}

#[tokio::test]
async fn every_table_can_be_a_file() {
    let double = server(Files::new()).await;
    let source = source(&double);
    let all: Vec<Table> = Table::all().collect();
    assert_eq!(source.fills().len(), all.len());
    for (resource, table) in source.resources.iter().zip(all) {
        assert_eq!(resource.id, table.name().replace('_', "-"));
        assert_eq!(resource.mapping.rows[0].table, table, "in the order in which they are described");
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_a_table_that_nobody_keeps() {
    let events = "\u{feff}type,event_id,agent_id,at,count,verified\r\nlate,e1,A1,2026-10-05 09:00:00,,true\r\n";
    let pulled =
        pull(&[("/2026-10/events.csv", events), ("/2026-10/exams.csv", "agent_id,date\n")]).await.expect("pulled");
    let filled: Vec<&str> = pulled.batches.iter().map(|batch| batch.table.name()).collect();
    assert_eq!(filled, ["events", "exams"], "an empty file is a table without rows");
    let events = Table::from_name("events").and_then(|table| pulled.frame(table)).expect("events");
    assert_eq!(texts(events, "event_id"), ["e1"]);
    let cell = |name: &str| events.column(name).expect("a column").get(0).expect("a cell").to_string();
    let cells = ["at", "count", "verified", "note"].map(cell);
    assert_eq!(cells, ["2026-10-05 09:00:00", "null", "true", "null"].map(str::to_owned));
    assert_eq!(holds(&pulled), Vec::<&str>::new());
    let absent = finding(&pulled, "tables-absent").expect("a note");
    assert!(absent.text.en.contains("agents,") && !absent.text.en.contains("events"), "{}", absent.text.en);
    assert!(finding(&pulled, "no-records").is_some_and(|one| one.subject.as_deref() == Some("csv-tables/exams")));
}

#[tokio::test]
async fn what_is_kept_says_also_what_was_not_there() {
    let double = server(files(&[("/2026-10/exams.csv", "agent_id,date\nA1,2026-10-05\n")])).await;
    let (bench, source) = (Bench::new(), source(&double));
    let first = bench.pull(&source).await.expect("pulled");
    assert!(double.take() > 30);
    let again = bench.pull(&source).await.expect("pulled again");
    assert_eq!((double.take(), again.raw_hash), (0, first.raw_hash));
    assert_eq!(again.batches.len(), 1);
}

#[tokio::test]
async fn names_that_are_none_stop_the_pull() {
    let told = refusal(&[("/2026-10/exams.csv", "agent_id,date,colour\n")]).await;
    assert!(told.contains("exams.csv") && told.contains("the header has `colour`, which is no column here"), "{told}");
    let told = refusal(&[("/2026-10/exams.csv", "agent_id,score\n")]).await;
    assert!(told.contains("the header has no column `date`"), "{told}");
    let told = refusal(&[("/2026-09/exams.csv", "agent_id,date\n")]).await;
    assert!(told.contains("none of its tables for 2026-10"), "{told}");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_holds_the_run() {
    let exams = "agent_id,date,score\nA1,2026-10-05,88.5\nA2,5 Oct,90\n";
    let pulled = pull(&[("/2026-10/exams.csv", exams)]).await.expect("pulled");
    assert_eq!(holds(&pulled), ["rows-set-aside"]);
    let told = finding(&pulled, "rows-set-aside").expect("a finding");
    assert!(
        told.text
            .en
            .contains("`date` is not a day in the form that its mapping says (2026-10-31 unless it does): 1 (row 3)"),
        "{}",
        told.text.en
    );
}

#[tokio::test]
async fn a_month_is_written_as_periods_are() {
    let plans = "agent_id,month,sales_target\nA1,2026-10,1000\nA2,2026-10-01,1000\nA3,2026年10月,1000\n";
    let pulled = pull(&[("/2026-10/plans.csv", plans)]).await.expect("pulled");
    assert_eq!(holds(&pulled), ["rows-set-aside"]);
    let told = finding(&pulled, "rows-set-aside").expect("a finding");
    assert!(told.text.en.contains("`month` is not a month such as 2026-10: 2 (row 3, 4)"), "{}", told.text.en);
}

#[tokio::test]
async fn another_length_of_period_has_its_own_folder() {
    for (label, path) in [("2026-Q3", "/2026-Q3/exams.csv"), ("2026-10-from-21", "/2026-10/exams.csv")] {
        let double = server(files(&[(path, "agent_id,date\n")])).await;
        let pulled = Bench::new().period(label).pull(&source(&double)).await.expect(label);
        assert_eq!(pulled.batches.len(), 1, "{label}");
    }
}

const MONTH: &[(&str, &str)] = &[
    (
        "/2026-10/agents.csv",
        "agent_id,name,team_id,team_name,role\nA1,甲,T1,一组,presale\nA2,乙,T1,一组,presale\nM1,丙,T1,一组,manager\n",
    ),
    (
        "/2026-10/funnel_daily.csv",
        "agent_id,date,inquiries,paid_customers,paid_amount\n\
         A1,2026-09-20,1000,0,0\nA1,2026-09-21,10,6,500.50\nA1,2026-10-20,10,7,499.50\nA1,2026-10-21,1000,0,0\n\
         A2,2026-10-01,20,8,700\n",
    ),
    (
        "/2026-10/chats_daily.csv",
        "agent_id,date,received_customers,replied_customers,resp_seconds_sum,resp_count\n\
         A1,2026-09-30,20,20,140,10\nA2,2026-09-30,20,19,250,10\n",
    ),
    ("/2026-10/plans.csv", "agent_id,month,sales_target\nA1,2026-10,1000\nA1,2026-09,1\nA2,2026-10,1000\n"),
];

/// The shipped scheme and a job over the files, both for months from the 21st.
fn jobs(folder: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs");
    let copy = |from: &str, to: &str, change: &[(&str, &str)]| {
        let text = std::fs::read_to_string(root.join(from)).expect("a shipped file");
        let text = change.iter().fold(text, |text, (old, new)| text.replace(old, new));
        let to = folder.join(to);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        std::fs::write(to, text).expect("a file");
    };
    let cycle = ("cycle = \"month\"", "cycle = \"month-from-21\"");
    let sources = ("sources = [\"shop-roster\", \"taobao-top\", \"dingtalk\"]", "sources = [\"csv-tables\"]");
    copy("monthly-scorecard.toml", "monthly-scorecard.toml", &[cycle, sources]);
    copy("schemes/presale-weighted.toml", "schemes/presale-weighted.toml", &[cycle]);
    copy("sources/csv-tables.toml", "sources/csv-tables.toml", &[]);
}

/// The program, in a folder of its own, on 9 November 2026.
async fn scorepost(folder: &Path, base: &str, arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scorepost"));
    command
        .args(arguments)
        .arg("--json")
        .env("SCOREPOST_DATA", folder.join("data"))
        .env("SCOREPOST_JOBS", folder.join("jobs"))
        .env("SCOREPOST_NOW", "2026-11-09T09:00:00+08:00")
        .env("TABLES_URL", base);
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a thread").expect("a run");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {} {}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_from_the_21st_is_scored_out_of_files_alone() {
    let double = server(files(MONTH)).await;
    let folder = tempfile::tempdir().expect("a folder");
    jobs(&folder.path().join("jobs"));
    let run = scorepost(folder.path(), &double.base, &["run", "monthly-scorecard", "--period", "2026-10"]).await;
    assert_eq!(run["run"], "monthly-scorecard-2026-10-from-21-1", "{run:#}");
    // 45 for the target, 40 for 65 %, 5 for 14 s, 4.5 for 95 % of the team's sales per customer, 5 for every reply.
    assert_eq!((&run["documents"][0]["subject"], &run["documents"][0]["total"]), (&"A1".into(), &"99.50".into()));
    let arguments = ["explain", "A1", "--job", "monthly-scorecard", "--period", "2026-10"];
    let card = scorepost(folder.path(), &double.base, &arguments).await;
    let value = |id: &str| {
        let line = card["lines"].as_array().into_iter().flatten().find(|line| line["id"] == id);
        line.map_or(Value::Null, |line| line["measured"]["value"].clone())
    };
    let values = ["paid-amount", "conversion", "response-time", "reply-rate"].map(value);
    assert_eq!(values, ["1000", "0.65", "14", "1"].map(Value::from), "{card:#}");
    assert_eq!(card["standing"]["rank"], 1, "{card:#}");
    assert_eq!(card["as_issued"], true, "read back from the ledger under its label");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_scheme_weighs_and_nobody_gave_holds_the_run() {
    let given: Vec<(&str, &str)> = MONTH.iter().copied().filter(|(path, _)| !path.contains("funnel_daily")).collect();
    let double = server(files(&given)).await;
    let folder = tempfile::tempdir().expect("a folder");
    jobs(&folder.path().join("jobs"));
    let run = scorepost(folder.path(), &double.base, &["run", "monthly-scorecard", "--period", "2026-10"]).await;
    assert_eq!(run["state"], "held", "{run:#}");
    let told = run["findings"].as_array().into_iter().flatten().find(|one| one["code"] == "table-not-given");
    assert_eq!(told.map(|one| one["weight"].clone()), Some("hold".into()), "{run:#}");
    assert!(
        told.is_some_and(|one| one["text"]["en"].as_str().is_some_and(|text| text.contains("funnel_daily"))),
        "{told:?}"
    );
}
