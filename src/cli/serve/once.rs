//! `serve --once`: what is due now, and then the end.

use std::sync::Arc;

use serde_json::json;

use crate::cli::Ending;
use crate::cli::printer::Printer;
use crate::pipeline::Pipeline;
use crate::scheduler;
use crate::upkeep;
use crate::words::Locale;

use super::alone;

/// Does what is due and says how many runs are not at their end; a kill at any time does no harm.
pub(in crate::cli) async fn once(pipeline: Pipeline, printer: &Printer) -> anyhow::Result<Ending> {
    let _alone = alone(&pipeline)?;
    upkeep::tidy(&pipeline);
    let pipeline = Arc::new(pipeline);
    scheduler::once(&pipeline).await?;
    let open = pipeline.ledger.unfinished_runs()?.len();
    printer.line(&match pipeline.settings.locale {
        Locale::Zh => format!("到期事项已处理；未结束的运行：{open}"),
        Locale::En => format!("what was due is done; runs not at their end: {open}"),
    });
    printer.document(&json!({ "unfinished_runs": open }));
    Ok(Ending::Done)
}
