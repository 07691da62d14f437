//! Movers, marked ends of columns and charts for information: what they say is what the data says.

use super::*;
use crate::exact::Exact;
use crate::score::appraisal::{Appraisal, Course, Picture, Span, Spread, Standing};

fn pack_of(appraisal: &Appraisal, locale: Locale) -> Value {
    pack_body(appraisal, &appraisal.teams[0], &Everybody::of(appraisal), &house(), locale)
}

fn texts<'v>(rows: &'v Value, key: &str) -> Vec<&'v str> {
    rows.as_array().expect("rows").iter().map(|row| row[key].as_str().unwrap_or("—")).collect()
}

/// Gives every scored agent this total before, in the order of the cards.
fn before(appraisal: &mut Appraisal, totals: &[Option<&str>]) {
    for (card, before) in appraisal.cards.iter_mut().zip(totals) {
        if let Standing::Scored { previous, .. } = &mut card.standing {
            *previous = before.map(|before| Exact::parse(before).expect("a number"));
        }
    }
}

#[test]
fn the_greatest_movers_stand_first_and_who_cannot_be_compared_stands_nowhere() {
    let mut appraisal = appraisal(Shape::Usual);
    let now: Vec<String> =
        texts(&pack_of(&appraisal, Locale::Zh)["ranking"], "total").into_iter().map(str::to_owned).collect();
    assert_eq!(now.len(), 6);
    before(&mut appraisal, &[Some("50"), Some(&now[1]), None, Some("99"), Some("80"), Some("100")]);
    let movers = &pack_of(&appraisal, Locale::Zh)["movers"];
    assert_eq!(movers["compared"], 5);
    let names: Vec<&str> = appraisal.cards.iter().map(|card| card.agent.name.as_str()).collect();
    assert_eq!(texts(&movers["rose"], "name")[0], names[0]);
    assert_eq!(texts(&movers["fell"], "name")[0], names[5]);
    assert_eq!(movers["rose"][0]["before"], "50.0");
    assert_eq!(movers["rose"][0]["total"], now[0].as_str());
    let all = [texts(&movers["rose"], "name"), texts(&movers["fell"], "name")].concat();
    assert!(!all.contains(&names[1]), "who stayed where they were did not move");
    assert!(!all.contains(&names[2]), "who has no total before cannot be compared");
}

#[test]
fn without_an_earlier_period_there_are_no_movers() {
    assert_eq!(first_pack(Shape::Minimal, Locale::Zh)["movers"], Value::Null);
}

#[test]
fn places_are_compared_with_those_of_the_period_before() {
    let mut appraisal = appraisal(Shape::Usual);
    let last = appraisal.period.previous();
    for (card, place) in appraisal.cards.iter_mut().zip([3, 2, 1]) {
        card.trend.iter_mut().filter(|point| point.period == last).for_each(|point| point.place = Some((place, 7)));
    }
    let ranking = pack_of(&appraisal, Locale::Zh)["ranking"].clone();
    assert_eq!(ranking[0]["climbed"], serde_json::json!({ "text": "2", "way": "up" }));
    assert_eq!(ranking[1]["climbed"]["way"], "same");
    assert_eq!(ranking[2]["climbed"], serde_json::json!({ "text": "2", "way": "down" }));
}

#[test]
fn the_ends_of_a_column_are_marked_unless_many_share_them() {
    let mut appraisal = appraisal(Shape::Usual);
    for (card, points) in appraisal.cards.iter_mut().zip([90, 90, 90, 70, 60, 50, 10]) {
        card.lines[0].points = Some(Exact::whole(points));
    }
    let ranking = pack_of(&appraisal, Locale::Zh)["ranking"].clone();
    let ends: Vec<&str> =
        ranking.as_array().expect("rows").iter().map(|row| row["cells"][0]["end"].as_str().unwrap_or("")).collect();
    assert_eq!(ends, ["", "", "", "", "", "worst"], "half of them share the best; the seventh is not ranked");
    let means = pack_of(&appraisal, Locale::Zh)["means"].clone();
    assert_eq!(means[0]["text"], "75.0", "(90 × 3 + 70 + 60 + 50) / 6");
}

