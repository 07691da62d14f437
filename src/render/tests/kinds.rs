//! Every kind of line, and what follows from lines: on the body, and on the page.

use std::sync::Arc;

use super::super::fixture::issue;
use super::*;
use crate::exact::Exact;

fn exact(value: &Value) -> Exact {
    let text = value.as_str().expect("a number").replace('−', "-").replace(',', "");
    Exact::parse(text.trim_start_matches(['+', '¥'])).expect("a number")
}

/// The texts of some fields of all rows.
fn texts(rows: &Value, fields: &[&str]) -> Vec<String> {
    let rows = rows.as_array().into_iter().flatten();
    rows.flat_map(|row| fields.iter().filter_map(|field| row[*field].as_str().map(str::to_owned))).collect()
}

/// What is drawn, without the places at which a long word may break.
fn drawn(body: &Value, shape: Shape) -> String {
    let renderer = renderer();
    let main = if body["kind"] == "card" { renderer.card } else { renderer.pack };
    let all = renderer.drawn(main, body, &issue(shape)).concat();
    all.chars().filter(|one| !one.is_whitespace() && *one != '\u{200b}').collect()
}

fn is_drawn(page: &str, texts: &[String]) {
    for text in texts {
        let text: String = text.chars().filter(|one| !one.is_whitespace()).collect();
        assert!(page.contains(&text), "`{text}` is not on the page: {page}");
    }
}

#[test]
fn headings_sum_what_stands_under_them() {
    let body = first_card(Shape::Ledger, Locale::Zh);
    let sections = body["sections"].as_array().expect("sections");
    assert_eq!(sections.len(), 3);
    let sum = |section: usize, field: &str| -> Exact {
        let rows = sections[section]["rows"].as_array().expect("rows").iter();
        rows.map(|at| exact(&body["lines"][at.as_u64().expect("a place") as usize][field])).sum()
    };
    assert_eq!(exact(&sections[0]["sum"]["text"]), sum(0, "contribution"));
    assert_eq!(sections[0]["sum"]["of"], "85");
    assert_eq!(
        (exact(&sections[1]["sum"]["text"]), sum(1, "contribution")),
        (Exact::scaled(15, 1), Exact::scaled(15, 1))
    );
    assert_eq!(sections[2]["apart"], true);
    assert_eq!(exact(&sections[2]["sum"]["text"]), sum(2, "points"));
    let total = exact(&sections[0]["sum"]["text"]) + exact(&sections[1]["sum"]["text"]);
    assert_eq!(total, exact(&body["standing"]["total"]), "what stands apart is no part of the total");
}

