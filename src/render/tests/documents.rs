//! Bodies as PDFs: the same bytes, nothing overflowing, nothing missing, faults named.

use rayon::prelude::*;

use super::super::fixture::{MARKUP, issue};
use super::*;

#[test]
fn the_same_body_gives_the_same_bytes_on_every_thread() {
    let renderer = renderer();
    let body = first_card(Shape::Usual, Locale::Zh);
    let alone = renderer.card(&body, &issue(Shape::Usual)).expect("a card");
    let other_renderer = super::renderer();
    let hashes: Vec<String> = (0..6)
        .into_par_iter()
        .map(|at| {
            let renderer = if at % 2 == 0 { &renderer } else { &other_renderer };
            if at == 3 {
                renderer.pack(&first_pack(Shape::Usual, Locale::En), &issue(Shape::Usual)).expect("a pack");
            }
            renderer.card(&body, &issue(Shape::Usual)).expect("a card").sha256
        })
        .collect();
    assert!(hashes.iter().all(|hash| *hash == alone.sha256), "{hashes:?}");
    let mut second = issue(Shape::Usual);
    second.edition = 2;
    assert_ne!(renderer.card(&body, &second).expect("a card").sha256, alone.sha256);
}

#[test]
fn pages_are_as_few_as_the_data_allows() {
    let renderer = renderer();
    let card_pages = |shape, locale| renderer.card(&first_card(shape, locale), &issue(shape)).expect("a card").pages;
    let pack_pages = |shape, locale| renderer.pack(&first_pack(shape, locale), &issue(shape)).expect("a pack").pages;
    for locale in [Locale::Zh, Locale::En] {
        for shape in [Shape::Minimal, Shape::Usual, Shape::Missing] {
            assert_eq!(card_pages(shape, locale), 1, "{shape:?} {locale:?}");
        }
        assert_eq!(card_pages(Shape::Overflowing, locale), 2);
    }
    assert_eq!(pack_pages(Shape::Minimal, Locale::Zh), 1);
    assert_eq!(pack_pages(Shape::Usual, Locale::Zh), 2);
    assert_eq!(pack_pages(Shape::Usual, Locale::En), 2);
    assert_eq!(
        pack_pages(Shape::Overflowing, Locale::Zh),
        6,
        "forty agents fill a page of money and more than one of days, twelve lines half a page beside everybody"
    );
}

#[test]
fn hostile_texts_are_drawn_as_they_stand() {
    let renderer = renderer();
    let letters =
        |text: &str| text.chars().filter(|one| !one.is_whitespace() && *one != '\u{200b}').collect::<String>();
    for (main, body) in [
        (renderer.card, first_card(Shape::Hostile, Locale::Zh)),
        (renderer.pack, first_pack(Shape::Hostile, Locale::En)),
    ] {
        let drawn = letters(&renderer.drawn(main, &body, &issue(Shape::Hostile)).concat());
        assert!(drawn.contains(&letters(MARKUP)), "{drawn}");
        assert!(drawn.contains("#eval(\"1\")=heading"));
        assert!(drawn.contains(&"W".repeat(60)), "a name of sixty letters is broken, not cut");
    }
}

#[test]
fn what_the_body_says_is_on_the_page() {
    let renderer = renderer();
    let body = first_card(Shape::Usual, Locale::Zh);
    let drawn = renderer.drawn(renderer.card, &body, &issue(Shape::Usual)).concat();
    let shown = |value: &Value| value.as_str().map(str::to_owned);
    let mut expected: Vec<String> =
        ["total", "grade", "previous"].iter().filter_map(|key| shown(&body["standing"][*key])).collect();
    for line in body["lines"].as_array().expect("lines") {
        expected
            .extend(["label", "value", "parts", "points", "contribution"].iter().filter_map(|key| shown(&line[*key])));
    }
    assert!(expected.len() > 20, "{expected:?}");
    for text in expected {
        assert!(drawn.contains(&text), "`{text}` is not on the page");
    }
}

