//! `scheme list`: every scheme of the folder, and what its author left open.

use serde_json::{Value, json};

use crate::scheme::{Registry, Scheme};
use crate::settings::Settings;
use crate::words::Locale;

use super::super::Ending;
use super::super::printer::Printer;
use super::folder;

/// Lists the schemes in which nothing is wrong; what is wrong with the others is said beside them.
pub(super) fn list(settings: &Settings, printer: &Printer) -> anyhow::Result<Ending> {
    let (registry, found) = Registry::review(&folder(settings));
    let schemes = registry.all();
    let head = match settings.locale {
        Locale::Zh => ["方案", "编号", "名称", "版本", "周期", "考核项", "未设定", "默认值"],
        Locale::En => ["scheme", "catalogue", "title", "version", "cycle", "indicators", "unset", "assumed"],
    };
    printer.table(&head, schemes.iter().map(|scheme| row(scheme, settings.locale)).collect());
    printer.document(&schemes.iter().map(document).collect());
    printer.diagnostics(&found);
    Ok(if found.has_errors() { Ending::NotDone } else { Ending::Done })
}

fn row(scheme: &Scheme, locale: Locale) -> Vec<String> {
    vec![
        scheme.id.clone(),
        scheme.catalogue.clone().unwrap_or_default(),
        scheme.title.get(locale).to_owned(),
        scheme.version.clone(),
        scheme.cycle.to_string(),
        scheme.indicators.len().to_string(),
        scheme.unset().join("\n"),
        assumed(scheme).join("\n"),
    ]
}

fn document(scheme: &Scheme) -> Value {
    json!({
        "id": scheme.id, "catalogue": scheme.catalogue, "title": scheme.title, "version": scheme.version,
        "effective_from": scheme.effective_from.to_string(), "cycle": scheme.cycle,
        "indicators": scheme.indicators.len(), "unset": scheme.unset(), "assumed": assumed(scheme),
    })
}

fn assumed(scheme: &Scheme) -> Vec<&str> {
    scheme.assumptions().into_iter().map(|(id, ..)| id).collect()
}
