//! The tools of whoever writes schemes: list, show, new, simulate.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::bench::{Bench, copy};

/// A jobs folder of a test's own, and the program over it.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs"), &folder.path().join("jobs"));
        Self { folder }
    }

    fn scheme(&self, id: &str) -> PathBuf {
        self.folder.path().join("jobs/schemes").join(format!("{id}.toml"))
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.run_over(&self.folder.path().join("data"), arguments)
    }

    fn run_over(&self, data: &Path, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_scorepost"))
            .args(arguments)
            .env("SCOREPOST_DATA", data)
            .env("SCOREPOST_JOBS", self.folder.path().join("jobs"))
            .env("SCOREPOST_NOW", "2026-11-09T09:00:00+08:00")
            .env("SHOP_URL", "http://127.0.0.1:9")
            .env("PHONE_DESK_URL", "http://127.0.0.1:9")
            .output()
            .expect("a run of the program")
    }
}

fn document(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {} {}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    })
}

#[test]
fn list_tells_every_scheme_and_what_is_open_in_it() {
    let listed = document(&Desk::new().run(&["scheme", "list", "--json"]));
    let schemes = listed.as_array().expect("a list");
    let numbers: std::collections::BTreeSet<&str> =
        schemes.iter().filter_map(|one| one["catalogue"].as_str()).collect();
    assert_eq!(numbers.len(), 37);
    for number in 1..=37 {
        assert!(numbers.contains(format!("S{number:02}").as_str()), "S{number:02}");
    }
    let s16 = schemes.iter().find(|one| one["catalogue"] == "S16").expect("S16");
    assert_eq!(s16["id"], "weekly-rank-pool");
    assert_eq!((&s16["version"], &s16["cycle"]), (&Value::from("1.0"), &Value::from("month")));
    assert_eq!(s16["title"]["zh"], "客服部绩效考核办法（草案）");
    assert_eq!(s16["unset"], serde_json::json!(["basic-wage", "full-attendance-award", "overtime-wage"]));
    assert!(s16["assumed"].as_array().is_some_and(|ids| ids.contains(&Value::from("commission-unit"))));
    assert_eq!(s16["indicators"], 22);
}

