//! What a card adds to its numbers: plain sentences, steps, the last day for questions, reasons of a new edition.

use super::super::contract::declared;
use super::super::fixture::issue;
use super::super::metadata::packet;
use super::*;
use crate::exact::Exact;
use crate::score::appraisal::{Advice, MoneyLine, Standing};
use crate::settings::PdfStandard;
use crate::words::Bilingual;

/// A red square of eight by eight.
const SVG: &str =
    r#"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="red"/></svg>"#;

fn reading(change: impl FnOnce(&mut crate::score::appraisal::Appraisal), locale: Locale) -> Vec<String> {
    let mut appraisal = appraisal(Shape::Usual);
    change(&mut appraisal);
    let body = card_body(&appraisal, &appraisal.cards[0], &house(), locale);
    let lines = body["reading"].as_array().expect("sentences").iter();
    lines.map(|one| one.as_str().expect("a sentence").to_owned()).collect()
}

fn drawn(renderer: &Renderer, body: &Value, shape: Shape) -> String {
    let all = renderer.drawn(renderer.card, body, &issue(shape)).concat();
    all.chars().filter(|one| !one.is_whitespace() && *one != '\u{200b}').collect()
}

#[test]
fn the_largest_losses_and_the_next_grade_are_told() {
    let lose = |appraisal: &mut crate::score::appraisal::Appraisal| {
        let card = &mut appraisal.cards[0];
        for (line, lost) in card.lines.iter_mut().zip([32, 45, 0, 10, 0]) {
            line.contribution = Some(line.effective_weight.clone() - Exact::scaled(lost, 1));
        }
        if let Standing::Scored { total, .. } = &mut card.standing {
            *total = Exact::scaled(878, 1);
        }
    };
    assert_eq!(
        reading(lose, Locale::Zh),
        [
            "失分最多的是「付款转化率」（40 分中少得 4.5 分），其次是「付款成交额」（45 分中少得 3.2 分）。",
            "再得 2.2 分即到「优秀」（90 分起）。"
        ]
    );
    assert_eq!(
        reading(lose, Locale::En),
        [
            "Most was lost on Paid conversion (4.5 of 40 points), then on Paid revenue (3.2 of 45 points).",
            "Another 2.2 points make it Excellent (from 90)."
        ]
    );
}

#[test]
fn full_marks_and_the_best_grade_are_told_as_such() {
    let win = |appraisal: &mut crate::score::appraisal::Appraisal| {
        let card = &mut appraisal.cards[0];
        card.lines.iter_mut().for_each(|line| line.contribution = Some(line.effective_weight.clone()));
        if let Standing::Scored { total, .. } = &mut card.standing {
            *total = Exact::whole(100);
        }
    };
    assert_eq!(reading(win, Locale::Zh), ["各项都得到了满分。", "已在最高等级。"]);
    let unscored = card_body(&appraisal(Shape::Missing), &appraisal(Shape::Missing).cards[0], &house(), Locale::Zh);
    assert_eq!(unscored["reading"], Value::Array(Vec::new()), "nothing is told of a total that is not there");
}

#[test]
fn every_step_is_on_the_card_however_many_there_are() {
    let mut appraisal = appraisal(Shape::Usual);
    let step = |at: i128| Advice {
        indicator: "i0".to_owned(),
        text: Bilingual::same(format!("付款成交额第{at}步")),
        gain: Exact::scaled(at, 1),
    };
    appraisal.cards[0].advice = (1..=11).rev().map(step).collect();
    let body = card_body(&appraisal, &appraisal.cards[0], &house(), Locale::Zh);
    let page = drawn(&renderer(), &body, Shape::Usual);
    assert!((1..=11).all(|at| page.contains(&format!("第{at}步"))), "{page}");
}

#[test]
fn the_last_day_for_questions_follows_from_the_cut_off() {
    let body = first_card(Shape::Usual, Locale::Zh);
    // The issue's data was cut off on Sunday, 1 November 2026.
    assert!(drawn(&renderer(), &body, Shape::Usual).contains("5个工作日内（2026年11月6日前）"));
    let body = first_card(Shape::Usual, Locale::En);
    assert!(drawn(&renderer(), &body, Shape::Usual).contains("by6November2026,within5workingdays"));
}

