//! `jobs` says what runs when and why not, and a pause has a name.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What `scorepost jobs …` tells a program, at nine o'clock on 20 November 2026.
fn jobs(data: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO_BIN_EXE_scorepost"))
        .arg("jobs")
        .args(arguments)
        .arg("--json")
        .env("SCOREPOST_DATA", data)
        .env("SCOREPOST_JOBS", root.join("jobs"))
        .env("SCOREPOST_NOW", "2026-11-20T09:00:00+08:00")
        .env("SCOREPOST_USER", "hr")
        .env("SHOP_URL", "http://127.0.0.1:9")
        .env("PHONE_DESK_URL", "http://127.0.0.1:9")
        .output()
        .expect("a run of the program");
    let document = serde_json::from_slice(&output.stdout);
    (output.status.code(), document.unwrap_or_else(|error| panic!("{error}: {output:?}")))
}

fn one<'a>(list: &'a Value, job: &str) -> &'a Value {
    list.as_array().and_then(|all| all.iter().find(|one| one["job"] == job)).expect("the job")
}

#[test]
fn the_list_says_what_comes_next_and_why_not() {
    let data = tempfile::tempdir().expect("a folder");
    let (code, list) = jobs(data.path(), &["list"]);
    assert_eq!(code, Some(0));
    let monthly = one(&list, "monthly-scorecard");
    assert_eq!((&monthly["next"], &monthly["next_period"]), (&"2026-12-09T01:00:00+00:00".into(), &"2026-11".into()));
    assert_eq!((&monthly["paused"], &monthly["why_not"]), (&Value::Null, &serde_json::json!([])));
    let by_hand = one(&list, "phone-desk");
    assert_eq!(by_hand["next"], Value::Null);
    assert!(by_hand["why_not"][0]["en"].as_str().is_some_and(|why| why.contains("by hand")), "{by_hand}");
}

#[test]
fn a_pause_is_told_with_who_and_when_and_ends_once() {
    let data = tempfile::tempdir().expect("a folder");
    assert_eq!(jobs(data.path(), &["resume", "monthly-scorecard"]).0, Some(1), "it is not paused");
    let (code, paused) = jobs(data.path(), &["pause", "monthly-scorecard", "--reason", "stocktaking"]);
    assert_eq!((code, &paused["paused"]["by"]), (Some(0), &"hr".into()));
    let (_, list) = jobs(data.path(), &["list"]);
    let monthly = one(&list, "monthly-scorecard");
    assert_eq!(monthly["paused"]["at"], "2026-11-20T01:00:00+00:00");
    let why = monthly["why_not"][0]["en"].as_str().expect("a reason");
    assert!(why.contains("paused by hr") && why.contains("stocktaking"), "{why}");
    assert_eq!(jobs(data.path(), &["pause", "monthly-scorecard"]).0, Some(1), "it is paused already");
    assert_eq!(jobs(data.path(), &["resume", "monthly-scorecard"]).0, Some(0));
    assert_eq!(one(&jobs(data.path(), &["list"]).1, "monthly-scorecard")["paused"], Value::Null);
}
