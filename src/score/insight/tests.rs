//! Charts against numbers counted by hand.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::diag::AuthoredFile;
use crate::exact::Exact;
use crate::period::{Cycle, Period};
use crate::scheme::Scheme;
use crate::score::appraisal::{CountedThing, Course, Field, Insight, Picture, Spread};
use crate::score::{Input, appraise, compile};
use crate::tables;

const AGENTS: &str =
    "agent_id,name,team_id,team_name,role\nA1,甲,T1,一组,presale\nA2,乙,T1,一组,presale\nB1,丙,T2,二组,presale\n";

/// Conversations with the seconds of all their answers, and how many answers those are.
const CHATS: &str = "\
chat_id,agent_id,customer_id,started_at,buyer_msgs,agent_msgs,inquiry,response_seconds,response_count
1,A1,K1,2026-10-01T09:00:00,1,1,true,10,1
2,A1,K2,2026-10-01T09:10:00,1,1,true,15,1
3,A1,K3,2026-10-02T09:00:00,2,2,true,45,2
4,A1,K4,2026-10-02T09:30:00,1,0,true,0,0
5,A2,K5,2026-10-01T10:00:00,2,2,true,240,2
6,A2,K6,2026-10-05T10:00:00,1,1,true,121,1
7,B1,K7,2026-10-05T11:00:00,1,1,true,16,1
8,Z9,K8,2026-10-05T11:00:00,1,1,true,5,1
";

const FUNNEL: &str = "\
agent_id,date,inquiries,paid_customers
A1,2026-10-01,2,1
A2,2026-10-01,2,2
A1,2026-10-02,0,0
B1,2026-10-04,3,3
A1,2026-10-05,5,0
";

const SCHEME: &str = r#"
id = "charts"
title = "图"
version = "1"
effective-from = 2020-01-01
cycle = "month"
[[metric]]
id = "response-time"
label = { zh = "平均响应时间", en = "Mean response time" }
table = "chats_daily"
expression = "SUM(resp_seconds_sum) / SUM(resp_count)"
unit = "seconds"
direction = "lower"
[[metric]]
id = "conversion"
label = { zh = "转化率", en = "Conversion" }
table = "funnel_daily"
expression = "SUM(paid_customers) / SUM(inquiries)"
unit = "percent"
[[metric]]
id = "paid"
label = "付款"
table = "funnel_daily"
expression = "SUM(paid_customers)"
unit = "count"
[[metric]]
id = "asked"
label = "询单"
table = "funnel_daily"
expression = "SUM(inquiries)"
unit = "count"
[[indicator]]
id = "response-time"
metric = "response-time"
weight = 100
bands = [{ at-most = 15, points = 100 }, { below = 22, points = 90 }]
otherwise = 60
"#;

/// What the scheme draws of these facts.
fn drawn(scheme: &str, cycle: Cycle) -> Vec<Insight> {
    let folder = tempfile::tempdir().expect("a folder");
    for (table, rows) in [("agents", AGENTS), ("chats", CHATS), ("funnel_daily", FUNNEL)] {
        std::fs::write(folder.path().join(format!("{table}.csv")), rows).expect("a file");
    }
    let day = NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day");
    let period = Period::containing(cycle, day);
    let frames = tables::read_story(folder.path()).unwrap_or_else(|found| panic!("{found}"));
    let (tables, _) = tables::build(frames, &period, period.end, None).expect("tables");
    let scheme =
        Scheme::parse(&AuthoredFile::from_text("charts.toml", scheme)).unwrap_or_else(|found| panic!("{found}"));
    let compiled = compile(&scheme).unwrap_or_else(|found| panic!("{found}"));
    let cut_off = DateTime::<Utc>::UNIX_EPOCH;
    let input = Input {
        tables: &tables,
        period,
        cut_off,
        as_of: period.end,
        past: &[],
        earlier: &BTreeMap::new(),
        adjustments: &[],
    };
    appraise(&compiled, &input).expect("an appraisal").insights
}

