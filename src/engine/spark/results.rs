//! What a job found, held against what it was asked.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use polars::prelude::*;

use super::folder::Folder;
use super::plan::{Plan, Share, Statement};
use super::sql::Sort;

/// The answer to each question, in their order.
pub(super) fn read(plan: &Plan, folder: &Folder) -> anyhow::Result<Vec<DataFrame>> {
    let results = folder.results();
    let read = |(number, statement): (usize, &Statement)| {
        result(statement, &results.join(number.to_string()))
            .with_context(|| format!("reading what Spark counted over table `{}`", statement.table.name()))
    };
    let frames = plan.statements.iter().enumerate().map(read).collect::<anyhow::Result<Vec<DataFrame>>>()?;
    plan.shares.iter().map(|share| answer(share, &frames[share.statement])).collect()
}

fn result(statement: &Statement, folder: &Path) -> anyhow::Result<DataFrame> {
    ensure!(folder.join("_SUCCESS").is_file(), "its result is not whole; run the job again");
    let declared = declared(statement);
    let mut whole = DataFrame::empty_with_schema(&declared);
    for path in files(folder)? {
        let file = File::open(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let frame = ParquetReader::new(file).finish().map_err(anyhow::Error::from);
        let frame = frame.with_context(|| format!("cannot read `{}`", path.display()))?;
        let found = frame.schema();
        ensure!(**found == declared, "it has the columns {found:?} where {declared:?} were asked for");
        whole.vstack_mut_owned(frame)?;
    }
    let keys = whole.select(["subject", "part"])?.unique_stable(None, UniqueKeepStrategy::Any, None)?;
    ensure!(keys.height() == whole.height(), "it has a subject twice");
    Ok(whole)
}

/// How many rows a file has, as its last bytes say.
pub(super) fn height(path: &Path) -> anyhow::Result<u64> {
    let file = File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let rows = ParquetReader::new(file).num_rows().map_err(anyhow::Error::from);
    Ok(rows.with_context(|| format!("`{}` is damaged; run the job again", path.display()))? as u64)
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))? {
        let path = entry?.path();
        let is_part = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("part-"));
        if is_part && path.extension().is_some_and(|extension| extension == "parquet") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn declared(statement: &Statement) -> Schema {
    let kind = |sort: &Sort| match sort {
        Sort::Decimal(places) => DataType::Decimal(38, *places as usize),
        Sort::Text => DataType::String,
        _ => DataType::Int64,
    };
    statement.columns.iter().map(|(name, sort)| Field::new(name.as_str().into(), kind(sort))).collect()
}

/// The part of a result that answers one question: the subjects that have rows, and its own sums.
fn answer(share: &Share, result: &DataFrame) -> anyhow::Result<DataFrame> {
    let mut columns = vec![col("subject"), col("part")];
    for (place, (numerator, denominator)) in share.sums.iter().enumerate() {
        columns.push(col(numerator.as_str()).alias(format!("n{place}")));
        columns.extend(denominator.as_ref().map(|name| col(name.as_str()).alias(format!("d{place}"))));
    }
    let rows = result.clone().lazy();
    let rows = match &share.kept {
        Some(kept) => rows.filter(col(kept.as_str()).gt(lit(0))),
        None => rows,
    };
    Ok(rows.select(columns).collect()?)
}
