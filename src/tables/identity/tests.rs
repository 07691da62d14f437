use super::*;
use crate::finding::{Finding, Weight};
use crate::period::Period;
use crate::tables::{Tables, build};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn days(name: &str, cells: Vec<Option<&str>>) -> Column {
    let cells: Vec<Option<NaiveDate>> = cells.into_iter().map(|cell| cell.map(day)).collect();
    DateChunked::from_naive_date_options(name.into(), cells).into_series().into()
}

fn texts(name: &str, cells: Vec<Option<&str>>) -> Column {
    Column::new(name.into(), cells)
}

/// Rows of platform, account, owner, first and last day.
type Row<'a> = (&'a str, &'a str, &'a str, Option<&'a str>, Option<&'a str>);

fn accounts(rows: &[Row<'_>]) -> DataFrame {
    let some = |pick: fn(&Row<'_>) -> String| rows.iter().map(|row| Some(pick(row))).collect::<Vec<_>>();
    DataFrame::new(
        rows.len(),
        vec![
            Column::new("platform".into(), some(|row| row.0.to_owned())),
            Column::new("account".into(), some(|row| row.1.to_owned())),
            Column::new("agent_id".into(), some(|row| row.2.to_owned())),
            days("active_from", rows.iter().map(|row| row.3).collect()),
            days("active_to", rows.iter().map(|row| row.4).collect()),
        ],
    )
    .expect("accounts")
}

/// One day's conversations of platform, account, day, customers.
fn chats(rows: &[(Option<&str>, &str, &str, i64)]) -> DataFrame {
    DataFrame::new(
        rows.len(),
        vec![
            texts("platform", rows.iter().map(|row| row.0).collect()),
            texts("account", rows.iter().map(|row| Some(row.1)).collect()),
            texts("agent_id", vec![None; rows.len()]),
            days("date", rows.iter().map(|row| Some(row.2)).collect()),
            Column::new("received_customers".into(), rows.iter().map(|row| row.3).collect::<Vec<_>>()),
        ],
    )
    .expect("days of chats")
}

fn agents() -> DataFrame {
    let column = |name: &str, cells: [&str; 3]| Column::new(name.into(), cells.to_vec());
    DataFrame::new(
        3,
        vec![
            column("agent_id", ["A1", "A2", "A3"]),
            column("name", ["林一", "周二", "吴三"]),
            column("team_id", ["T1"; 3]),
            column("team_name", ["一组"; 3]),
            column("role", ["agent"; 3]),
            column("email", ["One@example.test", "two@example.test", "three@example.test"]),
        ],
    )
    .expect("a roster")
}

fn built(accounts: DataFrame, chats: DataFrame) -> (Tables, Vec<Finding>) {
    let frames = [("agents", agents()), ("accounts", accounts), ("chats_daily", chats)];
    let frames = frames.into_iter().map(|(name, frame)| (name.to_owned(), frame)).collect();
    build(frames, &Period::parse("2026-10").expect("a period"), day("2026-11-09"), None).expect("tables")
}

/// The agent of each row of the table, in its order.
fn owners(tables: &Tables) -> Vec<String> {
    let column = tables.frames["chats_daily"].column("agent_id").and_then(|column| column.str()).expect("agents");
    column.iter().map(|agent| agent.unwrap_or("-").to_owned()).collect()
}

fn told(findings: &[Finding], code: &str) -> Vec<String> {
    findings.iter().filter(|one| one.code == code).map(|one| one.text.en.clone()).collect()
}

#[test]
fn an_account_that_changed_hands_belongs_to_whom_the_day_says() {
    let accounts =
        accounts(&[("jd", "desk-1", "A1", None, Some("2026-10-10")), ("jd", "desk-1", "A2", Some("2026-10-12"), None)]);
    let rows = ["2026-10-01", "2026-10-10", "2026-10-11", "2026-10-12"].map(|on| (Some("jd"), "desk-1", on, 5));
    let (tables, findings) = built(accounts, chats(&rows));
    assert_eq!(owners(&tables), ["A1", "A1", "-", "A2"], "both days count, and a gap is nobody's");
    let gap = "account jd desk-1 has no owner on those days; its 1 rows of chats_daily (received_customers 5 in all) \
               count for nobody";
    assert_eq!(told(&findings, "unmapped-account"), [gap]);
    assert!(told(&findings, "shared-account").is_empty());
}

#[test]
fn two_owners_on_one_day_hold_the_run_and_are_both_named() {
    let accounts =
        accounts(&[("jd", "desk-1", "A1", None, Some("2026-10-12")), ("jd", "desk-1", "A2", Some("2026-10-11"), None)]);
    let rows = ["2026-10-10", "2026-10-11", "2026-10-12", "2026-10-13"].map(|on| (Some("jd"), "desk-1", on, 5));
    let (tables, findings) = built(accounts, chats(&rows));
    assert_eq!(owners(&tables), ["A1", "-", "-", "A2"]);
    let shared = findings.iter().find(|one| one.code == "shared-account").expect("a finding");
    assert_eq!((shared.weight, shared.subject.as_deref()), (Weight::Hold, Some("desk-1")));
    for part in ["林一 A1 and 周二 A2", "from 2026-10-11 to 2026-10-12", "2 rows of chats_daily", "10 in all"] {
        assert!(shared.text.en.contains(part), "{part}: {}", shared.text.en);
    }
    assert!(told(&findings, "unmapped-account").is_empty(), "told once");
}

#[test]
fn several_accounts_of_one_person_and_the_same_owner_twice_are_no_contradiction() {
    let accounts = accounts(&[
        ("jd", "desk-1", "A1", None, None),
        ("jd", "desk-1", "A1", Some("2026-01-01"), None),
        ("wecom", "LinYi", "A1", None, None),
    ]);
    let rows = [(Some("jd"), "desk-1", "2026-10-01", 1), (Some("wecom"), "linyi", "2026-10-01", 1)];
    let (tables, findings) = built(accounts, chats(&rows));
    assert_eq!(owners(&tables), ["A1", "A1"]);
    assert!(told(&findings, "shared-account").is_empty() && told(&findings, "unmapped-account").is_empty());
}

#[test]
fn a_row_without_platform_finds_its_account_on_any_when_all_owners_are_one_person() {
    let accounts = accounts(&[
        ("jd", "lin", "A1", None, None),
        ("dingtalk", "lin", "A1", None, None),
        ("jd", "zhou", "A2", None, None),
        ("dingtalk", "zhou", "A3", None, None),
    ]);
    let rows = ["lin", "zhou"].map(|account| (None, account, "2026-10-01", 1));
    let (tables, findings) = built(accounts, chats(&rows));
    assert_eq!(owners(&tables), ["A1", "-"]);
    assert_eq!(told(&findings, "unmapped-account").len(), 1, "{findings:?}");
}

#[test]
fn shops_may_be_named_or_not_unless_two_shops_have_the_nick() {
    let accounts = accounts(&[
        ("taobao", "cntaobao甲店:小满", "A1", None, None),
        ("taobao", "甲店:清和", "A2", None, None),
        ("taobao", "乙店:清和", "A3", None, None),
    ]);
    let rows = ["甲店:小满", "小满", "cntaobao乙店:清和", "清和", "丙店:小满"];
    let (tables, _) = built(accounts, chats(&rows.map(|account| (Some("taobao"), account, "2026-10-01", 1))));
    assert_eq!(owners(&tables), ["A1", "A1", "A3", "-", "-"]);
}

#[test]
fn an_owner_may_be_named_by_mail_address() {
    let mut accounts = accounts(&[("chatwoot", "1", "", None, None), ("chatwoot", "2", "", None, None)]);
    accounts.with_column(texts("agent_id", vec![None, None])).expect("no numbers");
    accounts.with_column(texts("email", vec![Some("one@EXAMPLE.test"), Some("nobody@example.test")])).expect("mails");
    let rows = ["1", "2"].map(|account| (Some("chatwoot"), account, "2026-10-01", 1));
    let (tables, _) = built(accounts, chats(&rows));
    assert_eq!(owners(&tables), ["A1", "-"]);
}

#[test]
fn without_a_table_of_accounts_nothing_is_lost_silently() {
    let frames = vec![
        ("agents".to_owned(), agents()),
        ("chats_daily".to_owned(), chats(&[(Some("jd"), "desk-1", "2026-10-01", 7)])),
    ];
    let period = Period::parse("2026-10").expect("a period");
    let (_, findings) = build(frames, &period, day("2026-11-09"), None).expect("tables");
    assert!(told(&findings, "unmapped-account")[0].contains("received_customers 7"));
}
