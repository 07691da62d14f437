//! A number means what the scheme says: bands on their edges, references, ranks, grades, missing data.

use scorepost::exact::Exact;
use scorepost::scheme::{Scheme, Scored};
use scorepost::score::appraisal::{Standing, Status};

use crate::facts::{Desk, by_agent, exact, scheme, shipped, standing};

/// The points of one indicator of a scheme for a value.
fn points(scheme: &Scheme, indicator: &str, value: &str) -> Exact {
    let indicator = scheme.indicators.iter().find(|one| one.id == indicator).expect("an indicator");
    let Scored::Curve(curve) = &indicator.scored else { panic!("not scored by bands") };
    curve.fire(&exact(value)).expect("known edges").points.known().expect("known points").clone()
}

#[test]
fn paid_amount_bands_of_s03_hold_on_their_edges() {
    let scheme = shipped("presale-weighted.toml");
    let oracle = [
        ("100%", 100),
        ("99.99%", 98),
        ("98%", 98),
        ("97.99%", 96),
        ("90%", 90),
        ("66%", 66),
        ("65.99%", 64),
        ("50%", 50),
        ("49.99%", 0),
        ("130%", 100),
        ("0", 0),
    ];
    for (value, expected) in oracle {
        assert_eq!(points(&scheme, "paid-amount", value), Exact::whole(expected), "{value}");
    }
}

#[test]
fn conversion_bands_of_s03_hold_on_their_edges() {
    let scheme = shipped("presale-weighted.toml");
    for (value, expected) in
        [("64%", 100), ("63.99%", 98), ("63%", 98), ("60%", 92), ("59.5%", 90), ("39%", 50), ("38.99%", 0)]
    {
        assert_eq!(points(&scheme, "conversion", value), Exact::whole(expected), "{value}");
    }
}

#[test]
fn the_filled_bands_of_s03_are_marked_as_assumed() {
    let scheme = shipped("presale-weighted.toml");
    let assumed: Vec<&str> = scheme.assumptions().into_iter().map(|(id, ..)| id).collect();
    for filled in ["paid-amount", "conversion", "response-time", "order-value", "reply-rate"] {
        assert!(assumed.contains(&filled), "{filled}");
    }
    // The penalty of a quarrel is lost: it is needed only where one was recorded.
    assert!(scheme.indicators.iter().filter(|one| one.id != "additions").all(|one| one.unset().is_empty()));
    assert_eq!(points(&scheme, "response-time", "15"), exact("100"));
    assert_eq!(points(&scheme, "response-time", "22"), exact("80"));
    assert_eq!(points(&scheme, "order-value", "0.9"), exact("90"));
}

#[test]
fn a_desk_is_scored_against_the_sums_of_its_team() {
    // Team: 300 calls on 4 agent-days = 75 a day; 33,000 s / 300 = 110 s.
    let desk = Desk::default()
        .calls("ADA", 4, 90, 10, 100)
        .calls("ADA", 5, 90, 30, 100)
        .calls("BEN", 4, 60, 10, 120)
        .calls("BEN", 5, 60, 10, 130);
    let appraisal = desk.appraise(&shipped("phone-desk.toml"));
    let cards = by_agent(&appraisal);
    // ADA: 90/75 = 1.2 → 100 × 0.4; 100/110 = 0.909 → 90 × 0.3; quick 50 % → 0.
    assert_eq!(standing(cards["ADA"]), "67 2/2 不合格");
    // BEN: 60/75 = 0.8 → 60 × 0.4; 125/110 = 1.136 → 60 × 0.3; quick 100 % → 100 × 0.3.
    assert_eq!(standing(cards["BEN"]), "72 1/2 合格");
    let line = &cards["ADA"].lines[0];
    let reference = line.reference.as_ref().expect("a reference");
    assert_eq!(reference.measured.numerator, exact("300"));
    assert_eq!(reference.measured.denominator, Some(exact("4")));
    assert_eq!(line.measured.as_ref().and_then(|one| one.denominator.clone()), Some(exact("2")));
}

