//! A crash within this process: a panic at a place, after which everything is opened again.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::Arc;

use scorepost::failpoint;
use scorepost::pipeline::Pipeline;
use tokio::runtime::Runtime;

use super::folder::until_closed;

/// What a panic of a simulated crash carries.
struct Crash;

/// Works on a pipeline and crashes at the n-th place on the way; gives what came of the work if it was over before that.
pub fn at_place<T>(
    place: usize,
    runtime: &Runtime,
    pipeline: Arc<Pipeline>,
    data: &Path,
    work: impl AsyncFnOnce(&Arc<Pipeline>) -> T,
) -> Option<T> {
    let mut left = place;
    let watcher = move |_: &str| {
        left -= 1;
        if left == 0 {
            resume_unwind(Box::new(Crash));
        }
    };
    let watched = || failpoint::watched(watcher, || runtime.block_on(work(&pipeline)));
    let ended = match catch_unwind(AssertUnwindSafe(watched)) {
        Ok(done) => Some(done),
        Err(cause) if cause.is::<Crash>() => None,
        Err(cause) => resume_unwind(cause),
    };
    drop(pipeline);
    until_closed(data);
    ended
}
