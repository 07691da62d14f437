//! Canonical tables from a folder of CSV files: people with a history, facts by day and month, faults with their places.

use std::fs;

use chrono::NaiveDate;
use polars::prelude::*;
use scorepost::diag::Diagnostics;
use scorepost::finding::Finding;
use scorepost::period::Period;
use scorepost::tables::{self, Roster, Tables};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

/// October 2026 out of such files, pulled on 9 November.
fn october(files: &[(&str, &str)]) -> (Tables, Vec<Finding>) {
    let frames = tables::read_story(folder(files).path()).unwrap_or_else(|found| panic!("{found}"));
    let period = Period::parse("2026-10").expect("a period");
    tables::build(frames, &period, day("2026-11-09"), None).expect("tables")
}

fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let found: Diagnostics = tables::read_story(folder(files).path()).expect_err("faults");
    let brief = |text: String| text.rsplit_once('/').map_or(text.clone(), |(_, rest)| rest.to_owned());
    found.sorted().into_iter().map(|one| brief(one.to_string())).collect()
}

/// One number of a table: an aggregate over its rows.
fn sum(tables: &Tables, table: &str, expression: Expr) -> String {
    let frame = tables.lazy(table).expect("a table").select([expression.alias("it")]).collect().expect("a number");
    frame.column("it").expect("a column").get(0).expect("a cell").to_string()
}

const AGENTS: &str = "agent_id,name,team_id,team_name,role,hired_on,dept_id,shop_id,gender,employment_status,title,is_reception_staff\n\
    A1,甲,T1,一组,presale,2020-01-01,D1,S1,female,confirmed,senior,true\n\
    A2,乙,T1,一组,aftersale,,,,,,,\n\
    M1,丙,T1,一组,manager,,,,,,,\n";

#[test]
fn people_have_the_attributes_of_the_roster() {
    let departments = "dept_id,month,name,class\nD1,2026-09,旧名,front\nD1,2026-10,客服部,support\nD2,,仓储部,\n";
    let (tables, findings) = october(&[("agents.csv", AGENTS), ("departments.csv", departments)]);
    let one = tables.roster.member("A1").expect("a person");
    assert_eq!(
        (one.role_word.as_str(), one.dept_name.as_deref(), one.dept_class.as_deref()),
        ("presale", Some("客服部"), Some("support"))
    );
    assert_eq!(
        (one.shop_id.as_deref(), one.gender.as_deref(), one.is_reception_staff),
        (Some("S1"), Some("female"), Some(true))
    );
    assert_eq!(
        (one.employment_status.as_deref(), one.title.as_deref(), one.title_since),
        (Some("confirmed"), Some("senior"), None)
    );
    let other = tables.roster.member("A2").expect("a person");
    assert_eq!((other.gender.as_deref(), other.is_reception_staff, other.dept_name.as_deref()), (None, None, None));
    assert_eq!(tables.roster.agents().count(), 2, "every role but manager is scored");
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn a_history_counts_where_it_stands_on_the_last_day() {
    let agents = "agent_id,name,team_id,team_name,role,active_from,active_to\n\
        A1,甲,T1,一组,agent,,2026-10-10\n\
        A1,甲,T2,二组,agent,2026-10-11,\n\
        A2,乙,T1,一组,agent,2026-09-01,2026-10-05\n\
        A2,乙,T2,二组,agent,2026-10-06,2026-10-20\n\
        A3,丙,T1,一组,agent,,2026-10-31\n\
        A3,丙,T1,一组,manager,2026-11-01,\n\
        A4,丁,T1,一组,agent,,2026-10-15\n\
        A4,丁,T2,二组,agent,2026-10-15,\n\
        A5,戊,T1,一组,agent,,2026-09-30\n";
    let (tables, findings) = october(&[("agents.csv", agents)]);
    let team = |id: &str| tables.roster.member(id).map(|member| member.team_id.as_str());
    assert_eq!((team("A1"), team("A2"), team("A5")), (Some("T2"), Some("T2"), None));
    assert_eq!(tables.roster.manager_of("T1").map(|one| one.id.as_str()), Some("A3"), "promoted after the period");
    assert!(tables.roster.agents().any(|one| one.id == "A3"), "and scored for it");
    let repeated: Vec<Option<&str>> =
        findings.iter().filter(|one| one.code == "duplicate-staff-number").map(|one| one.subject.as_deref()).collect();
    assert_eq!(repeated, [Some("A4")], "two rows hold on 15 October");
}

#[test]
fn departments_can_be_the_subjects() {
    let departments = "dept_id,name,class,head_agent_id,manager_email,bonus_base\nD1,客服部,support,A1,,5000\nD2,仓储部,,,d2@example.test,\n";
    let agents = "agent_id,name,team_id,team_name,role,email\nA1,甲,T1,一组,agent,a1@example.test\n\
        M1,乙,support,支持类,manager,m1@example.test\n";
    let ratings = "rater_role,agent_id,item_id,score,date\nboss,D1,plan,90,2026-10-25\n";
    let files = [("departments.csv", departments), ("agents.csv", agents), ("ratings.csv", ratings)];
    let (tables, findings) = october(&files);
    assert!(findings.is_empty(), "a department is no stranger: {findings:?}");
    let period = Period::parse("2026-10").expect("a period");
    let roster = Roster::of_departments(&tables.frames, &period, day("2026-11-09")).expect("departments");
    let brief: Vec<_> =
        roster.agents().map(|one| (one.id.as_str(), one.team_id.as_str(), one.email.as_deref())).collect();
    assert_eq!(brief, [("D1", "support", Some("a1@example.test")), ("D2", "", Some("d2@example.test"))]);
    assert_eq!(roster.manager_of("support").map(|one| one.id.as_str()), Some("M1"));
    let (alone, _) = october(&[files[0]]);
    assert_eq!(alone.roster.agents().count(), 2, "without a roster of people the departments are the subjects");
}

#[test]
fn facts_are_cut_to_their_days_and_months_are_kept() {
    let (tables, _) = october(&[
        ("agents.csv", AGENTS),
        (
            "events.csv",
            "event_id,agent_id,type,at,magnitude\ne1,A1,late,2026-10-31T23:59:59,1.5\ne2,A1,late,2026-11-01T00:00:00,2\n",
        ),
        ("dept_months.csv", "dept_id,month,sales\nD1,2025-10,100\nD1,2026-10,200\n"),
        ("plans.csv", "agent_id,month,sales_target\nA1,2026-09,1\nA1,2026-10,2\n"),
        ("calendar.csv", "date,tag\n2026-10-01,holiday\n2026-11-11,promotion\n"),
    ]);
    assert_eq!(sum(&tables, "events", col("magnitude").sum()), "1.5000");
    assert_eq!(sum(&tables, "events", col("date").first()), "2026-10-31");
    assert_eq!(sum(&tables, "events", col("count").null_count()), "1", "what is not given is no nought");
    assert_eq!(sum(&tables, "dept_months", col("sales").sum()), "300.0000");
    assert_eq!(sum(&tables, "plans", col("sales_target").sum()), "2.0000");
    assert_eq!(sum(&tables, "calendar", len()), "1");
    assert_eq!(tables::grain("dept_months"), Some(scorepost::source::Grain::Month));
}

#[test]
fn what_a_source_gives_itself_stands_before_what_is_derived() {
    let chats = "chat_id,agent_id,customer_id,started_at,buyer_msgs,agent_msgs,inquiry,response_seconds,response_count\n\
        c1,A1,b1,2026-10-05T09:00:00,1,1,true,5,1\nc2,A2,b2,2026-10-05T09:00:00,1,1,true,5,1\n";
    let given = "agent_id,date,received_customers,resp_within_30s\nA1,2026-10-05,7,\n";
    let (tables, findings) = october(&[("agents.csv", AGENTS), ("chats.csv", chats), ("chats_daily.csv", given)]);
    assert_eq!(sum(&tables, "chats_daily", col("received_customers").sum()), "7");
    assert_eq!(sum(&tables, "chats_daily", col("resp_within_30s").null_count()), "1");
    assert_eq!(sum(&tables, "funnel_daily", col("inquiries").sum()), "2", "derived: nobody gave it");
    let codes: Vec<&str> = findings.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["direct-rows-stand"]);
}

