//! What was fetched is kept: a pull that died goes on, a finished one asks nobody.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use scorepost::extract::{self, Ask};
use scorepost::source::Table;

use super::Bench;
use super::double::{Double, PAGES, plans, status};

/// A double that has so many plans and refuses from this page on.
async fn refusing(total: u64, until: &Arc<AtomicU64>) -> Double {
    let until = Arc::clone(until);
    Double::new(move |asked| {
        if asked.number("page") < until.load(Ordering::Relaxed) { plans(asked, total) } else { status(400, "no") }
    })
    .await
}

#[tokio::test]
async fn a_pull_that_died_asks_only_for_what_is_missing() {
    let until = Arc::new(AtomicU64::new(3));
    let double = refusing(9, &until).await;
    let (bench, source) = (Bench::new(), double.source("", PAGES));
    bench.pull(&source).await.expect_err("refused");
    assert_eq!(double.take(), 3);

    until.store(u64::MAX, Ordering::Relaxed);
    bench.clock.set("2026-11-20T01:00:00Z".parse().expect("an instant"));
    let pulled = bench.pull(&source).await.expect("pulled");
    assert_eq!((double.take(), pulled.counts[0].pages, pulled.counts[0].kept), (1, 3, 2));
    assert_eq!(pulled.cut_off.to_rfc3339(), "2026-11-09T01:00:00+00:00", "true as of its beginning");

    let again = bench.pull(&source).await.expect("repeated");
    assert_eq!((double.take(), again.counts[0].kept), (0, 3));
    assert_eq!(again.raw_hash, pulled.raw_hash);
    assert!(again.frame(Table::PLANS).expect("plans").equals_missing(pulled.frame(Table::PLANS).expect("plans")));
}

#[tokio::test]
async fn another_address_is_no_reason_to_ask_again() {
    let first = Double::new(|asked| plans(asked, 4)).await;
    let bench = Bench::new();
    bench.pull(&first.source("", PAGES)).await.expect("pulled");
    let second = Double::new(|asked| plans(asked, 4)).await;
    bench.pull(&second.source("", PAGES)).await.expect("repeated");
    assert_eq!(second.take(), 0);
}

#[tokio::test]
async fn refresh_asks_for_everything_and_puts_the_old_list_aside() {
    let total = Arc::new(AtomicU64::new(4));
    let now = Arc::clone(&total);
    let double = Double::new(move |asked| plans(asked, now.load(Ordering::Relaxed))).await;
    let (bench, source) = (Bench::new(), double.source("", PAGES));
    let before = bench.pull(&source).await.expect("pulled");
    total.store(5, Ordering::Relaxed);
    assert_eq!(bench.pull(&source).await.expect("repeated").raw_hash, before.raw_hash);
    let after = bench.refresh(&source).await.expect("refreshed");
    assert_eq!((after.counts[0].records, after.counts[0].kept), (5, 0));
    assert_ne!(after.raw_hash, before.raw_hash);
    let periods = bench.folder.path().join("pulls/double/periods");
    assert!(periods.join("2026-10.1.json").exists() && periods.join("2026-10.json").exists());
    assert_eq!(bench.pull(&source).await.expect("repeated").raw_hash, after.raw_hash);
}

#[tokio::test]
async fn a_refresh_that_fails_leaves_the_old_pages_in_use_and_goes_on_where_it_was() {
    let until = Arc::new(AtomicU64::new(u64::MAX));
    let double = refusing(9, &until).await;
    let (bench, source) = (Bench::new(), double.source("", PAGES));
    let before = bench.pull(&source).await.expect("pulled");
    bench.clock.set("2026-11-12T01:00:00Z".parse().expect("an instant"));
    until.store(3, Ordering::Relaxed);
    let ordered = Some(bench.clock.now());
    bench.ask(&source, ordered).await.expect_err("refused at the third page");
    double.take();
    let meanwhile = bench.pull(&source).await.expect("the old pages");
    assert_eq!((double.take(), &meanwhile.raw_hash, meanwhile.cut_off), (0, &before.raw_hash, before.cut_off));

    until.store(u64::MAX, Ordering::Relaxed);
    bench.clock.set("2026-11-12T03:00:00Z".parse().expect("an instant"));
    let refreshed = bench.ask(&source, ordered).await.expect("refreshed");
    assert_eq!((double.take(), refreshed.counts[0].kept), (1, 2), "only the third page was missing");
    assert_eq!(refreshed.cut_off.to_rfc3339(), "2026-11-12T01:00:00+00:00");
    assert_eq!(bench.pull(&source).await.expect("repeated").cut_off, refreshed.cut_off);
    bench.ask(&source, Some("2026-11-12T00:00:00Z".parse().expect("an instant"))).await.expect("is satisfied");
    assert_eq!(double.take(), 0, "it was pulled since the order");
}

#[tokio::test]
async fn a_refresh_that_was_given_up_lends_nothing_to_the_next() {
    let until = Arc::new(AtomicU64::new(u64::MAX));
    let double = refusing(9, &until).await;
    let (bench, source) = (Bench::new(), double.source("", PAGES));
    bench.pull(&source).await.expect("pulled");
    bench.clock.set("2026-11-12T01:00:00Z".parse().expect("an instant"));
    until.store(3, Ordering::Relaxed);
    bench.refresh(&source).await.expect_err("refused at the third page");
    until.store(u64::MAX, Ordering::Relaxed);
    bench.clock.set("2026-11-13T01:00:00Z".parse().expect("an instant"));
    double.take();
    let refreshed = bench.refresh(&source).await.expect("refreshed");
    assert_eq!((double.take(), refreshed.counts[0].kept), (3, 0), "asked for on the 13th, so of the 13th");
}