#[test]
fn a_day_without_data_is_a_gap_and_weekends_are_known() {
    let body = first_pack(Shape::Usual, Locale::Zh);
    let course = &body["insights"][0]["picture"];
    let points = course["points"].as_array().expect("points");
    assert_eq!(points.len(), 31);
    assert_eq!(
        (&points[4]["value"], &points[4]["at"], &points[4]["numerator"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(
        (&points[0]["value"], &points[0]["numerator"], &points[0]["denominator"]),
        (&"48.8".into(), &"20".into(), &"41".into())
    );
    // The 3rd of October 2026 is a Saturday.
    assert_eq!((&points[2]["weekday"], &points[2]["weekend"]), (&"六".into(), &true.into()));
    assert_eq!(points[5]["weekend"], false);
    assert_eq!(texts(&course["points"], "end").iter().filter(|end| **end == "high").count(), 1);
    assert_eq!(course["whole"], "61.30%");
}

#[test]
fn a_period_across_months_names_them() {
    let mut appraisal = appraisal(Shape::Usual);
    let Picture::Course(Course { points, .. }) = &mut appraisal.insights[0].picture else { panic!("a course") };
    let first = appraisal.period.start - chrono::Days::new(2);
    for ((span, _), day) in points.iter_mut().zip(first.iter_days()) {
        *span = Span { first: day, last: day };
    }
    let labels = |locale| {
        let body = pack_of(&appraisal, locale);
        texts(&body["insights"][0]["picture"]["points"], "label")[..4].join(" ")
    };
    assert_eq!(labels(Locale::Zh), "9/29 30 1 2");
    assert_eq!(labels(Locale::En), "29 Sep 30 1 2");
}

#[test]
fn a_distribution_says_how_many_lie_in_each_range_and_within_full_marks() {
    let mut appraisal = appraisal(Shape::Usual);
    let Picture::Spread(Spread { team, shop, .. }) = &mut appraisal.insights[1].picture else { panic!("a spread") };
    *team = vec![1, 2, 0, 1, 0, 0];
    *shop = Some(vec![1, 2, 3, 2, 0, 0]);
    let spread = pack_of(&appraisal, Locale::Zh)["insights"][1]["picture"].clone();
    assert_eq!(texts(&spread["bars"], "range"), ["≤15", "15–22", "22–30", "30–60", "60–120", ">120"]);
    assert_eq!(texts(&spread["bars"], "share"), ["25.0%", "50.0%", "0.0%", "25.0%", "0.0%", "0.0%"]);
    assert_eq!(texts(&spread["bars"], "shop_share")[2], "37.5%");
    assert_eq!(spread["total"], "4");
    assert_eq!((&spread["target"]["text"], &spread["target"]["share"]), (&"15 秒".into(), &"25.0%".into()));
    assert_eq!(spread["target"]["shop_share"], "12.5%");
}

#[test]
fn charts_of_other_teams_are_not_in_a_pack() {
    let mut appraisal = appraisal(Shape::Overflowing);
    appraisal.insights.iter_mut().for_each(|insight| insight.team_id = "presale-2".to_owned());
    assert_eq!(pack_of(&appraisal, Locale::Zh)["insights"], Value::Array(Vec::new()));
}

#[test]
fn what_the_charts_say_is_drawn() {
    let renderer = renderer();
    let body = first_pack(Shape::Usual, Locale::En);
    let drawn = renderer.drawn(renderer.pack, &body, &super::super::fixture::issue(Shape::Usual));
    let mut expected = texts(&body["insights"][0]["picture"]["points"], "value");
    expected.extend(texts(&body["insights"][1]["picture"]["bars"], "share"));
    expected.extend(texts(&body["insights"][1]["picture"]["bars"], "range"));
    expected.extend(texts(&body["movers"]["rose"], "total"));
    assert!(expected.len() > 40, "{expected:?}");
    for text in expected.into_iter().filter(|text| *text != "—") {
        assert!(drawn.iter().any(|one| one.contains(text)), "`{text}` is not on the page");
    }
}

#[test]
fn cards_follow_a_pack_page_for_page_and_alike_every_time() {
    let renderer = renderer();
    let (pack, card) = (first_pack(Shape::Minimal, Locale::Zh), first_card(Shape::Usual, Locale::Zh));
    let issue = super::super::fixture::issue;
    let cards =
        vec![(card.clone(), issue(Shape::Usual)), (first_card(Shape::Overflowing, Locale::Zh), issue(Shape::Usual))];
    let book = renderer.book(&pack, &issue(Shape::Minimal), &cards).expect("a book");
    assert_eq!(book.pages, 1 + 1 + 2);
    assert_eq!(renderer.book(&pack, &issue(Shape::Minimal), &cards).expect("a book").sha256, book.sha256);
    assert_ne!(renderer.book(&pack, &issue(Shape::Minimal), &cards[..1]).expect("a book").sha256, book.sha256);
    assert_eq!(subject_of(&book.bytes).as_deref(), Some("presale-1"));
    let mut broken = card;
    broken["agent"]["name"] = "张𪚥".into();
    let fault = renderer.book(&pack, &issue(Shape::Minimal), &[(broken, issue(Shape::Usual))]);
    assert!(matches!(fault, Err(RenderFault::MissingGlyph { .. })), "{fault:?}");
}

#[test]
fn a_team_stands_beside_everybody_only_where_that_tells_nobodys_own_points() {
    let appraisal = appraisal(Shape::Usual);
    assert_eq!(pack_of(&appraisal, Locale::Zh)["comparison"], Value::Null, "there is only this team");
    let pack = first_pack(Shape::Usual, Locale::Zh);
    let comparison = &pack["comparison"];
    assert_eq!((&comparison["agents"], &comparison["all"], &comparison["teams"]), (&6.into(), &14.into(), &2.into()));
    let total = &comparison["rows"][0];
    assert_eq!(total["label"], Value::Null);
    let number = |key: &str| Exact::parse(total[key].as_str().expect("a mean")).expect("a number");
    let change = total["change"]["text"].as_str().expect("a difference").replace('−', "-");
    assert_eq!(Exact::parse(&change).expect("a number"), number("own") - number("all"));
    assert_eq!(texts(&comparison["rows"], "own")[1..], texts(&pack["means"], "text"), "as under the ranking");
}

#[test]
fn a_line_in_which_hardly_any_others_have_points_is_not_compared() {
    let own = appraisal(Shape::Usual);
    let mut all = own.clone();
    let line = own.cards[0].lines[0].id.clone();
    for place in 0..8 {
        let mut other = own.cards[0].clone();
        other.team_id = "presale-2".to_owned();
        // Of eight others four have points in the first line, and all in the second.
        other.lines.iter_mut().filter(|one| one.id == line && place >= 4).for_each(|one| one.points = None);
        all.cards.push(other);
    }
    let rows = |everybody: &Everybody| {
        pack_body(&own, &own.teams[0], everybody, &house(), Locale::Zh)["comparison"]["rows"].clone()
    };
    let body = pack_of(&own, Locale::Zh);
    let labels = texts(&body["indicators"], "label");
    let told = rows(&Everybody::of(&all));
    assert_eq!(texts(&told, "label")[1..], labels[1..], "nobody can work out the points of four");
    let mut fifth = all.cards[own.cards.len()].clone();
    fifth.agent.id = "fifth".to_owned();
    all.cards.push(fifth);
    assert_eq!(texts(&rows(&Everybody::of(&all)), "label")[1..], labels);
}

#[test]
fn lines_that_go_together_are_told_of_enough_agents_only() {
    assert_eq!(first_pack(Shape::Usual, Locale::Zh)["correlation"], Value::Null, "six agents");
    let mut appraisal = appraisal(Shape::Overflowing);
    for (place, card) in (1_i64..).zip(&mut appraisal.cards) {
        for (line, points) in card.lines.iter_mut().zip([place, place * place, 7, 50 - place]) {
            (line.points, line.level) = (Some(Exact::whole(points)), None);
        }
        card.lines.truncate(4);
    }
    let correlation = &pack_of(&appraisal, Locale::Zh)["correlation"];
    let agents = correlation["pairs"][0]["agents"].as_u64().expect("agents");
    assert!(
        agents >= 10 && texts(&correlation["pairs"], "coefficient") == ["+1.00", "−1.00", "−1.00"],
        "{correlation}"
    );
    assert_eq!(correlation["compared"], 3, "a line in which all have the same goes with none");
    for card in appraisal.cards.iter_mut().skip(9) {
        card.lines.iter_mut().for_each(|line| line.points = None);
    }
    assert_eq!(pack_of(&appraisal, Locale::Zh)["correlation"], Value::Null);
}
