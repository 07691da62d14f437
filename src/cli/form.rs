//! `form`: rating forms and check sheets to fill in.

use std::path::PathBuf;

use serde_json::json;

use crate::pipeline::{self, FormFile, FormOrder, Known, Pipeline};
use crate::render::FormKind;
use crate::scheme::rater;
use crate::words::{Bilingual, Locale};

use super::Ending;
use super::arguments::FormOptions;
use super::plan::period;
use super::printer::Printer;
use super::progress::Progress;

/// Writes the forms and lists them.
pub(super) async fn form(pipeline: &Pipeline, options: &FormOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let order = FormOrder {
        job: options.job.clone(),
        period: period(pipeline, &options.job, &options.period, None)?,
        team: options.team.clone(),
        rater: options.rater.clone(),
        folder: options.out.clone().unwrap_or_else(|| PathBuf::from("forms")),
        known: if options.overwrite { Known::Overwritten } else { Known::Left },
    };
    let locale = pipeline.settings.locale;
    let progress = Progress::new(printer, locale);
    let files = pipeline::write_forms(pipeline, &order, &|event| progress.take(event)).await?;
    for file in &files {
        printer.line(line(file).get(locale));
    }
    printer.line(next(&order.folder.join(order.period.name()).display().to_string(), &files).get(locale));
    printer.document(&json!({
        "job": order.job,
        "period": order.period.to_string(),
        "forms": files.iter().map(document).collect::<Vec<_>>(),
    }));
    Ok(Ending::Done)
}

fn line(file: &FormFile) -> Bilingual {
    let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (items, people) = (file.items, file.people);
    let what = match file.kind {
        FormKind::Rating => {
            let role = rater(&file.role);
            Bilingual::new(
                format!("{}评 {items} 项 × {people} 人", role.get(Locale::Zh)),
                format!("rated by {}: {items} items × {people} people", role.get(Locale::En)),
            )
        }
        FormKind::Check => {
            Bilingual::new(format!("检查 {items} 条 × {people} 份"), format!("{items} items to check × {people} lists"))
        }
    };
    match file.is_new {
        true => what_of(&name, &what, "", ""),
        false => what_of(&name, &what, "，已有，未改动", ", was there and stays"),
    }
}

fn what_of(name: &str, what: &Bilingual, zh: &str, en: &str) -> Bilingual {
    Bilingual::new(format!("{name}  {}{zh}", what.zh), format!("{name}  {}{en}", what.en))
}

/// What to do with them now.
fn next(folder: &str, files: &[FormFile]) -> Bilingual {
    if files.iter().all(|file| !file.is_new) {
        return Bilingual::new(
            format!("没有新表；{folder} 里的旧表可能已填，要重做请加 --overwrite"),
            format!("nothing new: forms in {folder} may be filled in already; `--overwrite` makes them again"),
        );
    }
    Bilingual::new(
        format!("写入 {folder}（每份另有同名 PDF 可打印）；填好放回此文件夹，数据源 `forms` 会读取"),
        format!(
            "written to {folder}, each with a PDF of the same name to print; filled in and put back there, the source `forms` reads them"
        ),
    )
}

fn document(file: &FormFile) -> serde_json::Value {
    json!({
        "file": file.path.display().to_string(),
        "pdf": file.path.with_extension("pdf").display().to_string(),
        "kind": file.kind.word(),
        "rater_role": Some(&file.role).filter(|role| !role.is_empty()),
        "about": file.about,
        "items": file.items,
        "people": file.people,
        "new": file.is_new,
    })
}