/// Days of October by window, from an interface that answers only for so many days.
const DAYS: &str = r#"
query = { from = "{window.start:%Y-%m-%d}", to = "{window.end:%Y-%m-%d}" }
window = { max-span = "7d", max-age = "90d", not-today = true }
records = "$.list"
"#;

#[tokio::test]
async fn what_was_pulled_while_the_period_was_open_holds_and_the_rest_is_pulled_when_it_is_over() {
    let double = Double::new(|_| super::double::json(&serde_json::json!({ "list": [super::double::plan(1)] }))).await;
    let (bench, source) = (Bench::new(), double.source("", DAYS));
    bench.clock.set("2026-10-16T01:00:00Z".parse().expect("an instant"));
    let half = bench.pull(&source).await.expect("half a month");
    assert!(super::holds(&half).contains(&"period-open"), "{:?}", half.findings);
    assert_eq!(double.take(), 3);
    bench.pull(&source).await.expect("repeated");
    assert_eq!(double.take(), 0);

    bench.clock.set("2026-10-31T16:00:00Z".parse().expect("midnight in Shanghai"));
    let whole = bench.pull(&source).await.expect("the whole month");
    assert!(!super::holds(&whole).contains(&"period-open"));
    assert_eq!((double.take(), whole.counts[0].kept), (3, 3), "days that were over are not asked for again");
    bench.clock.set("2026-11-09T01:00:00Z".parse().expect("an instant"));
    bench.pull(&source).await.expect("repeated");
    assert_eq!(double.take(), 0);
}

#[tokio::test]
async fn a_refresh_keeps_days_for_which_the_source_no_longer_answers() {
    let double = Double::new(|_| super::double::json(&serde_json::json!({ "list": [super::double::plan(1)] }))).await;
    let (bench, source) = (Bench::new(), double.source("", DAYS));
    bench.pull(&source).await.expect("pulled");
    double.take();
    bench.clock.set("2027-01-15T01:00:00Z".parse().expect("an instant"));
    let after = bench.refresh(&source).await.expect("what can be had");
    assert_eq!(double.take(), 2, "18 to 31 October");
    let told = super::finding(&after, "kept-as-was").expect("a note");
    assert!(told.text.en.contains("2026-10-01 up to, not with, 2026-10-18"), "{}", told.text.en);
    assert_eq!(bench.pull(&source).await.expect("repeated").raw_hash, after.raw_hash);
    assert_eq!(double.take(), 0);
}

#[tokio::test]
async fn a_damaged_page_is_asked_for_again() {
    let double = Double::new(|asked| plans(asked, 6)).await;
    let (bench, source) = (Bench::new(), double.source("", PAGES));
    let before = bench.pull(&source).await.expect("pulled");
    double.take();
    let damaged = files(&bench.folder.path().join("raw")).remove(0);
    std::fs::write(&damaged, b"not what it was").expect("damaged");
    std::fs::remove_dir_all(bench.folder.path().join("lake")).expect("no rows of it either");
    let after = bench.pull(&source).await.expect("mended");
    assert_eq!((double.take(), after.raw_hash), (2, before.raw_hash), "the walk is made anew");
    bench.pull(&source).await.expect("repeated");
    assert_eq!(double.take(), 0);
}

#[tokio::test]
async fn only_the_owner_can_read_what_is_kept() {
    let double = Double::new(|asked| plans(asked, 4)).await;
    let bench = Bench::new();
    bench.pull(&double.source("", PAGES)).await.expect("pulled");
    let mode = |path: &Path| std::fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    let all = files(bench.folder.path());
    let has = |end: &str| all.iter().any(|file| file.to_string_lossy().ends_with(end));
    assert!(
        has(".zst") && has(".parquet") && has("walks.jsonl") && has("loads.jsonl") && has("2026-10.json"),
        "{all:?}"
    );
    for file in all {
        assert_eq!((mode(&file), mode(file.parent().expect("a folder"))), (0o600, 0o700), "{}", file.display());
    }
}

#[tokio::test]
async fn a_plan_says_what_is_kept_without_asking() {
    let until = Arc::new(AtomicU64::new(2));
    let double = refusing(9, &until).await;
    let (bench, source) = (Bench::new(), double.source("", PAGES));
    let ask = Ask { job: String::new(), period: bench.period, tables: Default::default(), refresh_since: None };
    let look = || extract::describe(&source, &ask, &bench.clock, &bench.raw()).expect("an outlook");
    let before = look();
    assert_eq!((before.kept_since, before.complete), (None, false));
    assert_eq!(before.resources[0].first.as_deref(), Some("GET /plans state=all page=1 size=3"));
    assert_eq!(files(bench.folder.path()), Vec::<PathBuf>::new(), "looking writes nothing");
    bench.pull(&source).await.expect_err("refused");
    double.take();
    let midway = look();
    assert_eq!((midway.complete, midway.resources[0].walks, midway.resources[0].begun), (false, Some(1), 1));
    assert_eq!(midway.resources[0].kept_pages, 1);
    until.store(u64::MAX, Ordering::Relaxed);
    bench.pull(&source).await.expect("pulled");
    double.take();
    assert!(look().complete);
    assert_eq!(double.take(), 0);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
