//! `person`: everything that is kept of one agent, given out or erased.

use serde_json::json;

use crate::pipeline::Pipeline;
use crate::upkeep::Person;
use crate::words::Bilingual;

use super::arguments::PersonCommand;
use super::fault::Fault;
use super::printer::Printer;
use super::{Ending, who};

/// Writes the files, or erases.
pub(super) fn person(pipeline: &Pipeline, command: &PersonCommand, printer: &Printer) -> anyhow::Result<Ending> {
    let locale = pipeline.settings.locale;
    match command {
        PersonCommand::Export { agent, to } => {
            let facts = Person::find(pipeline, agent)?.export(to)?;
            pipeline.ledger.audit(&who(), "export-person", agent, "")?;
            printer.line(&format!("{agent} → {}", to.display()));
            printer.document(&facts);
        }
        PersonCommand::Erase { yes: false, .. } => {
            return Err(Fault::Usage("erasing cannot be undone: say --yes".to_owned()).into());
        }
        PersonCommand::Erase { agent, reason, yes: true } => {
            let erased = Person::find(pipeline, agent)?.erase(&who(), reason)?;
            let (rows, pages, pdfs, letters) = (erased.rows, erased.pages, erased.pdfs, erased.letters);
            let said = Bilingual::new(
                format!(
                    "已删除：{rows} 行数据、{pages} 页原始数据、{pdfs} 份 PDF、{letters} 封邮件；台账中以 {} 代替。已有的备份与收件人手中的邮件不在其列",
                    erased.pseudonym
                ),
                format!(
                    "erased {rows} rows, {pages} pages, {pdfs} PDFs and {letters} letters; in the ledger they are {}. Backups, and letters that were received, are out of reach",
                    erased.pseudonym
                ),
            );
            printer.line(said.get(locale));
            printer.document(&json!({ "pseudonym": erased.pseudonym, "rows": rows, "pages": pages, "pdfs": pdfs, "letters": letters }));
        }
    }
    Ok(Ending::Done)
}
