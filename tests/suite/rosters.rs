//! Who is who: one spelling of a number, the manager who is in office, facts of strangers.

use chrono::NaiveDate;
use polars::prelude::*;
use scorepost::finding::{Finding, Weight};
use scorepost::period::Period;
use scorepost::tables::{self, Tables};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// Rows of staff number, role, first day, last day; all in team T1.
fn agents(rows: &[(&str, &str, Option<&str>, Option<&str>)]) -> DataFrame {
    let text = |cells: Vec<&str>, name: &str| Column::new(name.into(), cells);
    let dates = |cells: Vec<Option<&str>>, name: &str| -> Column {
        let cells: Vec<Option<NaiveDate>> = cells.into_iter().map(|cell| cell.map(day)).collect();
        DateChunked::from_naive_date_options(name.into(), cells).into_series().into()
    };
    let all = |value: &'static str| vec![value; rows.len()];
    DataFrame::new(
        rows.len(),
        vec![
            text(rows.iter().map(|row| row.0).collect(), "agent_id"),
            text(rows.iter().map(|row| row.0).collect(), "name"),
            text(all("T1"), "team_id"),
            text(all("一组"), "team_name"),
            text(rows.iter().map(|row| row.1).collect(), "role"),
            Column::new("email".into(), vec![None::<&str>; rows.len()]),
            dates(rows.iter().map(|row| row.2).collect(), "hired_on"),
            dates(rows.iter().map(|row| row.3).collect(), "left_on"),
        ],
    )
    .expect("a roster")
}

fn calls(agents: &[&str]) -> DataFrame {
    let dates = vec![day("2026-10-05"); agents.len()];
    DataFrame::new(
        agents.len(),
        vec![
            Column::new("agent_id".into(), agents.to_vec()),
            DateChunked::from_naive_date("date".into(), dates).into_series().into(),
        ],
    )
    .expect("calls")
}

fn build(frames: Vec<(&str, DataFrame)>) -> (Tables, Vec<Finding>) {
    let period = Period::parse("2026-10").expect("a period");
    let frames = frames.into_iter().map(|(name, frame)| (name.to_owned(), frame)).collect();
    tables::build(frames, &period, day("2026-11-09"), None).expect("tables")
}

fn code<'a>(findings: &'a [Finding], code: &str) -> Option<&'a Finding> {
    findings.iter().find(|one| one.code == code)
}

#[test]
fn the_manager_is_whoever_is_in_office_when_the_data_is_pulled() {
    let roster = agents(&[
        ("A1", "agent", None, None),
        ("M1", "manager", Some("2020-01-01"), Some("2026-10-20")),
        ("M2", "manager", Some("2026-11-02"), None),
    ]);
    let (tables, findings) = build(vec![("agents", roster)]);
    assert_eq!(tables.roster.manager_of("T1").map(|one| one.id.as_str()), Some("M2"));
    assert!(code(&findings, "several-managers").is_none());
    let (tables, _) = build(vec![("agents", agents(&[("M1", "manager", None, Some("2026-11-08"))]))]);
    assert!(tables.roster.manager_of("T1").is_none(), "left before the pull");
}

#[test]
fn of_several_managers_the_last_hired_is_chosen_and_all_are_named() {
    let roster = agents(&[
        ("M1", "manager", Some("2021-01-01"), None),
        ("M2", "manager", Some("2024-01-01"), None),
        ("M3", "manager", None, None),
    ]);
    let (tables, findings) = build(vec![("agents", roster)]);
    assert_eq!(tables.roster.manager_of("T1").map(|one| one.id.as_str()), Some("M2"));
    let told = code(&findings, "several-managers").expect("a finding");
    assert!(told.text.en.contains("M1, M2, M3") && told.text.en.contains("goes to M2"), "{}", told.text.en);
}

#[test]
fn a_number_with_spaces_around_it_is_the_same_number() {
    let roster = agents(&[("A1", "agent", None, None), ("\u{e9}2", "agent", None, None)]);
    let (tables, findings) = build(vec![("agents", roster), ("calls", calls(&[" A1", "A1 ", "e\u{301}2"]))]);
    assert!(code(&findings, "unknown-agent").is_none(), "{findings:?}");
    let rows = tables.rows("calls", None, "A1", 9).expect("rows");
    assert_eq!(rows.count, 2);
    assert_eq!(tables.rows("calls", None, "\u{e9}2", 9).expect("rows").count, 1);
}

#[test]
fn facts_of_strangers_are_counted_and_said() {
    let roster = agents(&[("A1", "agent", None, None), ("A9", "agent", None, Some("2026-09-30"))]);
    let (_, findings) = build(vec![("agents", roster), ("calls", calls(&["A1", "X7", "X7", "A9"]))]);
    let told: Vec<(Option<&str>, bool)> = findings
        .iter()
        .filter(|one| one.code == "unknown-agent")
        .map(|one| (one.subject.as_deref(), one.text.en.contains(" 2 rows")))
        .collect();
    assert_eq!(told, [(Some("A9"), false), (Some("X7"), true)]);
}

