//! What finance gets: amounts to the fen whose sums are those of their parts, what waits apart, nothing for held cards.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use scorepost::exact::Exact;
use scorepost::ledger::RunState;
use serde_json::Value;

use crate::bench::Bench;
use crate::proposals::{add_hr, program, with_prize};

fn yuan(value: &Value) -> Exact {
    Exact::parse(value.as_str().expect("a text")).expect("a decimal")
}

fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("a document")
}

/// The rows of a CSV by the columns of its header.
fn read_csv(path: &Path) -> Vec<BTreeMap<String, String>> {
    let bytes = std::fs::read(path).expect("a file");
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).expect("a byte order mark, for spreadsheets");
    let mut reader = csv::Reader::from_reader(text);
    let names = reader.headers().expect("a header").clone();
    let row = |row: csv::StringRecord| names.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
    reader.records().map(|one| row(one.expect("a row"))).collect()
}

fn read_sheet(path: &Path, place: usize) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(std::fs::read(path).expect("a file"))).expect("a workbook");
    let name = book.sheet_names()[place].clone();
    book.worksheet_range(&name).expect("a sheet").rows().map(<[Data]>::to_vec).collect()
}

/// The shop's October with a prize of 300 that needs approval, and a bonus with ugly fractions that does not.
async fn october() -> (Bench, String) {
    let bench = with_prize(Bench::on(9), 300);
    let scheme = bench.folder.path().join("jobs-300/schemes/presale-weighted.toml");
    let text = std::fs::read_to_string(&scheme).expect("a scheme");
    let bonus = "\n[[pay]]\nid = \"bonus\"\nlabel = { zh = \"绩效奖金\", en = \"Bonus\" }\namount = \"total / 7\"\n";
    std::fs::write(&scheme, text + bonus).expect("a changed scheme");
    let jobs = bench.folder.path().join("jobs-300");
    let bench =
        bench.reopen(|environment| drop(environment.insert("SCOREPOST_JOBS".to_owned(), jobs.display().to_string())));
    add_hr(&bench);
    let run = bench.run(bench.october()).await.run;
    assert_eq!(run.state, RunState::Ready);
    (bench, run.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_are_those_of_their_parts_in_every_format() {
    let (bench, run) = october().await;
    let folder = bench.folder.path().join("finance");
    let out = folder.display().to_string();
    let (code, _) = program(&bench, &["proposals", "approve", "1", "--by", "hr", "--reason", "seen with the team"]);
    assert_eq!(code, Some(0));
    let (code, told) = program(
        &bench,
        &[
            "export", &run, "--what", "finance", "--format", "json", "--format", "csv", "--format", "xlsx", "--out",
            &out,
        ],
    );
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(told["files"].as_array().map(Vec::len), Some(4), "{told}");

    let account = read_json(&folder.join("finance.json"));
    let agents = account["agents"].as_array().expect("agents");
    assert_eq!(agents.len(), 21);
    let sum = |list: &[&Value], key: &str| -> Exact {
        list.iter().filter(|one| !one[key].is_null()).map(|one| yuan(&one[key])).sum()
    };
    let all: Vec<&Value> = agents.iter().collect();
    assert_eq!(sum(&all, "payable_sum"), yuan(&account["sum"]["payable_sum"]));
    assert_eq!(yuan(&account["sum"]["pending"]["first-prize"]), Exact::whole(600), "two of three wait");
    assert_eq!(yuan(&account["sum"]["payable"]["first-prize"]), Exact::whole(300), "one was approved");
    for team in account["teams"].as_array().expect("teams") {
        let own: Vec<&Value> = all.iter().copied().filter(|one| one["team"] == team["team"]).collect();
        assert_eq!(sum(&own, "payable_sum"), yuan(&team["payable_sum"]), "{team}");
    }
    let decided = account["proposals"].as_array().expect("proposals");
    assert_eq!((&decided[0]["state"], &decided[0]["decided_by"]), (&Value::from("approved"), &Value::from("hr")));
    let fields = ["run", "period", "raw", "cut_off"].map(|name| account[name].is_string());
    assert!(
        fields.iter().all(|there| *there)
            && account["scheme"]["hash"].is_string()
            && agents[0]["card_hash"].is_string()
    );

    let rows = read_csv(&folder.join("finance.csv"));
    assert_eq!(rows.len(), 21 + 3 + 1);
    for agent in agents {
        let row = rows.iter().find(|row| row["agent"] == agent["agent"]).expect("a row");
        assert_eq!(row["payable_sum"], agent["payable_sum"].as_str().unwrap_or_default());
        assert_eq!(row["payable.bonus"], agent["payable"]["bonus"].as_str().unwrap_or_default());
        assert_eq!(row["card_hash"], agent["card_hash"].as_str().expect("a hash"));
    }
    let last = rows.last().expect("the sum of all");
    assert_eq!(
        (last["row"].as_str(), last["payable_sum"].as_str()),
        ("sum", account["sum"]["payable_sum"].as_str().expect("a sum"))
    );
    assert_eq!(read_csv(&folder.join("finance-proposals.csv"))[0]["reason"], "seen with the team");

    let sheet = read_sheet(&folder.join("finance.xlsx"), 0);
    let bonus = sheet[0].iter().position(|cell| *cell == "Bonus").expect("a column");
    for agent in agents.iter().filter(|one| !one["payable"]["bonus"].is_null()) {
        let row = sheet.iter().find(|row| row[1] == agent["agent"].as_str().expect("a number")).expect("a row");
        let Data::Float(number) = row[bonus] else { panic!("amounts are numbers: {:?}", row[bonus]) };
        assert_eq!(format!("{number:.2}"), agent["payable"]["bonus"].as_str().expect("an amount"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_card_stands_there_without_an_amount() {
    let (bench, run) = october().await;
    bench.pipeline.ledger.set_state(&run, RunState::Held).expect("a state");
    let folder = bench.folder.path().join("held");
    let (code, told) = program(
        &bench,
        &["export", &run, "--what", "finance", "--format", "json", "--out", &folder.display().to_string()],
    );
    assert_eq!(code, Some(0), "{told}");
    let account = read_json(&folder.join("finance.json"));
    let agents = account["agents"].as_array().expect("agents");
    assert_eq!(agents.len(), 21);
    assert!(
        agents
            .iter()
            .all(|one| one["status"] == "held" && one["payable_sum"].is_null() && one["pending_sum"].is_null())
    );
    assert!(account["sum"]["payable_sum"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_exported_as_it_was_scored_or_not_at_all() {
    let (bench, run) = october().await;
    let folder = bench.folder.path().join("all");
    let (code, told) = program(&bench, &["export", &run, "--out", &folder.display().to_string()]);
    assert_eq!(code, Some(0), "{told}");
    for name in [
        "cards.json",
        "cards.csv",
        "cards.xlsx",
        "cards.parquet",
        "packs.json",
        "run.json",
        "finance.json",
        "finance.csv",
        "finance-proposals.csv",
        "finance.xlsx",
        "pdf",
    ] {
        assert!(folder.join(name).exists(), "{name}");
    }
    let cards = read_json(&folder.join("cards.json"));
    let sheet = read_sheet(&folder.join("cards.xlsx"), 0);
    assert_eq!(sheet.len(), 1 + cards.as_array().expect("cards").len());
    let total = sheet[0].iter().position(|cell| *cell == "total").expect("a column");
    let first = &cards[0];
    let row = sheet.iter().find(|row| row[0] == first["agent"].as_str().expect("a number")).expect("a row");
    assert_eq!(row[total].to_string().parse::<f64>().ok(), first["total"].as_f64());

    let refused = |arguments: &[&str]| {
        let (code, told) = program(&bench, arguments);
        (code, told["error"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(refused(&["export", "no-such-run"]).0, Some(2));
    assert_eq!(refused(&["export", &run, "--what", "finance", "--format", "parquet"]).0, Some(2));
    let scheme = bench.folder.path().join("jobs-300/schemes/presale-weighted.toml");
    let text = std::fs::read_to_string(&scheme).expect("a scheme");
    std::fs::write(&scheme, text.replace("total / 7", "total / 6")).expect("a changed scheme");
    let (code, error) = refused(&["export", &run, "--format", "json"]);
    assert_eq!(code, Some(2), "{error}");
    assert!(error.contains("was changed since run"), "{error}");
}
