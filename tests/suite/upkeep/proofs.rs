//! `verify` finds a flipped byte in every kind of file and row; `show --differences` says what changed; copies are whole.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use scorepost::upkeep::{Proof, verify};
use serde_json::Value;

use super::{scorepost, text};
use crate::bench::{Bench, copy};

async fn sent() -> (Bench, String) {
    let bench = Bench::on(9);
    let run = bench.run(bench.october().send()).await.run.id;
    (bench, run)
}

fn proof(bench: &Bench) -> Proof {
    verify(&bench.pipeline, None).expect("a proof")
}

/// The files below a folder with this ending, in order.
fn below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_in_any_file_is_found_with_its_place() {
    let (bench, run) = sent().await;
    let sound = proof(&bench);
    assert_eq!(sound.found, []);
    assert_eq!((sound.runs, sound.documents, sound.letters), (1, 24, 23));
    assert!(sound.pages > 0);
    for (folder, ending) in [("archive", "pdf"), ("letters", "eml"), ("raw", "zst"), ("manifests", "json")] {
        let files = below(&bench.folder.path().join(folder), ending);
        let file = &files[files.len() / 2];
        let whole = fs::read(file).expect("a file");
        let mut flipped = whole.clone();
        // Of a manifest the hash counts, not the blanks.
        let place = match ending {
            "json" => text(&whole).find("raw-hash").expect("a hash") + 13,
            _ => flipped.len() / 2,
        };
        flipped[place] ^= 1;
        fs::write(file, flipped).expect("a write");
        let found = proof(&bench).found;
        assert_eq!(found.len(), 1, "{folder}: {found:?}");
        assert!(found[0].place.contains(&file.display().to_string()), "{found:?}");
        fs::remove_file(file).expect("a removal");
        let lost = proof(&bench).found.len();
        assert_eq!(lost, usize::from(ending != "zst"), "a page that is gone is asked for again: {folder}");
        fs::write(file, whole).expect("a write");
    }
    assert_eq!(verify(&bench.pipeline, Some(&run)).expect("a proof").found, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_row_of_any_table_is_found_and_the_verb_says_so() {
    let (bench, run) = sent().await;
    bench.pipeline.ledger.audit("hr", "release", &run, "").expect("an entry");
    bench.pipeline.ledger.audit("hr", "cancel", &run, "").expect("an entry");
    let data = bench.folder.path();
    let database = Connection::open(data.join("ledger.sqlite")).expect("a database");
    for (change, back, place) in [
        ("UPDATE documents SET grade = 'x' WHERE id = 1", "grade", "document 1"),
        ("UPDATE documents SET data = replace(data, '2026', '2027') WHERE id = 2", "data", "document 2"),
        ("UPDATE documents SET name = 'x' WHERE id = 3", "name", "document 3"),
        ("UPDATE deliveries SET address = 'x@example.invalid' WHERE id = 1", "address", "delivery 1"),
        ("UPDATE deliveries SET message_id = 'x@example.invalid' WHERE id = 2", "message_id", "delivery 2"),
        ("UPDATE deliveries SET state = 'pending' WHERE id = 3", "state", "delivery 3"),
        ("UPDATE runs SET raw = 'x' WHERE number = 1", "raw", "manifests"),
        ("UPDATE audit SET who = 'nobody' WHERE number = 2", "who", "audit entry 2"),
    ] {
        let (table, condition) =
            (change.split(' ').nth(1).expect("a table"), change.split("WHERE").last().expect("one"));
        let sql = format!("SELECT {back} FROM {table} WHERE {condition}");
        let whole: Option<String> = database.query_row(&sql, [], |row| row.get(0)).expect("a value");
        assert_eq!(database.execute(change, []).expect("a change"), 1, "{change}");
        let output = scorepost(data, &["verify", "--json"]);
        let told: Value = serde_json::from_slice(&output.stdout).expect("a document");
        assert_eq!(output.status.code(), Some(1), "{change}: {told}");
        let places: Vec<&str> =
            told["found"].as_array().expect("a list").iter().filter_map(|one| one["place"].as_str()).collect();
        assert!(places.len() == 1 && places[0].contains(place), "{change}: {places:?}");
        let sql = format!("UPDATE {table} SET {back} = ?1 WHERE {condition}");
        database.execute(&sql, [whole]).expect("back");
    }
    let output = scorepost(data, &["verify", "--run", &run]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_are_told_line_by_line_and_old_editions_stay() {
    let (bench, first) = sent().await;
    let before = bench.documents(&first);
    let jobs = bench.folder.path().join("stricter");
    copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs").as_path(), &jobs);
    let scheme = jobs.join("schemes/presale-weighted.toml");
    let written = fs::read_to_string(&scheme).expect("a scheme");
    let text_of = "otherwise = 60\nassumed = { zh = \"原表分档缺失，采用 15";
    fs::write(&scheme, written.replacen(text_of, &text_of.replace("60", "0"), 1)).expect("a scheme");
    let bench =
        bench.reopen(|environment| drop(environment.insert("SCOREPOST_JOBS".to_owned(), jobs.display().to_string())));
    let run = bench.run(bench.october().send()).await;
    assert!(run.new_editions > 0 && run.new_editions < 24, "{}", run.new_editions);
    let data = bench.folder.path();
    let output = scorepost(data, &["show", &run.run.id, "--differences", "--json"]);
    let told: Value = serde_json::from_slice(&output.stdout).expect("a document");
    let documents = told["documents"].as_array().expect("a list");
    assert_eq!(documents.len(), run.new_editions);
    let labels = |one: &Value| -> Vec<String> {
        let changes = one["changes"].as_array().expect("changes").iter();
        changes.filter_map(|one| one["what"]["en"].as_str().map(str::to_owned)).collect()
    };
    let has_points = |labels: &[String]| labels.iter().any(|label| label.ends_with(": points"));
    let moved = |one: &&Value| labels(one).contains(&"Total".to_owned()) && has_points(&labels(one));
    assert!(documents.iter().any(|one| one["kind"] == "card" && moved(&one)), "{told}");
    let people = text(&scorepost(data, &["show", &run.run.id, "--differences"]).stdout);
    assert!(people.contains("第 1 版 → 第 2 版") && people.contains("总分: "), "{people}");
    assert_eq!(proof(&bench).found, [], "both editions and their letters are there, byte for byte");
    for document in before.values() {
        assert!(
            bench.pipeline.folders.holds(scorepost::pipeline::Folders::pdf, document.pdf_hash.as_deref().expect("one"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_the_ledger_in_use_is_whole_private_and_noticed_when_put_back() {
    let bench = Bench::on(9);
    bench.run(bench.october()).await;
    let data = bench.folder.path();
    let copy = data.join("copy.sqlite");
    let place = copy.display().to_string();
    let output = scorepost(data, &["ledger", "backup", &place]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&copy).expect("a file").permissions()) & 0o777,
        0o600
    );
    assert_eq!(scorepost(data, &["ledger", "backup", &place]).status.code(), Some(1), "a file is never written over");
    assert_eq!(scorepost(data, &["ledger", "check"]).status.code(), Some(0));
    bench.run(bench.october().send()).await;
    drop(bench.pipeline);
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(data.join(format!("ledger.sqlite{end}")));
    }
    fs::copy(&copy, data.join("ledger.sqlite")).expect("a copy");
    let output = scorepost(data, &["ledger", "check"]);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("does not know every mail") && told.contains("send-marks"), "{told}");
}
