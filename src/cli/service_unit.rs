//! `service-unit`: the systemd unit for this program and folder, on stdout.

use std::path::Path;

use anyhow::Context;
use serde_json::json;

use super::Ending;
use super::arguments::ServiceUnitOptions;
use super::printer::Printer;

/// The unit with holes for the program, its working folder and its user.
const UNIT: &str = include_str!("service-unit.service");

/// Prints the unit.
pub(super) fn service_unit(options: &ServiceUnitOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let program = std::env::current_exe().context("this program does not know where it lies")?;
    let folder = std::path::absolute(&options.folder)?;
    let unit = UNIT
        .replace("{program}", plain(options.program.as_deref().unwrap_or(&program))?)
        .replace("{folder}", plain(&folder)?)
        .replace("{user}", &options.user);
    printer.line(unit.trim_end());
    printer.document(&json!({ "unit": unit }));
    Ok(Ending::Done)
}

/// A path that a unit can name as it is.
fn plain(path: &Path) -> anyhow::Result<&str> {
    let text = path.to_str().with_context(|| format!("`{}` is not UTF-8", path.display()))?;
    let odd = text.contains(|one: char| one.is_whitespace() || one.is_control() || "%\"'\\".contains(one));
    anyhow::ensure!(!odd, "`{text}` cannot stand in a unit: choose a path without blanks and quotes");
    Ok(text)
}
