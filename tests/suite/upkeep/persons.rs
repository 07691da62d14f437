//! Everything of one agent is given out, nothing of others; erased, they are nowhere and the chain holds.

use std::fs;
use std::path::{Path, PathBuf};

use scorepost::ledger::DocumentKind;
use scorepost::upkeep::{Person, verify};
use serde_json::Value;

use super::{scorepost, text};
use crate::bench::Bench;

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// The files whose bytes or names hold a word.
fn holding(folder: &Path, word: &str) -> Vec<PathBuf> {
    let has = |path: &PathBuf| {
        let bytes = fs::read(path).expect("a file");
        let inside = bytes.windows(word.len()).any(|window| window == word.as_bytes());
        inside || path.to_string_lossy().contains(word)
    };
    files(folder).into_iter().filter(has).collect()
}

/// The first agent of the shop who got a letter: staff number, name, address.
fn somebody(bench: &Bench, run: &str) -> (String, String, String) {
    let deliveries = bench.pipeline.ledger.deliveries(run).expect("deliveries");
    let letter = deliveries.iter().find(|one| one.kind == DocumentKind::Card).expect("a letter");
    let documents = bench.documents(run);
    let card = &documents[&(DocumentKind::Card, letter.subject.clone())];
    (letter.subject.clone(), card.name.clone(), letter.address.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_everything_of_one_agent_and_nothing_of_others() {
    let bench = Bench::on(9);
    let run = bench.run(bench.october().send()).await.run.id;
    let (agent, name, address) = somebody(&bench, &run);
    let folder = bench.folder.path().join("given-out");
    let output =
        scorepost(bench.folder.path(), &["person", "export", &agent, "--to", folder.to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let facts: Value = serde_json::from_slice(&fs::read(folder.join("person.json")).expect("a file")).expect("facts");
    let names = facts["names"].as_array().expect("names");
    assert!(names.contains(&name.as_str().into()) && names.contains(&address.as_str().into()), "{names:?}");
    assert_eq!(
        (facts["documents"].as_array().map(Vec::len), facts["deliveries"].as_array().map(Vec::len)),
        (Some(1), Some(1))
    );
    let kinds: Vec<_> = files(&folder).iter().filter_map(|path| Some(path.extension()?.to_owned())).collect();
    for ending in ["pdf", "eml", "csv", "json"] {
        assert!(kinds.iter().any(|kind| kind == ending), "{ending}: {kinds:?}");
    }
    for other in bench.shop.agents().iter().filter(|other| other.id != agent) {
        assert!(holding(&folder, &other.name).is_empty(), "{} is in {:?}", other.name, holding(&folder, &other.name));
    }
    assert!(Person::find(&bench.pipeline, "nobody").is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_agent_is_nowhere_and_the_chain_and_the_counts_stay() {
    let bench = Bench::on(9);
    let run = bench.run(bench.october().send()).await.run.id;
    let (agent, name, address) = somebody(&bench, &run);
    let ledger = &bench.pipeline.ledger;
    ledger.audit("hr", "note", &agent, &format!("{name} asked")).expect("an entry");
    ledger.audit("hr", "note", "something else", "").expect("an entry");
    let data = bench.folder.path();
    // What a process that died was writing says as much as what it would have become.
    let left = data.join("letters/aa/bb.1-0123456789abcdef-0.unfinished");
    fs::create_dir_all(left.parent().expect("a folder")).expect("a folder");
    fs::write(&left, format!("To: {name} <{address}>")).expect("a file");
    assert!(!holding(data, &address).is_empty());
    let refused = scorepost(data, &["person", "erase", &agent, "--reason", "asked for it"]);
    assert_eq!(refused.status.code(), Some(2), "without --yes nothing is erased");
    drop(bench.pipeline);
    let output = scorepost(data, &["person", "erase", &agent, "--reason", "asked for it", "--yes", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert!(told["rows"].as_u64() > Some(0) && told["pdfs"].as_u64() >= Some(2), "{told}");
    for word in [&name, &address] {
        assert_eq!(holding(data, word), Vec::<PathBuf>::new(), "`{word}` is still there");
    }
    let checked = scorepost(data, &["verify", "--json"]);
    let proof: Value = serde_json::from_slice(&checked.stdout).expect("a document");
    assert_eq!(checked.status.code(), Some(0), "{proof}");
    assert_eq!((proof["documents"].as_u64(), proof["letters"].as_u64()), (Some(24), Some(23)), "counts stay");
    let again = scorepost(data, &["person", "export", &agent, "--to", data.join("out").to_str().expect("a path")]);
    assert_ne!(again.status.code(), Some(0), "nothing is kept of them");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_erased_while_their_letter_may_still_go_out() {
    let bench = Bench::on(9);
    let run = bench.run(bench.october()).await.run.id;
    let (agent, ..) = somebody(&bench, &run);
    let error = Person::find(&bench.pipeline, &agent).expect("somebody").erase("hr", "asked").expect_err("a refusal");
    assert!(error.to_string().contains("not at their end"), "{error:#}");
    assert_eq!(verify(&bench.pipeline, None).expect("a proof").found, [], "nothing was touched");
}
