//! The promises of reports: what is public stays narrow, sums add up, places are told as they are.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::fixture::{MARKUP, issue, reports, shop};
use super::super::report::{About, ReportKind, brief, differences, report_body};
use super::*;
use crate::exact::Exact;
use crate::job::{Of, Reader, Report};
use crate::score::appraisal::{Appraisal, Standing};

/// The first report of a kind, for these readers.
fn report(kind: ReportKind, to: &[Reader]) -> Report {
    let first = reports().into_iter().find(|report| report.kind == kind).expect("a report");
    Report { to: to.to_vec(), ..first }
}

fn body_of(appraisal: &Appraisal, report: &Report, locale: Locale) -> Option<Value> {
    let about = About::all(report.of, appraisal)[0];
    report_body(appraisal, report, (about, "shop"), &house(), locale)
}

fn body(shape: Shape, kind: ReportKind, to: &[Reader]) -> Value {
    body_of(&shop(shape), &report(kind, to), Locale::Zh).expect("something to say")
}

fn rows(body: &Value) -> Vec<&Value> {
    let tables = body["tables"].as_array().into_iter().flatten();
    tables.flat_map(|table| table["rows"].as_array().into_iter().flatten()).collect()
}

fn amount(text: &Value) -> Exact {
    let plain = text.as_str().expect("an amount").replace('−', "-").replace(['¥', ','], "");
    Exact::parse(&plain).expect("a number")
}

fn drawn(kind: ReportKind, body: &Value, shape: Shape) -> String {
    let renderer = renderer();
    let all = renderer.drawn(renderer.template_of(kind), body, &issue(shape)).concat();
    all.chars().filter(|one| !one.is_whitespace() && *one != '\u{200b}').collect()
}

#[test]
fn a_public_ranking_leaves_out_who_is_held_and_why_others_have_no_place() {
    let own = body(Shape::Usual, ReportKind::Ranking, &[]);
    let public = body(Shape::Usual, ReportKind::Ranking, &[Reader::Agents]);
    let ids = |body: &Value| rows(body).iter().map(|row| row["id"].to_string()).collect::<BTreeSet<_>>();
    assert!(ids(&own).contains("\"A1004\"") && !ids(&public).contains("\"A1004\""), "A1004 is held");
    assert_eq!((&own["withheld"], &public["withheld"]), (&0.into(), &1.into()));
    assert!(own["unscored"][0]["reason"].is_string() && public["unscored"][0]["reason"].is_null());
    assert_eq!(rows(&public).len() + 1, rows(&own).len());
    assert!(!public.to_string().contains("赵䶮"), "no name of somebody who is held");
    let page = drawn(ReportKind::Ranking, &public, Shape::Usual);
    assert!(page.contains("另有1人的成绩正在核实"), "{page}");
}

#[test]
fn the_rows_of_a_ranking_are_the_results() {
    let shop = shop(Shape::Usual);
    let body = body(Shape::Usual, ReportKind::Ranking, &[]);
    let rows = rows(&body);
    let scored: Vec<_> = shop.cards.iter().filter(|card| matches!(card.standing, Standing::Scored { .. })).collect();
    assert_eq!(rows.len(), scored.len());
    for row in rows {
        let card = scored.iter().find(|card| row["id"] == card.agent.id.as_str()).expect("a card");
        let Standing::Scored { total, rank, .. } = &card.standing else { unreachable!() };
        assert_eq!((amount(&row["total"]), &row["rank"]), (total.rounded(1), &Value::from(*rank)));
        assert_eq!(row["cells"].as_array().map(Vec::len), Some(card.lines.len()));
    }
}