fn with(insight: &str) -> Vec<Insight> {
    drawn(&format!("{SCHEME}\n[[insight]]\nid = \"chart\"\n{insight}\n"), Cycle::Month)
}

fn spread<'a>(insights: &'a [Insight], team: &str) -> &'a Spread {
    match &insights.iter().find(|one| one.team_id == team).expect("a chart of the team").picture {
        Picture::Spread(spread) => spread,
        other => panic!("no distribution: {other:?}"),
    }
}

fn course<'a>(insights: &'a [Insight], team: &str) -> &'a Course {
    match &insights.iter().find(|one| one.team_id == team).expect("a chart of the team").picture {
        Picture::Course(course) => course,
        other => panic!("no course: {other:?}"),
    }
}

fn field<'a>(insights: &'a [Insight], team: &str) -> &'a Field {
    match &insights.iter().find(|one| one.team_id == team).expect("a chart of the team").picture {
        Picture::Field(field) => field,
        other => panic!("no field: {other:?}"),
    }
}

fn exact(text: &str) -> Exact {
    Exact::parse(text).expect("a number")
}

/// `1: 3/4` for each part with data, by the day on which it begins.
fn told(course: &Course) -> Vec<String> {
    let one = |(span, measured): &(crate::score::appraisal::Span, Option<crate::score::appraisal::Measured>)| {
        let measured = measured.as_ref()?;
        let below = measured.denominator.as_ref().map(|below| format!("/{}", below.trimmed(2))).unwrap_or_default();
        Some(format!("{}: {}{below}", span.first.format("%m-%d"), measured.numerator.trimmed(2)))
    };
    course.points.iter().filter_map(one).collect()
}

#[test]
fn waits_are_counted_conversation_by_conversation() {
    let insights = with("chart = \"histogram\"\nmetric = \"response-time\"");
    let own = spread(&insights, "T1");
    assert_eq!(own.counted, CountedThing::Conversations);
    assert_eq!(own.limits, ["15", "22", "30", "60", "120"].map(exact));
    // 10 and 15 are within 15; 45 / 2 = 22.5; 240 / 2 = 120 is within 120; who got no answer waited for none.
    assert_eq!(own.team, [2, 0, 1, 0, 1, 1]);
    // The shop has the 16 seconds of the other team, not those of somebody who is not on the roster.
    assert_eq!(own.shop.as_deref(), Some(&[2, 1, 1, 0, 1, 1][..]));
    assert_eq!(own.target, Some(exact("15")));
    assert_eq!(spread(&insights, "T2").team, [0, 1, 0, 0, 0, 0]);
}

#[test]
fn a_scheme_that_says_nothing_of_charts_shows_its_waits() {
    let insights = drawn(SCHEME, Cycle::Month);
    assert_eq!(
        insights.iter().map(|one| (one.id.as_str(), one.team_id.as_str())).collect::<Vec<_>>(),
        [("response-time", "T1"), ("response-time", "T2")]
    );
    assert_eq!(spread(&insights, "T1").team, [2, 0, 1, 0, 1, 1]);
    let bands = "bands = [{ at-most = 15, points = 100 }, { below = 22, points = 90 }]";
    let without = SCHEME
        .replace("metric = \"response-time\"\nweight", "metric = \"conversion\"\nweight")
        .replace(bands, "bands = [{ at-least = \"50%\", points = 100 }]");
    assert_eq!(drawn(&without, Cycle::Month), []);
}

#[test]
fn a_course_has_gaps_where_nothing_was_counted_and_noughts_where_nought_was() {
    let insights = with("chart = \"trend\"\nmetric = \"conversion\"");
    let own = course(&insights, "T1");
    assert_eq!(own.points.len(), 31);
    // On the 2nd nobody asked, on the 4th only another team's agent had rows.
    assert_eq!(told(own), ["10-01: 3/4", "10-05: 0/5"]);
    assert_eq!(own.whole, exact("3").checked_div(&exact("9")));
    assert_eq!(own.shop, exact("6").checked_div(&exact("12")));
    assert!(insights.iter().all(|one| one.team_id == "T1"), "a single day is no course");
}

