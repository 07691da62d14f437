//! A new file passes the check; a copy does once its author has said from when it is in force.

use std::path::Path;

use super::*;
use crate::diag::AuthoredFile;
use crate::scheme::Scheme;

fn parsed(text: &str) -> Scheme {
    Scheme::parse(&AuthoredFile::from_text("draft.toml", text)).unwrap_or_else(|found| panic!("{found}"))
}

fn shipped() -> impl Iterator<Item = AuthoredFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/schemes");
    let files = crate::diag::toml_files(&folder).expect("the shipped schemes");
    files.into_iter().map(|path| AuthoredFile::read(&path).expect("a scheme"))
}

#[test]
fn a_new_file_passes_the_check() {
    let day = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day");
    let scheme = parsed(&blank("presale-2027", "售前 \"新\" 方案", day));
    assert_eq!((scheme.id.as_str(), scheme.title.zh.as_str()), ("presale-2027", "售前 \"新\" 方案"));
    assert_eq!(scheme.effective_from, day);
    assert!(scheme.unset().is_empty() && scheme.assumptions().is_empty());
    assert!(!scheme.file.text.contains("TEMPLATE"));
}

#[test]
fn every_shipped_scheme_can_be_copied() {
    for file in shipped() {
        let original = parsed(&file.text);
        let text = copy(&file, "our-own", Some("自己的方案")).unwrap_or_else(|wrong| panic!("{wrong}"));
        let waiting = Scheme::parse(&AuthoredFile::from_text("our-own.toml", &text)).expect_err("no day yet");
        assert!(waiting.to_string().contains("effective-from"), "{}: {waiting}", original.id);
        let filled = text.replacen("# effective-from = 2027-01-01", "effective-from = 2027-01-01", 1);
        let copied = parsed(&filled);
        assert_eq!((copied.id.as_str(), copied.version.as_str()), ("our-own", "1.0"));
        assert_eq!(copied.title.en, "自己的方案");
        assert!(copied.catalogue.is_none() && copied.supersedes.is_none());
        assert_eq!(copied.effective_from, NaiveDate::from_ymd_opt(2027, 1, 1).expect("a day"));
        assert_eq!(copied.indicators.len(), original.indicators.len());
        let rules = |text: &str| text.split_once("\n[").map(|(_, rules)| rules.to_owned());
        assert_eq!(rules(&filled), rules(&file.text), "{}", original.id);
    }
}

#[test]
fn a_copy_keeps_its_title_when_none_is_given() {
    let file = shipped().next().expect("a scheme");
    let text = copy(&file, "our-own", None).unwrap_or_else(|wrong| panic!("{wrong}"));
    let filled = text.replacen("# effective-from", "effective-from", 1);
    assert_eq!(parsed(&filled).title, parsed(&file.text).title);
}

#[test]
fn ids_are_plain() {
    for sound in ["a", "presale-2027", "s03"] {
        assert!(check_id(sound).is_ok(), "{sound}");
    }
    for wrong in ["", "Presale", "售前", "2027-presale", "a b", "../a", "a-", "a_b"] {
        assert!(check_id(wrong).is_err(), "{wrong}");
    }
}
