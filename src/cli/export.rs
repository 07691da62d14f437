//! `export`: the files of a run for other programs and for finance.

use std::path::PathBuf;

use serde_json::json;

use crate::pipeline::{self, Format, Pipeline, What};
use crate::words::Bilingual;

use super::Ending;
use super::arguments::{ExportFormat, ExportOptions, ExportWhat};
use super::fault::Fault;
use super::printer::Printer;

impl From<ExportFormat> for Format {
    fn from(typed: ExportFormat) -> Self {
        match typed {
            ExportFormat::Json => Self::Json,
            ExportFormat::Csv => Self::Csv,
            ExportFormat::Xlsx => Self::Xlsx,
            ExportFormat::Parquet => Self::Parquet,
        }
    }
}

/// Writes the files, or everything with the PDFs where no format is asked for.
pub(super) fn export(pipeline: &Pipeline, options: &ExportOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let what = match options.what {
        Some(ExportWhat::Finance) => What::Finance,
        Some(ExportWhat::Cards) | None => What::Cards,
    };
    if what == What::Finance && options.format.contains(&ExportFormat::Parquet) {
        return Err(Fault::Usage("amounts for finance are written as json, csv or xlsx".to_owned()).into());
    }
    let folder = options.out.clone().unwrap_or_else(|| PathBuf::from("export").join(&options.run));
    let outcome = pipeline::exportable(pipeline, &options.run)?;
    let mut written: Vec<&str> = Vec::new();
    match (options.format.as_slice(), options.what) {
        ([], None) => pipeline::export(pipeline, &outcome, &folder)?,
        ([], Some(_)) => written = pipeline::export_one(pipeline, &outcome, what, Format::Xlsx, &folder)?,
        (formats, _) => {
            for format in formats {
                written.extend(pipeline::export_one(pipeline, &outcome, what, (*format).into(), &folder)?);
            }
        }
    }
    let shown = folder.display().to_string();
    let said = match written.is_empty() {
        true => Bilingual::new(
            format!("已导出到 {shown}：绩效卡、财务数据与 PDF"),
            format!("exported to {shown}: cards, amounts for finance and PDFs"),
        ),
        false => Bilingual::new(
            format!("已导出到 {shown}：{}", written.join("、")),
            format!("exported to {shown}: {}", written.join(", ")),
        ),
    };
    printer.line(said.get(pipeline.settings.locale));
    printer.document(&json!({ "run": options.run, "folder": shown, "files": written }));
    Ok(Ending::Done)
}
