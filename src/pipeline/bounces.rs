//! Letters that came back: what the mail system reports is read, noted in the ledger, and shown where the run is.

use std::collections::BTreeSet;

use anyhow::Context;

use crate::deliver::bounces::{self, Action, Inbox, Returned};
use crate::diag::Diagnostics;
use crate::ledger::{DeliveryState, Report, Reported, RunState};

use super::Pipeline;
use super::send::tally;

/// What was found in the mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounces {
    /// Messages that nobody had seen.
    pub read: usize,
    /// Letters that came back, by the ledger's number.
    pub bounced: Vec<i64>,
    /// Unknown letters of which the mail system says that it took them.
    pub proven: Vec<i64>,
    /// Messages that were no report on a letter of this ledger.
    pub others: usize,
}

/// Reads the mailbox for returned letters; `None` when the settings name none.
pub async fn check_bounces(pipeline: &Pipeline) -> anyhow::Result<Option<Bounces>> {
    let Some(url) = &pipeline.settings.mail.bounces_url else { return Ok(None) };
    let inbox = Inbox::parse(url).map_err(Diagnostics::from)?;
    let (mut found, mut runs) = (Bounces::default(), BTreeSet::new());
    let mut take = |message: &[u8]| {
        match bounces::read(message).map(|returned| note(pipeline, &returned)).transpose()? {
            Some(Reported::Moved { run_id, delivery, state }) => {
                runs.insert(run_id);
                let list = if state == DeliveryState::Bounced { &mut found.bounced } else { &mut found.proven };
                list.push(delivery);
            }
            Some(Reported::NothingNew) => {}
            Some(Reported::Stranger) | None => found.others += 1,
        }
        Ok(())
    };
    let read = inbox.each_new(&mut take).await;
    // Also where reading broke off: what was noted before it stands.
    for run in &runs {
        settle(pipeline, run)?;
    }
    found.read = read?;
    Ok(Some(found))
}

/// Notes a report under the first of its names that the ledger knows.
fn note(pipeline: &Pipeline, returned: &Returned) -> anyhow::Result<Reported> {
    let diagnostic = returned.diagnostic.clone();
    let report = match returned.action {
        Action::Failed => Report::Failed { diagnostic },
        Action::Taken => Report::Taken { diagnostic },
    };
    for name in &returned.names {
        match pipeline.ledger.record_report(name, &report)? {
            Reported::Stranger => {}
            known => return Ok(known),
        }
    }
    Ok(Reported::Stranger)
}

/// A run whose letters had all gone out has one that did not arrive, or the last doubt about it is gone.
fn settle(pipeline: &Pipeline, id: &str) -> anyhow::Result<()> {
    let run = pipeline.ledger.run(id)?.with_context(|| format!("there is no run `{id}`"))?;
    let complete = tally(pipeline, &run)?.complete();
    match run.state {
        RunState::Sent if !complete => pipeline.ledger.finish_run(id, RunState::PartlySent, None),
        RunState::PartlySent if complete => pipeline.ledger.finish_run(id, RunState::Sent, None),
        _ => Ok(()),
    }
}
