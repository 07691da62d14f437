//! The verbs about sources, as a person types them: list, check, pull, status.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::bench::{Bench, morning};

fn scorepost(bench: &Bench, locale: &str, arguments: &[&str]) -> Output {
    program(bench, locale, arguments).output().expect("the program")
}

fn program(bench: &Bench, locale: &str, arguments: &[&str]) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_scorepost"));
    command
        .args(arguments)
        .env("SCOREPOST_DATA", bench.folder.path())
        .env("SCOREPOST_JOBS", root.join("jobs"))
        .env("SCOREPOST_NOW", bench.clock.now().to_rfc3339())
        .env("SCOREPOST_LOCALE", locale)
        .env("SHOP_URL", bench.shop_url());
    command
}

fn text(bench: &Bench, locale: &str, arguments: &[&str]) -> String {
    String::from_utf8(scorepost(bench, locale, arguments).stdout).expect("text")
}

fn json(bench: &Bench, arguments: &[&str]) -> Value {
    let all: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
    let output = scorepost(bench, "en", &all);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_are_listed_with_what_they_need() {
    let bench = Bench::on(9);
    let listed = json(&bench, &["sources", "list"]);
    let find = |id: &str| {
        let all = listed["sources"].as_array().expect("a list");
        all.iter().find(|one| one["source"] == id).expect("the source").clone()
    };
    assert_eq!(find("shop-roster")["variables_without_value"], serde_json::json!([]));
    assert_eq!(find("phone-desk")["variables_without_value"], serde_json::json!(["PHONE_DESK_URL"]));
    assert_eq!(find("taobao-top")["needs"], serde_json::json!(["accounts"]));
    assert!(text(&bench, "zh-CN", &["sources", "list"]).contains("缺少的变量"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_asks_for_people_says_whom_to_pull_first() {
    let bench = Bench::on(9);
    let refused = scorepost(&bench, "en", &["sources", "pull", "taobao-top", "--period", "2026-10"]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{told}");
    assert!(told.contains("`accounts`") && told.contains("`shop-roster`"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pulled_is_counted_and_shown_day_by_day_and_a_run_asks_for_nothing_more() {
    let bench = Bench::on(9);
    let before = json(&bench, &["sources", "status", "taobao-top", "--period", "2026-10"]);
    assert_eq!(before[0]["status"]["resources"][1]["days"]["2026-10-05"], "missing");
    for id in ["shop-roster", "taobao-top", "dingtalk"] {
        let pulled = json(&bench, &["sources", "pull", id, "--period", "2026-10"]);
        assert_eq!(pulled["sources"][0]["source"], id, "{pulled:#}");
    }
    let again = json(&bench, &["sources", "pull", "taobao-top", "--period", "2026-10"]);
    let chats = &again["sources"][0]["resources"][0];
    assert_eq!((chats["resource"].as_str(), chats["pages"].as_u64()), (Some("chats"), chats["kept"].as_u64()));
    assert!(chats["records"].as_u64().is_some_and(|records| records > 1_000), "{chats:#}");

    let status = text(&bench, "en", &["sources", "status", "taobao-top", "--period", "2026-10"]);
    assert!(status.contains("2026-10 ●●●● ●●●●●●● ●●●●●●● ●●●●●●● ●●●●●●"), "{status}");
    assert!(status.contains("last pull 2026-11-09 09:00 (2026-10)") && status.contains("● final"), "{status}");
    let november = text(&bench, "zh-CN", &["sources", "status", "taobao-top", "--period", "2026-11"]);
    assert!(november.contains("2026-11 ● ●●●●●●● ◐"), "refunds that changed after the month: {november}");

    let bench = bench.reopen(|environment| {
        environment.insert("SHOP_URL".to_owned(), "http://127.0.0.1:9".to_owned());
    });
    let run = bench.run(bench.october()).await;
    assert_eq!(run.run.cut_off, Some(morning(9)), "nobody answers there, and nobody was asked");
    let shown = json(&bench, &["show", &run.run.id]);
    assert_eq!(shown["data"][1]["pull"], "2026-10#1", "{shown:#}");
    assert!(shown["data"][1]["resources"][0]["walks"].as_array().is_some_and(|walks| walks.len() == 5), "{shown:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_pull_a_source_at_once_ask_for_every_page_once() {
    let bench = Bench::on(9);
    json(&bench, &["sources", "pull", "shop-roster", "--period", "2026-10"]);
    let pull = || {
        let mut command = program(&bench, "en", &["sources", "pull", "taobao-top", "--period", "2026-10", "--json"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program")
    };
    let both = [pull(), pull()].map(|child| child.wait_with_output().expect("an end"));
    let counts = both.map(|output| -> Vec<[u64; 3]> {
        let pulled: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        let resources = pulled["sources"][0]["resources"].as_array().expect("resources").clone();
        let number = |one: &Value, name: &str| one[name].as_u64().expect("a number");
        resources.iter().map(|one| ["records", "pages", "kept"].map(|name| number(one, name))).collect()
    });
    for (one, other) in counts[0].iter().zip(&counts[1]) {
        assert_eq!(one[..2], other[..2], "the same rows of the same pages");
        assert!(one[1] > 0 && one[2] + other[2] == one[1], "one of them asked, the other read: {one:?} {other:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_remembered_until_somebody_looks() {
    let bench = Bench::on(9).reopen(|environment| {
        environment.insert("SHOP_URL".to_owned(), "http://127.0.0.1:9".to_owned());
    });
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scorepost = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scorepost"));
        command.args(arguments).env("SCOREPOST_DATA", bench.folder.path()).env("SCOREPOST_LOCALE", "en");
        command.env("SCOREPOST_JOBS", root.join("jobs")).env("SCOREPOST_NOW", bench.clock.now().to_rfc3339());
        command.env("SHOP_URL", "http://127.0.0.1:9").output().expect("the program")
    };
    let pulled = scorepost(&["sources", "pull", "shop-roster", "--period", "2026-10"]);
    assert_eq!(pulled.status.code(), Some(1));
    let status = scorepost(&["sources", "status", "shop-roster", "--period", "2026-10"]);
    let status = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(status.contains("last failure 2026-11-09 09:00 (2026-10)") && status.contains("roster.csv"), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_online_sends_one_request_and_says_what_came() {
    let bench = Bench::on(9);
    let checked = json(&bench, &["sources", "check", "shop-roster", "--online"]);
    assert_eq!((checked["errors"].as_u64(), &checked["online"][0]["ok"]), (Some(0), &Value::Bool(true)), "{checked:#}");
    assert!(checked["online"][0]["answer"].as_str().is_some_and(|text| text.contains("GET /files/roster.csv → 200")));
    let needs = json(&bench, &["sources", "check", "dingtalk", "--online"]);
    assert_eq!(needs["online"][0]["ok"], false, "{needs:#}");
    assert!(needs["online"][0]["error"].as_str().is_some_and(|text| text.contains("pull the source that fills them")));
    assert!(std::fs::read_dir(bench.folder.path().join("raw")).is_err(), "nothing of it is kept");
}