#[test]
fn what_a_scheme_lacks_is_not_printed() {
    let body = first_card(Shape::Ledger, Locale::Zh);
    assert_eq!((&body["scheme"]["full_marks"], &body["standing"]["grade"]), (&Value::Null, &Value::Null));
    assert_eq!((&body["lines"][2]["weight"], &body["lines"][2]["points"]), (&Value::Null, &"−2.5".into()));
    assert_eq!(body["lines"][3]["points"], "+4.0");
    let page = drawn(&body, Shape::Ledger);
    let total = body["standing"]["total"].as_str().expect("a total");
    assert!(
        page.contains(total) && !page.contains(&format!("{total}/")),
        "a total without full marks is out of nothing"
    );
    assert!(!page.contains("等级"), "no grade is spoken of");
    let body = first_card(Shape::Levels, Locale::Zh);
    assert_eq!((&body["standing"]["scored"], &body["standing"]["judged"]), (&false.into(), &true.into()));
    assert_eq!(
        (&body["sum"], &body["lines"][0]["points"], &body["lines"][0]["bar"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let page = drawn(&body, Shape::Levels);
    for absent in ["未评分", "总分怎么来", "近六期走势", "计入总分", "名次"] {
        assert!(!page.contains(absent), "`{absent}` is on a card without a total");
    }
}

#[test]
fn every_kind_of_line_is_on_the_card() {
    for locale in [Locale::Zh, Locale::En] {
        let body = first_card(Shape::Ledger, locale);
        let page = drawn(&body, Shape::Ledger);
        is_drawn(&page, &texts(&body["sections"], &["label"]));
        is_drawn(&page, &texts(&body["lines"], &["label", "about", "points", "contribution", "value"]));
        is_drawn(&page, &texts(&body["lines"][1]["weeks"], &["value", "points", "rule"]));
        is_drawn(&page, &texts(&body["lines"][2]["occurrences"], &["on", "what", "points"]));
        is_drawn(&page, &texts(&body["unmet"], &["id", "text"]));
        is_drawn(&page, &texts(&body["money"]["lines"], &["label", "amount", "rule"]));
        is_drawn(&page, &texts(&body["proposals"], &["text", "amount", "evidence"]));
        is_drawn(&page, &texts(&body["duties"], &["text", "due"]));
        let body = first_card(Shape::Levels, locale);
        let levels: Vec<Value> =
            body["lines"].as_array().expect("lines").iter().map(|line| line["level"].clone()).collect();
        is_drawn(&drawn(&body, Shape::Levels), &texts(&levels.into(), &["label"]));
    }
}

#[test]
fn money_that_waits_is_no_part_of_the_sum() {
    let money = &first_card(Shape::Ledger, Locale::Zh)["money"];
    assert_eq!((&money["sum"], &money["waiting"]), (&"¥4,801.00".into(), &"−¥500.00".into()));
    let page = drawn(&first_card(Shape::Ledger, Locale::Zh), Shape::Ledger);
    assert!(page.contains("待审批") && page.contains("具名批准之前"), "{page}");
}

#[test]
fn a_pack_tells_what_a_pool_held_paid_and_kept() {
    let body = first_pack(Shape::Ledger, Locale::Zh);
    let pool = &body["groups"][0]["pools"][0];
    let parts: Exact = pool["parts"].as_array().expect("parts").iter().map(|part| exact(&part["amount"])).sum();
    assert_eq!(parts, exact(&pool["paid"]));
    assert_eq!(exact(&pool["base"]), parts + exact(&pool["left"]));
    let page = drawn(&body, Shape::Ledger);
    is_drawn(&page, &texts(&body["groups"][0]["figures"], &["label", "value"]));
    is_drawn(&page, &texts(&body["groups"][0]["pools"], &["label", "base", "paid", "left"]));
    is_drawn(&page, &texts(&body["proposals"], &["name", "text", "amount", "evidence"]));
    is_drawn(&page, &texts(&body["marks"], &["label"]));
    assert!(!page.contains("等级"), "no column for grades that do not exist");
}

#[test]
fn groups_of_others_are_not_on_a_pack() {
    let mut appraisal = appraisal(Shape::Ledger);
    Arc::make_mut(&mut appraisal.groups)[0].members = vec!["B2001".to_owned()];
    let body = pack_body(&appraisal, &appraisal.teams[0], &Everybody::of(&appraisal), &house(), Locale::Zh);
    assert_eq!(body["groups"], Value::Array(Vec::new()));
}

#[test]
fn levels_stand_in_the_rows_of_a_pack() {
    let body = first_pack(Shape::Levels, Locale::En);
    assert_eq!(
        (body["ranking"].as_array().map(Vec::len), body["unscored"].as_array().map(Vec::len)),
        (Some(0), Some(0))
    );
    assert_eq!(body["judged"].as_array().map(Vec::len), Some(3));
    let page = drawn(&body, Shape::Levels);
    is_drawn(&page, &texts(&body["judged"][0]["cells"], &["text"]));
}

#[test]
fn a_change_of_level_or_money_is_told() {
    let before = first_card(Shape::Ledger, Locale::Zh);
    let mut after = before.clone();
    after["money"]["lines"][0]["amount"] = "¥1,900.00".into();
    let told = changes(&before, &after);
    assert_eq!((told[0].what.zh.as_str(), told[0].after.as_str()), ("绩效奖金", "¥1,900.00"));
    let before = first_card(Shape::Levels, Locale::Zh);
    let mut after = before.clone();
    after["lines"][1]["level"]["label"] = "待改进".into();
    let told = changes(&before, &after);
    assert_eq!((told.len(), told[0].what.zh.as_str(), told[0].after.as_str()), (1, "付款转化率·等次", "待改进"));
}

#[test]
fn what_is_lacking_is_named() {
    let body = first_card(Shape::Missing, Locale::Zh);
    let page = drawn(&body, Shape::Missing);
    assert!(page.contains("未设定") && page.contains("good-from") && page.contains("不适用"), "{page}");
    assert_eq!(page.matches("第4周无数据").count(), 1);
}
