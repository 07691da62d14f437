//! The tables of a period on disk, as Parquet, so that a number can be followed down to its rows.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::{Path, PathBuf};

use anyhow::Context;
use polars::prelude::*;

use crate::failpoint;
use crate::finding::Finding;
use crate::unfinished::Unfinished;

use super::{Origin, digests};

/// Tables are written once and read by every run after it, and every engine reads this.
pub(super) const LIGHT: ParquetCompression = ParquetCompression::Snappy;

/// A table on the disk.
#[derive(Clone)]
pub(super) struct Kept {
    /// Its file.
    pub(super) path: PathBuf,
    /// Its rows, to be read when a query asks for them.
    pub(super) rows: LazyFrame,
}

/// The folder among those of a draft that has rows outside of the period; it goes before the draft gets its name.
const OTHERS: &str = "others";

/// A folder of tables that takes the place of another when all of them are on the disk, so that there are never tables of
/// two runs in one. A draft that is given up leaves nothing behind.
#[derive(Debug)]
pub struct Draft {
    folder: PathBuf,
    part: PathBuf,
}

impl Draft {
    /// Begins a draft for a folder; what another left that died is gone then.
    pub fn begin(folder: &Path) -> anyhow::Result<Self> {
        let part = beside(folder, "part")?;
        remove(&part)?;
        make_private(&part).with_context(|| format!("cannot make the folder `{}`", part.display()))?;
        Ok(Self { folder: folder.to_owned(), part })
    }

    /// Where a table lies until the draft is kept.
    pub(super) fn path(&self, table: &str) -> PathBuf {
        path(&self.part, table)
    }

    /// Where rows of a table lie that are asked for only while it is built.
    pub(super) fn path_of_others(&self, table: &str) -> anyhow::Result<PathBuf> {
        let others = self.part.join(OTHERS);
        make_private(&others).with_context(|| format!("cannot make the folder `{}`", others.display()))?;
        Ok(path(&others, table))
    }

    /// Writes the tables that it does not have as `<folder>/<table>.parquet`, and puts all of them in their place with a
    /// note of their origin and of what was noticed while they were built.
    pub fn keep(
        self,
        frames: &BTreeMap<String, DataFrame>,
        origin: &Origin,
        noticed: &[Finding],
    ) -> anyhow::Result<()> {
        self.put(frames, |part| origin.note(part, noticed))
    }

    fn put(
        self,
        frames: &BTreeMap<String, DataFrame>,
        note: impl FnOnce(&Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let (folder, part, old) = (&self.folder, &self.part, beside(&self.folder, "old")?);
        for (table, frame) in frames {
            write_one(&self.path(table), table, frame)?;
        }
        remove(&part.join(OTHERS))?;
        for path in files(part)?.values() {
            digests::of(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        }
        note(part).with_context(|| format!("cannot write into `{}`", part.display()))?;
        sync(part)?;
        failpoint::pass(|| "tables are written");
        remove(&old)?;
        if folder.exists() {
            fs::rename(folder, &old).with_context(|| format!("cannot put `{}` aside", folder.display()))?;
            failpoint::pass(|| "tables of before are put aside");
        }
        fs::rename(part, folder).with_context(|| format!("cannot write `{}`", folder.display()))?;
        failpoint::pass(|| "tables have their name");
        sync(folder.parent().context("tables lie in a folder")?)?;
        remove(&old)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // What cannot be removed now is swept with what a run leaves that dies.
        let _ = remove(&self.part);
    }
}

/// Writes tables in memory to a folder, all of them or none.
pub fn write(folder: &Path, frames: &BTreeMap<String, DataFrame>) -> anyhow::Result<()> {
    Draft::begin(folder)?.put(frames, |_| Ok(()))
}

/// The file of a table.
pub(super) fn path(folder: &Path, table: &str) -> PathBuf {
    folder.join(format!("{table}.parquet"))
}

fn write_one(path: &Path, table: &str, frame: &DataFrame) -> anyhow::Result<()> {
    let file = File::create(path).with_context(|| format!("cannot write `{}`", path.display()))?;
    ParquetWriter::new(&file)
        .with_compression(LIGHT)
        .finish(&mut frame.clone())
        .map_err(anyhow::Error::from)
        .with_context(|| format!("writing table `{table}`"))?;
    file.sync_all().with_context(|| format!("cannot write `{}`", path.display()))
}

/// The rows are people's work and pay: the folder is its owner's alone.
pub(super) fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The folder of the same name with another end.
fn beside(folder: &Path, end: &str) -> anyhow::Result<PathBuf> {
    let name = folder.file_name().and_then(|name| name.to_str()).context("a folder of tables has a name")?;
    Ok(folder.with_file_name(format!("{name}.{end}")))
}

/// Removes a folder that a run which died may have left.
fn remove(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove `{}`", folder.display()))
        }
        _ => Ok(()),
    }
}