#[test]
fn a_new_edition_says_why_before_it_says_what() {
    let before = first_card(Shape::Usual, Locale::Zh);
    let why = |change: &dyn Fn(&mut Value)| {
        let mut after = before.clone();
        change(&mut after);
        changes(&before, &after).first().map(|first| (first.what.zh.clone(), first.before.clone() + &first.after))
    };
    let said = |text: &str| Some((text.to_owned(), String::new()));
    assert_eq!(
        why(&|after| {
            after["standing"]["total"] = "80.0".into();
            after["lines"][1]["parts"] = "1 / 2".into();
        }),
        said("原因：数据有更正（付款转化率）")
    );
    assert_eq!(
        why(&|after| {
            after["standing"]["total"] = "80.0".into();
            after["scheme"]["version"] = "2026.2".into();
        }),
        said("原因：考核方案由版本 2026.1 改为版本 2026.2")
    );
    assert_eq!(
        why(&|after| {
            after["standing"]["grade"] = "良好".into();
            after["scheme"]["hash"] = "00000000".into();
        }),
        said("原因：考核方案的规则有修改")
    );
    assert_eq!(
        why(&|after| {
            after["standing"]["total"] = "80.0".into();
            after["lines"][1]["reference"]["value"] = "1".into();
        }),
        said("原因：用来对比的参照值有更正（付款转化率）")
    );
    assert_eq!(why(&|after| after["standing"]["rank"] = 4.into()), said("原因：其他人的成绩有更正"));
}

#[test]
fn the_logo_stands_on_the_page_and_counts_for_the_hash() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("logo.bin");
    let dressed = |bytes: &[u8]| {
        std::fs::write(&file, bytes).expect("a file");
        Renderer::dressed(None, None, Some(&file), PdfStandard::default())
    };
    let with = dressed(SVG.as_bytes()).expect("a renderer");
    assert_ne!(with.templates_hash(), renderer().templates_hash());
    assert!(with.check().is_empty(), "{}", with.check());
    let body = first_card(Shape::Usual, Locale::Zh);
    let plain = renderer().card(&body, &issue(Shape::Usual)).expect("a card");
    let dressed_card = with.card(&body, &issue(Shape::Usual)).expect("a card");
    assert_eq!(dressed_card.pages, 1);
    assert_ne!(dressed_card.sha256, plain.sha256);
    let refused = |bytes: &[u8]| dressed(bytes).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused(b"GIF89a").contains("neither SVG nor PNG"));
    assert!(refused(&vec![b' '; 513 * 1024]).contains("at most 512 kB"));
}

#[test]
fn a_broken_logo_is_told_by_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("logo.png");
    std::fs::write(&file, b"\x89PNG\r\n\x1a\nnothing").expect("a file");
    let renderer = Renderer::dressed(None, None, Some(&file), PdfStandard::default()).expect("a renderer");
    assert!(renderer.check().has_errors());
}

#[test]
fn either_standard_is_tagged_and_names_missing_characters() {
    let text = |standard| {
        let renderer = Renderer::dressed(None, None, None, standard).expect("a renderer");
        let pdf = renderer.card(&first_card(Shape::Usual, Locale::Zh), &issue(Shape::Usual)).expect("a card");
        String::from_utf8(packet(&pdf.bytes).expect("metadata")).expect("text")
    };
    let (archive, plain) = (text(PdfStandard::A2aAndUa1), text(PdfStandard::Ua1));
    assert!(archive.contains("<pdfaid:part>2</pdfaid:part>") && archive.contains("<pdfuaid:part>1</pdfuaid:part>"));
    assert!(!plain.contains("pdfaid:part") && plain.contains("<pdfuaid:part>1</pdfuaid:part>"));
    let renderer = Renderer::dressed(None, None, None, PdfStandard::Ua1).expect("a renderer");
    let mut body = first_card(Shape::Minimal, Locale::Zh);
    body["agent"]["name"] = "张𠮷".into();
    let held = renderer.card(&body, &issue(Shape::Minimal));
    assert!(matches!(&held, Err(RenderFault::MissingGlyph { characters, .. }) if characters == "𠮷"), "{held:?}");
}

#[test]
fn without_the_archives_standard_a_glyph_missing_in_a_template_is_named_all_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let card = "#set document(title: \"t\", date: datetime(year: 2026, month: 10, day: 31))\n#set text(font: \"Noto Sans SC\", lang: \"zh\")\n= 𪚥";
    std::fs::write(folder.path().join("card.typ"), card).expect("a file");
    let renderer = Renderer::dressed(Some(folder.path()), None, None, PdfStandard::Ua1).expect("templates");
    let held = renderer.card(&first_card(Shape::Minimal, Locale::Zh), &issue(Shape::Minimal));
    assert!(matches!(&held, Err(RenderFault::MissingGlyph { characters, .. }) if characters == "𪚥"), "{held:?}");
}