#[test]
fn a_wrong_file_is_told_and_the_others_are_listed() {
    let desk = Desk::new();
    std::fs::write(desk.scheme("broken"), "id = \"broken\"\n").expect("a file");
    let output = desk.run(&["scheme", "list", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(document(&output).as_array().is_some_and(|schemes| schemes.len() >= 37));
    assert!(String::from_utf8_lossy(&output.stderr).contains("broken.toml"));
}

#[test]
fn show_reads_a_scheme_aloud() {
    let output = Desk::new().run(&["scheme", "show", "presale-weighted"]);
    let text = String::from_utf8_lossy(&output.stdout);
    for words in ["售前客服绩效权重标准", "≥ 98%", "每低 2 个百分点", "每次 −0.5 分", "quarrel-penalty"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    let by_number = Desk::new().run(&["scheme", "show", "s03"]);
    assert_eq!(String::from_utf8_lossy(&by_number.stdout), text, "the catalogue calls it S03");
}

#[test]
fn a_new_scheme_passes_the_check_and_is_never_overwritten() {
    let desk = Desk::new();
    let made = document(&desk.run(&["scheme", "new", "presale-2027", "--title", "售前 2027", "--json"]));
    assert_eq!(made["id"], "presale-2027");
    let written = std::fs::read_to_string(desk.scheme("presale-2027")).expect("the file");
    assert!(written.contains("售前 2027") && written.contains("effective-from = 2026-12-01"));
    assert_eq!(desk.run(&["scheme", "check", "presale-2027"]).status.code(), Some(0));
    let again = desk.run(&["scheme", "new", "presale-2027"]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(desk.scheme("presale-2027")).expect("the file"), written);
    assert_eq!(desk.run(&["scheme", "new", "presale-weighted"]).status.code(), Some(2));
    assert_eq!(desk.run(&["scheme", "new", "../outside"]).status.code(), Some(2));
}

#[test]
fn a_copy_waits_for_the_day_from_which_it_is_in_force() {
    let desk = Desk::new();
    let made = desk.run(&["scheme", "new", "our-pool", "--from", "weekly-rank-pool"]);
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(String::from_utf8_lossy(&made.stdout).contains("effective-from"));
    let waiting = desk.run(&["scheme", "check", "our-pool"]);
    assert!(String::from_utf8_lossy(&waiting.stderr).contains("effective-from"));
    let text = std::fs::read_to_string(desk.scheme("our-pool")).expect("the file");
    std::fs::write(desk.scheme("our-pool"), text.replace("# effective-from", "effective-from")).expect("filled in");
    assert_eq!(desk.run(&["scheme", "check", "our-pool"]).status.code(), Some(0));
}

/// The shipped scheme with harder conversion, an award for the best grade, and a proposal after two good months.
fn draft(desk: &Desk) -> String {
    let text = std::fs::read_to_string(desk.scheme("presale-weighted")).expect("a scheme");
    let text = text.replace("id = \"presale-weighted\"", "id = \"presale-2027\"");
    let harder = text.replace("from = \"64%\", to = \"39%\"", "from = \"84%\", to = \"59%\"");
    assert_ne!(harder, text);
    let award = "\n[[pay]]\nid = \"award\"\nlabel = { zh = \"奖金\", en = \"Award\" }\namount = \"total * 10\"\n";
    let streak = "\n[[streak]]\nid = \"twice\"\nlabel = { zh = \"连续两月\", en = \"Twice\" }\nwhen = \"total > 0\"\nperiods = 2\n\
                  kind = \"commend\"\npropose = { zh = \"表扬\", en = \"commend\" }\n";
    format!("{harder}{award}{streak}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_tried_on_past_months_and_nothing_is_touched() {
    let bench = Bench::on(9);
    bench.run(bench.october().month("2026-09").results()).await;
    bench.run(bench.october().results()).await;
    let (place, pipeline) = bench.give();
    drop(pipeline);
    let desk = Desk::new();
    std::fs::write(desk.folder.path().join("draft.toml"), draft(&desk)).expect("a draft");
    let (file, csv) = (desk.folder.path().join("draft.toml"), desk.folder.path().join("simulated.csv"));
    let (file, csv) = (file.to_str().expect("a path"), csv.to_str().expect("a path"));
    let data = place.folder.path();
    let untouched = everything(data);
    assert!(untouched.keys().any(|path| path.ends_with("ledger.sqlite")));
    let output = desk.run_over(
        data,
        &["scheme", "simulate", file, "--job", "monthly-scorecard", "--periods", "3", "--csv", csv, "--json"],
    );
    let told = document(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert_eq!(changed(&untouched, &everything(data)), Vec::<PathBuf>::new());
    assert_eq!(told["missing"], serde_json::json!(["2026-08"]));
    let warned = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(warned.contains("scorepost run monthly-scorecard --period 2026-08"), "{warned}");
    let periods = told["periods"].as_array().expect("periods");
    assert_eq!(
        periods.iter().map(|one| one["period"].as_str()).collect::<Vec<_>>(),
        [Some("2026-09"), Some("2026-10")]
    );
    for period in periods {
        fewer_points_and_an_award(period);
    }
    let commended = |period: &Value| {
        let agents = period["agents"].as_array().expect("agents").iter();
        agents.filter(|one| one["after"]["proposals"] == serde_json::json!(["commend"])).count()
    };
    assert_eq!(commended(&periods[0]), 0, "the first month has no month before it");
    assert!(commended(&periods[1]) > 10, "the draft's own September counts in October");
    let rows = std::fs::read_to_string(csv).expect("the CSV");
    let agents: usize = periods.iter().map(|one| one["agents"].as_array().expect("agents").len()).sum();
    assert_eq!(rows.lines().count(), agents + 1);
}

fn fewer_points_and_an_award(period: &Value) {
    let number = |value: &Value| value.as_str().and_then(|text| text.parse::<f64>().ok()).expect("a number");
    let (before, after) = (&period["before"], &period["after"]);
    assert!(number(&after["mean"]) < number(&before["mean"]));
    assert!(number(&before["min"]) <= number(&before["median"]) && number(&before["median"]) <= number(&before["max"]));
    assert_eq!(before["pay"], "0.00");
    let agents = period["agents"].as_array().expect("agents");
    let paid: f64 = agents.iter().map(|one| number(&one["after"]["pay"])).sum();
    assert!((paid - number(&after["pay"])).abs() < 0.001 && paid > 0.0);
    assert!(agents.iter().any(|one| one["changes-grade"] == true), "somebody changes grade");
    let graded: i64 = after["grades"].as_array().expect("grades").iter().filter_map(|one| one["count"].as_i64()).sum();
    assert_eq!(Some(graded), after["scored"].as_i64());
}

#[test]
fn without_kept_data_it_says_which_run_to_do_and_makes_no_data_folder() {
    let desk = Desk::new();
    let output = desk.run(&["scheme", "simulate", "presale-weighted", "--job", "monthly-scorecard"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("scorepost run monthly-scorecard --period"));
    assert!(!desk.folder.path().join("data").exists());
}

/// The files that are in one of two folders only, or differ.
fn changed(before: &BTreeMap<PathBuf, Vec<u8>>, after: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<PathBuf> {
    let all: std::collections::BTreeSet<&PathBuf> = before.keys().chain(after.keys()).collect();
    all.into_iter().filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

/// Every file below a folder with its bytes.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let bytes = std::fs::read(&path).expect("a file");
                    files.insert(path, bytes);
                }
            }
        }
    }
    files
}

#[test]
fn a_check_tells_what_was_filled_in_and_leaves_an_older_ledger_as_it_is() {
    let desk = Desk::new();
    let listed = document(&desk.run(&["scheme", "list", "--json"]));
    let open = listed.as_array().expect("a list").iter().find(|one| {
        let unset = one["unset"].as_array().expect("names");
        unset.iter().any(|name| name.as_str().is_some_and(|name| !name.contains(' ')))
    });
    let open = open.expect("a scheme that leaves something unset");
    let (scheme, name) = (open["id"].as_str().expect("an id"), open["unset"][0].as_str().expect("a name"));
    let filled = desk.run(&["scheme", "fill", scheme, name, "1", "--reason", "agreed-upon-canary"]);
    assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));
    let told = |output: Output| {
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat()
    };
    assert!(told(desk.run(&["check"])).contains("agreed-upon-canary"));
    let ledger = desk.folder.path().join("data/ledger.sqlite");
    let database = rusqlite::Connection::open(&ledger).expect("a ledger");
    database.pragma_update(None, "user_version", 15).expect("an older version");
    database.pragma_update(None, "journal_mode", "DELETE").expect("one file");
    drop(database);
    let before = std::fs::read(&ledger).expect("a ledger");
    let files = || std::fs::read_dir(desk.folder.path().join("data")).expect("a folder").count();
    let count = files();
    let told = told(desk.run(&["check"]));
    assert!(told.contains("after the next start") && !told.contains("agreed-upon-canary"), "{told}");
    assert_eq!((std::fs::read(&ledger).expect("a ledger") == before, files()), (true, count));
}
