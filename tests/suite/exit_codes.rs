//! What a program is told: an exit code by whose fault it is, and one JSON document, also when something failed.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// The program in a folder of its own, without any shop.
fn scorepost(data: &Path, arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new(env!("CARGO_BIN_EXE_scorepost"))
        .args(arguments)
        .arg("--json")
        .env("SCOREPOST_DATA", data)
        .env("SCOREPOST_JOBS", root.join("jobs"))
        .env("SCOREPOST_NOW", "2026-11-09T09:00:00+08:00")
        .env("SHOP_URL", "http://127.0.0.1:9")
        .env("PHONE_DESK_URL", "http://127.0.0.1:9")
        .output()
        .expect("a run of the program")
}

fn told(output: &Output) -> (Option<i32>, Value) {
    let document = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stdout)));
    (output.status.code(), document)
}

#[test]
fn wrong_usage_is_two_with_a_document() {
    let folder = tempfile::tempdir().expect("a folder");
    let wrong: [&[&str]; 7] = [
        &["run", "no-such-job"],
        &["run", "monthly-scorecard", "--period", "yesterday"],
        &["show", "no-such-run"],
        &["release", "no-such-run"],
        &["resend", "no-such-run", "--failed"],
        &["user", "add", "somebody", "--role", "king"],
        &["user", "disable", "nobody"],
    ];
    for arguments in wrong {
        let (code, document) = told(&scorepost(folder.path(), arguments));
        assert_eq!(code, Some(2), "{arguments:?}: {document}");
        assert!(document["error"].as_str().is_some_and(|error| !error.is_empty()), "{arguments:?}: {document}");
        assert!(document["hints"].is_array(), "{arguments:?}: {document}");
    }
}

#[test]
fn what_is_wrong_with_this_machine_is_two() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("no-folder");
    std::fs::write(&file, b"a file").expect("a file");
    assert_eq!(told(&scorepost(&file, &["runs"])).0, Some(2), "the data folder is a file");
    let damaged = folder.path().join("damaged");
    std::fs::create_dir(&damaged).expect("a folder");
    std::fs::write(damaged.join("ledger.sqlite"), vec![7u8; 8192]).expect("a file");
    let (code, document) = told(&scorepost(&damaged, &["runs"]));
    assert_eq!(code, Some(2), "{document}");
    assert!(document["error"].as_str().is_some_and(|error| error.contains("ledger")), "{document}");
}

#[test]
fn a_source_that_is_down_is_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let jobs = folder.path().join("jobs");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs");
    for (from, to) in [
        ("phone-desk.toml", "phone-desk.toml"),
        ("schemes/phone-desk.toml", "schemes/phone-desk.toml"),
        ("sources/phone-desk.toml", "sources/phone-desk.toml"),
    ] {
        std::fs::create_dir_all(jobs.join(to).parent().expect("a folder")).expect("a folder");
        let text = std::fs::read_to_string(root.join(from)).expect("a file");
        let patient = text.replace("timeout = \"2m\"", "timeout = \"2s\"\nretry = { times = 1, first = \"1ms\" }");
        std::fs::write(jobs.join(to), patient).expect("a file");
    }
    let settings = folder.path().join("scorepost.toml");
    std::fs::write(&settings, "").expect("settings");
    let output = Command::new(env!("CARGO_BIN_EXE_scorepost"))
        .args(["run", "phone-desk", "--period", "1999-01", "--json"])
        .env("SCOREPOST_DATA", folder.path().join("data"))
        .env("SCOREPOST_JOBS", &jobs)
        .env("PHONE_DESK_URL", "http://127.0.0.1:9")
        .output()
        .expect("a run of the program");
    let (code, document) = told(&output);
    assert_eq!(code, Some(1), "{document}");
    assert!(document["error"].as_str().is_some_and(|error| error.contains("cannot pull")), "{document}");
}

#[test]
fn one_wrong_file_keeps_no_other_from_being_checked() {
    let folder = tempfile::tempdir().expect("a folder");
    let jobs = folder.path().join("jobs");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs");
    for part in ["phone-desk.toml", "schemes/phone-desk.toml", "sources/phone-desk.toml"] {
        std::fs::create_dir_all(jobs.join(part).parent().expect("a folder")).expect("a folder");
        std::fs::copy(root.join(part), jobs.join(part)).expect("a copy");
    }
    std::fs::write(jobs.join("sources/broken.toml"), "id = ").expect("a broken source");
    let scheme = std::fs::read_to_string(root.join("schemes/phone-desk.toml")).expect("a scheme");
    std::fs::write(jobs.join("schemes/phone-desk.toml"), scheme.replace("SUM(service_seconds)", "SUM(no_such_column)"))
        .expect("a scheme that does not compile");
    let job = std::fs::read_to_string(root.join("phone-desk.toml")).expect("a job");
    std::fs::write(
        jobs.join("phone-desk.toml"),
        job.replace("[\"phone-desk\"]", "[\"phone-desk\", \"gone\", \"broken\"]"),
    )
    .expect("a job");
    let output = Command::new(env!("CARGO_BIN_EXE_scorepost"))
        .args(["check", "--json"])
        .env("SCOREPOST_DATA", folder.path().join("data"))
        .env("SCOREPOST_JOBS", &jobs)
        .env("PHONE_DESK_URL", "http://127.0.0.1:9")
        .output()
        .expect("a check");
    let (code, document) = told(&output);
    assert_eq!(code, Some(1), "{document}");
    let text = document.to_string();
    for part in ["no_such_column", "source `gone`", "broken.toml"] {
        assert!(text.contains(part), "{part}: {document:#}");
    }
    assert!(!text.contains("source `broken`"), "{document:#}");
}
