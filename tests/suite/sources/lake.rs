//! What is kept belongs to the source: days and ids are asked for once, and again only while they may change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use chrono::{Days, NaiveDate};
use polars::prelude::DataFrame;
use scorepost::extract::{self, Ask, Extraction, Hosts, Progress};
use scorepost::period::Period;
use scorepost::source::{Source, Table};
use serde_json::{Value, json};

use super::double::{Double, json as answer};
use super::{Bench, Pulled, finding, holds, texts};

/// What happened in a shop, by the number of the order: account, day, amount.
type World = Arc<Mutex<BTreeMap<u64, (String, NaiveDate, u64)>>>;

/// A shop whose orders can be asked for by day and account; every order is told in full.
struct Shop {
    world: World,
    double: Double,
}

const WINDOW: &str = "max-span = \"7d\", not-today = true";

/// The head of the resource; the window and the rest are a test's own.
fn orders(window: &str, more: &str) -> String {
    format!(
        r#"
[[resource]]
id = "orders"
path = "/orders"
query = {{ from = "{{window.start:%Y-%m-%d}}", to = "{{window.end:%Y-%m-%d}}", ids = "{{ids}}" }}
window = {{ {window} }}
fan-out = {{ over = "accounts", platform = "taobao", batch = 3, join = "," }}
records = "$.list"
{more}
[[resource.into]]
table = "orders"
columns.order_id = {{ from = "id" }}
columns.customer_id = {{ value = "c" }}
columns.order_at = {{ from = "at", format = "%Y-%m-%d %H:%M:%S" }}
columns.order_amount = {{ from = "amount", unit = "yuan" }}
columns.status = {{ value = "PAID" }}
"#
    )
}

impl Shop {
    /// One order a day and account from 2026-09-01 to 2026-12-31.
    async fn new(accounts: &[&str]) -> Self {
        let days: Vec<NaiveDate> = day("2026-09-01").iter_days().take(122).collect();
        let each = days.iter().flat_map(|day| accounts.iter().map(move |account| ((*account).to_owned(), *day, 1)));
        let world: World = Arc::new(Mutex::new((0..).zip(each).collect()));
        let seen = Arc::clone(&world);
        let double = Double::new(move |asked| {
            let (from, to) = (asked.param("from").expect("from"), asked.param("to").expect("to"));
            let ids = asked.param("ids").expect("ids");
            let ids: BTreeSet<&str> = ids.split(',').collect();
            let world = seen.lock().expect("the world");
            let inside = world
                .iter()
                .filter(|(_, (account, at, _))| ids.contains(account.as_str()) && *at >= day(&from) && *at < day(&to));
            let one = |(id, (_, at, amount)): (&u64, &(String, NaiveDate, u64))| -> Value {
                json!({ "id": id, "at": format!("{at} 12:00:00"), "amount": amount.to_string() })
            };
            answer(&json!({ "list": inside.map(one).collect::<Vec<Value>>() }))
        })
        .await;
        Self { world, double }
    }

    fn source(&self, window: &str) -> Source {
        self.double.read(&orders(window, ""))
    }

    /// The windows and ids that were asked for since the last look.
    fn asked(&self) -> Vec<String> {
        let asked = self.double.asked();
        self.double.take();
        let one = |name: &str, asked: &super::double::Asked| asked.param(name).unwrap_or_default();
        asked
            .iter()
            .map(|asked| format!("{}..{} {}", one("from", asked), one("to", asked), one("ids", asked)))
            .collect()
    }

    /// The number of the first order of an account on a day.
    fn order(&self, account: &str, on: &str) -> u64 {
        let world = self.world.lock().expect("the world");
        let found = world.iter().find(|(_, (of, at, _))| of == account && *at == day(on));
        *found.expect("an order").0
    }

    fn change(&self, order: u64, change: impl Fn(&mut (String, NaiveDate, u64))) {
        change(self.world.lock().expect("the world").get_mut(&order).expect("an order"));
    }

