//! `ledger`: a copy of it while it is in use, and whether it is whole.

use std::path::Path;

use serde_json::json;

use crate::ledger::Ledger;
use crate::pipeline::Pipeline;
use crate::settings::Settings;
use crate::words::Bilingual;

use super::arguments::LedgerCommand;
use super::printer::Printer;
use super::{Ending, who};

/// Copies or checks the ledger.
pub(super) fn ledger(pipeline: &Pipeline, command: &LedgerCommand, printer: &Printer) -> anyhow::Result<Ending> {
    match command {
        LedgerCommand::Backup { file } => backup(&pipeline.ledger, &pipeline.settings, file, printer),
        LedgerCommand::BackedUp => backed_up(&pipeline.ledger, &pipeline.settings, printer),
        LedgerCommand::Check => check(&pipeline.ledger, &pipeline.settings, printer),
    }
}

/// The copy is opened and checked before it is called one.
fn backup(ledger: &Ledger, settings: &Settings, file: &Path, printer: &Printer) -> anyhow::Result<Ending> {
    ledger.backup(file)?;
    Ledger::check_backup(file)?;
    ledger.note_backup(&who())?;
    let (shown, bytes) = (file.display().to_string(), std::fs::metadata(file)?.len());
    let said = Bilingual::new(
        format!(
            "已备份到 {shown}（{bytes} 字节，已检查）。恢复：停止 scorepost，把它放回台账的位置；之后的邮件可能已发出，scorepost 会提示"
        ),
        format!(
            "copied to {shown} ({bytes} bytes, checked); to go back to it, stop scorepost and put it in the ledger's place: mails that went out since are noticed before anything is sent"
        ),
    );
    printer.line(said.get(settings.locale));
    printer.document(&json!({ "backup": shown, "bytes": bytes }));
    Ok(Ending::Done)
}

/// For copies that other tools make; whoever calls it is believed.
fn backed_up(ledger: &Ledger, settings: &Settings, printer: &Printer) -> anyhow::Result<Ending> {
    ledger.note_backup(&who())?;
    let said = Bilingual::new("已记录：台账刚刚做过备份", "noted: the ledger was copied just now");
    printer.line(said.get(settings.locale));
    printer.document(&json!({ "backup": "noted" }));
    Ok(Ending::Done)
}

fn check(ledger: &Ledger, settings: &Settings, printer: &Printer) -> anyhow::Result<Ending> {
    let mut wrong: Vec<String> = ledger.integrity().err().map(|error| format!("{error:#}")).into_iter().collect();
    if let Some(entry) = ledger.first_broken_audit()? {
        wrong.push(format!(
            "the audit chain does not hold from entry {entry} on: compare with a backup made by `scorepost ledger backup`"
        ));
    }
    wrong.extend(ledger.older_than_its_mails()?);
    wrong.iter().for_each(|one| printer.line(one));
    if wrong.is_empty() {
        let whole = Bilingual::new("台账完好：页、引用与审计链", "the ledger is whole: pages, references, audit chain");
        printer.line(whole.get(settings.locale));
    }
    printer.document(&json!({ "faults": wrong }));
    Ok(if wrong.is_empty() { Ending::Done } else { Ending::NotDone })
}