#[test]
fn those_who_share_a_place_are_told_so_and_movement_is_by_places() {
    let mut shop = shop(Shape::Usual);
    let period = shop.period.previous();
    for card in &mut shop.cards {
        if let Standing::Scored { rank, .. } = &mut card.standing {
            let before = *rank;
            *rank = if *rank <= 2 { 1 } else { *rank };
            let last = card.trend.last_mut().expect("a period before");
            assert_eq!(last.period, period);
            last.place = if before == 3 { Some((5, 7)) } else { (before != 4).then_some((1, 7)) };
        }
    }
    let body = body_of(&shop, &report(ReportKind::Ranking, &[]), Locale::Zh).expect("a ranking");
    let rows = rows(&body);
    let told: Vec<(u64, bool, &str, u64)> = rows
        .iter()
        .map(|row| {
            let moved = &row["moved"];
            let number = |value: &Value| value.as_u64().expect("a number");
            (number(&row["rank"]), row["tied"] == true, moved["way"].as_str().expect("a way"), number(&moved["by"]))
        })
        .collect();
    let expected = [
        (1, true, "same", 0),
        (1, true, "same", 0),
        (3, false, "up", 2),
        (4, false, "new", 0),
        (5, false, "down", 4),
        (6, false, "down", 5),
    ];
    assert_eq!(told, expected);
    let page = drawn(ReportKind::Ranking, &body, Shape::Usual);
    assert!(page.contains("并列1") && page.contains("▲2") && page.contains("▼5"), "{page}");
}

#[test]
fn teams_that_are_ranked_apart_stand_in_tables_of_their_own() {
    let mut shop = shop(Shape::Usual);
    for team in ["presale-1", "presale-2"] {
        let own = shop.cards.iter_mut().filter(|card| card.team_id == team);
        let scored: Vec<_> = own.filter(|card| matches!(card.standing, Standing::Scored { .. })).collect();
        let count = scored.len() as u32;
        for (at, card) in scored.into_iter().enumerate() {
            if let Standing::Scored { rank, of, .. } = &mut card.standing {
                (*rank, *of) = (at as u32 + 1, count);
            }
        }
    }
    let body = body_of(&shop, &report(ReportKind::Ranking, &[]), Locale::Zh).expect("a ranking");
    let heads: Vec<(&str, u64)> = body["tables"]
        .as_array()
        .expect("tables")
        .iter()
        .map(|table| (table["team"].as_str().expect("a team"), table["of"].as_u64().expect("a number")))
        .collect();
    assert_eq!(heads, [("售前一组", 3), ("售前二组", 3)]);
}

#[test]
fn a_report_of_one_team_names_nobody_of_another() {
    let shop = shop(Shape::Usual);
    for kind in ReportKind::ALL {
        let report = Report { of: Of::Team, ..report(kind, &[]) };
        for team in &shop.teams {
            let body = report_body(&shop, &report, (About::Team(team), &team.id), &house(), Locale::Zh);
            let body = body.map(|body| Value::Object(body.as_object().expect("a body").clone()));
            let Some(mut body) = body else { continue };
            // What the pipeline cuts down to the team before it asks.
            body["held"] = Value::Null;
            body["notes"] = Value::Null;
            for card in shop.cards.iter().filter(|card| card.team_id != team.id) {
                let text = body.to_string();
                assert!(!text.contains(&card.agent.name) && !text.contains(&card.agent.id), "{kind:?} of {}", team.id);
            }
        }
    }
}

#[test]
fn money_of_a_summary_adds_up_to_the_fen_in_every_direction() {
    for shape in [Shape::Ledger, Shape::Overflowing] {
        let shop = shop(shape);
        let body = body(shape, ReportKind::Summary, &[]);
        let money = &body["money"];
        let list = |value: &Value| -> Vec<Value> { value.as_array().cloned().unwrap_or_default() };
        let rows = list(&money["rows"]);
        assert_eq!(rows.len(), shop.teams.len());
        let some = |cell: &Value| if cell.is_null() { Exact::zero() } else { amount(cell) };
        let mut settled = Exact::zero();
        for (at, column) in list(&money["columns"]).iter().enumerate() {
            let sum: Exact = rows.iter().map(|row| some(&row["cells"][at])).sum();
            assert_eq!(sum, some(&money["sums"][at]), "column {at}");
            if column["waits"] == false {
                settled = settled + sum;
            }
        }
        let of_rows: Exact = rows.iter().map(|row| some(&row["sum"])).sum();
        let of_cards: Exact = shop
            .cards
            .iter()
            .flat_map(|card| &card.money)
            .filter(|line| !line.needs_approval)
            .map(|line| line.amount.clone())
            .sum();
        assert_eq!([&settled, &of_rows, &some(&money["sum"])], [&of_cards; 3]);
    }
}

