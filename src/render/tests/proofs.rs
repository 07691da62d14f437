//! Pages for a person to look at.

use std::path::PathBuf;

use super::super::fixture::{issue, reports, shop};
use super::*;

/// Writes every fixture as data and as PDF into the folder that `SCOREPOST_PROOFS` names.
#[test]
#[ignore = "writes files for a person to look at"]
fn proofs_for_the_eye() {
    let folder = PathBuf::from(std::env::var_os("SCOREPOST_PROOFS").expect("SCOREPOST_PROOFS names a folder"));
    let templates = std::env::var_os("SCOREPOST_TEMPLATES").map(PathBuf::from);
    let renderer = Renderer::open(templates.as_deref(), None).expect("templates");
    let shapes = [
        Shape::Usual,
        Shape::Minimal,
        Shape::Overflowing,
        Shape::Hostile,
        Shape::Missing,
        Shape::Ledger,
        Shape::Levels,
    ];
    for shape in shapes {
        for locale in [Locale::Zh, Locale::En] {
            let appraisal = appraisal(shape);
            let last = card_body(&appraisal, appraisal.cards.last().expect("a card"), &house(), locale);
            for (kind, body) in
                [("card", first_card(shape, locale)), ("last", last), ("pack", first_pack(shape, locale))]
            {
                let name = format!("{kind}-{shape:?}-{}", locale.tag());
                let started = std::time::Instant::now();
                let result = if kind == "pack" {
                    renderer.pack(&body, &issue(shape))
                } else {
                    renderer.card(&body, &issue(shape))
                };
                let pdf = result.unwrap_or_else(|fault| panic!("{name}: {fault}"));
                println!("{name}: {} pages, {} kB, {:?}", pdf.pages, pdf.bytes.len() / 1000, started.elapsed());
                std::fs::write(folder.join(format!("{name}.pdf")), pdf.bytes).expect("a file");
                std::fs::write(folder.join(format!("{name}.json")), body.to_string()).expect("a file");
            }
            proofs_of_reports(&renderer, &folder, shape, locale);
        }
    }
}

fn proofs_of_reports(renderer: &Renderer, folder: &std::path::Path, shape: Shape, locale: Locale) {
    let shop = shop(shape);
    for (at, report) in reports().into_iter().enumerate() {
        let about = report::About::all(report.of, &shop)[0];
        let Some(body) = report::report_body(&shop, &report, (about, "shop"), &house(), locale) else { continue };
        let name = format!("{}-{at}-{shape:?}-{}", report.kind.word(), locale.tag());
        let started = std::time::Instant::now();
        let pdf = renderer.report(report.kind, &body, &issue(shape)).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        println!("{name}: {} pages, {} kB, {:?}", pdf.pages, pdf.bytes.len() / 1000, started.elapsed());
        std::fs::write(folder.join(format!("{name}.pdf")), pdf.bytes).expect("a file");
        std::fs::write(folder.join(format!("{name}.json")), body.to_string()).expect("a file");
    }
}
