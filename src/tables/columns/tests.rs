use chrono::NaiveDate;

use super::*;
use crate::period::Period;
use crate::tables::{build, read_story};

/// The tables of October 2026 out of CSV files, and what was noticed.
fn october(files: &[(&str, &str)]) -> (BTreeMap<String, DataFrame>, Vec<Finding>) {
    let folder = tempfile::tempdir().expect("a folder");
    let agents = "agent_id,name,team_id,team_name,role\nA1,甲,T1,一组,agent\nA2,乙,T1,一组,agent\n";
    for (name, text) in files.iter().chain(&[("agents", agents)]) {
        std::fs::write(folder.path().join(format!("{name}.csv")), text).expect("a file");
    }
    let frames = read_story(folder.path()).unwrap_or_else(|found| panic!("{found}"));
    let period = Period::parse("2026-10").expect("a period");
    let cut_off = NaiveDate::from_ymd_opt(2026, 11, 9).expect("a day");
    let (tables, findings) = build(frames, &period, cut_off, None).expect("tables");
    (tables.frames, findings)
}

/// A column of a table, cell by cell.
fn cells(frames: &BTreeMap<String, DataFrame>, table: &str, column: &str) -> Vec<String> {
    let column = frames[table].column(column).expect("a column");
    (0..column.len()).map(|row| column.get(row).expect("a cell").to_string()).collect()
}