#[test]
fn orders_with_their_agent_need_no_chats() {
    let orders = "order_id,agent_id,customer_id,order_at,paid_at,order_amount,status\n\
        o1,A1,b1,2026-10-05T09:00:00,2026-10-05T10:00:00,100.50,paid\n\
        o2,A1,b2,2026-10-05T09:00:00,2026-10-06T10:00:00,50,paid\n\
        o3,A1,b3,2026-10-05T09:00:00,,20,open\n";
    let refunds = "refund_id,order_id,date,amount,status\nr1,o2,2026-10-08,50,done\n";
    let (tables, _) = october(&[("agents.csv", AGENTS), ("orders.csv", orders), ("refunds.csv", refunds)]);
    let funnel = |name: &str| sum(&tables, "funnel_daily", col(name).first());
    let expected = [("ordered_total", "3"), ("paid_customers", "2"), ("paid_same_day", "1"), ("lost_customers", "1")];
    for (name, value) in expected {
        assert_eq!(funnel(name), value, "{name}");
    }
    assert_eq!((funnel("paid_amount"), funnel("lost_amount")), ("150.5000".into(), "20.0000".into()));
    assert_eq!((funnel("ordered_same_day"), funnel("inquiries")), ("null".into(), "null".into()), "nobody knows");
    assert_eq!(sum(&tables, "refunds", col("agent_id").first()), "\"A1\"");
}

#[test]
fn days_that_are_given_say_by_their_minutes_who_was_late() {
    let days = "agent_id,date,late_minutes,early_minutes,absent\nA1,2026-10-05,7,0,false\nA1,2026-10-06,,,\n";
    let (tables, _) = october(&[("agents.csv", AGENTS), ("attendance_days.csv", days)]);
    assert_eq!(sum(&tables, "attendance_days", col("late").sum()), "1");
    assert_eq!(sum(&tables, "attendance_days", col("early").null_count()), "1");
}