#[test]
fn a_summary_counts_every_team_and_all() {
    let body = body(Shape::Usual, ReportKind::Summary, &[]);
    let number = |row: &Value, key: &str| row[key].as_u64().expect("a number");
    let teams = body["teams"].as_array().expect("teams");
    assert_eq!(teams.len(), 2);
    for key in ["of", "scored"] {
        assert_eq!(teams.iter().map(|row| number(row, key)).sum::<u64>(), number(&body["all"], key), "{key}");
    }
    assert_eq!((number(&body["all"], "of"), number(&body["all"], "scored")), (7, 6));
    assert_eq!(body["held"][0]["text"], "花名册没有邮箱地址，绩效卡不能发出");
    let page = drawn(ReportKind::Summary, &body, Shape::Usual);
    for row in rows(&body) {
        assert!(page.contains(row["total"].as_str().expect("a total")), "{row}");
    }
}

#[test]
fn a_result_sheet_says_nothing_but_name_department_place_total_and_grade() {
    let body = body(Shape::Ledger, ReportKind::ResultSheet, &[]);
    let allowed = ["rank", "tied", "id", "name", "team", "namesake", "total", "grade", "step"];
    for row in rows(&body) {
        let keys: BTreeSet<&str> = row.as_object().expect("a row").keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(allowed));
    }
    let page = drawn(ReportKind::ResultSheet, &body, Shape::Ledger);
    assert!(page.contains("5个工作日") && !page.contains('¥') && !page.contains("迟到"), "{page}");
    assert!(!page.contains("A1001"), "a staff number is nobody's business");
    let mut namesakes = shop(Shape::Usual);
    namesakes.cards[1].agent.name = namesakes.cards[0].agent.name.clone();
    let body = body_of(&namesakes, &report(ReportKind::ResultSheet, &[]), Locale::Zh).expect("a sheet");
    let page = drawn(ReportKind::ResultSheet, &body, Shape::Usual);
    assert!(page.contains(&namesakes.cards[0].agent.id) && !page.contains(&namesakes.cards[2].agent.id), "{page}");
}

#[test]
fn what_the_job_does_not_show_is_not_in_the_data() {
    let narrow = Report { shows: Vec::new(), ..report(ReportKind::Ranking, &[Reader::Agents]) };
    let body = body_of(&shop(Shape::Usual), &narrow, Locale::En).expect("a ranking");
    for row in rows(&body) {
        for key in ["total", "grade", "moved", "cells", "at"] {
            assert!(row[key].is_null(), "{key}: {row}");
        }
    }
    assert!(!drawn(ReportKind::Ranking, &body, Shape::Usual).contains("Excellent"));
}

#[test]
fn a_commendation_names_who_is_commended_with_their_best_numbers() {
    let shop = shop(Shape::Usual);
    let body = body(Shape::Usual, ReportKind::Commendation, &[]);
    let duties = shop.duties.iter().filter(|duty| duty.kind == "commendation");
    let commended: BTreeSet<&str> = duties.map(|duty| duty.about.as_str()).collect();
    let named: BTreeSet<&str> = rows(&body).iter().filter_map(|row| row["id"].as_str()).collect();
    assert_eq!(named, commended);
    let first = rows(&body)[0];
    assert_eq!(first["because"], "总分 ≥ 80（总分 = 84.1）");
    let feats = first["feats"].as_array().expect("feats");
    assert!(!feats.is_empty() && feats.len() <= 3);
    let card = shop.cards.iter().find(|card| first["id"] == card.agent.id.as_str()).expect("a card");
    let best = feats.iter().find(|feat| feat["why"] == "全店第一").expect("the best of all in something");
    let line = card.lines.iter().find(|line| best["label"] == line.label.zh.as_str()).expect("a line");
    let value = |line: &crate::score::appraisal::Line| line.measured.as_ref().and_then(|one| one.value.clone());
    let others = shop.cards.iter().flat_map(|card| &card.lines).filter(|other| other.id == line.id);
    for other in others.filter_map(&value) {
        let own = value(line).expect("a value");
        match line.direction {
            crate::score::appraisal::Direction::Higher => assert!(own >= other),
            crate::score::appraisal::Direction::Lower => assert!(own <= other),
        }
    }
    let nobody = Appraisal { duties: Arc::default(), ..shop };
    assert_eq!(body_of(&nobody, &report(ReportKind::Commendation, &[]), Locale::Zh), None);
}

#[test]
fn nothing_to_rank_is_no_ranking() {
    for shape in [Shape::Missing, Shape::Levels] {
        for kind in [ReportKind::Ranking, ReportKind::ResultSheet] {
            assert_eq!(body_of(&shop(shape), &report(kind, &[]), Locale::Zh), None, "{shape:?} {kind:?}");
        }
    }
}

