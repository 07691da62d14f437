//! The security standard: every requirement that applies has a test, every other one a reason; `asvs.tsv` is the table.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The requirements of level 1, all of them.
const LEVEL_1: [&str; 70] = [
    "1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.5", "1.3.1", "1.3.2", "1.5.1", "2.1.1", "2.2.1", "2.2.2", "2.3.1",
    "3.2.1", "3.2.2", "3.3.1", "3.4.1", "3.4.2", "3.5.1", "3.5.2", "3.5.3", "4.1.1", "4.4.1", "5.2.1", "5.2.2",
    "5.3.1", "5.3.2", "6.1.1", "6.2.1", "6.2.2", "6.2.3", "6.2.4", "6.2.5", "6.2.6", "6.2.7", "6.2.8", "6.3.1",
    "6.3.2", "6.4.1", "6.4.2", "7.2.1", "7.2.2", "7.2.3", "7.2.4", "7.4.1", "7.4.2", "8.1.1", "8.2.1", "8.2.2",
    "8.3.1", "9.1.1", "9.1.2", "9.1.3", "9.2.1", "10.4.1", "10.4.2", "10.4.3", "10.4.4", "10.4.5", "11.3.1", "11.3.2",
    "11.4.1", "12.1.1", "12.2.1", "12.2.2", "13.4.1", "14.2.1", "14.3.1", "15.1.1", "15.2.1", "15.3.1",
];

/// What of the levels above a console about people's pay must keep as well.
const ABOVE: [&str; 48] = [
    "1.2.10", "1.3.6", "1.3.7", "1.3.11", "2.3.3", "2.3.4", "2.4.1", "3.3.2", "3.3.3", "3.3.4", "3.4.3", "3.4.4",
    "3.4.5", "3.4.6", "4.1.3", "5.4.1", "5.4.2", "6.2.9", "6.2.12", "6.3.3", "6.3.8", "6.4.3", "6.5.1", "6.5.5",
    "7.3.1", "7.3.2", "7.4.3", "7.4.5", "8.2.3", "8.3.2", "8.4.1", "11.4.2", "11.5.1", "12.3.1", "12.3.2", "13.2.4",
    "13.3.1", "14.2.7", "14.3.2", "15.1.2", "15.3.2", "15.3.4", "16.2.1", "16.2.5", "16.3.1", "16.3.2", "16.3.3",
    "16.4.1",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The table's rows: id, level, words, proof.
fn rows() -> Vec<[String; 4]> {
    let text = fs::read_to_string(root().join("tests/suite/asvs.tsv")).expect("the table");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let cells = lines.map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    cells.map(|cells| <[String; 4]>::try_from(cells).expect("four cells")).collect()
}

/// Whether `proof`, written `FILE#NAME`, is a test that is there and is not left out.
fn is_test(proof: &str) -> bool {
    let Some((file, name)) = proof.split_once('#') else { return false };
    let Ok(text) = fs::read_to_string(root().join(file)) else { return false };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let is_its_line = |line: &&str| line.starts_with(&format!("fn {name}(")) || line.contains(&format!(" fn {name}("));
    let place = lines.iter().position(is_its_line);
    place.is_some_and(|place| {
        let mut before = lines[..place].iter().rev().take_while(|line| line.starts_with('#') || line.starts_with("//"));
        before.any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    })
}

#[test]
fn every_requirement_has_a_test_or_a_reason() {
    let rows = rows();
    let ids: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let once: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(once.len(), ids.len(), "a requirement stands twice");
    let wanted: BTreeSet<&str> = LEVEL_1.into_iter().chain(ABOVE).collect();
    let missing: Vec<&&str> = wanted.difference(&once).collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
    for [id, level, words, proof] in &rows {
        assert_eq!(level == "1", LEVEL_1.contains(&id.as_str()), "the level of {id}");
        assert!(!words.is_empty(), "{id} says nothing");
        match proof.strip_prefix("n/a: ") {
            Some(reason) => assert!(reason.len() > 10, "{id} gives no reason"),
            None => assert!(is_test(proof), "{id} names `{proof}`, which is no test"),
        }
    }
}

#[test]
fn a_test_that_is_not_there_proves_nothing() {
    assert!(is_test("tests/suite/asvs.rs#a_test_that_is_not_there_proves_nothing"));
    for wrong in ["tests/suite/asvs.rs#is_test", "tests/suite/asvs.rs#nothing", "tests/none.rs#x", "x"] {
        assert!(!is_test(wrong), "{wrong}");
    }
}

/// The files below a folder whose names end so.
fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let text = fs::read_to_string(&path).expect("a file");
                found.push((path, text));
            }
        }
    }
    found
}

/// What is formatted into a statement is a name of our own; a value in quotes would be somebody's.
#[test]
fn no_value_is_written_into_a_statement() {
    let sources = files("src/ledger", ".rs");
    assert!(sources.len() > 30, "only {} sources were found", sources.len());
    let modules = std::fs::read_to_string(root().join("src/ledger/mod.rs")).expect("the ledger's modules");
    let is_a_trial = |path: &Path| {
        let name = path.file_stem().unwrap_or_default().display();
        modules.contains(&format!("#[cfg(test)]\nmod {name};"))
    };
    for (path, text) in sources.into_iter().filter(|(path, _)| !is_a_trial(path)) {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code
            .lines()
            .filter(|line| ["SELECT", "INSERT", "UPDATE", "DELETE", "WHERE"].iter().any(|one| line.contains(one)))
        {
            assert!(!line.contains("'{"), "{}: {line}", path.display());
        }
    }
}

#[test]
fn the_console_starts_no_program() {
    for (path, text) in files("src/console", ".rs") {
        assert!(!text.contains("process::Command"), "{}", path.display());
    }
}

#[test]
fn every_password_field_hides_what_is_typed_and_can_be_filled_by_helpers() {
    let mut fields = 0;
    for (path, text) in files("src/console/pages", ".html") {
        assert!(!text.contains("onpaste") && !text.contains("oncopy"), "{}", path.display());
        for field in text.split("<input ").skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
            if !["\"password\"", "\"again\"", "\"present\""].iter().any(|name| field.contains(&format!("name={name}")))
            {
                continue;
            }
            fields += 1;
            assert!(field.contains("type=\"password\""), "{}: {field}", path.display());
            let helped =
                field.contains("autocomplete=\"current-password\"") || field.contains("autocomplete=\"new-password\"");
            assert!(helped && !field.contains("maxlength"), "{}: {field}", path.display());
        }
    }
    assert!(fields >= 6, "only {fields} fields were found");
}

#[test]
fn nobody_is_asked_for_their_mothers_name() {
    for (path, text) in files("src/console/pages", ".html") {
        for word in ["hint", "secret question", "密码提示", "密保问题"] {
            assert!(!text.to_lowercase().contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn the_guide_says_how_guessing_is_slowed() {
    let guide = fs::read_to_string(root().join("jobs/README.md")).expect("the guide");
    for said in ["five wrong passwords", "a minute", "an hour", "nobody stays locked out"] {
        assert!(guide.contains(said), "{said}");
    }
}
