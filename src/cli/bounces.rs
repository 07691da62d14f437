//! `bounces check`: reads the mailbox for returned letters now.

use serde_json::json;

use crate::pipeline::{self, Pipeline};
use crate::words::Locale;

use super::Ending;
use super::printer::Printer;

/// Notes what the mail system reports, and says which letters it is about.
pub(super) async fn check(pipeline: &Pipeline, printer: &Printer) -> anyhow::Result<Ending> {
    let Some(found) = pipeline::check_bounces(pipeline).await? else {
        anyhow::bail!(
            "no mailbox for returned letters is named: set `bounces-url` in `[mail]` or `SCOREPOST_BOUNCES_URL` to \
             `maildir:PATH` or `imaps://USER:PASSWORD@HOST/FOLDER`"
        );
    };
    let (read, others) = (found.read, found.others);
    let (bounced, proven) = (found.bounced.len(), found.proven.len());
    printer.line(&match pipeline.settings.locale {
        Locale::Zh => format!("读取 {read} 封：退信 {bounced}，证实已收 {proven}，与本台账无关 {others}"),
        Locale::En => {
            format!("{read} read: {bounced} bounced, {proven} proven to be taken, {others} not about our letters")
        }
    });
    for id in &found.bounced {
        if let Some(delivery) = pipeline.ledger.delivery(*id)? {
            let (run, to) = (&delivery.run_id, &delivery.recipient);
            let reason = delivery.reason.as_deref().unwrap_or_default();
            printer.line(&format!("#{id} {to}: {reason} → scorepost resend {run} --agent {to}"));
        }
    }
    printer.document(&json!({
        "read": read, "bounced": found.bounced, "proven": found.proven, "others": others,
    }));
    Ok(Ending::Done)
}