#[test]
fn too_few_calls_are_not_scored_but_count_for_the_team() {
    let desk = Desk::default().calls("ADA", 4, 40, 10, 100).calls("FEW", 4, 29, 10, 200).calls("JUST", 4, 30, 10, 100);
    let appraisal = desk.appraise(&shipped("phone-desk.toml"));
    let cards = by_agent(&appraisal);
    assert_eq!(standing(cards["FEW"]), "fewer than 30 handled calls, not scored this period");
    assert!(matches!(cards["JUST"].standing, Standing::Scored { of: 2, .. }));
    let reference = cards["ADA"].lines[0].reference.as_ref().expect("a reference");
    assert_eq!(reference.measured.numerator, exact("99"));
    assert_eq!(appraisal.findings.iter().filter(|one| one.code == "not-scored").count(), 1);
}

#[test]
fn everybody_tied_shares_the_first_place() {
    let desk = Desk::default().calls("A", 4, 50, 10, 100).calls("B", 4, 50, 10, 100).calls("C", 4, 50, 10, 100);
    let appraisal = desk.appraise(&shipped("phone-desk.toml"));
    assert!(appraisal.cards.iter().all(|card| matches!(card.standing, Standing::Scored { rank: 1, of: 3, .. })));
}

#[test]
fn one_agent_is_its_own_team() {
    let appraisal = Desk::default().calls("ONLY", 4, 50, 10, 100).appraise(&shipped("phone-desk.toml"));
    assert_eq!(standing(&appraisal.cards[0]), "93 1/1 优秀");
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let desk = || {
        let base = Desk::default().calls("A", 4, 50, 10, 100).calls("B", 5, 70, 25, 90).calls("A", 6, 31, 21, 80);
        base.calls("C", 6, 40, 5, 150)
    };
    let scheme = shipped("phone-desk.toml");
    assert_eq!(format!("{:?}", desk().appraise(&scheme)), format!("{:?}", desk().reversed().appraise(&scheme)));
}

const HALF_MISSING: &str = r#"
id = "half"
title = "半"
version = "1"
effective-from = 1990-01-01
cycle = "month"
[[metric]]
id = "handled"
label = "受理量"
table = "calls"
expression = "COUNT(*)"
unit = "count"
[[metric]]
id = "plan"
label = "计划"
table = "plans"
expression = "SUM(sales_target)"
unit = "yuan"
[[indicator]]
id = "handled"
metric = "handled"
weight = 60
bands = [{ at-least = 10, points = 90 }]
otherwise = 0
[[indicator]]
id = "plan"
metric = "plan"
weight = 40
missing = "MISSING"
bands = [{ at-least = 10, points = 100 }]
otherwise = 0
[rank]
within = "team"
[[grade]]
label = "有"
"#;

#[test]
fn missing_data_is_never_nought_by_accident() {
    let desk = Desk::default().calls("A", 4, 50, 10, 100);
    let total = |policy: &str| standing(&desk.appraise(&scheme(&HALF_MISSING.replace("MISSING", policy))).cards[0]);
    assert_eq!(total("renormalise"), "90 1/1 有");
    assert_eq!(total("full"), "94 1/1 有");
    assert_eq!(total("zero"), "54 1/1 有");
    assert_eq!(total("hold"), "the data of \"计划\" is not there yet");
}

#[test]
fn an_unset_value_holds_the_run_and_is_named() {
    let text = HALF_MISSING.replace("MISSING", "renormalise").replace("points = 90", "points = \"unset\"");
    let appraisal = Desk::default().calls("A", 4, 50, 10, 100).appraise(&scheme(&text));
    assert_eq!(appraisal.cards[0].lines[0].status, Status::Unset);
    assert!(matches!(appraisal.cards[0].standing, Standing::NotScored { .. }));
    let hold = appraisal.findings.iter().find(|one| one.code == "unset-value").expect("a finding");
    assert_eq!(hold.weight, scorepost::finding::Weight::Hold);
    assert!(hold.text.en.contains("handled.bands[≥ 10].points"), "{}", hold.text.en);
}

#[test]
fn a_trend_starts_at_the_first_known_period() {
    let desk = Desk::default().calls("A", 4, 50, 10, 100).past("A", "1998-10", "70").past("A", "1998-12", "80");
    let appraisal = desk.appraise(&shipped("phone-desk.toml"));
    let card = &appraisal.cards[0];
    let months: Vec<String> = card.trend.iter().map(|point| point.period.to_string()).collect();
    assert_eq!(months, ["1998-10", "1998-11", "1998-12"]);
    assert!(card.trend[1].total.is_none());
    assert!(matches!(&card.standing, Standing::Scored { previous: Some(previous), .. } if *previous == exact("80")));
}