/// Rare characters of names by where Unicode has them: in the plain block, in extensions A, B and E.
#[test]
fn rare_characters_of_every_block_are_drawn_by_the_face_or_named() {
    let renderer = renderer();
    let mut body = first_card(Shape::Minimal, Locale::Zh);
    for drawn in ["喆堃犇翀", "䶮㛃㐂", "𡐓𣲘", "𬭎"] {
        body["agent"]["name"] = drawn.into();
        renderer.card(&body, &issue(Shape::Minimal)).unwrap_or_else(|fault| panic!("{drawn}: {fault}"));
    }
    for named in ["𠮷", "𪚥"] {
        body["agent"]["name"] = format!("张{named}").into();
        let held = renderer.card(&body, &issue(Shape::Minimal));
        assert!(matches!(&held, Err(RenderFault::MissingGlyph { characters, .. }) if characters == named), "{held:?}");
    }
}

#[test]
fn a_face_of_the_fonts_folder_steps_in_for_extension_b() {
    let fonts = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fonts");
    let renderer = Renderer::open(None, Some(&fonts)).expect("fonts");
    assert_ne!(renderer.fonts_hash(), super::renderer().fonts_hash());
    let mut body = first_card(Shape::Usual, Locale::Zh);
    body["agent"]["name"] = "张𪚥".into();
    let pdf = renderer.card(&body, &issue(Shape::Usual)).expect("a card");
    let own = super::renderer().card(&first_card(Shape::Usual, Locale::Zh), &issue(Shape::Usual)).expect("a card");
    assert_ne!(pdf.sha256, own.sha256);
    assert!(drawn(&renderer, &body, Shape::Usual).contains("张𪚥"), "the fallback draws what the face lacks");
    body["agent"]["name"] = "张𠮷".into();
    assert!(renderer.card(&body, &issue(Shape::Usual)).is_err(), "it has that one character alone");
}

#[test]
fn the_longest_card_stays_inside_its_pages() {
    let mut appraisal = appraisal(Shape::Overflowing);
    let card = &mut appraisal.cards[0];
    card.agent.name = "W".repeat(60);
    let lines = card.lines.clone();
    card.lines = (0..40).map(|at| lines[at % lines.len()].clone()).collect();
    let money = |at: i64| MoneyLine {
        id: format!("m{at}"),
        label: Bilingual::same(format!("一个名字相当长而且没有空格的绩效金额项目编号{at}")),
        amount: Exact::whole(123_456_789 - at),
        rule: String::new(),
        worked: Bilingual::same("总分 × 20（总分 = 90.05）".repeat(4)),
        needs_approval: at % 3 == 0,
    };
    card.money = (0..12).map(money).collect();
    let body = card_body(&appraisal, &appraisal.cards[0], &house(), Locale::Zh);
    let renderer = renderer();
    let pdf = renderer.card(&body, &issue(Shape::Overflowing)).expect("a card");
    assert!(pdf.pages <= 5, "{} pages", pdf.pages);
    let page = drawn(&renderer, &body, Shape::Overflowing);
    assert!(page.contains(&"W".repeat(60)) && page.contains("编号11") && page.contains("¥123,456,778.00"));
    assert!(page.matches("考核项与适用规则").count() >= 2, "the head repeats on every page of the table");
}

#[test]
fn every_shipped_template_declares_what_it_uses() {
    let renderer = renderer();
    for name in renderer.templates() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates").join(name);
        let file = crate::diag::AuthoredFile::read(&path).expect("a template");
        let declared: Vec<&str> = declared(&file).into_iter().map(|(path, _)| path).collect();
        let code = file.text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for word in code.flat_map(|line| line.split(|one: char| !(one.is_alphanumeric() || "._".contains(one)))) {
            let Some(("body" | "issue", rest)) = word.split_once('.') else { continue };
            let key = rest.split('.').next().unwrap_or_default();
            let whole = format!("{}.{key}", word.split('.').next().unwrap_or_default());
            let covers = |path: &&str| {
                path.strip_prefix(&whole).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            assert!(declared.iter().any(covers), "`{name}` uses `{whole}` and does not declare it");
        }
    }
}

#[test]
fn a_template_that_needs_what_there_is_not_is_told_so() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("card.typ"), "// My card.\n// needs: body.agent.nme\n= Card\n").expect("a file");
    let renderer = Renderer::open(Some(folder.path()), None).expect("templates");
    let found = renderer.check();
    let first = found.sorted()[0].clone();
    assert_eq!(first.place.as_ref().expect("a place").line_and_column(), (2, 11));
    assert!(first.hints[0].contains("did you mean `name`"), "{first:?}");
}
