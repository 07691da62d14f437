//! What bodies say: exact sums, honest rounding, clean texts, differences in words.

use std::sync::Arc;

use super::super::clean::clean;
use super::super::figures::{apart_from, percent_down, signed, truthful_places, with_unit};
use super::*;
use crate::exact::Exact;
use crate::finding::Finding;
use crate::score::appraisal::{Direction, Standing, Team, Unit};
use crate::words::Bilingual;

fn exact(text: &str) -> Exact {
    Exact::parse(text).expect("a number")
}

#[test]
fn the_sum_adds_up_on_paper() {
    let body = first_card(Shape::Usual, Locale::Zh);
    let terms = body["sum"]["terms"].as_array().expect("terms");
    let sum: Exact = terms.iter().map(|term| exact(term["text"].as_str().expect("a text"))).sum();
    assert_eq!(sum, exact(body["standing"]["total"].as_str().expect("a total")));
    assert_eq!(body["sum"]["exact"], true);
    assert_eq!(body["sum"]["rest"], Value::Null);
}

#[test]
fn a_sum_that_rounding_spoils_is_said_to_be_rounded() {
    let mut appraisal = appraisal(Shape::Usual);
    let card = &mut appraisal.cards[0];
    let third = Exact::whole(100).checked_div(&Exact::whole(3)).expect("a third");
    card.lines.truncate(3);
    card.lines.iter_mut().for_each(|line| line.contribution = Some(third.clone()));
    if let Standing::Scored { total, .. } = &mut card.standing {
        *total = Exact::whole(100);
    }
    let body = card_body(&appraisal, &appraisal.cards[0], &house(), Locale::Zh);
    assert_eq!(body["sum"]["terms"][0]["text"], "33.33");
    assert_eq!(body["sum"]["exact"], false, "33.33 × 3 is not 100.00");
}

#[test]
fn what_the_lines_do_not_explain_is_a_term_of_its_own() {
    let mut appraisal = appraisal(Shape::Usual);
    if let Standing::Scored { total, .. } = &mut appraisal.cards[0].standing {
        *total = total.clone() - exact("1.5");
    }
    let body = card_body(&appraisal, &appraisal.cards[0], &house(), Locale::Zh);
    assert_eq!(body["sum"]["rest"], "−1.5");
    assert_eq!(body["sum"]["exact"], true);
}

#[test]
fn no_rounding_crosses_a_limit() {
    let limits = [exact("90"), exact("80")];
    assert_eq!(truthful_places(&exact("89.96"), limits.iter(), 1), 2);
    assert_eq!(truthful_places(&exact("89.9996"), limits.iter(), 1), 4);
    assert_eq!(truthful_places(&exact("90"), limits.iter(), 1), 1);
    let shown = apart_from(&exact("0.63996"), Some(&exact("0.64")), Unit::Percent, 1, Locale::Zh);
    assert_eq!(shown, "63.996%");
    assert_eq!(percent_down(&exact("0.9999")), "99%");
}

#[test]
fn numbers_carry_their_units() {
    assert_eq!(with_unit(&exact("-1234567.891"), Unit::Yuan, 2, Locale::Zh), "−¥1,234,567.89");
    assert_eq!(with_unit(&exact("0.613"), Unit::Percent, 1, Locale::En), "61.3%");
    assert_eq!(with_unit(&exact("186.3079"), Unit::Seconds, 1, Locale::Zh), "186.3 秒");
    assert_eq!(signed(&exact("2.44"), 1), "+2.4");
    assert_eq!(signed(&exact("-0.04"), 1), "0.0");
}

#[test]
fn equal_looking_totals_of_a_pack_are_told_apart() {
    let mut appraisal = appraisal(Shape::Usual);
    for (card, text) in appraisal.cards.iter_mut().zip(["90.04", "90.01"]) {
        if let Standing::Scored { total, .. } = &mut card.standing {
            *total = exact(text);
        }
    }
    let body = pack_body(&appraisal, &appraisal.teams[0], &Everybody::of(&appraisal), &house(), Locale::Zh);
    assert_eq!(body["ranking"][0]["total"], "90.04");
    assert_eq!(body["ranking"][1]["total"], "90.01");
    assert_eq!(body["ranking"][2]["total"], "87.10");
}

#[test]
fn less_is_better_turns_the_bar() {
    let body = first_card(Shape::Usual, Locale::Zh);
    let line = &body["lines"][2];
    let reached = line["bar"]["reached"].as_f64().expect("a bar");
    let value = line["value"].as_str().expect("a value");
    let seconds: f64 = value.trim_end_matches(" 秒").parse().expect("seconds");
    assert!((reached - 20.0 / seconds).abs() < 0.01, "{reached} at {value}");
}

#[test]
fn a_line_without_target_is_measured_by_its_points() {
    let mut appraisal = appraisal(Shape::Usual);
    let line = &mut appraisal.cards[0].lines[1];
    line.target = None;
    Arc::make_mut(&mut line.asked).direction = Direction::Higher;
    line.points = Some(exact("62.5"));
    let body = card_body(&appraisal, &appraisal.cards[0], &house(), Locale::Zh);
    assert_eq!(body["lines"][1]["bar"]["text"], "62%");
    assert_eq!(body["lines"][1]["bar"]["reference"], Value::Null);
}

