//! A pack that the cards of its team follow: the team's alone, as they were issued, in one file.

use std::collections::BTreeMap;
use std::path::Path;

use scorepost::ledger::{Document, DocumentKind};
use serde_json::Value;

use crate::bench::{Bench, copy};

/// A bench whose job lets cards follow, with the scheme as `change` leaves it.
fn bench(bench: Bench, folder: &str, change: impl Fn(&str) -> String) -> Bench {
    let jobs = bench.folder.path().join(folder);
    copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs").as_path(), &jobs);
    let rewrite = |file: &str, change: &dyn Fn(&str) -> String| {
        let path = jobs.join(file);
        let text = std::fs::read_to_string(&path).expect("a file");
        std::fs::write(&path, change(&text)).expect("a changed file");
    };
    rewrite("monthly-scorecard.toml", &|text| {
        text.replace("to = [\"agents\", \"managers\"]", "to = [\"agents\", \"managers\"]\npack-cards = true")
    });
    rewrite("schemes/presale-weighted.toml", &|text| change(text));
    let jobs = jobs.display().to_string();
    bench.reopen(|environment| drop(environment.insert("SCOREPOST_JOBS".to_owned(), jobs.clone())))
}

fn pages(bench: &Bench, document: &Document) -> usize {
    lopdf::Document::load_mem(&bench.pdf(document)).expect("a PDF").get_pages().len()
}

type Documents = BTreeMap<(DocumentKind, String), Document>;

fn pack(documents: &Documents) -> (&Document, Value) {
    let pack = &documents[&(DocumentKind::Pack, "T1".to_owned())];
    (pack, serde_json::from_str(&pack.data).expect("a body"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cards_of_the_team_follow_its_pack_and_a_corrected_one_makes_another_edition() {
    let first = bench(Bench::on(9), "jobs-1", str::to_owned);
    let run = first.run(first.october().team("T1")).await.run;
    let documents = first.documents(&run.id);
    let (document, body) = pack(&documents);
    let named: Vec<&str> =
        body["cards"].as_array().expect("cards").iter().filter_map(|one| one["id"].as_str()).collect();
    let cards: Vec<&Document> = documents.values().filter(|one| one.kind == DocumentKind::Card).collect();
    let mut own: Vec<&str> = cards.iter().map(|card| card.subject.as_str()).collect();
    own.sort_unstable();
    let mut sorted = named.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, own, "every card of the team and no other");
    assert_eq!(named.len(), 7);
    let behind: usize = cards.iter().map(|card| pages(&first, card)).sum();
    assert!(pages(&first, document) > behind, "the pack's own pages stand before {behind} pages of cards");
    assert_eq!(scorepost::render::subject_of(&first.pdf(document)).as_deref(), Some("T1"));

    // Answers slower than half a minute now earn nothing: some cards change, and the pack with them.
    let stricter = |text: &str| {
        text.replacen(
            "otherwise = 60\nassumed = { zh = \"原表分档缺失，采用 15",
            "otherwise = 0\nassumed = { zh = \"原表分档缺失，采用 15",
            1,
        )
    };
    let second = bench(first, "jobs-2", stricter);
    let run = second.run(second.october().team("T1")).await.run;
    let documents = second.documents(&run.id);
    let (again, changed) = pack(&documents);
    assert_eq!(again.edition, 2);
    assert_ne!(changed["cards"], body["cards"]);
}
