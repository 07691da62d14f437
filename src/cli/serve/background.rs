//! Runs compute on threads of their own, which let those that answer people go first.

use anyhow::Context;
use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};
use tokio::runtime::{Builder, Runtime};

use crate::score;

/// Of 99; usual threads are in the middle. On Linux a niceness of 9: beside one usual thread a core gives it an eighth.
const BEHIND_PEOPLE: u8 = 25;

/// A runtime whose threads, and those that they start, yield the processor to the console's.
pub(super) fn runtime() -> anyhow::Result<Runtime> {
    let runtime = Builder::new_multi_thread().enable_all().thread_name("runs").on_thread_start(step_back).build();
    let runtime = runtime.context("threads for runs could not be started")?;
    runtime.spawn_blocking(score::start_threads);
    Ok(runtime)
}

/// A machine that does not allow it is slower for people, and no more.
fn step_back() {
    let priority = ThreadPriorityValue::try_from(BEHIND_PEOPLE).map(ThreadPriority::Crossplatform);
    if let Err(error) = priority.map(set_current_thread_priority) {
        tracing::debug!(error, "threads for runs stay as eager as the console's");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The niceness of the calling thread: what follows its name, field 19 of the whole line.
    fn niceness() -> i32 {
        let line = std::fs::read_to_string("/proc/thread-self/stat").expect("a line");
        let (_, after_name) = line.rsplit_once(") ").expect("a name");
        after_name.split(' ').nth(16).expect("a field").parse().expect("a number")
    }

    #[test]
    fn threads_for_runs_and_those_that_they_start_step_back() {
        let here = niceness();
        let runtime = runtime().expect("a runtime");
        let there = runtime.block_on(runtime.spawn(async { niceness() })).expect("an end");
        let started = || std::thread::spawn(niceness).join().expect("an end");
        let started = runtime.block_on(runtime.spawn_blocking(started)).expect("an end");
        assert!(there > here && started == there, "{here}, {there}, {started}");
        assert_eq!(niceness(), here);
    }
}
