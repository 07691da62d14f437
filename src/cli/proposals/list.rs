//! The list of proposals.

use serde_json::json;

use crate::ledger::{Proposal, ProposalState, WantedProposals};
use crate::period::Period;
use crate::pipeline::Pipeline;
use crate::words::Locale;

use super::super::Ending;
use super::super::arguments::WhichProposals;
use super::super::fault::Fault;
use super::super::printer::Printer;
use super::{facts, state};

/// Prints the proposals that were asked for.
pub(super) fn list(pipeline: &Pipeline, which: &WhichProposals, printer: &Printer) -> anyhow::Result<Ending> {
    let found = pipeline.ledger.proposals(&wanted(which)?)?;
    let locale = pipeline.settings.locale;
    let (none, next) = match locale {
        Locale::Zh => {
            ("没有符合条件的建议", "批准或驳回：scorepost proposals approve|refuse 编号… --by 姓名 --reason 理由")
        }
        Locale::En => ("no such proposals", "decide: scorepost proposals approve|refuse ID… --by PERSON --reason TEXT"),
    };
    if found.is_empty() {
        printer.line(none);
    } else {
        printer.table(&head(locale), found.iter().map(|one| row(one, locale)).collect());
    }
    if found.iter().any(|one| one.state == ProposalState::Pending) {
        printer.line(next);
    }
    printer.document(&json!(found.iter().map(facts).collect::<Vec<_>>()));
    Ok(Ending::Done)
}

fn wanted(which: &WhichProposals) -> Result<WantedProposals, Fault> {
    let period = which.period.as_deref().map(|text| {
        let period = Period::parse(text);
        period.ok_or_else(|| Fault::Usage(format!("`{text}` is not a period; write it as `2026-10` or `2026-Q3`")))
    });
    Ok(WantedProposals { job: which.job.clone(), period: period.transpose()?, state: which.state.map(Into::into) })
}

fn head(locale: Locale) -> [&'static str; 7] {
    match locale {
        Locale::Zh => ["编号", "任务与周期", "小组", "客服", "建议", "依据", "状态"],
        Locale::En => ["id", "job and period", "team", "agent", "proposal", "evidence", "state"],
    }
}

fn row(one: &Proposal, locale: Locale) -> Vec<String> {
    let amount = one.what.amount.as_ref().map(|amount| format!(" ¥{}", amount.fixed(2))).unwrap_or_default();
    vec![
        one.id.to_string(),
        format!("{} {}", one.job, one.period),
        one.team.clone(),
        format!("{} {}", one.agent, one.name),
        format!("{}{amount}\n{}", one.what.text.get(locale), one.what.origin()),
        one.what.evidence.get(locale).to_owned(),
        how_it_stands(one, locale),
    ]
}

fn how_it_stands(one: &Proposal, locale: Locale) -> String {
    let mut text = state(one.state, locale).to_owned();
    if let Some(end) = &one.ended {
        text.push_str(&format!("\n{} {}\n{}", end.by, end.at.format("%Y-%m-%d"), end.reason));
    } else if let Some(first) = &one.first_word {
        text.push_str(&match locale {
            Locale::Zh => format!("\n{} 已同意，待第二人", first.said.by),
            Locale::En => format!("\n{} agreed; a second person must", first.said.by),
        });
    } else if !one.is_settled {
        text.push_str(match locale {
            Locale::Zh => "\n运行挂起或未完成",
            Locale::En => "\nits run is held or unfinished",
        });
    }
    if let Some(earlier) = one.earlier {
        text.push_str(&match locale {
            Locale::Zh => format!("\n此前：{earlier} 号"),
            Locale::En => format!("\nearlier: {earlier}"),
        });
    }
    text
}
