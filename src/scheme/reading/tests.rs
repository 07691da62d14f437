//! Three schemes read aloud in both languages, kept as snapshots, and all of them without a raw name left in.

use std::path::Path;

use super::*;
use crate::scheme::Registry;

fn shipped() -> Registry {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/schemes");
    Registry::load(&folder).unwrap_or_else(|found| panic!("{found}"))
}

fn aloud(scheme: &Scheme, locale: Locale) -> String {
    let mut text = String::new();
    for section in read(scheme, locale) {
        text.push_str(&format!("\n## {}\n", section.title));
        for part in section.parts {
            match part {
                Part::Line(line) => text.push_str(&format!("{line}\n")),
                Part::Table { head, rows } => {
                    text.push_str(&format!("| {} |\n", head.join(" | ")));
                    rows.iter().for_each(|row| text.push_str(&format!("| {} |\n", row.join(" | "))));
                }
            }
        }
    }
    text
}

#[test]
fn three_schemes_are_read_in_both_languages() {
    let registry = shipped();
    for id in ["presale-weighted", "weekly-rank-pool", "aftersale-modern"] {
        let scheme = registry.all().iter().find(|scheme| scheme.id == id).expect(id);
        insta::assert_snapshot!(format!("{id}-zh"), aloud(scheme, Locale::Zh));
        insta::assert_snapshot!(format!("{id}-en"), aloud(scheme, Locale::En));
    }
}

#[test]
fn every_shipped_scheme_says_everything_that_is_open() {
    for scheme in shipped().all() {
        for locale in [Locale::Zh, Locale::En] {
            let text = aloud(scheme, locale);
            for name in scheme.unset() {
                assert!(text.contains(&name), "{}: {name}", scheme.id);
            }
            for (_, _, why) in scheme.assumptions() {
                assert!(text.contains(why.get(locale)), "{}: {}", scheme.id, why.en);
            }
            for line in &scheme.indicators {
                assert!(text.contains(line.label.get(locale)), "{}: {}", scheme.id, line.id);
            }
        }
    }
}