#[test]
fn missing_is_not_nought() {
    let body = first_card(Shape::Missing, Locale::Zh);
    let line = &body["lines"][0];
    for field in ["value", "points", "contribution", "bar"] {
        assert_eq!(line[field], Value::Null, "{field}");
    }
    assert_eq!(body["standing"]["scored"], false);
    assert_eq!(body["sum"], Value::Null);
}

#[test]
fn without_a_total_nothing_is_said_to_add_to_it() {
    let appraisal = appraisal(Shape::Usual);
    let last = appraisal.cards.last().expect("a card that was not scored");
    assert!(last.lines[0].contribution.is_some());
    let body = card_body(&appraisal, last, &house(), Locale::Zh);
    assert_eq!(body["lines"][0]["contribution"], Value::Null);
    assert!(body["lines"][0]["value"].is_string(), "the value is still shown");
}

#[test]
fn controls_and_turned_text_never_reach_a_body() {
    assert_eq!(clean("\u{202e}ab\u{2066}c\u{0007}\n d\u{0000}\u{200f}"), "abc  d");
    let body = first_card(Shape::Hostile, Locale::Zh).to_string();
    assert!(!body.chars().any(|one| one.is_control() || matches!(one, '\u{202a}'..='\u{202e}')));
    assert!(!body.contains("\\u0007"), "no escaped control either");
}

#[test]
fn a_bad_colour_falls_back() {
    let appraisal = appraisal(Shape::Minimal);
    let mut house = house();
    house.colour = "red\"); #panic(\"".to_owned();
    let body = card_body(&appraisal, &appraisal.cards[0], &house, Locale::Zh);
    assert_eq!(body["house"]["colour"], "#1f4e79");
}

#[test]
fn gaps_of_the_trend_stay_gaps() {
    let body = first_card(Shape::Usual, Locale::Zh);
    let points = body["trend"]["points"].as_array().expect("points");
    assert_eq!(points.len(), 6);
    assert_eq!(points[1]["label"], "6月");
    assert_eq!(points[1]["total"], Value::Null);
    assert!(points.iter().all(|point| point["total_at"].as_f64().is_none_or(|at| (0.0..=1.0).contains(&at))));
    assert_eq!(first_card(Shape::Minimal, Locale::Zh)["trend"], Value::Null);
}

#[test]
fn equal_appraisals_have_equal_digests() {
    let body = first_card(Shape::Usual, Locale::Zh);
    assert_eq!(digest(&body), digest(&first_card(Shape::Usual, Locale::Zh)));
    assert_ne!(digest(&body), digest(&first_card(Shape::Usual, Locale::En)));
    assert!(changes(&body, &body).is_empty());
}

#[test]
fn changes_are_told_in_words() {
    let before = first_card(Shape::Usual, Locale::Zh);
    let mut after = before.clone();
    after["standing"]["total"] = "95.3".into();
    after["standing"]["rank"] = 2.into();
    after["lines"][1]["value"] = "59.5%".into();
    let told: Vec<(String, String, String)> =
        changes(&before, &after).into_iter().map(|change| (change.what.zh, change.before, change.after)).collect();
    let expected = [
        ("原因：数据有更正（付款转化率）", "", ""),
        ("总分", "94.9", "95.3"),
        ("名次", "1 / 6", "2 / 6"),
        ("付款转化率·本期值", "59.1%", "59.5%"),
    ];
    assert_eq!(told, expected.map(|(what, old, new)| (what.to_owned(), old.to_owned(), new.to_owned())));
}

#[test]
fn a_line_that_came_or_went_and_other_content_are_changes() {
    let before = first_card(Shape::Usual, Locale::Zh);
    let mut after = before.clone();
    let gone = after["lines"].as_array_mut().expect("lines").remove(4);
    let told = changes(&before, &after);
    assert_eq!(told.iter().map(|change| change.after.as_str()).collect::<Vec<_>>(), ["—", "—"]);
    assert!(told[0].what.zh.starts_with(gone["label"].as_str().expect("a label")));
    let mut other = before.clone();
    other["remarks"] = Value::Array(Vec::new());
    assert_eq!(changes(&before, &other).len(), 1);
}

#[test]
fn a_manager_reads_nothing_of_another_team() {
    let mut appraisal = appraisal(Shape::Usual);
    let mut other = appraisal.cards[0].clone();
    other.agent.id = "B2001".into();
    other.agent.name = "别组成员".into();
    other.team_id = "presale-2".into();
    appraisal.cards.push(other);
    appraisal.teams.push(Team { id: "presale-2".into(), name: "售前二组".into(), manager: None, mean_total: None });
    appraisal.findings.push(Finding::note("not-scored", Bilingual::same("郑一鸣未评分")).about("A1007"));
    for subject in ["B2001", "presale-2"] {
        appraisal.findings.push(Finding::note("x", Bilingual::same("别组的事")).about(subject));
    }
    let body = pack_body(&appraisal, &appraisal.teams[0], &Everybody::of(&appraisal), &house(), Locale::Zh).to_string();
    assert!(!body.contains("别组") && !body.contains("B2001") && !body.contains("售前二组"));
    assert!(body.contains("赵䶮 A1004"), "its own findings stay, with the name");
    assert!(!body.contains("郑一鸣未评分"), "who was not scored is told once, in a table");
}