#[test]
fn tickets_say_how_long_they_took() {
    let tickets = "ticket_id,opened_at,first_reply_at,closed_at,reply_seconds,solve_seconds\n\
        K1,2026-10-05T09:00:00,2026-10-05T09:00:30,2026-10-06T09:00:01,,\n\
        K2,2026-10-05T09:00:00,,,,\n\
        K3,2026-10-05T09:00:00,2026-10-05T09:00:30,2026-10-05T10:00:00,7,0\n\
        K4,2026-10-05T09:00:00,2026-10-05T09:00:00,2026-10-05T09:00:00,,\n";
    let (frames, findings) = october(&[("tickets", tickets)]);
    assert_eq!(cells(&frames, "tickets", "reply_seconds"), ["30", "null", "7", "0"]);
    assert_eq!(cells(&frames, "tickets", "solve_seconds"), ["86401", "null", "0", "0"]);
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn complaints_say_how_long_they_took() {
    let complaints = "complaint_id,date,at,resolved_at,solve_seconds\n\
        C1,,2026-10-05T09:00:00,2026-10-05T10:00:00,\nC2,,2026-10-05T09:00:00,,\nC3,2026-10-05,,2026-10-05T10:00:00,\n\
        C4,2026-10-05,,,90\nC5,,2026-10-05T09:00:00,2026-10-05T10:00:00,60\n";
    let (frames, _) = october(&[("complaints", complaints)]);
    assert_eq!(cells(&frames, "complaints", "solve_seconds"), ["3600", "null", "null", "90", "60"]);
}

#[test]
fn a_span_that_ends_before_it_begins_measures_nothing_and_is_told() {
    let tickets = "ticket_id,opened_at,first_reply_at,reply_seconds\n\
        K1,2026-10-05T09:00:00,2026-10-05T08:59:59,\nK2,2026-10-05T09:00:00,2026-10-05T08:00:00,5\n";
    let (frames, findings) = october(&[("tickets", tickets)]);
    assert_eq!(cells(&frames, "tickets", "reply_seconds"), ["null", "5"]);
    let told: Vec<_> = findings.iter().map(|one| (one.code.as_str(), one.text.en.as_str())).collect();
    let text = "1 rows of tickets have `first_reply_at` before `opened_at`; they have no `reply_seconds`";
    assert_eq!(told, [("ends-before-it-begins", text)]);
}

#[test]
fn a_leave_says_how_long_before_it_was_asked_for() {
    let days = "agent_id,date,leave_requested_at,leave_notice_days\n\
        A1,2026-10-05,2026-10-03T23:59:59,\nA1,2026-10-06,2026-10-06T00:00:00,\nA1,2026-10-07,2026-10-08T09:00:00,\n\
        A1,2026-10-08,,\nA1,2026-10-09,2026-10-01T09:00:00,3\n";
    let (frames, _) = october(&[("attendance_days", days)]);
    assert_eq!(cells(&frames, "attendance_days", "leave_notice_days"), ["2", "0", "-1", "null", "3"]);
}

const SHIFTS: &str = "agent_id,date,planned_start,planned_end,meal_minutes\n\
    A1,2026-10-05,2026-10-05T09:00:00,2026-10-05T18:00:00,40\n\
    A1,2026-10-06,2026-10-06T14:00:00,2026-10-06T18:00:00,20\nA1,2026-10-06,2026-10-06T09:00:00,2026-10-06T12:00:00,30\n\
    A1,2026-10-06,2026-10-06T09:00:00,2026-10-06T12:00:00,30\n\
    A1,2026-10-07,2026-10-07T09:00:00,,\nA2,2026-10-08,2026-10-08T09:00:00,,40\n";

#[test]
fn a_day_has_the_start_and_the_meals_of_its_shifts() {
    let days = "agent_id,date,planned_start,meal_minutes\nA1,2026-10-05,,\nA1,2026-10-06,,\nA1,2026-10-07,,\n\
        A1,2026-10-08,,\nA2,2026-10-08,2026-10-08T08:00:00,0\n";
    let (frames, _) = october(&[("attendance_days", days), ("shifts", SHIFTS)]);
    let starts: Vec<String> =
        cells(&frames, "attendance_days", "planned_start").into_iter().map(|at| at.replace(".000000", "")).collect();
    let expected = ["2026-10-05 09:00:00", "2026-10-06 09:00:00", "2026-10-07 09:00:00", "null", "2026-10-08 08:00:00"];
    assert_eq!(starts, expected);
    assert_eq!(cells(&frames, "attendance_days", "meal_minutes"), ["40", "50", "null", "null", "0"]);
}

#[test]
fn minutes_before_a_shift_are_full_ones_and_below_nought_for_the_late() {
    let days = "agent_id,date,planned_start,clock_in,minutes_before_shift\n\
        A1,2026-10-05,,2026-10-05T08:49:30,\nA1,2026-10-06,,2026-10-06T09:00:00,\nA1,2026-10-07,,2026-10-07T09:00:30,\n\
        A1,2026-10-08,,2026-10-08T09:00:00,\nA1,2026-10-09,2026-10-09T09:00:00,,\nA2,2026-10-08,,2026-10-08T09:05:00,5\n";
    let (frames, _) = october(&[("attendance_days", days), ("shifts", SHIFTS)]);
    assert_eq!(cells(&frames, "attendance_days", "minutes_before_shift"), ["10", "0", "-1", "null", "null", "5"]);
}

#[test]
fn work_is_the_time_between_the_clocks_without_meals() {
    let days = "agent_id,date,clock_in,clock_out,meal_minutes,clock_span_minutes,work_minutes\n\
        A1,2026-10-05,2026-10-05T08:50:00,2026-10-05T17:50:59,,,\nA1,2026-10-07,2026-10-07T22:00:00,2026-10-08T06:00:00,,,\n\
        A1,2026-10-08,2026-10-08T09:00:00,,,,\nA1,2026-10-09,2026-10-09T09:00:00,2026-10-09T09:10:00,40,,\n\
        A2,2026-10-08,2026-10-08T09:00:00,2026-10-08T18:00:00,,,480\nA2,2026-10-09,,,,500,\n";
    let (frames, _) = october(&[("attendance_days", days), ("shifts", SHIFTS)]);
    let spans = ["540", "480", "null", "10", "540", "500"];
    assert_eq!(cells(&frames, "attendance_days", "clock_span_minutes"), spans);
    assert_eq!(cells(&frames, "attendance_days", "work_minutes"), ["500", "480", "null", "0", "480", "500"]);
}

#[test]
fn days_out_of_punches_have_them_too() {
    let punches = "punch_id,agent_id,work_date,kind,planned_at,actual_at,result,approved\n\
        p1,A1,2026-10-05,OnDuty,2026-10-05T09:00:00,2026-10-05T08:55:00,Normal,false\n\
        p2,A1,2026-10-05,OffDuty,2026-10-05T18:00:00,2026-10-05T18:05:00,Normal,false\n\
        p3,A2,2026-10-09,OnDuty,2026-10-09T13:00:00,2026-10-09T12:50:00,Normal,false\n";
    let (frames, _) = october(&[("punches", punches), ("shifts", SHIFTS)]);
    assert_eq!(cells(&frames, "attendance_days", "minutes_before_shift"), ["5", "10"]);
    assert_eq!(cells(&frames, "attendance_days", "clock_span_minutes"), ["550", "null"]);
    assert_eq!(cells(&frames, "attendance_days", "work_minutes"), ["510", "null"]);
}
