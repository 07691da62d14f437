//! Pieces of work side by side, each finished by the thread that began it.
//!
//! In one pool for all, a thread that waits for a part of its piece begins another piece meanwhile, on the same stack, and
//! waits there again: some thousand documents overflow it, and ten parts of a table are in memory where two are meant.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::Context;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// What one piece may take of the stack, in bytes; the layout of a document takes the most.
const STACK: usize = 8 << 20;

/// Does `work` on all items, on every core; the results are in the order of the items.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> anyhow::Result<Vec<R>> {
    each_on(thread::available_parallelism().map_or(1, usize::from), items, work)
}

/// Does `work` on all items, on so many threads; the results are in the order of the items.
pub fn each_on<T: Sync, R: Send>(threads: usize, items: &[T], work: impl Fn(&T) -> R + Sync) -> anyhow::Result<Vec<R>> {
    let pools: Vec<ThreadPool> = (0..threads.min(items.len())).map(|_| pool_of_one()).collect::<anyhow::Result<_>>()?;
    let next = AtomicUsize::new(0);
    let take = || {
        let place = next.fetch_add(1, Ordering::Relaxed);
        items.get(place).map(|item| (place, work(item)))
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let begin =
            |pool| scope.spawn(move || ThreadPool::install(pool, || std::iter::from_fn(take).collect::<Vec<_>>()));
        let threads: Vec<_> = pools.iter().map(begin).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|cause| resume_unwind(cause))).collect()
    });
    done.sort_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

/// A pool of one thread: who waits in it for another pool begins nothing else meanwhile.
fn pool_of_one() -> anyhow::Result<ThreadPool> {
    let pool = ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build();
    pool.context("no thread can be started to work on: check the limits of this user")
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static AT_WORK: Cell<usize> = const { Cell::new(0) };
    }

    #[test]
    fn no_item_is_begun_inside_another_and_the_order_is_kept() {
        let items: Vec<u64> = (0..200).collect();
        let deepest = AtomicUsize::new(0);
        let twice = each(&items, |item| {
            AT_WORK.set(AT_WORK.get() + 1);
            deepest.fetch_max(AT_WORK.get(), Ordering::SeqCst);
            // As a layout does: two halves, each of which may be taken by whoever is free.
            let (left, right) = rayon::join(|| (0..=*item).sum::<u64>(), || (0..=*item).rev().sum::<u64>());
            assert_eq!(left, right);
            AT_WORK.set(AT_WORK.get() - 1);
            item * 2
        });
        assert_eq!(twice.expect("done"), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(deepest.into_inner(), 1);
    }

    #[test]
    fn nothing_is_done_with_nothing() {
        assert_eq!(each(&[] as &[u8], |item| *item).expect("done"), Vec::<u8>::new());
    }
}