#[test]
fn a_repeated_number_holds_the_run_and_names_nobody() {
    let roster = agents(&[("A1", "agent", None, None), ("A1 ", "agent", None, None)]);
    let (tables, findings) = build(vec![("agents", roster)]);
    let held = code(&findings, "duplicate-staff-number").expect("a finding");
    assert_eq!((held.weight, held.subject.as_deref()), (Weight::Hold, Some("A1")));
    assert_eq!(tables.roster.agents().count(), 1);
}

/// Chats and orders of one agent on one day.
fn shop(buyers: &[&str], paid: &[bool]) -> Vec<(&'static str, DataFrame)> {
    let at = |hour: u32| day("2026-10-05").and_hms_opt(hour, 0, 0).expect("a time");
    let height = buyers.len();
    let instants = |name: &str, cells: Vec<Option<chrono::NaiveDateTime>>| -> Column {
        DatetimeChunked::from_naive_datetime_options(name.into(), cells, TimeUnit::Microseconds).into_series().into()
    };
    let chats = DataFrame::new(
        height,
        vec![
            Column::new("chat_id".into(), (0..height as i64).map(|id| id.to_string()).collect::<Vec<_>>()),
            Column::new("customer_id".into(), buyers.to_vec()),
            Column::new("agent_id".into(), vec!["A1"; height]),
            instants("started_at", vec![Some(at(9)); height]),
            Column::new("buyer_msgs".into(), vec![1i64; height]),
            Column::new("agent_msgs".into(), vec![1i64; height]),
            Column::new("inquiry".into(), vec![true; height]),
            Column::new("response_seconds".into(), vec![5i64; height]),
            Column::new("response_count".into(), vec![1i64; height]),
        ],
    );
    let amounts =
        Column::new("order_amount".into(), vec![100i64; height]).cast(&DataType::Decimal(38, 4)).expect("money");
    let orders = DataFrame::new(
        height,
        vec![
            Column::new("order_id".into(), (0..height as i64).map(|id| id.to_string()).collect::<Vec<_>>()),
            Column::new("customer_id".into(), buyers.to_vec()),
            instants("order_at", vec![Some(at(10)); height]),
            instants("paid_at", paid.iter().map(|paid| paid.then(|| at(11))).collect()),
            amounts,
        ],
    );
    vec![
        ("agents", agents(&[("A1", "agent", None, None)])),
        ("chats", chats.expect("chats")),
        ("orders", orders.expect("orders")),
    ]
}

fn cells(tables: &Tables, table: &str) -> std::collections::BTreeMap<String, String> {
    let rows = tables.rows(table, None, "A1", 1).expect("rows");
    rows.columns.into_iter().zip(rows.cells.into_iter().next().expect("a row")).collect()
}

#[test]
fn a_buyer_without_a_name_is_no_customer() {
    let (tables, _) = build(shop(&["b1", "", " "], &[true, true, true]));
    let (chats, funnel) = (cells(&tables, "chats_daily"), cells(&tables, "funnel_daily"));
    assert_eq!((chats["received_customers"].as_str(), chats["inquiry_customers"].as_str()), ("1", "1"));
    assert_eq!((funnel["ordered_customers"].as_str(), funnel["paid_customers"].as_str()), ("1", "1"));
}

#[test]
fn who_sold_nothing_has_nought_and_not_nothing() {
    let (tables, _) = build(shop(&["b1"], &[false]));
    let funnel = cells(&tables, "funnel_daily");
    assert_eq!((funnel["paid_customers"].as_str(), funnel["ordered_customers"].as_str()), ("0", "1"));
    assert!(funnel["paid_amount"].parse::<f64>().is_ok_and(|amount| amount == 0.0), "{funnel:?}");
}

/// What decides who sees a team in the console: everybody who led it on some day, and who of them leads it now.
#[test]
fn everybody_who_led_a_team_on_some_day_of_the_period_is_told() {
    let roster = agents(&[
        ("A001", "agent", None, None),
        ("M001", "manager", Some("2020-01-01"), Some("2026-10-14")),
        ("M002", "manager", Some("2026-10-15"), None),
        ("M003", "manager", Some("2026-11-05"), None),
        ("M004", "manager", Some("2026-11-20"), None),
        ("M005", "manager", Some("2020-01-01"), Some("2026-09-30")),
    ]);
    let (tables, _) = build(vec![("agents", roster), ("calls", calls(&["A001"]))]);
    let leads: Vec<(&str, &str, bool)> =
        tables.roster.leads().map(|(lead, in_office)| (lead.id.as_str(), lead.team_id.as_str(), in_office)).collect();
    assert_eq!(leads, [("M001", "T1", false), ("M002", "T1", true), ("M003", "T1", true)]);
}
