use std::time::Instant;

use super::fixture::{MARKUP, Shape, appraisal, house, issue};
use super::*;
use crate::words::Locale;

fn renderer() -> Renderer {
    Renderer::open(None, None).expect("the embedded templates and fonts")
}

fn first_body(shape: Shape) -> serde_json::Value {
    let appraisal = appraisal(shape);
    card_body(&appraisal, &appraisal.cards[0], &house(), Locale::Zh)
}

/// Writes every fixture as data and as PDF for a person to look at; `SCOREPOST_PROOFS` names the folder.
#[test]
#[ignore = "writes files for a person to look at"]
fn proofs_for_the_eye() {
    let folder =
        std::path::PathBuf::from(std::env::var_os("SCOREPOST_PROOFS").expect("SCOREPOST_PROOFS names a folder"));
    let templates = std::env::var_os("SCOREPOST_TEMPLATES").map(std::path::PathBuf::from);
    let renderer = Renderer::open(templates.as_deref(), None).expect("templates");
    for shape in Shape::ALL {
        for locale in [Locale::Zh, Locale::En] {
            let appraisal = appraisal(shape);
            let last = appraisal.cards.last().expect("a card");
            let bodies = [
                ("card", card_body(&appraisal, &appraisal.cards[0], &house(), locale)),
                ("last", card_body(&appraisal, last, &house(), locale)),
                ("pack", pack_body(&appraisal, &appraisal.teams[0], &house(), locale)),
            ];
            for (kind, body) in bodies {
                let name = format!("{kind}-{shape:?}-{}", locale.tag());
                let started = Instant::now();
                let result = if kind == "pack" {
                    renderer.pack(&body, &issue(shape))
                } else {
                    renderer.card(&body, &issue(shape))
                };
                match result {
                    Ok(pdf) => {
                        println!("{name}: {} pages, {} kB, {:?}", pdf.pages, pdf.bytes.len() / 1000, started.elapsed());
                        std::fs::write(folder.join(format!("{name}.pdf")), pdf.bytes).expect("a file");
                    }
                    Err(fault) => println!("{name}: {fault}"),
                }
                std::fs::write(folder.join(format!("{name}.json")), body.to_string()).expect("a file");
            }
        }
    }
}
