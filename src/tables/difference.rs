//! What differs between the tables of a period as they were and as they are now.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use polars::prelude::*;

use crate::source::Table;
use crate::words::Bilingual;

use super::cells::Cells;
use super::derived::follows;
use super::{Tables, gate, stacked};

/// What differs in one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: Table,
    /// Rows that are new.
    pub added: usize,
    /// Rows that are gone.
    pub removed: usize,
    /// Rows of the same key whose values differ; they are neither new nor gone.
    pub changed: usize,
    /// The days of all of these; none in a table without days.
    pub days: BTreeSet<NaiveDate>,
}

impl Difference {
    /// `chats：新增 3 行，消失 1 行，改动 2 行`.
    pub fn text(&self) -> Bilingual {
        let counts = [("新增", "new", self.added), ("消失", "gone", self.removed), ("改动", "changed", self.changed)];
        let told = || counts.iter().filter(|(_, _, count)| *count > 0);
        let zh: Vec<String> = told().map(|(word, _, count)| format!("{word} {count} 行")).collect();
        let en: Vec<String> = told().map(|(_, word, count)| format!("{count} rows {word}")).collect();
        let table = self.table.name();
        Bilingual::new(format!("{table} {}", zh.join("，")), format!("{table} {}", en.join(", ")))
    }
}

/// The tables that sources gave in which something differs, by name; what follows from others would tell the same change
/// again and is left out.
pub fn difference(before: &Tables, now: &Tables) -> anyhow::Result<Vec<Difference>> {
    let there: BTreeSet<Table> = Table::all().filter(|table| now.has(table.name())).collect();
    let mut tables: Vec<Table> = Table::all().filter(|table| !follows(*table, &there)).collect();
    tables.sort();
    let mut all = Vec::new();
    for table in tables {
        let one = of_table(table, before.lazy(table.name()), now.lazy(table.name()))?;
        all.extend(one.filter(|one| one.added + one.removed + one.changed > 0));
    }
    Ok(all)
}

fn of_table(table: Table, before: Option<LazyFrame>, now: Option<LazyFrame>) -> anyhow::Result<Option<Difference>> {
    let (before, now) = match (before, now) {
        (None, None) => return Ok(None),
        (Some(before), Some(now)) => (before, now),
        (Some(before), None) => (before.clone(), before.filter(lit(false))),
        (None, Some(now)) => (now.clone().filter(lit(false)), now),
    };
    let every: Vec<Expr> = table.columns().iter().map(|column| col(column.name)).collect();
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    for portion in portions(table, &before, &now)? {
        let [before, now] = [&before, &now].map(|rows| comparable(table, rows.clone().filter(portion.clone())));
        added.push(without(now.clone(), before.clone(), &every)?);
        removed.push(without(before, now, &every)?);
    }
    let (added, removed) = (stacked(added)?, stacked(removed)?);
    let changed = both(table, &added, &removed)?;
    let mut days = days(table, &added)?;
    days.extend(self::days(table, &removed)?);
    let (added, removed) = (added.height() - changed, removed.height() - changed);
    Ok(Some(Difference { table, added, removed, changed, days }))
}

/// Conditions of which every row meets one: its day, so that no more rows than a day's are compared at once. Rows of two
/// days are never the same.
fn portions(table: Table, before: &LazyFrame, now: &LazyFrame) -> anyhow::Result<Vec<Expr>> {
    if table.column("date").is_none() {
        return Ok(vec![lit(true)]);
    }
    let mut days = gate::days::of(before.clone())?;
    days.extend(gate::days::of(now.clone())?);
    let of_day = days.into_iter().map(|day| col("date").eq(lit(day)));
    Ok(of_day.chain([col("date").is_null()]).collect())
}

/// The columns of the table as texts, by which rows are the same or not.
fn comparable(table: Table, rows: LazyFrame) -> LazyFrame {
    rows.select(table.columns().iter().map(|column| col(column.name).cast(DataType::String)).collect::<Vec<Expr>>())
}

/// The rows of the first that the second does not have.
fn without(rows: LazyFrame, others: LazyFrame, on: &[Expr]) -> PolarsResult<DataFrame> {
    let join = JoinArgs { nulls_equal: true, ..JoinArgs::new(JoinType::Anti) };
    rows.join(others, on, on, join).collect()
}

/// How many rows have the same key in both.
fn both(table: Table, added: &DataFrame, removed: &DataFrame) -> PolarsResult<usize> {
    let key: Vec<Expr> = table.key().iter().map(|name| col(*name)).collect();
    if key.is_empty() {
        return Ok(0);
    }
    let join = JoinArgs { nulls_equal: true, ..JoinArgs::new(JoinType::Semi) };
    Ok(added.clone().lazy().join(removed.clone().lazy(), &key, &key, join).collect()?.height())
}

fn days(table: Table, rows: &DataFrame) -> anyhow::Result<BTreeSet<NaiveDate>> {
    if table.column("date").is_none() {
        return Ok(BTreeSet::new());
    }
    let days = rows.clone().lazy().select([col("date").cast(DataType::Date)]).collect()?;
    Ok(Cells::of(&days).days("date")?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::Period;
    use crate::tables::build;

    /// Tables of one day's shop figures: shop, views.
    fn tables(rows: &[(&str, &str, i64)]) -> Tables {
        let dates = rows.iter().map(|row| row.1.parse::<NaiveDate>().expect("a day"));
        let columns = vec![
            Column::new("shop_id".into(), rows.iter().map(|row| row.0).collect::<Vec<_>>()),
            DateChunked::from_naive_date("date".into(), dates).into_series().into(),
            Column::new("pv".into(), rows.iter().map(|row| row.2).collect::<Vec<_>>()),
        ];
        let text = |name: &str| Column::new(name.into(), ["A1"]);
        let agents = ["agent_id", "name", "team_id", "team_name", "role"].map(text).to_vec();
        let frames = vec![
            ("shop_daily".to_owned(), DataFrame::new(rows.len(), columns).expect("days")),
            ("agents".to_owned(), DataFrame::new(1, agents).expect("a roster")),
        ];
        let period = Period::parse("2026-10").expect("a period");
        let cut_off = NaiveDate::from_ymd_opt(2026, 11, 9).expect("a day");
        build(frames, &period, cut_off, None).expect("tables").0
    }

    #[test]
    fn rows_are_new_gone_or_changed_by_their_key() {
        let before = tables(&[("S", "2026-10-01", 1), ("S", "2026-10-02", 2), ("S", "2026-10-03", 3)]);
        let now = tables(&[("S", "2026-10-03", 4), ("S", "2026-10-01", 1), ("S", "2026-10-05", 5)]);
        let found = difference(&before, &now).expect("a difference");
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.table.name(), one.added, one.removed, one.changed), ("shop_daily", 1, 1, 1));
        let days: Vec<String> = one.days.iter().map(NaiveDate::to_string).collect();
        assert_eq!(days, ["2026-10-02", "2026-10-03", "2026-10-05"]);
        assert_eq!(one.text().en, "shop_daily 1 rows new, 1 rows gone, 1 rows changed");
    }

    #[test]
    fn the_same_rows_in_another_order_are_the_same() {
        let before = tables(&[("S", "2026-10-01", 1), ("S", "2026-10-02", 2)]);
        let now = tables(&[("S", "2026-10-02", 2), ("S", "2026-10-01", 1)]);
        assert!(difference(&before, &now).expect("no difference").is_empty());
    }
}