#[test]
fn numbers_of_sources_are_typed_and_exact() {
    let (tables, findings) = october(&[
        ("agents.csv", AGENTS),
        (
            "dsr_snapshots.csv",
            "shop_id,date,attitude_score,industry_avg\nS1,2026-10-01,4.67881,4.678805\nS1,2026-10-02,4.7,\n",
        ),
        ("surveys.csv", "agent_id,score,scale,date\nA1,4.5,5,2026-10-05\nA1,90,100,2026-10-05\nA1,9,,2026-10-05\n"),
        ("disputes.csv", "dispute_id,date,refunded\nd1,2026-10-05,true\nd2,2026-10-05,\n"),
        ("repurchase.csv", "customer_id,date,retained,loyalty\nb1,2026-10-05,true,80.5\nb2,2026-10-05,,\n"),
    ]);
    assert_eq!(sum(&tables, "dsr_snapshots", col("attitude_score").first()), "4.678810");
    assert_eq!(sum(&tables, "dsr_snapshots", col("attitude_score").sum()), "9.378810");
    assert_eq!(sum(&tables, "dsr_snapshots", (col("attitude_score") - col("industry_avg")).sum()), "0.000005");
    assert_eq!(sum(&tables, "surveys", col("scale").sum()), "105");
    assert_eq!(sum(&tables, "disputes", col("refunded").sum()), "1");
    assert_eq!(sum(&tables, "repurchase", col("retained").sum()), "1");
    assert_eq!(sum(&tables, "repurchase", col("loyalty").sum()), "80.5000");
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn a_check_of_a_site_stands_without_an_agent() {
    let checks = "agent_id,shop_id,item_id,passed,date\nA1,,i1,true,2026-10-05\n,S1,i97,true,2026-10-05\n";
    let files = [("agents.csv", AGENTS), ("checklist_results.csv", checks)];
    let (tables, findings) = october(&files);
    assert_eq!(sum(&tables, "checklist_results", len()), "2");
    assert_eq!(sum(&tables, "checklist_results", col("agent_id").null_count()), "1");
    assert!(findings.is_empty(), "{findings:?}");
    let mut frames = tables::read_story(folder(&files).path()).unwrap_or_else(|found| panic!("{found}"));
    let (_, frame) = frames.iter_mut().find(|(name, _)| name == "checklist_results").expect("the table");
    frame.with_column(Column::new("agent_id".into(), ["A1", " "])).expect("an id of a blank");
    let period = Period::parse("2026-10").expect("a period");
    let (tables, findings) = tables::build(frames, &period, day("2026-11-09"), None).expect("tables");
    assert_eq!(sum(&tables, "checklist_results", col("agent_id").null_count()), "1");
    assert!(findings.is_empty(), "a blank is no stranger: {findings:?}");
    let nobody = "item_id,passed,date\ni97,true,2026-10-05\n";
    assert_eq!(faults(&[("checklist_results.csv", nobody)]), ["checklist_results.csv:2:1: the row has no `agent_id`"]);
}

#[test]
fn facts_of_strangers_are_said_for_given_tables_too() {
    let exams = "agent_id,date,score\nX9,2026-10-05,88\n";
    let (_, findings) = october(&[("agents.csv", AGENTS), ("exams.csv", exams)]);
    let told: Vec<_> = findings.iter().map(|one| (one.code.as_str(), one.subject.as_deref())).collect();
    assert_eq!(told, [("unknown-agent", Some("X9"))]);
}

#[test]
fn every_fault_is_named_with_its_place() {
    let found = faults(&[
        ("agents.csv", AGENTS),
        ("event.csv", "event_id\n"),
        ("notes.txt", "?"),
        (
            "events.csv",
            "event_id,agent_id,type,colour,count,date\ne1,A1,late,red,zwei,2026-10-05\ne2,,late,,1.0,2026-10-32\ne3,A1,late,,,\ne4,A1\n",
        ),
        ("exams.csv", "agent_id,date,date,score\nA1,2026-10-05,2026-10-05,\"9,5\"\n"),
        ("surveys.csv", "agent_id,date\nA1,\"2026-10-05\nA1,2026-10-06\n"),
        ("plans.csv", "agent_id,month\nA1,2026-10\n"),
    ]);
    let expected = [
        "event.csv`: there is no table `event`",
        "notes.txt` is no table",
        "events.csv:1:24: the table `events` has no column `colour`",
        "events.csv:2:16: `zwei` is not int",
        "events.csv:3:4: `agent_id` is empty",
        "events.csv:3:11: `1.0` is not int",
        "events.csv:3:15: `2026-10-32` is not date",
        "events.csv:4:1: the row has no `date`",
        "events.csv:5:1: the header has 6 columns and this row has 2",
        "exams.csv:1:15: the column `date` is there twice",
        "exams.csv:2:26: `9,5` is not decimal",
        "plans.csv:1:1: the header has no column `sales_target`",
        "surveys.csv:2:4: a quote is never closed",
    ];
    assert_eq!(found, expected);
}