#[test]
fn advice_names_the_nearest_better_band_in_the_metrics_own_unit() {
    let desk = Desk::default().calls("A", 4, 74, 10, 100).calls("A", 5, 26, 40, 100);
    let appraisal = desk.appraise(&shipped("phone-desk.toml"));
    let advice = &appraisal.cards[0].advice;
    let quick = advice.iter().find(|one| one.indicator == "quick-share").expect("advice");
    assert_eq!(quick.text.en, "1 more calls answered within 20 s: Answered within 20 s of 75.0%");
    assert_eq!(quick.gain, exact("3"));
}

/// What is wrong with a scheme whose metric is this expression, compared with the team or not.
fn faults(expression: &str, compared: bool) -> String {
    let text = HALF_MISSING.replace("MISSING", "renormalise").replace("COUNT(*)", expression);
    let relative = if compared { "metric = \"handled\"\nrelative-to = \"team\"" } else { "metric = \"handled\"" };
    let scheme = scheme(&text.replace("metric = \"handled\"", relative));
    scorepost::score::compile(&scheme).map_or_else(|found| found.to_string(), |_| String::new())
}

#[test]
fn what_is_compared_with_a_team_adds_up_over_its_agents() {
    let sound = [
        "COUNT(*)",
        "SUM(service_seconds)",
        "COUNT(DISTINCT date)",
        "COUNT(*) FILTER (WHERE queue_seconds <= 20) / COUNT(*)",
        "SUM(service_seconds) / COUNT(*)",
        "SUM(service_seconds) FILTER (WHERE queue_seconds <= 20) / COUNT(service_seconds)",
        "(SUM(service_seconds) + SUM(queue_seconds)) / COUNT(*)",
        "SUM(service_seconds) * 100 / COUNT(DISTINCT date)",
        "SUM(CASE WHEN queue_seconds <= 20 THEN 1 ELSE 0 END) / COUNT(*)",
    ];
    for expression in sound {
        assert_eq!(faults(expression, true), "", "{expression}");
    }
    let unsound = [
        "MAX(service_seconds)",
        "MIN(service_seconds) / COUNT(*)",
        "SUM(service_seconds) / 100",
        "SUM(service_seconds) * COUNT(*)",
    ];
    for expression in unsound {
        let found = faults(expression, true);
        assert!(found.contains("does not add up") && found.contains("SUM(x) / COUNT(x)"), "{expression}: {found}");
        assert_eq!(faults(expression, false), "", "{expression} alone");
    }
    for compared in [true, false] {
        let found = faults("AVG(service_seconds)", compared);
        assert!(found.contains("AVG") && found.contains("SUM(x) / COUNT(x)"), "{found}");
    }
}

#[test]
fn a_division_inside_a_metric_is_refused_because_it_is_not_exact() {
    for expression in [
        "1 - SUM(queue_seconds) / SUM(service_seconds)",
        "SUM(service_seconds) / COUNT(*) * 100",
        "(SUM(queue_seconds) - SUM(queue_seconds)) / COUNT(*) / 0.0 + 0",
    ] {
        for compared in [true, false] {
            let found = faults(expression, compared);
            assert!(found.contains("binary fractions") && found.contains("[[formula]]"), "{expression}: {found}");
        }
    }
}

#[test]
fn data_that_must_be_waited_for_holds_that_agents_documents() {
    let text = HALF_MISSING.replace("MISSING", "hold");
    let appraisal = Desk::default().calls("A", 4, 50, 10, 100).appraise(&scheme(&text));
    let held = appraisal.findings.iter().find(|one| one.code == "waiting-for-data").expect("a finding");
    assert_eq!((held.weight, held.subject.as_deref()), (scorepost::finding::Weight::HoldSubject, Some("A")));
    assert!(held.text.en.contains("计划") && held.text.en.contains('A'));
}

