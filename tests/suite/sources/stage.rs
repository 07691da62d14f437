//! A shop with few agents behind its doubles, and what a source pulled from it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use polars::prelude::{DataFrame, DataType};
use scorepost::demo::{self, Served, Shop, ShopPlan};
use scorepost::finding::Finding;
use scorepost::period::Period;
use scorepost::source::Table;
use scorepost::tables::{self, Tables};

use super::{Bench, Pulled, shipped};

/// October 2026 of a shop, pulled on the 9th of November.
pub struct Stage {
    pub bench: Bench,
    pub shop: Arc<Shop>,
    served: Served,
}

impl Stage {
    pub fn new(agents: u32) -> Self {
        let bench = Bench::new();
        let plan = ShopPlan { agents, months: 1, ..ShopPlan::at(bench.clock.now()) };
        let shop = Arc::new(Shop::generate(plan));
        let address = "127.0.0.1:0".parse().expect("an address");
        let served = demo::start(Arc::clone(&shop), bench.clock.clone(), address).expect("the shop opens");
        Self { bench, shop, served }
    }

    /// The same for another period.
    pub fn period(self, label: &str) -> Self {
        Self { bench: self.bench.period(label), ..self }
    }

    /// Pulls a source that ships; `variable` is where its file has the address.
    pub async fn pull(&mut self, id: &str, variable: &str) -> Pulled {
        let source = shipped(id, variable, &self.served.base);
        let pulled = self.bench.pull(&source).await.unwrap_or_else(|error| panic!("{error:#}"));
        for batch in &pulled.batches {
            self.bench.tables.insert(batch.table, batch.frame.clone());
        }
        pulled
    }

    /// The canonical tables that follow, with the roster and further rows.
    pub async fn tables(&mut self, pulled: &Pulled, more: Vec<(&str, DataFrame)>) -> (Tables, Vec<Finding>) {
        let roster = shipped("shop-roster", "SHOP_URL", &self.served.base);
        let roster = self.bench.pull(&roster).await.expect("a roster");
        let batches = roster.batches.iter().chain(&pulled.batches);
        let mut rows: Vec<(String, DataFrame)> =
            batches.map(|batch| (batch.table.name().to_owned(), batch.frame.clone())).collect();
        rows.extend(more.into_iter().map(|(table, frame)| (table.to_owned(), frame)));
        let period = self.bench.period;
        tables::build(rows, &period, period.end, None).unwrap_or_else(|error| panic!("{error:#}"))
    }
}

/// A table that a pull gave.
pub fn frame<'a>(pulled: &'a Pulled, table: &str) -> &'a DataFrame {
    let table = Table::from_name(table).expect("a table");
    pulled.frame(table).expect("a frame")
}

/// The numbers of a column, rounded to whole ones.
pub fn numbers(frame: &DataFrame, column: &str) -> Vec<Option<i64>> {
    let column = frame.column(column).expect("a column").cast(&DataType::Int64).expect("numbers");
    column.i64().expect("numbers").iter().collect()
}

/// The days of a column of days or times.
pub fn days(frame: &DataFrame, column: &str) -> Vec<Option<NaiveDate>> {
    let column = frame.column(column).expect("a column").cast(&DataType::Date).expect("days");
    let day = |days: i32| NaiveDate::from_num_days_from_ce_opt(days + 719_163);
    column.date().expect("days").physical().iter().map(|cell| cell.and_then(day)).collect()
}

/// The sum of `value` by `key` over the rows that `keep` takes; nothing counts as nought.
pub fn sums(frame: &DataFrame, key: &str, value: &str, keep: impl Fn(usize) -> bool) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    let rows = super::texts(frame, key).into_iter().zip(numbers(frame, value)).enumerate();
    for (_, (key, value)) in rows.filter(|(row, _)| keep(*row)) {
        *sums.entry(key).or_default() += value.unwrap_or_default();
    }
    sums
}

/// The first and last day of October 2026.
pub fn october() -> (NaiveDate, NaiveDate) {
    let period = Period::parse("2026-10").expect("a period");
    (period.start, period.end.pred_opt().expect("a day"))
}

/// Whether each row's day lies in October 2026.
pub fn in_october(frame: &DataFrame, column: &str) -> Vec<bool> {
    let (first, last) = october();
    days(frame, column).into_iter().map(|day| day.is_some_and(|day| first <= day && day <= last)).collect()
}
