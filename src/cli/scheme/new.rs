//! `scheme new`: a file for a new scheme, and what to do next.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::Context;
use chrono::{Datelike, Months, NaiveDate};
use serde_json::json;

use crate::diag::{Diagnostic, Diagnostics};
use crate::scheme::{Registry, draft};
use crate::settings::Settings;
use crate::words::Locale;

use super::super::Ending;
use super::super::arguments::NewSchemeOptions;
use super::super::printer::Printer;
use super::{file_of, folder};

/// Writes the file; one that is there already is never touched.
pub(super) fn new(settings: &Settings, options: &NewSchemeOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let text = text(settings, options).map_err(anyhow::Error::from)?;
    let path = folder(settings).join(format!("{}.toml", options.id));
    create(&path, &text)?;
    let next = next(options, settings.locale);
    printer.line(&path.display().to_string());
    next.iter().for_each(|line| printer.line(line));
    printer.document(&json!({ "id": options.id, "file": path, "next": next }));
    Ok(Ending::Done)
}

fn text(settings: &Settings, options: &NewSchemeOptions) -> Result<String, Diagnostics> {
    draft::check_id(&options.id)?;
    let (known, _) = Registry::review(&folder(settings));
    if let Some(scheme) = known.all().iter().find(|scheme| scheme.id == options.id) {
        return Err(taken(&scheme.file.path).into());
    }
    Ok(match &options.from {
        Some(from) => draft::copy(&file_of(settings, from)?, &options.id, options.title.as_deref())?,
        None => {
            let title = options.title.as_deref().unwrap_or(&options.id);
            draft::blank(&options.id, title, next_month(settings.clock.now().date_naive()))
        }
    })
}

fn create(path: &Path, text: &str) -> anyhow::Result<()> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).with_context(|| format!("cannot write `{}`", path.display())),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Diagnostics::from(taken(path)).into()),
        Err(error) => Err(error).with_context(|| format!("cannot write `{}`", path.display())),
    }
}

fn taken(path: &Path) -> Diagnostic {
    Diagnostic::error(format!("`{}` is there already", path.display())).hint("choose another id; nothing was written")
}

/// The first day of the month after `today`: a policy begins with a period.
fn next_month(today: NaiveDate) -> NaiveDate {
    today.with_day(1).unwrap_or(today) + Months::new(1)
}

fn next(options: &NewSchemeOptions, locale: Locale) -> Vec<String> {
    let id = &options.id;
    let copied = options.from.is_some();
    let fill = match locale {
        Locale::Zh => "先填写 `effective-from`（开始执行的日期）".to_owned(),
        Locale::En => "first fill in `effective-from`, the first day in force".to_owned(),
    };
    let edit = match locale {
        Locale::Zh => format!("修改后：scorepost scheme check {id}"),
        Locale::En => format!("when you have changed it: scorepost scheme check {id}"),
    };
    let read = match locale {
        Locale::Zh => format!("读一遍：scorepost scheme show {id}"),
        Locale::En => format!("read it: scorepost scheme show {id}"),
    };
    let simulate = match locale {
        Locale::Zh => format!("用以往数据试算：scorepost scheme simulate {id} --job 任务名"),
        Locale::En => format!("try it on past periods: scorepost scheme simulate {id} --job JOB"),
    };
    copied.then_some(fill).into_iter().chain([edit, read, simulate]).collect()
}
