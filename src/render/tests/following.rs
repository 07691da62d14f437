//! The promises of what follows up: an alert tells a manager of their own people, a plan is about what was lost.

use std::sync::Arc;

use super::super::fixture::{issue, reports, shop};
use super::super::report::{About, ReportKind, brief, is_for_agent, report_body};
use super::*;
use crate::exact::Exact;
use crate::job::Report;
use crate::score::appraisal::{Appraisal, DutyAsked, LineKind, Standing};
use crate::words::Bilingual;

fn report(kind: ReportKind) -> Report {
    reports().into_iter().find(|report| report.kind == kind).expect("a report")
}

fn body_of(shop: &Appraisal, kind: ReportKind, about: About<'_>, locale: Locale) -> Option<Value> {
    report_body(shop, &report(kind), (about, "subject"), &house(), locale)
}

fn alert(shop: &Appraisal, team: usize) -> Option<Value> {
    body_of(shop, ReportKind::Alert, About::Team(&shop.teams[team]), Locale::Zh)
}

fn drawn(kind: ReportKind, body: &Value) -> String {
    let renderer = renderer();
    let all = renderer.drawn(renderer.template_of(kind), body, &issue(Shape::Usual)).concat();
    all.chars().filter(|one| !one.is_whitespace() && *one != '\u{200b}').collect()
}

#[test]
fn an_alert_tells_limits_and_means_of_its_own_team_alone() {
    let shop = shop(Shape::Usual);
    let (first, second) = (alert(&shop, 0).expect("an alert"), alert(&shop, 1));
    let named: Vec<&str> = first["watches"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|watch| watch["rows"].as_array().into_iter().flatten())
        .filter_map(|row| row["id"].as_str())
        .collect();
    let is_own = |id: &&str| shop.cards.iter().any(|card| card.agent.id == **id && card.team_id == shop.teams[0].id);
    assert!(!named.is_empty() && named.iter().all(is_own), "{named:?}");
    assert_eq!(first["count"], named.len(), "every number beyond a limit is counted once");
    let told = named.len() + second.map_or(0, |body| body["count"].as_u64().expect("a number") as usize);
    assert_eq!(told, shop.alerts.len(), "each alert is told to one manager");
    let row = &first["watches"][0]["rows"][0];
    assert_eq!(row["value"], "45.3 秒");
    // (45.3 - 21.8) / 21.8 = 107.798… %
    assert_eq!(row["beyond"], serde_json::json!(["上限 40.0 秒", "前 7 天平均 21.8 秒，差 107.8%（达到 30% 即预警）"]));
    assert_eq!(row["before"]["range"], "19.7–23.9 秒");
    let page = drawn(ReportKind::Alert, &first);
    for part in ["45.3秒", "4,530/100", "上限40.0秒", "当天是否排班不足？"] {
        assert!(page.contains(part), "`{part}` is not on {page}");
    }
}

#[test]
fn without_a_number_beyond_a_limit_there_is_no_alert() {
    let mut shop = shop(Shape::Usual);
    for one in Arc::make_mut(&mut shop.alerts) {
        one.to = vec!["agent".to_owned()];
    }
    assert!(alert(&shop, 0).is_none() && alert(&shop, 1).is_none(), "watches for agents are not told to managers");
    Arc::make_mut(&mut shop.alerts).clear();
    assert!(alert(&shop, 0).is_none());
}

#[test]
fn tracking_says_which_part_of_the_period_is_over() {
    let mut shop = shop(Shape::Usual);
    let told = |shop: &Appraisal, locale| {
        body_of(shop, ReportKind::Tracking, About::Team(&shop.teams[0]), locale).expect("a report")
    };
    let body = told(&shop, Locale::Zh);
    // On 20 October nineteen of 31 days are over: 61.29 %.
    let so_far = &body["so_far"];
    assert_eq!((&so_far["passed"], &so_far["left"], &so_far["share"]), (&19.into(), &12.into(), &"61%".into()));
    assert_eq!((&so_far["day"], &so_far["over"]), (&"2026年10月19日".into(), &false.into()));
    let page = drawn(ReportKind::Tracking, &body);
    for part in ["本期31天，已过19天", "均为临时", "交评分表", "每周一", "与每人面谈一次"] {
        assert!(page.contains(part), "`{part}` is not on {page}");
    }
    assert!(brief(ReportKind::Tracking, &body, None, Locale::Zh)["note"].is_string());
    shop.as_of = shop.period.end;
    let body = told(&shop, Locale::En);
    assert_eq!((&body["so_far"]["share"], &body["so_far"]["over"]), (&"100%".into(), &true.into()));
    assert!(brief(ReportKind::Tracking, &body, None, Locale::En)["note"].is_null());
    assert!(!drawn(ReportKind::Tracking, &body).contains("provisional,"));
}

