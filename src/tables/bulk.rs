//! Tables of many rows: built a part at a time, written as they are built, and then asked from the disk.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::*;

use crate::extract::{self, Stock};
use crate::period::Period;
use crate::side_by_side;
use crate::source::Table;

use super::build::{Site, inside, shaped, strays};
use super::columns::Turned;
use super::identity::Book;
use super::store::{self, Kept};
use super::{Draft, attribution, columns, identity, shape, streamed};

/// The tables whose rows grow with the work of all people. Those of which another follows come before it; none of them is
/// needed whole for a row of its own.
const BULKY: [&str; 5] = ["calls", "chat_sessions", "chats", "events", "orders"];

/// How many rows of whole days are counted at once, unless a single day has more. Tests have few rows, and several portions.
const PORTION: usize = if cfg!(test) { 3 } else { 1 << 19 };

/// A table on the disk.
pub struct Bulk {
    /// Its rows of the period.
    pub(super) kept: Kept,
    /// Its rows of other days, if there are any.
    others: Option<Kept>,
    /// Whether a source named the agent of any row, or their account.
    pub named: bool,
}

impl Bulk {
    /// Whether a table is one of these.
    pub fn has(table: &str) -> bool {
        BULKY.contains(&table)
    }

    /// All rows, those of the period first.
    pub fn rows(&self) -> PolarsResult<LazyFrame> {
        match &self.others {
            None => Ok(self.kept.rows.clone()),
            Some(others) => concat([self.kept.rows.clone(), others.rows.clone()], UnionArgs::default()),
        }
    }

    /// Its rows of other days than the period's, if there are any.
    pub fn others(&self) -> Option<LazyFrame> {
        self.others.as_ref().map(|others| others.rows.clone())
    }

    /// All rows in portions of whole days, those without a day in one of their own; one portion without rows where there are
    /// none, so that what follows from them has its columns.
    pub fn days(&self) -> PolarsResult<Vec<LazyFrame>> {
        let rows = self.rows()?;
        let many = streamed(rows.clone().group_by([col("date")]).agg([len().alias("rows")]))?;
        let many = many.sort(["date"], SortMultipleOptions::default())?;
        let (days, rows_of) = (many.column("date")?.date()?.physical().clone(), many.column("rows")?.idx()?.clone());
        let mut portions = Vec::new();
        let mut span = None::<(i32, i32, usize)>;
        for (day, height) in days.iter().zip(rows_of.iter()) {
            let height = height.unwrap_or_default() as usize;
            let Some(day) = day else {
                portions.push(rows.clone().filter(col("date").is_null()));
                continue;
            };
            span = Some(match span {
                Some((first, _, held)) if held + height <= PORTION => (first, day, held + height),
                before => {
                    portions.extend(before.map(|(first, last, _)| between(&rows, first, last)));
                    (day, day, height)
                }
            });
        }
        portions.extend(span.map(|(first, last, _)| between(&rows, first, last)));
        if portions.is_empty() {
            portions.push(rows);
        }
        Ok(portions)
    }
}

/// Rows of some days. As literals they are compared with the bounds of row groups, of which few are read.
fn between(rows: &LazyFrame, first: i32, last: i32) -> LazyFrame {
    let day = |day| lit(Scalar::new(DataType::Date, AnyValue::Date(day)));
    rows.clone().filter(col("date").gt_eq(day(first)).and(col("date").lt_eq(day(last))))
}

/// Where such tables are built, and by what.
pub struct Hall<'a> {
    /// The folder that takes them.
    pub draft: &'a Draft,
    /// The period.
    pub period: &'a Period,
    /// Whose accounts are.
    pub book: &'a Book,
    /// Counts rows whose times are turned.
    pub turned: &'a mut Turned,
}

