//! A named person's word about proposals.

use std::collections::BTreeSet;

use serde_json::json;

use crate::job::ApprovedBy;
use crate::ledger::{Decision, Proposal, Undecided, Verdict};
use crate::pipeline::Pipeline;
use crate::words::Locale;

use super::super::arguments::WordOnProposals;
use super::super::fault::Fault;
use super::super::printer::Printer;
use super::super::{Ending, who};
use super::{facts, state};

/// Records the decision about all that were named, or about none.
pub(super) fn decide(
    pipeline: &Pipeline,
    word: &WordOnProposals,
    verdict: Verdict,
    printer: &Printer,
) -> anyhow::Result<Ending> {
    let through = format!("command line of {}", who());
    let two_persons = two_persons(pipeline);
    let decision =
        Decision { verdict, by: &word.by, reason: &word.reason, through: &through, two_persons: &two_persons };
    let decided = pipeline.ledger.decide_proposals(&word.ids, decision).map_err(classified)?;
    for one in &decided {
        printer.line(&line(one, pipeline.settings.locale));
    }
    printer.document(&json!(decided.iter().map(facts).collect::<Vec<_>>()));
    Ok(Ending::Done)
}

/// The jobs whose proposals two persons approve.
fn two_persons(pipeline: &Pipeline) -> BTreeSet<String> {
    let jobs = pipeline.jobs.all().iter();
    jobs.filter(|job| job.proposals == ApprovedBy::TwoPerson).map(|job| job.id.clone()).collect()
}

fn line(one: &Proposal, locale: Locale) -> String {
    let amount = one.what.amount.as_ref().map(|amount| format!(" ¥{}", amount.fixed(2))).unwrap_or_default();
    let by = one.ended.as_ref().or(one.first_word.as_ref()).map_or("", |end| &end.by);
    format!(
        "#{} {} {} {}{amount}: {} · {by}",
        one.id,
        one.period,
        one.agent,
        one.what.text.get(locale),
        state(one.state, locale)
    )
}

/// What names nothing is wrong usage; what may not be is refused.
fn classified(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<Undecided>() {
        Some(wrong @ (Undecided::NoSuchProposal(_) | Undecided::NoSuchPerson(_) | Undecided::NoReason)) => {
            Fault::Usage(wrong.to_string()).into()
        }
        _ => error,
    }
}
