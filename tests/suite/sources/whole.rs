//! What a pull gave with its rows in memory, so that a test may ask them when their folder is gone.

use polars::prelude::DataFrame;
use scorepost::extract::{self, Ask, Count, Duplicates, Extraction};
use scorepost::finding::Finding;
use scorepost::source::{Source, Table};

/// What a source gave.
#[derive(Clone, Debug)]
pub struct Pulled {
    pub source: String,
    pub batches: Vec<Batch>,
    pub findings: Vec<Finding>,
    pub counts: Vec<Count>,
    pub raw_hash: String,
    pub cut_off: chrono::DateTime<chrono::Utc>,
}

/// The rows of one table.
#[derive(Clone, Debug)]
pub struct Batch {
    pub table: Table,
    pub frame: DataFrame,
    pub duplicates: Duplicates,
}

/// Pulls a source and reads what it gave.
pub async fn pull(source: &Source, ask: &Ask, world: &Extraction<'_>) -> anyhow::Result<Pulled> {
    Pulled::of(extract::pull(source, ask, world).await?)
}

impl Pulled {
    /// Reads every table.
    pub fn of(pulled: extract::Pulled) -> anyhow::Result<Self> {
        let extract::Pulled { source, lots, findings, counts, raw_hash, cut_off, .. } = pulled;
        let read = |lot: extract::Lot| {
            let frame = lot.stock.read()?;
            assert_eq!(frame.height(), lot.stock.height(), "rows are counted without being read");
            Ok(Batch { table: lot.table, frame, duplicates: lot.duplicates })
        };
        let batches = lots.into_iter().map(read).collect::<anyhow::Result<_>>()?;
        Ok(Self { source, batches, findings, counts, raw_hash, cut_off })
    }

    /// The rows of one table.
    pub fn frame(&self, table: Table) -> Option<&DataFrame> {
        self.batches.iter().find(|batch| batch.table == table).map(|batch| &batch.frame)
    }
}