impl Hall<'_> {
    /// Builds all of them from what the sources gave.
    pub fn lay_all(&mut self, site: &mut Site, bulky: Vec<(String, Stock)>) -> anyhow::Result<()> {
        let mut stocks: BTreeMap<String, Vec<Stock>> = BTreeMap::new();
        for (table, stock) in bulky {
            stocks.entry(table).or_default().push(stock);
        }
        for table in BULKY {
            if let Some(stocks) = stocks.remove(table) {
                let bulk = self.lay(site, table, &stocks).with_context(|| format!("building table `{table}`"))?;
                site.bulk.insert(table.to_owned(), bulk);
            }
        }
        Ok(())
    }

    fn lay(&mut self, site: &Site, table: &str, stocks: &[Stock]) -> anyhow::Result<Bulk> {
        let like = Table::from_name(table).map(extract::empty).unwrap_or_default();
        let mut kept = Sink::open(self.draft.path(table), &like)?;
        let (mut others, mut named) = (None::<Sink>, false);
        let inside = inside(self.period).fill_null(lit(false));
        for stock in stocks {
            stock.each_parts(rayon::current_num_threads(), |parts| {
                let worked = side_by_side::each(&parts, |part| self.worked(site, table, part.clone(), &inside))?;
                for part in worked.into_iter().collect::<anyhow::Result<Vec<Worked>>>()? {
                    named |= part.named;
                    self.turned.add(part.turned);
                    kept.write(part.rows)?;
                    if let Some(stray) = part.others {
                        if others.is_none() {
                            others = Some(Sink::open(self.draft.path_of_others(table)?, &like)?);
                        }
                        others.as_mut().map_or(Ok(()), |others| others.write(stray))?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(Bulk { kept: kept.finish()?, others: others.map(Sink::finish).transpose()?, named })
    }

    /// What becomes of some rows.
    fn worked(&self, site: &Site, table: &str, part: DataFrame, inside: &Expr) -> anyhow::Result<Worked> {
        let (mut rows, mut turned) = (shaped(table, part)?, Turned::default());
        shape::fill_date(table, &mut rows)?;
        identity::resolve_one(table, &mut rows, self.book)?;
        let named = rows.column("agent_id").is_ok_and(|ids| ids.null_count() < ids.len());
        if table == "orders" {
            rows = attribution::attributed(rows, site.rows("chats")?)?;
        }
        columns::span(table, &mut rows, &mut turned)?;
        if !strays(&rows, inside)? {
            return Ok(Worked { rows, others: None, named, turned });
        }
        let others = rows.clone().lazy().filter(inside.clone().not()).collect()?;
        Ok(Worked { rows: rows.lazy().filter(inside.clone()).collect()?, others: Some(others), named, turned })
    }
}

/// A part of a table.
struct Worked {
    /// Its rows of the period.
    rows: DataFrame,
    /// Its rows of other days, if it has any.
    others: Option<DataFrame>,
    /// Whether a source named the agent of any row, or their account.
    named: bool,
    /// Its rows whose times are turned.
    turned: Turned,
}

/// A file that takes rows.
struct Sink {
    path: PathBuf,
    file: Arc<File>,
    writer: BatchedWriter<BufWriter<Arc<File>>>,
    columns: Vec<PlSmallStr>,
}

impl Sink {
    fn open(path: PathBuf, like: &DataFrame) -> anyhow::Result<Self> {
        let file = Arc::new(File::create(&path).with_context(|| format!("cannot write `{}`", path.display()))?);
        let writer = ParquetWriter::new(BufWriter::new(file.clone())).with_compression(store::LIGHT);
        let columns = like.get_column_names_owned();
        Ok(Self { path, file, writer: writer.batched(like.schema())?, columns })
    }

    fn write(&mut self, rows: DataFrame) -> anyhow::Result<()> {
        if rows.height() > 0 {
            let mut rows = rows.select(self.columns.iter().cloned())?;
            // Every chunk would become a row group of its own.
            rows.rechunk_mut();
            let cannot = || format!("cannot write `{}`; check free space", self.path.display());
            self.writer.write_batch(&rows).map_err(anyhow::Error::from).with_context(cannot)?;
        }
        Ok(())
    }

    fn finish(self) -> anyhow::Result<Kept> {
        let cannot = || format!("cannot write `{}`; check free space", self.path.display());
        self.writer.finish().map_err(anyhow::Error::from).with_context(cannot)?;
        drop(self.writer);
        self.file.sync_all().with_context(cannot)?;
        store::scan(self.path)
    }
}

#[cfg(test)]
mod tests;
