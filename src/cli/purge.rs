//! `purge`: removes what has grown older than `[retention]` says.

use std::io::{IsTerminal, stdin};

use serde_json::json;

use crate::pipeline::Pipeline;
use crate::upkeep::{self, Going, Purge};
use crate::words::Bilingual;

use super::arguments::PurgeOptions;
use super::fault::Fault;
use super::printer::Printer;
use super::{Ending, who};

/// Lists what would go, and lets it go when a person says so.
pub(super) fn purge(pipeline: &Pipeline, options: &PurgeOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let purge = Purge::look(pipeline)?;
    let locale = pipeline.settings.locale;
    let head = Bilingual::new("类别 数量 字节 最早", "kind count bytes oldest");
    let rows = purge.going.iter().map(|one| {
        let oldest = one.oldest.map_or_else(|| "-".to_owned(), |day| day.to_string());
        vec![one.kind.title().get(locale).to_owned(), one.count.to_string(), one.bytes.to_string(), oldest]
    });
    printer.table(&head.get(locale).split(' ').collect::<Vec<_>>(), rows.collect());
    if purge.going.is_empty() {
        let how = Bilingual::new(
            "没有设置保留期：在 scorepost.toml 的 [retention] 中以月为单位填写",
            "nothing has a term: write months into [retention] of scorepost.toml",
        );
        printer.line(how.get(locale));
    }
    let goes = !options.dry_run && !purge.is_empty();
    if goes && !options.yes && !confirmed(printer)? {
        return Err(Fault::Usage("nothing was removed: say --yes, or --dry-run to look only".to_owned()).into());
    }
    if goes {
        purge.carry_out(&who())?;
        printer.line(Bilingual::new("已移除", "removed").get(locale));
    }
    if !options.dry_run {
        upkeep::sweep(pipeline)?;
    }
    printer.document(&json!({ "removed": goes, "going": purge.going.iter().map(facts).collect::<Vec<_>>() }));
    Ok(Ending::Done)
}

fn facts(one: &Going) -> serde_json::Value {
    json!({
        "kind": one.kind.word(), "before": one.cutoff.to_rfc3339(), "count": one.count, "bytes": one.bytes,
        "oldest": one.oldest.map(|day| day.to_string()),
    })
}

/// Asks at a terminal; where nobody can be asked the answer is no.
fn confirmed(printer: &Printer) -> anyhow::Result<bool> {
    if !stdin().is_terminal() {
        return Ok(false);
    }
    printer.say("remove all of this? type yes:");
    let mut line = String::new();
    stdin().read_line(&mut line)?;
    Ok(line.trim() == "yes")
}