#[test]
fn an_unset_value_is_reported_where_there_is_no_data_too() {
    let desk = Desk::default().calls("A", 4, 50, 10, 100);
    let base = HALF_MISSING.replace("MISSING", "renormalise");
    for (text, named) in [
        (base.replace("points = 100", "points = \"unset\""), "plan.bands"),
        (base.replace("weight = 40", "weight = \"unset\""), "plan.weight"),
    ] {
        let appraisal = desk.appraise(&scheme(&text));
        let hold = appraisal.findings.iter().find(|one| one.code == "unset-value").expect(named);
        assert!(hold.text.en.contains(named), "{}", hold.text.en);
    }
}

#[test]
fn a_printed_value_never_reaches_a_band_that_the_exact_one_missed() {
    // 2,499 of 3,333 answered quickly is 74.977…%, which one decimal would print as 75.0%, the edge of the next band.
    let desk = Desk::default().calls("A", 4, 2499, 10, 100).calls("A", 5, 834, 40, 100);
    let appraisal = desk.appraise(&shipped("phone-desk.toml"));
    let line = appraisal.cards[0].lines.iter().find(|one| one.id == "quick-share").expect("a line");
    let value = line.measured.as_ref().and_then(|one| one.value.clone()).expect("a value");
    assert_eq!(line.unit.print(&value, line.decimals), "74.98%");
    let advice = appraisal.cards[0].advice.iter().find(|one| one.indicator == "quick-share").expect("advice");
    assert!(advice.text.en.starts_with("1 more"), "{}", advice.text.en);
}

#[test]
fn advice_to_shorten_something_is_never_to_shorten_it_by_nought() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/jobs/schemes/phone-desk.toml"))
        .expect("a scheme");
    let scheme = scheme(
        &text
            .replacen("relative-to = \"team\"\nweight = 30", "weight = 30", 1)
            .replace("at-most = 0.9,", "below = 100,")
            .replace("at-most = 1.0,", "below = 200,")
            .replace("at-most = 1.1,", "below = 300,")
            .replace("at-most = 1.25,", "below = 400,"),
    );
    let desk = Desk::default().calls("A", 4, 49, 10, 100).calls("A", 5, 1, 10, 101);
    let appraisal = desk.appraise(&scheme);
    let advice = appraisal.cards[0].advice.iter().find(|one| one.indicator == "mean-service").expect("advice");
    assert_eq!(advice.text.en, "lower Mean service time by 0.2s to 99.9s");
}

/// The total of the first card, and what the first advice about a line promises.
fn total_and_advice(text: &str, calls: usize) -> (Exact, Option<(String, Exact)>) {
    let appraisal = Desk::default().calls("A", 4, calls, 10, 100).appraise(&scheme(text));
    let card = &appraisal.cards[0];
    let Standing::Scored { total, .. } = &card.standing else { panic!("not scored") };
    (total.clone(), card.advice.first().map(|one| (one.text.en.clone(), one.gain.clone())))
}

#[test]
fn who_does_what_is_advised_gets_exactly_what_was_promised() {
    let bands = HALF_MISSING.replace("MISSING", "renormalise").replace(
        "bands = [{ at-least = 10, points = 90 }]",
        "bands = [{ above = 20, points = 100 }, { at-least = 10, points = 90 }, { at-least = 5, points = 40 }]",
    );
    let line = bands.replace(
        "bands = [{ above = 20, points = 100 }, { at-least = 10, points = 90 }, { at-least = 5, points = 40 }]\notherwise = 0",
        "linear = { from = 5, to = 25, points-from = 20, points-to = 100 }",
    );
    for (text, calls, advised, reached) in [
        (&bands, 3, "raise 受理量 by 2 to 5", 5),
        (&bands, 7, "raise 受理量 by 3 to 10", 10),
        (&bands, 12, "raise 受理量 by 9 to 21", 21),
        (&line, 9, "raise 受理量 by 16 to 25", 25),
    ] {
        let (before, advice) = total_and_advice(text, calls);
        let (said, gain) = advice.expect("advice");
        assert_eq!(said, advised);
        let (after, _) = total_and_advice(text, reached);
        assert_eq!(after - before, gain, "{said}");
    }
    assert_eq!(total_and_advice(&bands, 21).1, None, "there is nothing better than the best band");
    assert_eq!(total_and_advice(&line, 25).1, None, "nor than the end of the line");
}
