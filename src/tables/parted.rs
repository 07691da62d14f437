//! Rows of a table a part at a time: a query over millions of them has few in memory at once, and only their columns that
//! it names.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use polars::prelude::*;

use crate::side_by_side;

use super::{Tables, shape, store};

/// How many rows of a table in memory make a part; on the disk each row group is one.
const ROWS: usize = 1 << 17;

impl Tables {
    /// Does something with some columns of each part of a table, several parts side by side, and gives what came of it in
    /// their order. An empty table has one part, without rows.
    pub fn each_part<T: Send>(
        &self,
        table: &str,
        columns: &BTreeSet<String>,
        work: impl Fn(DataFrame) -> PolarsResult<T> + Sync,
    ) -> anyhow::Result<Vec<T>> {
        let worked = match (self.frames.get(table), self.scans.get(table)) {
            (Some(frame), _) => in_memory(frame, columns, work),
            (None, Some(kept)) => on_disk(&kept.path, table, columns, work),
            (None, None) => Ok(Vec::new()),
        };
        worked.with_context(|| format!("reading table `{table}`"))
    }

    /// The columns of a table that have no blank cell: what is kept on the disk tells so without its rows being read.
    pub fn full_columns(&self, table: &str) -> anyhow::Result<BTreeSet<String>> {
        match (self.frames.get(table), self.scans.get(table)) {
            (Some(frame), _) => {
                let full = frame.columns().iter().filter(|column| column.null_count() == 0);
                Ok(full.map(|column| column.name().to_string()).collect())
            }
            (None, Some(kept)) => full_on_disk(&kept.path)
                .map_err(|error| anyhow::Error::from(error).context(store::damaged(&kept.path)))
                .with_context(|| format!("reading table `{table}`")),
            (None, None) => Ok(BTreeSet::new()),
        }
    }
}

fn full_on_disk(path: &Path) -> PolarsResult<BTreeSet<String>> {
    let (names, footer) = footer(path)?;
    let mut full: BTreeSet<String> = names.into_iter().collect();
    for chunk in footer.row_groups.iter().flat_map(|group| group.parquet_columns()) {
        let told = chunk.statistics(&footer.footer_buf).transpose()?;
        if told.and_then(|told| told.null_count()) != Some(0)
            && let Some(name) = chunk.descriptor().path_in_schema.first()
        {
            full.remove(name.as_str());
        }
    }
    Ok(full)
}

fn in_memory<T: Send>(
    frame: &DataFrame,
    columns: &BTreeSet<String>,
    work: impl Fn(DataFrame) -> PolarsResult<T> + Sync,
) -> anyhow::Result<Vec<T>> {
    let rows = frame.select(columns.iter().map(String::as_str))?;
    let firsts: Vec<usize> = (0..rows.height().max(1)).step_by(ROWS).collect();
    let part = |first: &usize| {
        let mut part = rows.slice(*first as i64, ROWS);
        part.rechunk_mut();
        work(part)
    };
    Ok(side_by_side::each(&firsts, part)?.into_iter().collect::<PolarsResult<_>>()?)
}

fn on_disk<T: Send>(
    path: &Path,
    table: &str,
    columns: &BTreeSet<String>,
    work: impl Fn(DataFrame) -> PolarsResult<T> + Sync,
) -> anyhow::Result<Vec<T>> {
    let damaged = |error: PolarsError| anyhow::Error::from(error).context(store::damaged(path));
    // The footer is read once for all parts.
    let (names, footer) = footer(path).map_err(damaged)?;
    let present: Vec<String> = columns.iter().filter(|name| names.contains(name)).cloned().collect();
    // Rows of which nothing is asked are still to be counted.
    let read = if present.is_empty() { names.into_iter().take(1).collect() } else { present };
    let mut of_none = (*footer).clone();
    of_none.row_groups.clear();
    of_none.num_rows = 0;
    let part = |place: &usize| {
        // Each reader knows of its own row group only: of a slice it would unpack those before it too.
        let mut footer_of_one = of_none.clone();
        footer_of_one.row_groups.extend(footer.row_groups.get(*place).cloned());
        footer_of_one.num_rows = footer_of_one.row_groups.iter().map(|group| group.num_rows()).sum();
        let part = ParquetReader::new(File::open(path)?).with_columns(Some(read.clone()));
        let mut part = part.read_parallel(ParallelStrategy::None);
        part.set_metadata(Arc::new(footer_of_one));
        let mut rows = part.finish()?;
        shape::fill(table, columns, &mut rows)?;
        work(rows)
    };
    let places: Vec<usize> = (0..footer.row_groups.len().max(1)).collect();
    side_by_side::each(&places, part)?.into_iter().collect::<PolarsResult<_>>().map_err(damaged)
}

/// The names of the columns of a file, and what it says of its row groups.
fn footer(path: &Path) -> PolarsResult<(Vec<String>, FileMetadataRef)> {
    let mut file = ParquetReader::new(File::open(path)?);
    Ok((file.schema()?.iter_names().map(ToString::to_string).collect(), file.get_metadata()?.clone()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::period::Period;
    use crate::tables::{build, write};

    #[test]
    fn the_disk_tells_of_blank_cells_what_memory_does() {
        let rows = polars::df!(
            "agent_id" => ["A1", "A1"], "date" => ["2026-10-01", "2026-10-02"],
            "inquiries" => [Some(1i64), None], "paid_customers" => [0i64, 2],
        );
        let rows = rows.and_then(|rows| rows.lazy().with_column(col("date").cast(DataType::Date)).collect());
        let agents = polars::df!("agent_id" => ["A1"], "name" => ["甲"], "role" => ["agent"]).expect("people");
        let pulled = vec![("funnel_daily".to_owned(), rows.expect("rows")), ("agents".to_owned(), agents)];
        let period = Period::parse("2026-10").expect("a month");
        let in_memory = build(pulled, &period, period.end, None).expect("tables").0;
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("2026-10");
        write(&folder, &in_memory.frames).expect("written");
        let on_disk = Tables::open(&folder, &period, period.end, None).expect("tables");
        let full = |tables: &Tables| tables.full_columns("funnel_daily").expect("columns");
        assert_eq!(full(&on_disk), full(&in_memory));
        let is_full: BTreeMap<&str, bool> = ["agent_id", "date", "inquiries", "paid_customers", "paid_amount"]
            .map(|name| (name, full(&on_disk).contains(name)))
            .into();
        let full: Vec<&str> = is_full.into_iter().filter(|(_, full)| *full).map(|(name, _)| name).collect();
        assert_eq!(full, ["agent_id", "date", "paid_customers"]);
    }
}
