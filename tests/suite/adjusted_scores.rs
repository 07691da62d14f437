//! What a person sets after an appeal counts exactly so: points as they are, values and counts by the rules.

use scorepost::exact::Exact;
use scorepost::finding::Weight;
use scorepost::score::Sets;
use scorepost::score::appraisal::{Line, Status};

use crate::facts::{Desk, by_agent, exact, scheme, shipped, standing};

/// ADA: 180 calls on two days, half of them quick, 100 s each; BEN: 120 calls, all quick, 125 s each. Without a word of
/// anybody ADA has 100 × 0.4 + 90 × 0.3 + 0 × 0.3 = 67, BEN 60 × 0.4 + 60 × 0.3 + 100 × 0.3 = 72.
fn desk() -> Desk {
    let ada = Desk::default().calls("ADA", 4, 90, 10, 100).calls("ADA", 5, 90, 30, 100);
    ada.calls("BEN", 4, 60, 10, 120).calls("BEN", 5, 60, 10, 130)
}

fn line<'a>(lines: &'a [Line], id: &str) -> &'a Line {
    lines.iter().find(|line| line.id == id).expect("the line")
}

#[test]
fn points_count_as_they_were_set() {
    let appraisal = desk().adjust("ADA", "quick-share", Sets::Points, "85.5").appraise(&shipped("phone-desk.toml"));
    let cards = by_agent(&appraisal);
    // 40 + 27 + 85.5 × 0.3 = 92.65, before BEN's 72, who is second now.
    assert!(standing(cards["ADA"]).starts_with("92.65 1/2"), "{}", standing(cards["ADA"]));
    assert!(standing(cards["BEN"]).starts_with("72 2/2"), "{}", standing(cards["BEN"]));
    let set = line(&cards["ADA"].lines, "quick-share");
    assert_eq!((set.contribution.clone(), set.status), (Some(exact("25.65")), Status::Final));
    assert_eq!(set.measured.as_ref().and_then(|one| one.value.clone()), Some(exact("50%")), "what was found stands");
    assert_eq!(set.rule.en, "set after an appeal (lead, 1999-02-03; 0 by the rules)");
    assert_eq!(set.adjusted.as_ref().map(|one| one.by.as_str()), Some("lead"));
    assert!(cards["ADA"].advice.iter().all(|one| one.indicator != "quick-share"), "no rule raises what a person set");
    assert!(line(&cards["BEN"].lines, "quick-share").adjusted.is_none());
}

#[test]
fn a_count_that_was_set_is_judged_by_the_rules() {
    let appraisal = desk().adjust("ADA", "quick-share", Sets::Numerator, "144").appraise(&shipped("phone-desk.toml"));
    let cards = by_agent(&appraisal);
    let set = line(&cards["ADA"].lines, "quick-share");
    let measured = set.measured.as_ref().expect("a value");
    assert_eq!((&measured.numerator, &measured.denominator), (&exact("144"), &Some(exact("180"))));
    // 144 / 180 = 80 %, which the best band takes: 40 + 27 + 100 × 0.3.
    assert_eq!((measured.value.clone(), set.points.clone()), (Some(exact("80%")), Some(exact("100"))));
    assert!(standing(cards["ADA"]).starts_with("97 1/2"), "{}", standing(cards["ADA"]));
    assert!(set.rule.en.ends_with("; value set after an appeal (lead, 1999-02-03)"), "{}", set.rule.en);
}

#[test]
fn a_value_that_was_set_is_judged_beside_the_reference() {
    let appraisal = desk().adjust("BEN", "per-day", Sets::Value, "75").appraise(&shipped("phone-desk.toml"));
    let cards = by_agent(&appraisal);
    let set = line(&cards["BEN"].lines, "per-day");
    // The team's 75 a day are as they were: 75 / 75 = 1 → 90 × 0.4 + 18 + 30.
    let relation = set.reference.as_ref().and_then(|one| one.relation.clone());
    assert_eq!((relation, set.points.clone()), (Some(Exact::whole(1)), Some(exact("90"))));
    assert!(standing(cards["BEN"]).starts_with("84 1/2"), "{}", standing(cards["BEN"]));
    assert!(standing(cards["ADA"]).starts_with("67 2/2"), "{}", standing(cards["ADA"]));
}

#[test]
fn the_last_word_on_a_line_counts() {
    let twice =
        desk().adjust("ADA", "quick-share", Sets::Points, "10").adjust("ADA", "quick-share", Sets::Points, "20");
    let appraisal = twice.appraise(&shipped("phone-desk.toml"));
    assert!(standing(by_agent(&appraisal)["ADA"]).starts_with("73 "), "40 + 27 + 20 × 0.3");
}

#[test]
fn what_fits_no_line_holds_the_card() {
    let odd = desk().adjust("ADA", "gone", Sets::Points, "10").adjust("NOBODY", "per-day", Sets::Points, "1");
    let appraisal = odd.appraise(&shipped("phone-desk.toml"));
    let held: Vec<(Option<&str>, Weight)> = appraisal
        .findings
        .iter()
        .filter(|one| one.code == "adjustment-unfit")
        .map(|one| (one.subject.as_deref(), one.weight))
        .collect();
    assert_eq!(held, [(Some("ADA"), Weight::HoldSubject), (Some("NOBODY"), Weight::HoldSubject)]);
    assert!(standing(by_agent(&appraisal)["ADA"]).starts_with("67 "));
}

#[test]
fn places_are_taken_with_what_was_set() {
    let ranked = scheme(RANKED);
    let before = desk().appraise(&ranked);
    let points = |card: &scorepost::score::appraisal::Card| card.lines[0].points.clone();
    assert_eq!(
        by_agent(&before).values().map(|card| points(card)).collect::<Vec<_>>(),
        [Some(exact("3")), Some(exact("2"))]
    );
    let after = desk().adjust("BEN", "handled", Sets::Value, "200").appraise(&ranked);
    assert_eq!(
        by_agent(&after).values().map(|card| points(card)).collect::<Vec<_>>(),
        [Some(exact("2")), Some(exact("3"))]
    );
}

const RANKED: &str = r#"
id = "ranked"
title = "名次"
version = "1"
effective-from = 1990-01-01
cycle = "month"
[[metric]]
id = "handled"
label = "受理量"
table = "calls"
expression = "COUNT(*)"
unit = "count"
[[indicator]]
id = "handled"
metric = "handled"
weight = 100
full-points = 3
rank-points = { points = [3, 2, 1], within = "team", ties = "share" }
"#;
