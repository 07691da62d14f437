//! The sources that ship, against the embedded shop: all that truly happened arrives, in spite of its unrest.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use polars::prelude::DataFrame;
use scorepost::demo::{self, Served, Shop, ShopPlan};
use scorepost::source::Table;

use super::{Bench, Pulled, finding, holds, shipped, texts};

struct Month {
    bench: Bench,
    shop: Arc<Shop>,
    served: Served,
}

impl Month {
    fn new() -> Self {
        let bench = Bench::new();
        let shop = Arc::new(Shop::generate(ShopPlan::at(bench.clock.now())));
        let address = "127.0.0.1:0".parse().expect("an address");
        let served = demo::start(Arc::clone(&shop), bench.clock.clone(), address).expect("the shop opens");
        Self { bench, shop, served }
    }

    async fn pull(&mut self, id: &str) -> Pulled {
        let source = shipped(id, "SHOP_URL", &self.served.base);
        let pulled = self.bench.pull(&source).await.unwrap_or_else(|error| panic!("{error:#}"));
        assert_eq!(holds(&pulled), Vec::<&str>::new(), "{:?}", pulled.findings);
        for batch in &pulled.batches {
            self.bench.tables.insert(batch.table, batch.frame.clone());
        }
        pulled
    }
}

fn frame(pulled: &Pulled, table: Table) -> &DataFrame {
    pulled.frame(table).expect("a frame")
}

#[tokio::test]
async fn the_shop_is_pulled_whole() {
    let mut month = Month::new();
    let roster = month.pull("shop-roster").await;
    let people = month.shop.agents().len() + month.shop.managers().len();
    assert_eq!(frame(&roster, Table::AGENTS).height(), people);
    let platforms = texts(frame(&roster, Table::ACCOUNTS), "platform");
    assert_eq!(platforms.iter().filter(|platform| *platform == "taobao").count(), month.shop.agents().len());
    assert!(texts(frame(&roster, Table::AGENTS), "email").contains(&"-".to_owned()), "one agent has no address");
    assert!(texts(frame(&roster, Table::AGENTS), "role").iter().all(|role| role == "agent" || role == "manager"));

    let top = month.pull("taobao-top").await;
    check_chats(&month, &top);
    check_orders(&top);
    let punches = month.pull("dingtalk").await;
    check_punches(&punches);
}

/// Chats by agent and their waits are what truly happened in the month.
fn check_chats(month: &Month, top: &Pulled) {
    let agents: BTreeMap<String, String> =
        month.shop.agents().iter().map(|agent| (agent.account.clone(), agent.id.clone())).collect();
    let chats = frame(top, Table::CHATS);
    let started = chats.column("started_at").expect("a column").datetime().expect("a datetime");
    let first = NaiveDate::from_ymd_opt(2026, 10, 1)
        .expect("a day")
        .and_time(chrono::NaiveTime::MIN)
        .and_utc()
        .timestamp_micros();
    let waits = chats.column("response_seconds").and_then(|column| column.i64()).expect("numbers");
    let mut received: BTreeMap<&str, (u64, i64)> = BTreeMap::new();
    for ((account, at), wait) in texts(chats, "account").iter().zip(started.physical().iter()).zip(waits.iter()) {
        let last = first + 31 * 86_400_000_000;
        if at.is_some_and(|at| first <= at && at < last) {
            let entry = received.entry(agents[account].as_str()).or_default();
            *entry = (entry.0 + 1, entry.1 + wait.expect("a wait"));
        }
    }
    let october = NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day");
    let mut checked = 0;
    for row in month.shop.truth(october) {
        let given = received.get(row.agent.as_str()).copied().unwrap_or_default();
        assert_eq!((given.0, given.1), (row.received, row.response_seconds as i64), "{}", row.agent);
        checked += row.received;
    }
    assert!(checked > 1_000, "only {checked} chats");
    let day_before = started.physical().iter().flatten().filter(|at| *at < first).count();
    assert!(day_before > 0, "orders of the 1st belong to chats of the day before");
}

fn check_orders(top: &Pulled) {
    let orders = frame(top, Table::ORDERS);
    let paid = orders.column("paid_at").expect("a column").null_count();
    assert!(orders.height() > 1_000 && paid > 0 && paid < orders.height(), "{} orders, {paid} unpaid", orders.height());
    assert!(frame(top, Table::REFUNDS).height() > 10);
    assert!(finding(top, "duplicates-dropped").is_none_or(|note| note.text.en.len() < 60));
}

fn check_punches(pulled: &Pulled) {
    let punches = frame(pulled, Table::PUNCHES);
    let results = texts(punches, "result");
    let actual = punches.column("actual_at").expect("a column");
    let unsigned = results.iter().filter(|result| *result == "NotSigned").count();
    assert!(punches.height() > 500 && unsigned > 0);
    assert_eq!(actual.null_count(), unsigned, "a punch that nobody made has no time");
    let approved =
        punches.column("approved").and_then(|column| column.bool()).expect("truth values").sum().unwrap_or(0);
    assert!(approved > 0);
}

#[tokio::test]
async fn a_repeated_month_asks_for_nothing() {
    let mut month = Month::new();
    let first = [month.pull("shop-roster").await, month.pull("taobao-top").await];
    let closed =
        demo::start(Arc::clone(&month.shop), month.bench.clock.clone(), "127.0.0.1:0".parse().expect("an address"));
    month.served = closed.expect("another port");
    let again = [month.pull("shop-roster").await, month.pull("taobao-top").await];
    for (first, again) in first.iter().zip(&again) {
        assert_eq!(first.raw_hash, again.raw_hash);
        assert!(again.counts.iter().all(|count| count.kept == count.pages));
        for (before, after) in first.batches.iter().zip(&again.batches) {
            assert!(before.frame.equals_missing(&after.frame), "{}", before.table.name());
        }
    }
}
