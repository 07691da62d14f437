//! A newcomer's first folder: what `init` writes is whole, says what is missing, and runs.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::bench::Bench;

/// The program in a folder, with nothing set but the clock and the language.
fn scorepost(folder: &Path, locale: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scorepost"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SCOREPOST_") || name.starts_with("SHOP_")) {
        command.env_remove(name);
    }
    command.args(arguments).arg("--json").current_dir(folder);
    command.env("SCOREPOST_NOW", "2026-11-09T09:00:00+08:00").env("SCOREPOST_LOCALE", locale);
    command.output().expect("a run of the program")
}

fn told(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn messages(checked: &Value, severity: &str) -> Vec<String> {
    let all = checked["diagnostics"].as_array().expect("a list");
    let some = all.iter().filter(|one| one["severity"] == severity);
    some.map(|one| one["message"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_checks_plans_and_runs_in_either_language() {
    let bench = Bench::on(9);
    for locale in ["zh-CN", "en"] {
        let place = tempfile::tempdir().expect("a folder");
        let begun = scorepost(place.path(), locale, &["init", "my-desk"]);
        assert!(begun.status.success(), "{begun:?}");
        let desk = place.path().join("my-desk");

        let first = scorepost(&desk, locale, &["check"]);
        let missing = messages(&told(&first), "warning");
        assert!(missing.iter().any(|one| one.contains("SHOP_URL")), "{locale}: {missing:?}");

        let secrets = std::fs::read_to_string(desk.join("secrets.toml")).expect("secrets");
        let filled =
            secrets.replace("# SHOP_URL = \"http://127.0.0.1:8081\"", &format!("SHOP_URL = {:?}", bench.shop_url()));
        assert_ne!(filled, secrets, "the address is there to be filled in");
        std::fs::write(desk.join("secrets.toml"), filled).expect("a file");

        let second = scorepost(&desk, locale, &["check"]);
        assert!(second.status.success(), "{locale}: {second:?}");
        let open = messages(&told(&second), "warning");
        assert!(open.len() == 1 && open[0].contains("quarrel-penalty"), "{locale}: {open:?}");

        assert!(scorepost(&desk, locale, &["plan", "monthly-scorecard"]).status.success());
        let ran = scorepost(&desk, locale, &["run", "monthly-scorecard", "--team", "T1", "--timings"]);
        assert!(ran.status.success(), "{locale}: {ran:?}");
        let timings = &told(&ran)["timings"];
        let count = |stage: usize, unit: &str| timings["stages"][stage]["counts"][unit].as_u64();
        assert!(count(0, "rows") > Some(0) && count(1, "rows") > Some(0), "{timings}");
        assert!(count(2, "documents") > Some(0) && count(2, "pages") >= count(2, "documents"), "{timings}");
        assert!(desk.join("scorepost-data/ledger.sqlite").is_file());
    }
}

#[test]
fn what_is_there_already_stays_as_it_is() {
    let place = tempfile::tempdir().expect("a folder");
    let own = place.path().join("jobs/monthly-scorecard.toml");
    std::fs::create_dir_all(own.parent().expect("a folder")).expect("a folder");
    std::fs::write(&own, "# mine\n").expect("a file");
    let begun = told(&scorepost(place.path(), "en", &["init", "."]));
    assert_eq!(begun["kept"], serde_json::json!(["jobs/monthly-scorecard.toml"]));
    assert_eq!(std::fs::read_to_string(&own).expect("a file"), "# mine\n");
    let settings = place.path().join("scorepost.toml");
    std::fs::write(&settings, "locale = \"en\"\n").expect("a file");
    let again = told(&scorepost(place.path(), "en", &["init", ".", "--all-templates"]));
    assert_eq!(std::fs::read_to_string(settings).expect("a file"), "locale = \"en\"\n");
    let written = again["written"].as_array().expect("a list");
    assert!(
        written.iter().all(|path| path.as_str().is_some_and(|path| path.starts_with("report-templates/"))),
        "{again}"
    );
    assert!(place.path().join("report-templates/lib/words.typ").is_file());
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_the_secrets() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().expect("a folder");
    assert!(scorepost(place.path(), "zh-CN", &["init", "d"]).status.success());
    let secrets = std::fs::metadata(place.path().join("d/secrets.toml")).expect("a file");
    assert_eq!(secrets.permissions().mode() & 0o077, 0);
    let ignored = std::fs::read_to_string(place.path().join("d/.gitignore")).expect("a file");
    assert!(ignored.lines().any(|line| line == "/secrets.toml"));
}

/// What is written behind a `#` is a setting all the same, and the default that it says.
#[test]
fn every_commented_setting_is_one() {
    for locale in ["zh-CN", "en"] {
        let place = tempfile::tempdir().expect("a folder");
        assert!(scorepost(place.path(), locale, &["init", "d"]).status.success());
        let file = place.path().join("d/scorepost.toml");
        let is_setting = |line: &str| {
            line.split_once(" = ")
                .is_some_and(|(name, _)| name.chars().all(|one| one.is_ascii_lowercase() || one == '-'))
        };
        let text = std::fs::read_to_string(&file).expect("a file");
        let uncommented: Vec<&str> =
            text.lines().map(|line| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line)).collect();
        assert!(uncommented.iter().filter(|line| is_setting(line)).count() >= 14, "{text}");
        std::fs::write(&file, uncommented.join("\n")).expect("a file");
        let jobs = told(&scorepost(&place.path().join("d"), locale, &["init", "again"]));
        assert_eq!(jobs["kept"], serde_json::json!([]), "{locale}: {jobs}");
    }
}
