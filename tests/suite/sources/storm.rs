//! A month of the shop through a storm of faults: the same rows arrive, or none, and no message tells a secret.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use scorepost::demo::{self, Served, Shop, ShopPlan};
use scorepost::diag::AuthoredFile;
use scorepost::extract::{Ask, Extraction, Hosts, Progress};
use scorepost::source::{self, Source, Table, Variables};

use super::{Bench, Pulled, holds, pull};
use crate::peers::faults::{FaultProxy, storm};

const SOURCES: [&str; 3] = ["shop-roster", "taobao-top", "dingtalk"];

/// Everything that a pull told while it worked.
type Heard = Arc<Mutex<Vec<String>>>;

fn open_shop(bench: &Bench) -> Served {
    let shop = Arc::new(Shop::generate(ShopPlan::at(bench.clock.now())));
    demo::start(shop, bench.clock.clone(), ([127, 0, 0, 1], 0).into()).expect("the shop opens")
}

/// A shipped source whose waits are short and whose requests are repeated so often.
fn impatient(id: &str, base: &str, times: u32) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/sources").join(format!("{id}.toml"));
    let text = std::fs::read_to_string(&path).expect("a shipped source");
    let retry = format!("retry = {{ times = {times}, first = \"1ms\", cap = \"3ms\" }}");
    let replaced = |line: &str| match line {
        line if line.starts_with("retry = ") => retry.clone(),
        line if line.starts_with("timeout = ") => "timeout = \"20s\"".to_owned(),
        line if line.starts_with("budget = ") => String::new(),
        line => line.to_owned(),
    };
    let text: String = text.lines().map(|line| replaced(line) + "\n").collect();
    let text =
        if text.contains("\nretry = ") { text } else { text.replacen("[client]", &format!("[client]\n{retry}"), 1) };
    let variables = Variables::default().with("SHOP_URL", base).with("SHOP_APP_SECRET", "sandbox");
    source::read(&AuthoredFile::from_text(path, &text), &variables).unwrap_or_else(|found| panic!("{found}"))
}

/// Pulls every source, each as often as it takes; gives what came and how many pulls failed.
async fn pull_all(bench: &Bench, base: &str, times: u32, heard: &Heard) -> (BTreeMap<String, Pulled>, usize) {
    let (mut all, mut tables, mut failed) = (BTreeMap::new(), BTreeMap::new(), 0);
    let note = |progress: Progress| {
        if let Progress::Waiting { why, .. } = progress {
            heard.lock().expect("what was heard").push(why);
        }
    };
    let world = Extraction { clock: bench.clock.clone(), raw: bench.raw(), hosts: Hosts::default(), progress: &note };
    for id in SOURCES {
        let source = impatient(id, base, times);
        let ask = Ask { job: String::new(), period: bench.period, tables: tables.clone(), refresh_since: None };
        let pulled = loop {
            match pull(&source, &ask, &world).await {
                Ok(pulled) => break pulled,
                Err(error) => heard.lock().expect("what was heard").push(check_failure(id, &error)),
            }
            failed += 1;
            assert!(failed < 2_000, "it never ends");
        };
        assert_eq!(holds(&pulled), Vec::<&str>::new(), "{:?}", pulled.findings);
        tables.extend(pulled.batches.iter().map(|batch| (batch.table, batch.frame.clone())));
        all.insert(id.to_owned(), pulled);
    }
    (all, failed)
}

/// A failure names source, period, resource, request and the next step.
fn check_failure(id: &str, error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    assert!(text.starts_with(&format!("cannot pull `{id}` for 2026-10: resource `")), "{text}");
    assert!(text.contains(": GET /") || text.contains(": POST /"), "{text}");
    let steps = ["pull again later", "check ", "mend ", "also with a new token"];
    assert!(steps.iter().any(|step| text.contains(step)), "{text}");
    text
}

fn check_same(calm: &BTreeMap<String, Pulled>, stormy: &BTreeMap<String, Pulled>) {
    for (id, calm) in calm {
        let stormy = &stormy[id];
        let rows = |pulled: &Pulled| -> Vec<(Table, usize)> {
            pulled.batches.iter().map(|batch| (batch.table, batch.frame.height())).collect()
        };
        assert_eq!(rows(calm), rows(stormy), "{id}");
        for (one, other) in calm.batches.iter().zip(&stormy.batches) {
            assert!(one.frame.equals_missing(&other.frame), "{id} {}", one.table.name());
        }
    }
}

/// No message has a secret of the shop or a token.
fn check_silence(heard: &Heard) {
    for text in heard.lock().expect("what was heard").iter() {
        assert!(!text.contains("sandbox") && !text.contains("access_token="), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_rows_arrive_through_a_storm() {
    let calm_bench = Bench::new();
    let served = open_shop(&calm_bench);
    let (calm, failed) = pull_all(&calm_bench, &served.base, 6, &Heard::default()).await;
    assert_eq!(failed, 0);
    assert!(calm["taobao-top"].frame(Table::CHATS).is_some_and(|chats| chats.height() > 500));

    let proxy = FaultProxy::before(&served.base, storm(1)).await;
    let (bench, heard) = (Bench::new(), Heard::default());
    let (stormy, failed) = pull_all(&bench, &proxy.base, 8, &heard).await;
    assert_eq!(failed, 0, "{heard:?}");
    assert!(proxy.spoiled() > 20, "only {} answers were spoiled", proxy.spoiled());
    check_same(&calm, &stormy);
    check_silence(&heard);

    // Nothing is repeated inside a pull: almost every fault ends it, and the next one goes on where it was.
    let proxy = FaultProxy::before(&served.base, storm(2)).await;
    let (bench, heard) = (Bench::new(), Heard::default());
    let (stormy, failed) = pull_all(&bench, &proxy.base, 0, &heard).await;
    assert!(failed > 10, "only {failed} pulls failed");
    check_same(&calm, &stormy);
    check_silence(&heard);
}
