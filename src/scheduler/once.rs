//! Everything that is due now, one thing after another, for whoever starts the program by a timer of their own.

use std::sync::Arc;

use crate::pipeline::Pipeline;

use super::book::Book;
use super::left::Left;
use super::work::Attempt;
use super::{deadlines, left, occasions, recover, requests, returns, simulations};

/// Does what a running scheduler would begin now, in one order and on one thread, and ends.
///
/// What fails is noted as it is there, and is tried again when its rest is over and this is called again.
pub async fn once(pipeline: &Arc<Pipeline>) -> anyhow::Result<()> {
    let (worker, attempt) = (&pipeline.worker.id, || Attempt::alone(pipeline.clone()));
    recover(pipeline)?;
    let book = Book::of(pipeline);
    occasions::note(book)?;
    occasions::reopen_failed(book)?;
    while let Some(occasion) = occasions::take(book, worker)? {
        occasions::run(attempt(), occasion).await;
    }
    while let Some(request) = pipeline.ledger.take_request(worker)? {
        requests::act(attempt(), request).await;
    }
    while let Some(simulation) = pipeline.ledger.take_simulation(worker)? {
        simulations::act(attempt(), simulation).await;
    }
    for run in deadlines::keep(pipeline)? {
        deadlines::release(attempt(), run).await;
    }
    for run in Left::default().ready(pipeline, |_| false)? {
        left::go_on(attempt(), run).await;
    }
    returns::look(pipeline).await;
    returns::mail(pipeline).await;
    Ok(())
}