fn sync(folder: &Path) -> anyhow::Result<()> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.with_context(|| format!("cannot make the folder `{}` durable", folder.display()))
}

/// The Parquet files of a folder, by table.
pub(super) fn files(folder: &Path) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read the folder `{}`", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let Some(table) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        if path.extension().is_some_and(|extension| extension == "parquet") {
            files.insert(table.to_owned(), path);
        }
    }
    Ok(files)
}

/// Reads some tables of a folder, those that are there.
pub(super) fn read_some(folder: &Path, tables: &[&str]) -> anyhow::Result<BTreeMap<String, DataFrame>> {
    let mut frames = BTreeMap::new();
    for (table, path) in files(folder)?.into_iter().filter(|(table, _)| tables.contains(&table.as_str())) {
        // polars would map the file, and panics where the system cannot do that.
        let bytes = fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let frame = ParquetReader::new(Cursor::new(bytes))
            .finish()
            .map_err(anyhow::Error::from)
            .with_context(|| damaged(&path))?;
        frames.insert(table, frame);
    }
    Ok(frames)
}

/// Every table of a folder, to be read when a query asks for it, and then only the columns that it asks for.
pub(super) fn scan_all(folder: &Path) -> anyhow::Result<BTreeMap<String, Kept>> {
    files(folder)?.into_iter().map(|(table, path)| Ok((table, scan(path)?))).collect()
}

/// The table in a file.
pub(super) fn scan(path: PathBuf) -> anyhow::Result<Kept> {
    let scanned = || -> PolarsResult<LazyFrame> {
        let mut rows = LazyFrame::scan_parquet(PlRefPath::try_from_path(&path)?, ScanArgsParquet::default())?;
        // Reads the footer, so that a damaged file is named here and not in the middle of scoring.
        rows.collect_schema()?;
        Ok(rows)
    };
    let rows = scanned().map_err(anyhow::Error::from).with_context(|| damaged(&path))?;
    Ok(Kept { path, rows })
}

pub(super) fn damaged(path: &Path) -> String {
    format!("`{}` is damaged; run the job again", path.display())
}

/// Writes rows of text cells as one Parquet file.
pub fn write_text_table(path: &Path, columns: &[&str], rows: &[Vec<Option<String>>]) -> anyhow::Result<()> {
    let series = columns.iter().enumerate().map(|(index, name)| {
        let cells: Vec<Option<&str>> = rows.iter().map(|row| row.get(index).and_then(|cell| cell.as_deref())).collect();
        Column::new((*name).into(), cells)
    });
    let mut frame = DataFrame::new(rows.len(), series.collect())?;
    let cannot = || format!("cannot write `{}`", path.display());
    let (unfinished, file) = Unfinished::begin(path).with_context(cannot)?;
    ParquetWriter::new(&*file).finish(&mut frame)?;
    unfinished.name().with_context(cannot)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(names: &[&str]) -> BTreeMap<String, DataFrame> {
        let one = || DataFrame::new(1, vec![Column::new("agent_id".into(), ["A"])]).expect("a frame");
        names.iter().map(|name| ((*name).to_owned(), one())).collect()
    }

    #[test]
    fn a_dropped_source_and_a_run_that_died_leave_nothing_behind() {
        let data = tempfile::tempdir().expect("a folder");
        let folder = data.path().join("2026-10");
        write(&folder, &frames(&["calls", "punches"])).expect("written");
        fs::create_dir_all(data.path().join("2026-10.part")).expect("a part");
        fs::write(data.path().join("2026-10.part/plans.parquet"), b"half").expect("half a table");
        write(&folder, &frames(&["calls"])).expect("written again");
        assert_eq!(files(&folder).expect("tables").into_keys().collect::<Vec<_>>(), ["calls"]);
        assert_eq!(fs::read_dir(data.path()).expect("a folder").count(), 1);
    }
}