#[test]
fn an_expression_is_worked_out_day_by_day() {
    let insights = with("chart = \"trend\"\nmetric = \"paid / asked\"\nunit = \"percent\"");
    assert_eq!(told(course(&insights, "T1")), ["10-01: 0.75", "10-05: 0"]);
    assert_eq!(insights[0].unit, crate::scheme::Unit::Percent);
}

#[test]
fn a_team_s_formula_runs_over_what_its_agents_reached_on_each_day() {
    let most =
        "\n[[formula]]\nid = \"best\"\nlabel = \"最多\"\nof = \"team\"\nexpression = \"MAX(paid)\"\nunit = \"count\"\n";
    let chart = "\n[[insight]]\nid = \"chart\"\nchart = \"trend\"\nmetric = \"team.best\"\nunit = \"count\"\n";
    let insights = drawn(&format!("{SCHEME}{most}{chart}"), Cycle::Month);
    // On the 1st one sold one and the other two, on the 2nd and 5th the only one who had rows sold none.
    assert_eq!(told(course(&insights, "T1")), ["10-01: 2", "10-02: 0", "10-05: 0"]);
}

#[test]
fn a_long_period_is_drawn_by_weeks() {
    let text = format!("{SCHEME}\n[[insight]]\nid = \"chart\"\nchart = \"trend\"\nmetric = \"conversion\"\n");
    let insights = drawn(&text.replace("cycle = \"month\"", "cycle = \"quarter\""), Cycle::Quarter);
    assert!(insights.is_empty(), "all rows lie in the first week");
    let insights = drawn(
        &text.replace("cycle = \"month\"", "cycle = \"quarter\"").replace("chart = \"trend\"", "chart = \"heatmap\""),
        Cycle::Quarter,
    );
    let own = field(&insights, "T1");
    assert_eq!((own.spans.len(), own.spans[0].last, own.spans[13].first), (14, day(10, 7), day(12, 31)));
    assert_eq!(own.rows[0].2[0], exact("1").checked_div(&exact("7")), "1 / 2 and 0 / 5 in one week");
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
}

#[test]
fn a_field_has_a_row_for_everybody_with_data() {
    let insights = with("chart = \"heatmap\"\nmetric = \"conversion\"");
    let own = field(&insights, "T1");
    let ids: Vec<&str> = own.rows.iter().map(|(person, ..)| person.id.as_str()).collect();
    assert_eq!(ids, ["A1", "A2"]);
    let (_, whole, values) = &own.rows[0];
    assert_eq!(
        (whole, &values[0], &values[1], &values[4]),
        (&exact("1").checked_div(&exact("7")), &Some(exact("0.5")), &None, &Some(exact("0")))
    );
}

#[test]
fn what_is_no_wait_is_distributed_over_days_of_agents() {
    let insights = with("chart = \"histogram\"\nmetric = \"conversion\"");
    let own = spread(&insights, "T1");
    assert_eq!(own.counted, CountedThing::AgentDays);
    // 0.5, 0 and 1 of the team and 1 of the other: limits from above nought to one, an eighth rounded up apart.
    assert_eq!(own.limits, ["0.2", "0.4", "0.6", "0.8", "1"].map(exact));
    assert_eq!(own.team, [1, 0, 1, 0, 0, 1]);
    assert_eq!(own.shop.as_deref(), Some(&[1, 0, 1, 0, 0, 2][..]));
}

#[test]
fn what_is_known_only_of_a_whole_period_is_refused() {
    let text = format!("{SCHEME}\n[[insight]]\nid = \"chart\"\nchart = \"trend\"\nmetric = \"points.response_time\"\n");
    let found = Scheme::parse(&AuthoredFile::from_text("charts.toml", &text)).expect_err("points are of a period");
    assert!(found.to_string().contains("an insight"), "{found}");
}
