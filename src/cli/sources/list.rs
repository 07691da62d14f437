//! `sources list`: what is described, and what it still needs.

use serde_json::json;

use crate::diag::Severity;
use crate::settings::Settings;
use crate::source::{self, Source};
use crate::words::Locale;

use super::super::Ending;
use super::super::printer::Printer;

/// Prints every source with its resources, its tables and the variables that have no value.
pub(super) fn list(settings: &Settings, printer: &Printer) -> anyhow::Result<Ending> {
    let (sources, found) = source::review_folder(&settings.jobs.join("sources"), &settings.variables);
    let head = match settings.locale {
        Locale::Zh => ["数据源", "名称", "接口", "数据表", "缺少的变量"],
        Locale::En => ["source", "title", "resources", "tables", "variables without value"],
    };
    let row = |source: &Source| {
        vec![
            source.id.clone(),
            source.title.get(settings.locale).to_owned(),
            resources(source).join(" "),
            tables(source).join(" "),
            source.unresolved.iter().cloned().collect::<Vec<_>>().join(" "),
        ]
    };
    printer.table(&head, sources.values().map(row).collect());
    let wrong = found.sorted().into_iter().filter(|one| one.severity == Severity::Error).count();
    if wrong > 0 {
        printer.line(match settings.locale {
            Locale::Zh => "有数据源文件存在错误，用 scorepost sources check 查看",
            Locale::En => "some source files are wrong; `scorepost sources check` lists them",
        });
    }
    let facts = |source: &Source| {
        json!({
            "source": source.id, "title": source.title, "time_zone": source.zone.name(), "resources": resources(source),
            "tables": tables(source), "needs": source.needs().iter().map(|table| table.name()).collect::<Vec<_>>(),
            "variables_without_value": source.unresolved,
        })
    };
    printer.document(&json!({ "sources": sources.values().map(facts).collect::<Vec<_>>(), "wrong_files": wrong }));
    Ok(Ending::Done)
}

fn resources(source: &Source) -> Vec<&str> {
    source.resources.iter().map(|resource| resource.id.as_str()).collect()
}

fn tables(source: &Source) -> Vec<&'static str> {
    source.fills().into_iter().map(|table| table.name()).collect()
}
