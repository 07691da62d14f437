//! The attendance platforms that ship, against their doubles: a month is pulled through all their troubles, and every
//! count and sum is that of the generator.

mod dingtalk;
mod feishu;
mod wecom;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use polars::prelude::*;
use scorepost::demo::{self, Agent, AttendedRow, Served, Shop, ShopPlan};
use scorepost::extract::{Ask, Extraction, Hosts, Progress};
use scorepost::source::Table;
use scorepost::tables;

use super::{Bench, Pulled, holds, pull, shipped};

/// October 2026 of the default shop, served, with the roster pulled.
struct Month {
    bench: Bench,
    shop: Arc<Shop>,
    served: Served,
    /// Why requests had to be repeated.
    waits: Mutex<Vec<String>>,
}

/// A number for each agent's staff number; who has none stands for zero.
type ByAgent = BTreeMap<String, i64>;

impl Month {
    async fn new() -> Self {
        let bench = Bench::new();
        let shop = Arc::new(Shop::generate(ShopPlan::at(bench.clock.now())));
        let address = "127.0.0.1:0".parse().expect("an address");
        let served = demo::start(Arc::clone(&shop), bench.clock.clone(), address).expect("the shop opens");
        let mut month = Self { bench, shop, served, waits: Mutex::default() };
        let roster = month.pull("shop-roster").await;
        month.bench.tables.extend(roster.batches.into_iter().map(|batch| (batch.table, batch.frame)));
        month
    }

    /// Everything of a source that ships; nothing may hold the run.
    async fn pull(&self, id: &str) -> Pulled {
        let source = shipped(id, "SHOP_URL", &self.served.base);
        let note = |progress: Progress| {
            if let Progress::Waiting { why, .. } = progress {
                self.waits.lock().expect("the list").push(why);
            }
        };
        let bench = &self.bench;
        let (clock, raw, hosts) = (bench.clock.clone(), bench.raw(), Hosts::default());
        let world = Extraction { clock, raw, hosts, progress: &note };
        let ask = Ask { job: String::new(), period: bench.period, tables: bench.tables.clone(), refresh_since: None };
        let pulled = pull(&source, &ask, &world).await.unwrap_or_else(|error| panic!("{error:#}"));
        assert_eq!(holds(&pulled), Vec::<&str>::new(), "{:?}", pulled.findings);
        assert!(pulled.counts.iter().all(|count| count.set_aside == 0), "{:?}", pulled.counts);
        pulled
    }

    /// Whether a request was repeated because of this.
    fn waited_for(&self, why: &str) -> bool {
        self.waits.lock().expect("the list").iter().any(|wait| wait.contains(why))
    }

    /// The tables of the month as a run would build them from the roster and some pulls.
    fn built(&self, pulls: &[&Pulled]) -> tables::Tables {
        let roster = self.bench.tables.iter().map(|(table, frame)| (table.name().to_owned(), frame.clone()));
        let facts = pulls.iter().flat_map(|pulled| &pulled.batches);
        let facts = facts.map(|batch| (batch.table.name().to_owned(), batch.frame.clone()));
        let last = self.bench.period.end.pred_opt().expect("a day");
        tables::build(roster.chain(facts).collect(), &self.bench.period, last, None).expect("tables").0
    }

    /// What truly happened, by agent; `of` picks the number.
    fn truth(&self, of: impl Fn(&AttendedRow) -> i64) -> ByAgent {
        let october = NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day");
        without_zeros(self.shop.attended(october).iter().map(|row| (row.agent.clone(), of(row))))
    }

    /// The staff number behind each account of a platform.
    fn owners(&self, account: impl Fn(&Agent) -> &str) -> BTreeMap<String, String> {
        self.shop.agents().iter().map(|agent| (account(agent).to_owned(), agent.id.clone())).collect()
    }
}

fn without_zeros(numbers: impl Iterator<Item = (String, i64)>) -> ByAgent {
    numbers.filter(|(_, number)| *number != 0).collect()
}

/// The sum of `value` over the rows of each text in `who`.
fn sums(frame: &DataFrame, who: &str, value: Expr) -> ByAgent {
    let valued = frame.clone().lazy().with_column(value.cast(DataType::Int64).alias("sum"));
    let grouped = valued.group_by([col(who)]).agg([col("sum").sum()]);
    let grouped = grouped.collect().expect("sums");
    let who = grouped.column(who).and_then(|column| column.str()).expect("texts");
    let sum = grouped.column("sum").and_then(|column| column.i64()).expect("numbers");
    without_zeros(who.iter().zip(sum.iter()).map(|(who, sum)| (who.unwrap_or("-").to_owned(), sum.unwrap_or(0))))
}

/// The same numbers under staff numbers instead of accounts.
fn owned(numbers: ByAgent, owners: &BTreeMap<String, String>) -> ByAgent {
    numbers.into_iter().map(|(account, number)| (owners[&account].clone(), number)).collect()
}

/// The same numbers without those of one agent.
fn without(mut numbers: ByAgent, agent: &str) -> ByAgent {
    numbers.remove(agent);
    numbers
}

/// How many rows a condition holds for.
fn is(condition: Expr) -> Expr {
    condition.cast(DataType::Int64)
}

fn frame<'a>(pulled: &'a Pulled, table: &str) -> &'a DataFrame {
    pulled.frame(Table::from_name(table).expect("a table")).expect("a frame")
}

/// How many records a rule of a resource dropped.
fn skipped(pulled: &Pulled, rule: &str) -> i64 {
    pulled.counts.iter().filter_map(|count| count.skipped.get(rule)).map(|count| *count as i64).sum()
}
