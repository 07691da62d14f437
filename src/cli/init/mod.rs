//! `init`: a commented folder to start from.

mod starter;

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::Context;
use serde_json::json;

use crate::settings::Settings;
use crate::words::Locale;

use super::Ending;
use super::arguments::InitOptions;
use super::printer::Printer;
use starter::Starting;

/// Writes settings, a job with its sources and scheme, and templates; what is there already stays as it is.
pub(super) fn init(settings: &Settings, options: &InitOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let mut files = starter::desk(settings.locale);
    files.extend(if options.all_templates { starter::all_templates() } else { starter::templates(settings.locale) });
    let (mut written, mut kept) = (Vec::new(), Vec::new());
    for file in &files {
        let is_new = write_new(&options.folder, file)?;
        if is_new { &mut written } else { &mut kept }.push(file.path.as_str());
    }
    let zh = settings.locale == Locale::Zh;
    let folder = options.folder.display();
    written.iter().for_each(|path| printer.line(&format!("  {folder}/{path}")));
    for path in &kept {
        let there = if zh { "已存在，未改动" } else { "was there, left as it is" };
        printer.line(&format!("  {folder}/{path}  ({there})"));
    }
    printer.line(if zh { "接下来：" } else { "next:" });
    for next in [format!("cd {folder}"), next_address(zh), "scorepost check".to_owned()] {
        printer.line(&format!("  {next}"));
    }
    printer.document(&json!({ "folder": options.folder, "written": written, "kept": kept }));
    Ok(Ending::Done)
}

fn next_address(zh: bool) -> String {
    let what = if zh { "在 secrets.toml 中填写 SHOP_URL" } else { "set SHOP_URL in secrets.toml" };
    let how = if zh { "试用：scorepost shop 打印的地址" } else { "for a trial what `scorepost shop` prints" };
    format!("# {what} ({how})")
}

/// Whether the file was written; one that is there, also one that somebody made a moment ago, is left alone.
fn write_new(folder: &Path, file: &Starting) -> anyhow::Result<bool> {
    let path = folder.join(&file.path);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(|| format!("cannot make the folder `{}`", parent.display()))?;
    }
    let opened =
        if file.is_secret { private() } else { fs::OpenOptions::new() }.write(true).create_new(true).open(&path);
    match opened {
        Ok(mut opened) => {
            opened.write_all(file.text.as_bytes()).with_context(|| format!("cannot write `{}`", path.display()))?;
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot write `{}`", path.display())),
    }
}

/// For a file that nobody else on this machine may read.
#[cfg(unix)]
fn private() -> fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
fn private() -> fs::OpenOptions {
    fs::OpenOptions::new()
}
