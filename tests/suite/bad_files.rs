//! A wrong file is told at once and whole: each fixture says in comments what is expected, and on which line.

use std::fs;
use std::path::Path;

use scorepost::diag::{AuthoredFile, Diagnostic, Diagnostics};
use scorepost::job::Job;
use scorepost::scheme::{Registry, Scheme};
use scorepost::score;
use scorepost::source::{self, Variables};

/// Every fixture of a folder gives exactly the diagnostics that its comments name.
fn expect_as_commented(folder: &str, check: impl Fn(&AuthoredFile) -> Diagnostics) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let (mut seen, mut wrong) = (0, Vec::new());
    for entry in fs::read_dir(&folder).expect("the fixtures") {
        let file = AuthoredFile::read(&entry.expect("an entry").path()).expect("a fixture");
        wrong.extend(unlike_the_comments(&file, check(&file).sorted()));
        seen += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 0, "no fixtures in {}", folder.display());
}

/// What was found in a file and its comments do not name, and what they name and was not found.
fn unlike_the_comments(file: &AuthoredFile, found: Vec<&Diagnostic>) -> Vec<String> {
    let mut expected: Vec<(String, usize)> = file.text.lines().filter_map(expectation).collect();
    let mut wrong = Vec::new();
    for found in found {
        let line = found.place.as_ref().map_or(0, |place| place.line_and_column().0);
        match expected.iter().position(|(message, at)| found.message.starts_with(message.as_str()) && *at == line) {
            Some(at) => drop(expected.remove(at)),
            None => wrong.push(format!("{}: unexpected at line {line}: {}", file.name(), found.message)),
        }
    }
    let missed = expected.iter().map(|(message, line)| format!("{}: not found at line {line}: {message}", file.name()));
    wrong.extend(missed);
    wrong
}

fn expectation(line: &str) -> Option<(String, usize)> {
    let (message, at) = line.strip_prefix("# expect: ")?.rsplit_once(" @ ")?;
    Some((message.to_owned(), at.parse().expect("a line number")))
}

#[test]
fn bad_schemes() {
    expect_as_commented("bad-schemes", |file| {
        let (scheme, mut found) = Scheme::review(file);
        let compiled = scheme.as_ref().map(score::compile);
        found.extend(compiled.and_then(Result::err).unwrap_or_default());
        found
    });
}

#[test]
fn shipped_schemes_raise_no_doubt() {
    let (registry, mut found) = Registry::review(&Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/schemes"));
    registry.all().iter().filter_map(|scheme| score::compile(scheme).err()).for_each(|wrong| found.extend(wrong));
    assert!(found.is_empty(), "{found}");
    assert!(registry.all().len() > 30, "only {} schemes were read", registry.all().len());
}

#[test]
fn versions_that_contradict_each_other() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bad-versions");
    let (_, found) = Registry::review(&folder);
    let of_file = |name: &str| -> Vec<&Diagnostic> {
        let here = |one: &&Diagnostic| one.place.as_ref().is_some_and(|place| place.file.name() == name);
        found.sorted().into_iter().filter(here).collect()
    };
    for name in ["first.toml", "second.toml"] {
        let file = AuthoredFile::read(&folder.join(name)).expect("a version");
        assert_eq!(unlike_the_comments(&file, of_file(name)), Vec::<String>::new());
    }
}

#[test]
fn a_slip_in_a_name_is_told_with_what_was_meant() {
    let hints = |name: &str| -> Vec<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bad-schemes").join(name);
        let (_, found) = Scheme::review(&AuthoredFile::read(&path).expect("a fixture"));
        found.sorted().iter().flat_map(|one| one.hints.clone()).collect()
    };
    assert!(hints("typo.toml")[0].starts_with("did you mean `weight`? known here: `id`, "), "{:?}", hints("typo.toml"));
    let of_names = hints("names-in-expressions.toml").join("\n");
    for meant in ["role", "handled", "headcount", "days", "volume", "bonus"] {
        assert!(of_names.contains(&format!("did you mean `{meant}`?")), "{meant}: {of_names}");
    }
}

#[test]
fn two_equal_expressions_are_each_shown_at_their_own_place() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bad-schemes/kinds.toml");
    let text = AuthoredFile::read(&path).expect("a fixture").text.replace("when = \"total\"", "when = \"grade >= 80\"");
    let (_, found) = Scheme::review(&AuthoredFile::from_text("twice.toml", &text));
    let wrong = found.sorted().into_iter().filter(|one| one.message.contains("`grade` is a text"));
    let places: Vec<usize> =
        wrong.map(|one| one.place.as_ref().expect("a place").span.start).map(|at| text[..at].lines().count()).collect();
    let written: Vec<usize> =
        text.lines().enumerate().filter(|(_, line)| *line == "when = \"grade >= 80\"").map(|(at, _)| at + 1).collect();
    assert_eq!(places, written);
    assert_eq!(places.len(), 2);
}

#[test]
fn bad_jobs() {
    expect_as_commented("bad-jobs", |file| Job::parse(file).err().unwrap_or_default());
}

#[test]
fn bad_sources() {
    expect_as_commented("bad-sources", |file| source::review(file, &Variables::default()).1);
}
