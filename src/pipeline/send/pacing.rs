//! How fast letters may go on this machine, counted over restarts and over all workers of the ledger.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::Instant;

use crate::deliver::{Address, Pace};
use crate::pipeline::Pipeline;

/// How long is waited at most before it is looked again whether the round is to end.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The pace of the settings, and what the ledger knows of the last minute.
pub(super) struct Pacing<'a> {
    pipeline: &'a Pipeline,
    own: Mutex<Pace>,
}

impl<'a> Pacing<'a> {
    /// Counts what went out in the minute before, so that a restart is no way around the pace.
    pub(super) fn new(pipeline: &'a Pipeline) -> anyhow::Result<Self> {
        let mut own = pace(pipeline);
        if !own.is_free() {
            recall(pipeline, &mut own)?;
        }
        Ok(Self { pipeline, own: Mutex::new(own) })
    }

    /// Lets a letter pass and counts it, or says how long to wait before asking again.
    ///
    /// Asked twice: of what this round let pass, which counts letters that were refused too, and of what the ledger
    /// holds of all workers. Several workers together can go over by the letters that each has in hand.
    pub(super) fn pass(&self, to: &Address) -> Result<(), Duration> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if own.is_free() {
            return Ok(());
        }
        let (now, mut of_all) = (Instant::now(), pace(self.pipeline));
        // A ledger that cannot be read stops the letter at its mark; here it is no reason to wait.
        let known = recall(self.pipeline, &mut of_all).is_ok();
        if known {
            of_all.pass(to.domain(), now).map_err(|wait| wait.min(LOOK_AGAIN))?;
        }
        own.pass(to.domain(), now).map_err(|wait| wait.min(LOOK_AGAIN))
    }
}

fn pace(pipeline: &Pipeline) -> Pace {
    let mail = &pipeline.settings.mail;
    Pace::new(mail.per_minute, mail.per_minute_to.clone())
}

fn recall(pipeline: &Pipeline, pace: &mut Pace) -> anyhow::Result<()> {
    // A clock that stands still would let the last minute never pass.
    if pipeline.settings.clock.is_fixed() {
        return Ok(());
    }
    let (now, instant) = (pipeline.settings.clock.now(), Instant::now());
    for (address, at) in pipeline.ledger.doubted_within(TimeDelta::minutes(1))? {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        pace.remember(domain, (now - at).to_std().unwrap_or_default(), instant);
    }
    Ok(())
}
