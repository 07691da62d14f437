//! A wrong file is told at once and whole: each fixture says in comments what is expected, and on which line.

use std::fs;
use std::path::Path;

use scorepost::diag::{AuthoredFile, Diagnostics};
use scorepost::job::Job;
use scorepost::scheme::Scheme;
use scorepost::score;
use scorepost::source::{self, Variables};

/// Every fixture of a folder gives exactly the diagnostics that its comments name.
fn expect_as_commented(folder: &str, check: impl Fn(&AuthoredFile) -> Diagnostics) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let mut seen = 0;
    for entry in fs::read_dir(&folder).expect("the fixtures") {
        let file = AuthoredFile::read(&entry.expect("an entry").path()).expect("a fixture");
        let mut expected: Vec<(String, usize)> = file.text.lines().filter_map(expectation).collect();
        for found in check(&file).sorted() {
            let line = found.place.as_ref().map_or(0, |place| place.line_and_column().0);
            let at =
                expected.iter().position(|(message, at)| found.message.starts_with(message.as_str()) && *at == line);
            match at {
                Some(at) => drop(expected.remove(at)),
                None => panic!("{}: unexpected at line {line}: {}", file.path.display(), found.message),
            }
        }
        assert!(expected.is_empty(), "{}: not found: {expected:?}", file.path.display());
        seen += 1;
    }
    assert!(seen > 0, "no fixtures in {}", folder.display());
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
fn bad_jobs() {
    expect_as_commented("bad-jobs", |file| Job::parse(file).err().unwrap_or_default());
}

#[test]
fn bad_sources() {
    expect_as_commented("bad-sources", |file| source::review(file, &Variables::default()).1);
}