#[test]
fn a_character_without_glyph_is_named_with_its_place() {
    let renderer = renderer();
    let mut body = first_card(Shape::Usual, Locale::Zh);
    body["agent"]["name"] = "张𪚥😀".into();
    match renderer.card(&body, &issue(Shape::Usual)) {
        Err(RenderFault::MissingGlyph { characters, context }) => {
            assert_eq!(characters, "𪚥😀");
            assert!(context.contains("agent.name"), "{context}");
        }
        other => panic!("expected a missing glyph, got {other:?}"),
    }
}

#[test]
fn rare_characters_of_names_are_drawn() {
    let renderer = renderer();
    let mut body = first_card(Shape::Minimal, Locale::Zh);
    body["agent"]["name"] = "䶮喆堃㛃𬭎".into();
    renderer.card(&body, &issue(Shape::Minimal)).expect("a card");
}

#[test]
fn a_glyph_missing_in_the_template_itself_is_named_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let card = "#set document(title: \"t\", date: datetime(year: 2026, month: 10, day: 31))\n#set text(font: \"Noto Sans SC\", fallback: false)\n= 𪚥";
    std::fs::write(folder.path().join("card.typ"), card).expect("a file");
    let renderer = Renderer::open(Some(folder.path()), None).expect("templates");
    match renderer.card(&first_card(Shape::Minimal, Locale::Zh), &issue(Shape::Minimal)) {
        Err(RenderFault::MissingGlyph { characters, .. }) => assert_eq!(characters, "𪚥"),
        other => panic!("expected a missing glyph, got {other:?}"),
    }
}

#[test]
fn the_shipped_templates_pass_their_check() {
    let found = renderer().check();
    assert!(found.is_empty(), "{found}");
}

#[test]
fn a_fault_in_a_template_is_placed_in_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("card.typ"), "= Card\n\n#json(\"/data.json\").body.nobody\n").expect("a file");
    let renderer = Renderer::open(Some(folder.path()), None).expect("templates");
    assert_ne!(renderer.templates_hash(), super::renderer().templates_hash());
    assert_eq!(renderer.fonts_hash(), super::renderer().fonts_hash());
    let found = renderer.check();
    let first = found.sorted()[0].clone();
    let place = first.place.expect("a place");
    assert!(place.file.path.ends_with("card.typ"));
    assert_eq!(place.line_and_column().0, 3);
    assert!(first.message.contains("nobody"), "{}", first.message);
}

/// The hints of the faults that a card template finds in `body`.
fn hints(template: &str, body: &Value) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!("#let d = json(\"/data.json\")\n{template}\n");
    std::fs::write(folder.path().join("card.typ"), text).expect("a file");
    let renderer = Renderer::open(Some(folder.path()), None).expect("templates");
    let (pdf, found) = renderer.preview("card.typ", body, &issue(Shape::Usual)).expect("a template");
    assert!(pdf.is_none());
    found.sorted().iter().flat_map(|one| one.hints.clone()).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_fault_names_the_data_that_it_stumbled_over() {
    let usual = first_card(Shape::Usual, Locale::Zh);
    let told = hints("#for line in d.body.lines [#line.nobody]", &usual);
    assert!(told.contains("`body.lines[0].nobody` is not there; beside it are `id`, `label`"), "{told}");
    let mut poor = usual.clone();
    poor["lines"][3]["value"] = Value::Null;
    let told = hints("#let cell(line) = line.value.len()\n#for line in d.body.lines [#cell(line)]", &poor);
    assert!(told.contains("the data at `body.lines[3].value` is null"), "{told}");
    let told = hints("#upper(d.body.standing.rank)", &usual);
    assert!(told.contains("`body.standing.rank` is a number"), "{told}");
}