    fn forget(&self, order: u64) {
        self.world.lock().expect("the world").remove(&order);
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect(text)
}

fn accounts(names: &[&str]) -> DataFrame {
    let mut rows = extract::Rows::new(Table::ACCOUNTS);
    for name in names {
        let value = |column: &str| match column {
            "platform" => extract::Value::Text("taobao".into()),
            "account" => extract::Value::Text((*name).to_owned()),
            "agent_id" => extract::Value::Text(format!("agent-{name}")),
            _ => extract::Value::Null,
        };
        rows.push(Table::ACCOUNTS.columns().iter().map(|column| value(column.name)).collect());
    }
    extract::frame(rows, "roster").expect("a frame")
}

/// A bench at nine in the morning in Shanghai of a day, for some accounts.
fn bench(on: &str, names: &[&str]) -> Bench {
    let mut bench = Bench::new();
    bench.tables.insert(Table::ACCOUNTS, accounts(names));
    at(&bench, on);
    bench
}

fn at(bench: &Bench, on: &str) {
    bench.clock.set(format!("{on}T01:00:00Z").parse().expect("an instant"));
}

async fn pull(bench: &mut Bench, source: &Source, period: &str) -> Pulled {
    bench.period = Period::parse(period).expect("a period");
    bench.pull(source).await.unwrap_or_else(|error| panic!("{error:#}"))
}

/// The orders of a frame with their amounts.
fn amounts(pulled: &Pulled) -> BTreeMap<u64, String> {
    let frame = pulled.frame(Table::ORDERS).expect("orders");
    let amounts = frame.column("order_amount").expect("a column");
    let ids = texts(frame, "order_id");
    let one =
        |(row, id): (usize, &String)| (id.parse().expect("a number"), amounts.get(row).expect("a cell").to_string());
    let all: BTreeMap<u64, String> = ids.iter().enumerate().map(one).collect();
    assert_eq!(all.len(), frame.height(), "no order comes twice");
    all
}

/// How many orders of a period the shop has for its accounts.
fn truth(shop: &Shop, period: &str) -> BTreeSet<u64> {
    let period = Period::parse(period).expect("a period");
    let world = shop.world.lock().expect("the world");
    world.iter().filter(|(_, (_, at, _))| period.contains(*at)).map(|(id, _)| *id).collect()
}

fn ids(pulled: &Pulled) -> BTreeSet<u64> {
    amounts(pulled).into_keys().collect()
}

#[tokio::test]
async fn days_that_a_daily_job_fetched_serve_the_weekly_and_the_monthly_run() {
    let shop = Shop::new(&["a", "b"]).await;
    let (mut bench, source) = (bench("2026-10-02", &["a", "b"]), shop.source(WINDOW));
    for date in day("2026-10-01").iter_days().take(31) {
        at(&bench, &(date + Days::new(1)).to_string());
        pull(&mut bench, &source, &date.to_string()).await;
    }
    assert_eq!(shop.asked().len(), 31);
    at(&bench, "2026-11-09");
    let month = pull(&mut bench, &source, "2026-10").await;
    assert_eq!((shop.asked(), ids(&month)), (Vec::new(), truth(&shop, "2026-10")));
    let week = pull(&mut bench, &source, "2026-W41").await;
    assert_eq!((shop.asked(), ids(&week)), (Vec::new(), truth(&shop, "2026-W41")));
    let across = pull(&mut bench, &source, "2026-W44").await;
    assert_eq!(shop.asked(), ["2026-11-01..2026-11-02 a,b"], "only the day that nobody had");
    assert_eq!(ids(&across), truth(&shop, "2026-W44"));
    assert_eq!(month.counts[0].kept, 31);
}

#[tokio::test]
async fn missing_days_are_joined_and_cut_by_the_longest_span() {
    let shop = Shop::new(&["a"]).await;
    let (mut bench, source) = (bench("2026-10-21", &["a"]), shop.source(WINDOW));
    pull(&mut bench, &source, "2026-10-20").await;
    shop.asked();
    at(&bench, "2026-11-09");
    let month = pull(&mut bench, &source, "2026-10").await;
    let expected = ["01..2026-10-08", "08..2026-10-15", "15..2026-10-20", "21..2026-10-28", "28..2026-11-01"];
    assert_eq!(shop.asked(), expected.map(|days| format!("2026-10-{days} a")));
    assert_eq!(ids(&month), truth(&shop, "2026-10"));
}

#[tokio::test]
async fn days_that_may_still_change_are_asked_for_again_and_replace_their_rows() {
    let shop = Shop::new(&["a", "b"]).await;
    let window = format!("{WINDOW}, lookback = \"8d\"");
    let (mut bench, source) = (bench("2026-11-02", &["a", "b"]), shop.source(&window));
    let early = pull(&mut bench, &source, "2026-10").await;
    assert_eq!((shop.asked().len(), ids(&early)), (5, truth(&shop, "2026-10")));

    let (gone, moved) = (shop.order("a", "2026-10-30"), shop.order("b", "2026-10-31"));
    let unseen = shop.order("a", "2026-10-05");
    shop.forget(gone);
    shop.change(moved, |order| order.2 = 77);
    shop.change(unseen, |order| order.2 = 99);
    at(&bench, "2026-11-10");
    let late = pull(&mut bench, &source, "2026-10").await;
    assert_eq!(shop.asked(), ["2026-10-25..2026-11-01 a,b"], "the tail that was not final on 2 November");
    let amounts = amounts(&late);
    assert!(!amounts.contains_key(&gone), "a row that disappeared at the source disappears");
    assert_eq!((amounts[&moved].as_str(), amounts[&unseen].as_str()), ("77.0000", "1.0000"));
    assert_eq!(amounts.len(), 61);
    assert_eq!(finding(&late, "conflicting-rows"), None, "a later value is no contradiction");

    let told = extract::differences(&bench.raw(), "double", bench.period).expect("differences");
    let told: Vec<_> = told.iter().map(|one| (one.day, one.added, one.removed, one.changed)).collect();
    assert_eq!(told, [(Some(day("2026-10-30")), 0, 1, 0), (Some(day("2026-10-31")), 0, 0, 1)]);

    let again = pull(&mut bench, &source, "2026-10").await;
    assert_eq!((shop.asked().len(), again.raw_hash), (0, late.raw_hash), "now every day is final");
}

#[tokio::test]
async fn a_repeat_uses_what_the_period_used_although_others_know_better() {
    let shop = Shop::new(&["a"]).await;
    let (mut bench, source) = (bench("2026-11-09", &["a"]), shop.source(WINDOW));
    let month = pull(&mut bench, &source, "2026-10").await;
    let order = shop.order("a", "2026-10-31");
    shop.change(order, |order| order.2 = 5);
    bench.period = Period::parse("2026-10-31").expect("a period");
    bench.refresh(&source).await.expect("the day again");
    shop.asked();
    let again = pull(&mut bench, &source, "2026-10").await;
    assert_eq!((shop.asked().len(), &again.raw_hash, amounts(&again)), (0, &month.raw_hash, amounts(&month)));

    let silent = |_: Progress| {};
    let world = Extraction { clock: bench.clock.clone(), raw: bench.raw(), hosts: Hosts::default(), progress: &silent };
    let ask = Ask { job: String::new(), period: bench.period, tables: bench.tables.clone(), refresh_since: None };
    let now = extract::kept(&source, &ask, &world).await.expect("looked").expect("all days are there");
    let now = Pulled::of(now).expect("rows");
    assert_eq!((amounts(&now)[&order].as_str(), shop.asked().len()), ("5.0000", 0), "what the lake knows now");
    let told = extract::differences(&bench.raw(), "double", bench.period).expect("differences");
    assert_eq!(told.len(), 1);
}

#[tokio::test]
async fn a_joiner_is_asked_for_alone_and_a_leaver_stays() {
    let shop = Shop::new(&["a", "b", "c", "d"]).await;
    let (mut bench, source) =
        (bench("2026-11-09", &["a", "b", "d"]), shop.source("max-span = \"31d\", not-today = true"));
    pull(&mut bench, &source, "2026-10").await;
    assert_eq!(shop.asked(), ["2026-10-01..2026-11-01 a,b,d"]);
    bench.tables.insert(Table::ACCOUNTS, accounts(&["a", "b", "c"]));
    let joined = pull(&mut bench, &source, "2026-10").await;
    assert_eq!(shop.asked(), ["2026-10-01..2026-11-01 c"]);
    assert_eq!(ids(&joined), truth(&shop, "2026-10"), "what the leaver did is still there");
    pull(&mut bench, &source, "2026-10").await;
    assert_eq!(shop.asked().len(), 0);
}

#[tokio::test]
async fn a_month_can_be_computed_after_the_interface_forgot_it() {
    let shop = Shop::new(&["a"]).await;
    let window = format!("{WINDOW}, max-age = \"30d\"");
    let (mut bench, source) = (bench("2026-10-16", &["a"]), shop.source(&window));
    for date in ["2026-10-16", "2026-11-01"] {
        at(&bench, date);
        pull(&mut bench, &source, "2026-10").await;
    }
    shop.asked();
    at(&bench, "2026-11-20");
    let refreshed = bench.refresh(&source).await.expect("what can be had");
    assert_eq!(shop.asked(), ["2026-10-22..2026-10-29 a", "2026-10-29..2026-11-01 a"]);
    assert_eq!(ids(&refreshed), truth(&shop, "2026-10"));
    let told = finding(&refreshed, "kept-as-was").expect("a note");
    assert!(told.text.en.contains("2026-10-01 up to, not with, 2026-10-22"), "{}", told.text.en);
    assert_eq!(holds(&refreshed), Vec::<&str>::new());
    at(&bench, "2027-03-01");
    let month = pull(&mut bench, &source, "2026-10").await;
    assert_eq!((shop.asked().len(), ids(&month)), (0, truth(&shop, "2026-10")));
    let unknown = pull(&mut bench, &source, "2026-09").await;
    assert!(holds(&unknown).contains(&"too-old"), "{:?}", unknown.findings);
}

#[tokio::test]
async fn a_changed_mapping_is_applied_to_the_kept_pages() {
    let shop = Shop::new(&["a"]).await;
    let mut bench = bench("2026-11-09", &["a"]);
    let before = pull(&mut bench, &shop.source(WINDOW), "2026-10").await;
    shop.asked();
    let in_fen = shop.double.read(&orders(WINDOW, "").replace("unit = \"yuan\"", "unit = \"fen\""));
    let after = pull(&mut bench, &in_fen, "2026-10").await;
    assert_eq!((shop.asked().len(), &after.raw_hash), (0, &before.raw_hash), "the pages are the same");
    let order = shop.order("a", "2026-10-05");
    assert_eq!((amounts(&before)[&order].as_str(), amounts(&after)[&order].as_str()), ("1.0000", "0.0100"));
}

#[tokio::test]
async fn a_changed_request_is_asked_anew() {
    let shop = Shop::new(&["a"]).await;
    let mut bench = bench("2026-11-09", &["a"]);
    pull(&mut bench, &shop.source(WINDOW), "2026-10").await;
    shop.asked();
    let more = orders(WINDOW, "").replace("query = {", "query = { fields = \"all\",");
    let after = pull(&mut bench, &shop.double.read(&more), "2026-10").await;
    assert_eq!((shop.asked().len(), ids(&after)), (5, truth(&shop, "2026-10")));
}

#[tokio::test]
async fn rows_that_were_damaged_are_mapped_anew_and_pages_asked_for_again() {
    let shop = Shop::new(&["a"]).await;
    let (mut bench, source) = (bench("2026-11-09", &["a"]), shop.source(WINDOW));
    let before = pull(&mut bench, &source, "2026-10").await;
    shop.asked();
    let file =
        lake_files(&bench).into_iter().find(|file| file.to_string_lossy().contains("2026-10-05")).expect("a file");
    for damage in [&b"PAR1"[..], b""] {
        std::fs::write(&file, damage).expect("damaged");
        let after = pull(&mut bench, &source, "2026-10").await;
        assert_eq!((shop.asked().len(), amounts(&after)), (0, amounts(&before)));
    }
    std::fs::remove_dir_all(bench.folder.path().join("lake")).expect("removed");
    let after = pull(&mut bench, &source, "2026-10").await;
    assert_eq!((shop.asked().len(), amounts(&after)), (0, amounts(&before)));

    std::fs::remove_dir_all(bench.folder.path().join("lake")).expect("removed");
    let page = files(&bench.folder.path().join("raw")).remove(0);
    std::fs::write(page, b"not what it was").expect("damaged");
    let after = pull(&mut bench, &source, "2026-10").await;
    assert_eq!((shop.asked().len(), amounts(&after)), (1, amounts(&before)), "one walk of five");
}

#[tokio::test]
async fn what_lies_by_its_last_change_is_never_removed_by_a_later_pull() {
    let shop = Shop::new(&["a"]).await;
    // The double still answers by the day of the order: what left the window is to stay all the same.
    let window = format!("{WINDOW}, lookback = \"8d\", by = \"change\"");
    let (mut bench, source) = (bench("2026-11-02", &["a"]), shop.source(&window));
    pull(&mut bench, &source, "2026-10").await;
    let (gone, moved) = (shop.order("a", "2026-10-30"), shop.order("a", "2026-10-31"));
    shop.forget(gone);
    shop.change(moved, |order| order.2 = 77);
    at(&bench, "2026-11-10");
    let late = pull(&mut bench, &source, "2026-10").await;
    let amounts = amounts(&late);
    assert_eq!((amounts.len(), amounts[&moved].as_str()), (31, "77.0000"), "the newest version stands");
    assert!(amounts.contains_key(&gone));
}

#[tokio::test]
async fn rows_lie_by_table_and_day_and_are_their_owners_alone() {
    let shop = Shop::new(&["a"]).await;
    let (mut bench, source) = (bench("2026-11-09", &["a"]), shop.source(WINDOW));
    pull(&mut bench, &source, "2026-10").await;
    let files = lake_files(&bench);
    assert_eq!(files.len(), 31, "a file for each day");
    let name = files[0].strip_prefix(bench.folder.path()).expect("inside").to_string_lossy().into_owned();
    assert!(name.starts_with("lake/orders/2026-10-01/double.orders.") && name.ends_with(".parquet"), "{name}");
}

fn lake_files(bench: &Bench) -> Vec<PathBuf> {
    files(&bench.folder.path().join("lake"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
