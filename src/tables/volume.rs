//! How much some rows of a table are: their number and the sum of what the table is about.

use polars::prelude::*;

use crate::exact::Exact;
use crate::words::Bilingual;

use super::number::exact;

/// What tables are about: the column whose sum says more than the number of rows.
const MEASURES: [(&str, &str); 7] = [
    ("calls", "service_seconds"),
    ("chat_sessions", "customer_msgs"),
    ("chats", "buyer_msgs"),
    ("chats_daily", "received_customers"),
    ("funnel_daily", "order_amount"),
    ("orders", "order_amount"),
    ("refunds", "amount"),
];

/// How much some rows are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// How many.
    pub rows: u64,
    /// The column that the table is about, and its sum; `None` for a table without one.
    pub sum: Option<(&'static str, Exact)>,
}

/// The column that a table is about, if there is one.
pub fn measure(table: &str) -> Option<&'static str> {
    let table = crate::source::Table::from_name(table)?;
    let (_, column) = MEASURES.iter().find(|(name, _)| *name == table.name())?;
    table.column(column).map(|column| column.name)
}

/// What a query over groups of rows asks for, so that [`Volume::of_row`] can read it.
pub fn sums(table: &str) -> Vec<Expr> {
    let rows = len().cast(DataType::Int64).alias("rows");
    std::iter::once(rows).chain(measure(table).map(|column| col(column).sum().alias("sum"))).collect()
}

impl Volume {
    /// The volume of one group.
    pub fn of_row(table: &str, grouped: &DataFrame, row: usize) -> anyhow::Result<Self> {
        let rows = grouped.column("rows")?.i64()?.get(row).and_then(|rows| u64::try_from(rows).ok());
        let sum = match measure(table) {
            Some(column) => Some((column, exact(&grouped.column("sum")?.get(row)?)?.unwrap_or_else(Exact::zero))),
            None => None,
        };
        Ok(Self { rows: rows.unwrap_or(0), sum })
    }

    /// Adds more rows of the same table.
    pub fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        let mine = self.sum.take().map_or_else(Exact::zero, |(_, sum)| sum);
        self.sum = other.sum.as_ref().map(|(column, sum)| (*column, mine + sum.clone()));
    }

    /// `12 行 chats（buyer_msgs 共 34）`.
    pub fn of(&self, table: &str) -> Bilingual {
        let rows = self.rows;
        match &self.sum {
            Some((column, sum)) => Bilingual::new(
                format!("{rows} 行 {table}（{column} 共 {sum}）"),
                format!("{rows} rows of {table} ({column} {sum} in all)"),
            ),
            None => Bilingual::new(format!("{rows} 行 {table}"), format!("{rows} rows of {table}")),
        }
    }
}

/// Several volumes, `12 行 chats、3 行 surveys`.
pub fn together(all: &[Bilingual]) -> Bilingual {
    let list = |texts: Vec<&str>, mark: &str| texts.join(mark);
    Bilingual::new(
        list(all.iter().map(|one| one.zh.as_str()).collect(), "、"),
        list(all.iter().map(|one| one.en.as_str()).collect(), ", "),
    )
}
