//! A named person's word about proposals.

use std::collections::BTreeSet;

use anyhow::Context;
use serde_json::json;

use crate::job::ApprovedBy;
use crate::ledger::{Decision, Proposal, Through, Undecided, Verdict};
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
    let account = who();
    let two_persons = two_persons(pipeline);
    if verdict == Verdict::Approve {
        check_who_speaks(pipeline, word, &account)?;
    }
    let through = Through::Shell(&account);
    let decision = Decision { verdict, by: &word.by, reason: &word.reason, through, two_persons: &two_persons };
    let decided = pipeline.ledger.decide_proposals(&word.ids, decision).map_err(classified)?;
    for one in &decided {
        printer.line(&line(one, pipeline.settings.locale));
    }
    printer.document(&json!(decided.iter().map(facts).collect::<Vec<_>>()));
    Ok(Ending::Done)
}

/// Where two persons must agree, whoever has a shell speaks for themself only; and nobody approves while it is not known
/// whether two must.
fn check_who_speaks(pipeline: &Pipeline, word: &WordOnProposals, account: &str) -> anyhow::Result<()> {
    let is_own = word.by.trim().to_lowercase() == account.trim().to_lowercase();
    for id in &word.ids {
        let Some(proposal) = pipeline.ledger.proposal(*id)? else { continue };
        let job = pipeline.jobs.all().iter().find(|job| job.id == proposal.job).with_context(|| {
            format!("whether two persons must approve is not known: job `{}` cannot be read; see `check`", proposal.job)
        })?;
        anyhow::ensure!(
            is_own || job.proposals == ApprovedBy::OnePerson,
            "proposal `{id}` needs two persons, and `{account}` cannot speak for `{}`: let them approve it in the \
             console, or on a command line of their own",
            word.by
        );
    }
    Ok(())
}

/// The jobs whose proposals two persons approve.
fn two_persons(pipeline: &Pipeline) -> BTreeSet<String> {
    let jobs = pipeline.jobs.all().iter();
    jobs.filter(|job| job.proposals == ApprovedBy::TwoPerson).map(|job| job.id.clone()).collect()
}

fn line(one: &Proposal, locale: Locale) -> String {
    let amount = one.what.amount.as_ref().map(|amount| format!(" ¥{}", amount.fixed(2))).unwrap_or_default();
    let by = one.ended.as_ref().or(one.first_word.as_ref().map(|first| &first.said)).map_or("", |end| &end.by);
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
