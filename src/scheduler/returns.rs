//! What goes on beside runs while the scheduler runs: returned letters are read, robots say what waits for them, and reminders go out.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::pipeline::{self, Pipeline};

/// How long after one look the next is due.
const BETWEEN: Duration = Duration::from_secs(60);

/// Looks in again and again until `stop` turns true; what fails is told of and tried again.
pub(super) async fn watch(pipeline: Arc<Pipeline>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = look(&pipeline) => {}
        }
        // A letter in hand is finished.
        mail(&pipeline).await;
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(BETWEEN) => {}
        }
    }
}

/// Looks in once.
pub(super) async fn look(pipeline: &Pipeline) {
    match pipeline::check_bounces(pipeline).await {
        Ok(Some(found)) if !found.bounced.is_empty() || !found.proven.is_empty() => {
            let (bounced, proven) = (found.bounced.len(), found.proven.len());
            tracing::warn!(letters.bounced = bounced, letters.proven = proven, "the mail system reported on letters");
        }
        Ok(_) => {}
        Err(error) => tracing::error!(error = format!("{error:#}"), "returned letters could not be read"),
    }
    if let Err(error) = pipeline::notify(pipeline).await {
        tracing::error!(error = format!("{error:#}"), "notices could not be said");
    }
}

/// Mails the reminders that are due, and what agents are told of their appeals.
pub(super) async fn mail(pipeline: &Pipeline) {
    if let Err(error) = pipeline::tell_refusals(pipeline) {
        tracing::error!(error = format!("{error:#}"), "refused appeals could not be told");
    }
    if let Err(error) = pipeline::mail_reminders(pipeline).await {
        tracing::error!(error = format!("{error:#}"), "reminders could not be mailed");
    }
}
