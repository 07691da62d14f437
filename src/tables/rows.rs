//! The rows behind a number, as a person reads them.

use anyhow::Context;
use polars::prelude::*;
use polars::sql::sql_expr;

use super::Tables;

/// Some rows behind a number of one agent, every cell as text; columns without any value are left out.
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
    /// The rows of one agent, or of their department or shop, that pass a filter, the first `most` of them by day.
    pub fn rows(&self, table: &str, filter: Option<&str>, agent: &str, most: usize) -> anyhow::Result<Rows> {
        self.rows_charged(table, filter, &[], agent, most)
    }

    /// As [`Tables::rows`], of the rows that name the agent in one of the given columns; in the usual one without any.
    pub fn rows_charged(
        &self,
        table: &str,
        filter: Option<&str>,
        agents: &[String],
        agent: &str,
        most: usize,
    ) -> anyhow::Result<Rows> {
        let Some(lazy) = self.lazy(table) else {
            return Ok(Rows { table: table.to_owned(), ..Rows::default() });
        };
        let named = agents.iter().map(|column| col(column.as_str()).eq(lit(agent))).reduce(Expr::or);
        let mut rows = match (named, self.owner(table, agent)?) {
            (Some(named), _) => lazy.filter(named),
            (None, Some((column, owner))) => lazy.filter(col(column).eq(lit(owner))),
            (None, None) => lazy,
        };
        if let Some(filter) = filter {
            rows = rows.filter(sql_expr(filter)?);
        }
        let sorted = in_time(rows.collect()?)?;
        let shown = filled(sorted.head(Some(most)))?;
        let columns: Vec<String> = shown.get_column_names().iter().map(|name| name.to_string()).collect();
        let cells = (0..shown.height())
            .map(|row| shown.columns().iter().map(|column| cell(column, row)).collect())
            .collect::<anyhow::Result<_>>()?;
        Ok(Rows { table: table.to_owned(), count: sorted.height(), columns, cells })
    }
}

impl Tables {
    /// The column that says whose the rows of a table are, and what it has for an agent: the agent, else their department
    /// or shop; `None` for a table that is everybody's.
    fn owner(&self, table: &str, agent: &str) -> PolarsResult<Option<(&'static str, String)>> {
        let Some(mut rows) = self.lazy(table) else { return Ok(None) };
        let schema = rows.collect_schema()?;
        let member = self.roster.member(agent);
        let owners = [
            ("agent_id", Some(agent.to_owned())),
            ("dept_id", member.and_then(|member| member.dept_id.clone())),
            ("shop_id", member.and_then(|member| member.shop_id.clone())),
        ];
        let owner = owners.into_iter().find(|(column, _)| schema.contains(column));
        Ok(owner.map(|(column, owner)| (column, owner.unwrap_or_default())))
    }
}

/// Without columns that say nothing in any row.
fn filled(frame: DataFrame) -> PolarsResult<DataFrame> {
    let says = |column: &&Column| column.null_count() < column.len();
    frame.select(frame.columns().iter().filter(says).map(|column| column.name().clone()))
}

fn in_time(frame: DataFrame) -> PolarsResult<DataFrame> {
    match ["date", "month"].into_iter().find(|name| frame.schema().contains(name)) {
        Some(name) => frame.sort([name], SortMultipleOptions::default().with_maintain_order(true)),
        None => Ok(frame),
    }
}

fn cell(column: &Column, row: usize) -> anyhow::Result<String> {
    let value =
        column.get(row).map_err(anyhow::Error::from).with_context(|| format!("reading column `{}`", column.name()))?;
    Ok(if value.is_null() { "-".to_owned() } else { value.str_value().into_owned() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::period::Period;

    #[test]
    fn of_tables_on_the_disk_an_agent_is_shown_their_own_rows() {
        let data = tempfile::tempdir().expect("a folder");
        let folder = data.path().join("2026-10");
        let agents = || Column::new("agent_id".into(), ["A1", "A2", "A1"]);
        let month = Column::new("month".into(), ["2026-10"; 3]);
        let calls = DataFrame::new(3, vec![agents(), month]).expect("a frame");
        let teams = Column::new("team_id".into(), ["T1"; 3]);
        let people = DataFrame::new(3, vec![agents(), teams]).expect("a frame").slice(0, 2);
        let frames = BTreeMap::from([("plans".to_owned(), calls), ("agents".to_owned(), people)]);
        crate::tables::write(&folder, &frames).expect("written");
        let period = Period::parse("2026-10").expect("a period");
        let tables = Tables::open(&folder, &period, period.end, None).expect("tables");
        let count = |agent| tables.rows("plans", None, agent, 10).expect("rows").count;
        assert_eq!((count("A1"), count("A2"), count("A3")), (2, 1, 0));
    }
}