#[test]
fn a_letter_tells_its_reader_where_they_stand() {
    let shop = shop(Shape::Usual);
    let body = body(Shape::Usual, ReportKind::Ranking, &[]);
    let row = rows(&body)[2];
    let said = brief(ReportKind::Ranking, &body, row["id"].as_str(), Locale::Zh);
    let own = said["own"].as_str().expect("an own line");
    assert!(own.contains("第 3 名") && own.contains(row["total"].as_str().expect("a total")), "{own}");
    assert_eq!(brief(ReportKind::Ranking, &body, None, Locale::Zh)["own"], Value::Null);
    let sheet = report(ReportKind::ResultSheet, &[]);
    let sheet = body_of(&shop, &sheet, Locale::En).expect("a sheet");
    let said = brief(ReportKind::ResultSheet, &sheet, row["id"].as_str(), Locale::En);
    assert!(said["own"].as_str().is_some_and(|own| own.starts_with("place 3")), "{said}");
    assert_eq!(said["table"], Value::Null, "the results of others stay in the sheet");
    let stars = body_of(&shop, &report(ReportKind::Commendation, &[]), Locale::Zh).expect("stars");
    let star = rows(&stars)[0]["id"].as_str();
    assert!(brief(ReportKind::Commendation, &stars, star, Locale::Zh)["own"].is_string());
    assert!(brief(ReportKind::Commendation, &stars, Some("A1007"), Locale::Zh)["own"].is_null());
}

#[test]
fn a_new_edition_names_whose_result_changed() {
    let before = body(Shape::Usual, ReportKind::Ranking, &[]);
    let mut after = before.clone();
    after["tables"][0]["rows"][1]["total"] = "70.0".into();
    let told = changes(&before, &after);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].what.zh, before["tables"][0]["rows"][1]["name"].as_str().expect("a name"));
    assert!(told[0].after.contains("70.0") && told[0].before.starts_with('2'), "{told:?}");
    let many = body(Shape::Overflowing, ReportKind::Ranking, &[]);
    let mut none = many.clone();
    none["tables"] = serde_json::json!([]);
    let told = differences(&many, &none);
    assert_eq!(told.len(), 13, "a dozen names, and how many more");
    assert!(told[12].what.en.contains("28 more"), "{:?}", told[12]);
    assert_eq!(changes(&before, &before), []);
}

#[test]
fn hostile_texts_of_reports_are_drawn_as_they_stand() {
    let letters: String = MARKUP.chars().filter(|one| !one.is_whitespace()).collect();
    for kind in ReportKind::ALL {
        let body = body(Shape::Hostile, kind, &[]);
        let page = drawn(kind, &body, Shape::Hostile);
        assert!(page.contains(&letters), "{kind:?}: {page}");
    }
}

#[test]
fn two_hundred_agents_fit_and_every_one_is_on_the_page() {
    let mut shop = shop(Shape::Overflowing);
    let first = shop.cards.clone();
    for copy in 1..5_u32 {
        for (at, card) in first.iter().enumerate() {
            let mut card = card.clone();
            card.agent.id = format!("B{copy}{at:03}");
            if let Standing::Scored { rank, of, .. } = &mut card.standing {
                (*rank, *of) = (*rank + 40 * copy, 200);
            }
            shop.cards.push(card);
        }
    }
    let renderer = renderer();
    for kind in [ReportKind::Ranking, ReportKind::Summary, ReportKind::ResultSheet] {
        let body = body_of(&shop, &report(kind, &[]), Locale::Zh).expect("a body");
        let held = usize::from(kind == ReportKind::ResultSheet);
        assert_eq!(rows(&body).len(), 200 - held, "{kind:?}: who is held is not made public");
        let pdf = renderer.report(kind, &body, &issue(Shape::Overflowing)).expect("a document");
        assert!((4..=20).contains(&pdf.pages), "{kind:?}: {} pages", pdf.pages);
        assert_eq!(subject_of(&pdf.bytes).as_deref(), Some("shop"));
        let page = drawn(kind, &body, Shape::Overflowing);
        for row in rows(&body) {
            assert!(page.contains(row["name"].as_str().expect("a name")), "{kind:?}: {row}");
        }
    }
}
