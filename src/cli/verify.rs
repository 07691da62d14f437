//! `verify`: whether everything still is what it was.

use serde_json::json;

use crate::pipeline::Pipeline;
use crate::upkeep;
use crate::words::Locale;

use super::Ending;
use super::arguments::VerifyOptions;
use super::fault::Fault;
use super::printer::Printer;

/// Prints what was looked at and what is not what it was.
pub(super) fn verify(pipeline: &Pipeline, options: &VerifyOptions, printer: &Printer) -> anyhow::Result<Ending> {
    if let Some(run) = &options.run
        && pipeline.ledger.run(run)?.is_none()
    {
        return Err(Fault::Usage(format!("there is no run `{run}`; `scorepost runs` lists them")).into());
    }
    let proof = upkeep::verify(pipeline, options.run.as_deref())?;
    let locale = pipeline.settings.locale;
    for one in &proof.found {
        printer.line(&format!("{}: {} → {}", one.place, one.what.get(locale), one.next.get(locale)));
    }
    let (runs, documents, letters, pages) = (proof.runs, proof.documents, proof.letters, proof.pages);
    let (removed, wrong) = (proof.removed, proof.found.len());
    printer.line(&match locale {
        Locale::Zh => format!(
            "已核对：{runs} 次运行、{documents} 份文档、{letters} 封邮件、{pages} 页原始数据；按规定移除 {removed} 个文件；不一致 {wrong} 处"
        ),
        Locale::En => format!(
            "looked at {runs} runs, {documents} documents, {letters} letters, {pages} pages; {removed} files were removed on purpose; {wrong} things are not what they were"
        ),
    });
    printer.document(&json!({
        "runs": runs, "documents": documents, "letters": letters, "pages": pages, "removed": removed,
        "found": proof.found.iter().map(|one| json!({
            "place": one.place, "what": one.what, "next": one.next,
        })).collect::<Vec<_>>(),
    }));
    Ok(if proof.found.is_empty() { Ending::Done } else { Ending::NotDone })
}
