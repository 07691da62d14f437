//! What people save from platforms that give no interface: every row as it was, and nothing of what they put around them.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use polars::prelude::DataFrame;
use scorepost::period::Period;
use scorepost::source::Table;
use scorepost::tables;

use super::{Bench, Pulled, finding, holds, shipped};

fn fixtures(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/exports").join(name)
}

/// Pulls the source that ships under this name from a folder.
async fn pull(id: &str, variable: &str, folder: &Path) -> Pulled {
    let source = shipped(id, variable, &folder.to_string_lossy());
    Bench::new().pull(&source).await.unwrap_or_else(|error| panic!("{error:#}"))
}

/// The rows of a table in the given columns, sorted.
fn rows(pulled: &Pulled, table: &str, columns: &[&str]) -> Vec<String> {
    let table = Table::from_name(table).expect("a table");
    let frame = pulled.frame(table).expect("a frame");
    let mut rows: Vec<String> = (0..frame.height()).map(|row| line(frame, row, columns)).collect();
    rows.sort();
    rows
}

fn line(frame: &DataFrame, row: usize, columns: &[&str]) -> String {
    let cell = |name: &&str| {
        let text = frame.column(name).expect(name).get(row).expect("a cell").to_string();
        let text = text.replace('"', "").replace("null", "·");
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    };
    columns.iter().map(cell).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn qianniu_days_are_those_of_the_file_names_and_the_last_six_rows_are_no_agents() {
    let pulled = pull("qianniu-export", "QIANNIU_EXPORTS", &fixtures("qianniu")).await;
    let columns = [
        "date",
        "account",
        "inquiry_customers",
        "first_resp_seconds",
        "avg_resp_seconds",
        "reply_rate",
        "satisfied_rate",
    ];
    assert_eq!(
        rows(&pulled, "chats_daily", &columns),
        [
            "2026-10-01 示例店:小林 8 · · 1 ·",
            "2026-10-01 示例店:小美 40 12 31.25 0.987 0.95",
            "2026-10-02 小美 35 9 28 0.991 ·",
            "2026-10-04 示例店：小美 41 11 30 0.9667 0.975",
        ]
    );
    assert_eq!(
        rows(&pulled, "funnel_daily", &["date", "account", "inquiries", "final_paid", "paid_amount", "refund_amount"]),
        [
            "2026-10-01 示例店:小林 8 0 0 20",
            "2026-10-01 示例店:小美 40 11 1234.5 ·",
            "2026-10-02 小美 35 9 2000.1 0",
            "2026-10-04 示例店：小美 41 · 1500 ·",
        ]
    );
    let short = finding(&pulled, "files-missing").expect("a hold for the days without a file");
    assert_eq!(short.text.en, "27 of 31 are not there");
    assert_eq!(holds(&pulled), ["files-missing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nick_with_and_without_its_shop_is_the_same_person() {
    let exports = pull("qianniu-export", "QIANNIU_EXPORTS", &fixtures("qianniu")).await;
    let folder = format!("file://{}", fixtures("sheets").display());
    let people = pull("sheets", "SHEETS_URL", Path::new(&folder)).await;
    let frames = [exports, people].into_iter().flat_map(|pulled| pulled.batches);
    let frames = frames.map(|batch| (batch.table.name().to_owned(), batch.frame)).collect();
    let period = Period::parse("2026-10").expect("a period");
    let cut_off = NaiveDate::from_ymd_opt(2026, 11, 9).expect("a day");
    let (tables, _) = tables::build(frames, &period, cut_off, None).expect("tables");
    let days = &tables.frames["chats_daily"];
    let mut rows: Vec<String> =
        (0..days.height()).map(|row| line(days, row, &["date", "agent_id", "inquiry_customers"])).collect();
    rows.sort();
    assert_eq!(rows, ["2026-10-01 1002 8", "2026-10-01 A001 40", "2026-10-02 A001 35", "2026-10-04 A001 41"]);
}

#[tokio::test]
async fn a_day_that_was_saved_twice_is_refused_by_both_names() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["店铺客服绩效_20261001.xlsx", "店铺客服绩效_20261001 (1).xlsx"] {
        std::fs::copy(fixtures("qianniu/店铺客服绩效_20261001.xlsx"), folder.path().join(name)).expect("a file");
    }
    let source = shipped("qianniu-export", "QIANNIU_EXPORTS", &folder.path().to_string_lossy());
    let error = format!("{:#}", Bench::new().pull(&source).await.expect_err("two files for one day"));
    assert!(
        error.ends_with(
            "both `店铺客服绩效_20261001 (1).xlsx` and `店铺客服绩效_20261001.xlsx` are there; leave only the one that counts"
        ),
        "{error}"
    );
}

#[tokio::test]
async fn chitu_shares_are_of_the_whole_that_their_column_has_and_csv_may_be_gbk() {
    let pulled = pull("chitu-export", "CHITU_EXPORTS", &fixtures("chitu")).await;
    let columns =
        ["date", "account", "replied_customers", "unreplied_customers", "reply_rate", "satisfied_rate", "rated_5"];
    assert_eq!(
        rows(&pulled, "chats_daily", &columns),
        [
            "2026-10-01 示例店:小林 29 1 0.008 0.8 3",
            "2026-10-01 示例店:小美 59 1 0.9833 0.95 6",
            "2026-10-02 示例店:小林 0 · · · ·",
            "2026-10-02 示例店:小美 1050 0 1 0.965 ·",
        ]
    );
    let columns = ["date", "account", "first_resp_seconds", "avg_resp_seconds", "survey_sent_rate"];
    assert_eq!(
        rows(&pulled, "chats_daily", &columns)[..2],
        ["2026-10-01 示例店:小林 9 22 0.9", "2026-10-01 示例店:小美 8 20.5 0.75"]
    );
}

#[tokio::test]
async fn pinduoduo_rows_are_exact_and_the_shop_is_no_agent() {
    let pulled = pull("pdd-export", "PDD_EXPORTS", &fixtures("pdd")).await;
    let columns = [
        "account",
        "service_score",
        "received_customers",
        "replied_customers",
        "unreplied_3min_customers",
        "reply_rate_3min",
        "reply_rate_30s",
        "avg_resp_seconds",
        "low_rated_orders",
        "dispute_refunds",
        "complaints",
    ];
    assert_eq!(
        rows(&pulled, "chats_daily", &columns),
        ["示例多多:阿南 · 0 0 0 · · · 0 0 0", "示例多多:阿青 4.85 73 69 1 0.9857 0.912 9 1 0 ·"]
    );
    assert_eq!(
        rows(&pulled, "funnel_daily", &["account", "inquiries", "final_paid", "paid_amount", "net_amount"]),
        ["示例多多:阿南 0 0 0 0", "示例多多:阿青 46 17 1888.88 1800"]
    );
}

#[tokio::test]
async fn feige_shares_may_be_cells_with_the_format_of_a_percentage() {
    let pulled = pull("feige-export", "FEIGE_EXPORTS", &fixtures("feige")).await;
    let columns = ["account", "sessions", "avg_resp_seconds", "reply_rate_3min", "good_ratings", "ratings"];
    assert_eq!(
        rows(&pulled, "chats_daily", &columns),
        ["示例抖店-客服一 52 18 0.985 7 8", "示例抖店-客服二 0 · · 0 0"]
    );
}

#[tokio::test]
async fn a_workbook_has_a_sheet_a_table_and_a_hidden_one_does_not_count() {
    let folder = fixtures("sheets");
    let pulled = pull("sheets", "SHEETS_URL", Path::new(&format!("file://{}", folder.display()))).await;
    assert_eq!(
        rows(&pulled, "agents", &["agent_id", "name", "role", "email", "hired_on"]),
        [
            "1002 小林 agent · 2026-01-15",
            "A001 小美 agent a001@example.test 2025-03-01",
            "M001 周经理 manager m001@example.test ·",
        ]
    );
    assert_eq!(
        rows(&pulled, "plans", &["agent_id", "month", "sales_target", "conversion_target"]),
        ["1002 2026-10 48000.5 ·", "A001 2026-10 50000 0.35",]
    );
    assert_eq!(
        rows(&pulled, "ratings", &["agent_id", "item_id", "score", "date", "submitted_at"]),
        ["1002 attitude 4 2026-10-31 ·", "A001 attitude 4.5 2026-10-31 2026-11-01 09:10:00"],
        "a formula counts with its kept value, days and times may be Excel's"
    );
    assert_eq!(
        rows(&pulled, "qa_checks", &["check_id", "verdict", "points", "critical"]),
        ["q1 pass · false", "q2 fail -2 true"]
    );
    assert!(finding(&pulled, "tables-absent").expect("a note").text.en.contains("exams"));
    assert_eq!(holds(&pulled), Vec::<&str>::new());
}