#[test]
fn the_culprit_is_found_beyond_the_values_that_are_watched() {
    let mut long = first_card(Shape::Overflowing, Locale::En);
    long["lines"][10]["label"] = Value::Null;
    let told = hints("#for line in d.body.lines [#line.label.len()]", &long);
    assert!(told.contains("the data at `body.lines[10].label` is null"), "{told}");
}

#[test]
fn a_preview_knows_its_templates() {
    let renderer = renderer();
    let known: Vec<&str> = renderer.templates().collect();
    assert!(
        known.contains(&"card.typ") && known.contains(&"pack.typ") && !known.iter().any(|name| name.contains("lib"))
    );
    let unknown = renderer.preview("crad.typ", &Value::Null, &issue(Shape::Usual)).expect_err("no such template");
    assert!(unknown.to_string().contains("crad.typ") && unknown.sorted()[0].hints[0].contains("card.typ"));
    let (pdf, found) =
        renderer.preview("card.typ", &first_card(Shape::Usual, Locale::En), &issue(Shape::Usual)).expect("a template");
    assert!(pdf.is_some() && found.is_empty(), "{found}");
}

/// A PDF by another library: its objects can be read, and what describes its structure is packed.
#[test]
fn a_document_is_small_and_whole() {
    let renderer = renderer();
    let pdf = renderer.card(&first_card(Shape::Usual, Locale::Zh), &issue(Shape::Usual)).expect("a card");
    assert!(pdf.bytes.len() < 72_000, "{} bytes", pdf.bytes.len());
    let read = lopdf::Document::load_mem(&pdf.bytes).expect("a PDF");
    assert_eq!(read.get_pages().len(), pdf.pages);
    let catalog = read.catalog().expect("a catalog");
    for key in ["StructTreeRoot", "Metadata", "OutputIntents", "Lang"] {
        assert!(catalog.has(key.as_bytes()), "{key}");
    }
    let packed = pdf.bytes.windows(7).filter(|window| window == b"/ObjStm").count();
    assert!(packed >= 1, "nothing is packed");
}

#[test]
fn a_template_sees_no_disk_and_no_clock() {
    for escape in ["#read(\"/etc/passwd\")", "#datetime.today()", "#import \"@preview/cetz:0.3.0\": *"] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("card.typ"), escape).expect("a file");
        let renderer = Renderer::open(Some(folder.path()), None).expect("templates");
        let result = renderer.card(&first_card(Shape::Minimal, Locale::Zh), &issue(Shape::Minimal));
        assert!(matches!(result, Err(RenderFault::Template(_))), "{escape}: {result:?}");
    }
}

#[test]
fn a_document_without_end_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let card = "#set document(title: \"t\", date: datetime(year: 2026, month: 10, day: 31))\n#set text(font: \"Noto Sans SC\")\n= T\n#for page in range(9) { pagebreak() + str(page) }";
    std::fs::write(folder.path().join("card.typ"), card).expect("a file");
    let renderer = Renderer::open(Some(folder.path()), None).expect("templates");
    let result = renderer.card(&first_card(Shape::Minimal, Locale::Zh), &issue(Shape::Minimal));
    assert!(matches!(result, Err(RenderFault::TooManyPages { pages: 10, most: 6 })), "{result:?}");
}

#[test]
fn a_file_names_its_subject() {
    let renderer = renderer();
    let mut body = first_card(Shape::Minimal, Locale::Zh);
    for id in ["A1001", "客服&<7>"] {
        body["agent"]["id"] = id.into();
        let pdf = renderer.card(&body, &issue(Shape::Minimal)).expect("a card");
        assert_eq!(subject_of(&pdf.bytes).as_deref(), Some(id));
    }
    let pack = renderer.pack(&first_pack(Shape::Minimal, Locale::Zh), &issue(Shape::Minimal)).expect("a pack");
    assert_eq!(subject_of(&pack.bytes).as_deref(), Some("presale-1"));
    assert_eq!(subject_of(b"%PDF-1.7"), None);
}
