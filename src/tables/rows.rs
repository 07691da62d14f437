//! The rows behind a number, as a person reads them.

use anyhow::Context;
use polars::prelude::*;
use polars::sql::sql_expr;

use super::Tables;

/// Some rows of one agent, every cell as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// The table they are from.
    pub table: String,
    /// How many there are in all.
    pub count: usize,
    /// The columns' names.
    pub columns: Vec<String>,
    /// The first rows by day.
    pub cells: Vec<Vec<String>>,
}

impl Tables {
    /// The rows of one agent that pass a filter, the first `most` of them by day.
    pub fn rows(&self, table: &str, filter: Option<&str>, agent: &str, most: usize) -> anyhow::Result<Rows> {
        let Some(lazy) = self.lazy(table) else {
            return Ok(Rows { table: table.to_owned(), ..Rows::default() });
        };
        let mut rows = lazy.filter(col("agent_id").eq(lit(agent)));
        if let Some(filter) = filter {
            rows = rows.filter(sql_expr(filter)?);
        }
        let frame = rows.collect()?;
        let sorted = match frame.schema().contains("date") {
            true => frame.sort(["date"], SortMultipleOptions::default().with_maintain_order(true))?,
            false => frame,
        };
        let shown = sorted.head(Some(most));
        let columns: Vec<String> = shown.get_column_names().iter().map(|name| name.to_string()).collect();
        let cells = (0..shown.height())
            .map(|row| shown.columns().iter().map(|column| cell(column, row)).collect())
            .collect::<anyhow::Result<_>>()?;
        Ok(Rows { table: table.to_owned(), count: sorted.height(), columns, cells })
    }
}

fn cell(column: &Column, row: usize) -> anyhow::Result<String> {
    let value =
        column.get(row).map_err(anyhow::Error::from).with_context(|| format!("reading column `{}`", column.name()))?;
    Ok(match value {
        AnyValue::Null => "-".to_owned(),
        AnyValue::String(text) => text.to_owned(),
        other => other.to_string(),
    })
}