#[test]
fn tracking_tells_of_each_agent_what_they_reached_before() {
    let shop = shop(Shape::Usual);
    let body = body_of(&shop, ReportKind::Tracking, About::Team(&shop.teams[0]), Locale::Zh).expect("a report");
    assert_eq!(body["periods"].as_array().map(Vec::len), Some(5));
    for row in body["ranking"].as_array().expect("rows") {
        let card = shop.cards.iter().find(|card| row["id"] == card.agent.id.as_str()).expect("a card");
        let history = row["history"].as_array().expect("a history");
        assert_eq!(history.len(), 5);
        for (told, point) in history.iter().zip(&card.trend) {
            assert_eq!(told.is_null(), point.total.is_none(), "{told}");
            assert!(told.is_null() || told["grade"] == "良好", "{told}");
        }
    }
}

#[test]
fn a_plan_is_about_what_was_lost_and_says_for_whom_it_is() {
    let shop = shop(Shape::Usual);
    for card in shop.cards.iter().filter(|card| matches!(card.standing, Standing::Scored { .. })) {
        let body = body_of(&shop, ReportKind::ImprovementPlan, About::Agent(card), Locale::Zh).expect("a plan");
        let losses = body["losses"].as_array().expect("lines");
        let lost = |row: &Value| Exact::parse(row["lost"].as_str().expect("a number")).expect("a number");
        assert!(losses.len() <= 4 && losses.windows(2).all(|pair| lost(&pair[0]) >= lost(&pair[1])), "{losses:?}");
        for row in losses {
            let line = card.lines.iter().find(|line| row["id"] == line.id.as_str()).expect("a line");
            assert_eq!(line.kind, LineKind::Weighted);
            let contribution = line.contribution.clone().expect("a contribution");
            assert_eq!(lost(row), (line.effective_weight.clone() - contribution).rounded(1), "{}", line.id);
        }
        assert_eq!(body["for_agent"], is_for_agent(&shop, &card.agent.id));
        assert_eq!(body["follow_up"]["day"], "2026年11月30日");
        let page = drawn(ReportKind::ImprovementPlan, &body);
        for part in ["目标", "能力", "认知", "支持", "复查"] {
            assert!(page.contains(part), "`{part}` is not on {page}");
        }
        let said = if is_for_agent(&shop, &card.agent.id) { "只给本人与主管" } else { "只给主管" };
        assert!(page.contains(said), "{page}");
    }
}

#[test]
fn nobody_gets_a_plan_without_a_duty() {
    let mut shop = shop(Shape::Usual);
    Arc::make_mut(&mut shop.duties).retain(|duty| duty.kind != "improvement-plan");
    let card = &shop.cards[0];
    assert!(body_of(&shop, ReportKind::ImprovementPlan, About::Agent(card), Locale::Zh).is_none());
}

#[test]
fn a_duty_without_a_condition_asks_for_a_plan_of_whoever_lost_points() {
    let mut shop = shop(Shape::Usual);
    Arc::make_mut(&mut shop.duties).retain(|duty| duty.kind != "improvement-plan");
    shop.asked.push(DutyAsked {
        id: "improve".to_owned(),
        kind: "improvement-plan".to_owned(),
        to: vec!["agent".to_owned()],
        due: None,
        text: Bilingual::new("针对问题及时改进", "improve on what was found"),
    });
    let plans: Vec<Value> = shop
        .cards
        .iter()
        .filter_map(|card| body_of(&shop, ReportKind::ImprovementPlan, About::Agent(card), Locale::Zh))
        .collect();
    assert!(!plans.is_empty());
    for plan in &plans {
        assert_eq!(plan["because"][0]["text"], "针对问题及时改进");
        assert_eq!(plan["for_agent"], true);
        assert!(plan["losses"].as_array().is_some_and(|losses| !losses.is_empty()));
    }
    shop.cards.iter_mut().for_each(|card| card.lines.clear());
    let nothing = body_of(&shop, ReportKind::ImprovementPlan, About::Agent(&shop.cards[0]), Locale::Zh);
    assert!(nothing.is_none(), "nothing was lost, nothing is asked");
}
