//! Dice that fall the same way for the same seed.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::Figures;

/// The seed of all trials of this process.
const SEED: &str = "SCOREPOST_SEED";
/// The only case that is run, to replay it.
const CASE: &str = "SCOREPOST_CASE";
/// Of so many cases of the long sets one is run.
const SHARE: &str = "SCOREPOST_TRIAL_SHARE";

/// A stream of numbers: SplitMix64, whose whole state is its seed.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The seed that the environment names, or else 1.
    pub fn seed() -> u64 {
        std::env::var(SEED).ok().map_or(1, |text| text.parse().expect("a seed is a number"))
    }

    /// The dice of one case of one set.
    pub fn of(set: &str, case: usize) -> Self {
        let named = set.bytes().fold(Self::seed(), |sum, byte| Self(sum ^ u64::from(byte)).next());
        Self(Self(named ^ case as u64).next())
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// True once in `times` on average.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of some things.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Brings things into another order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for end in (1..things.len()).rev() {
            things.swap(end, self.below(end + 1));
        }
    }
}

/// The numbers of the cases to run: all, or the one that is replayed.
pub fn cases(count: usize) -> Vec<usize> {
    match std::env::var(CASE) {
        Ok(text) => vec![text.parse().expect("a case is a number")],
        Err(_) => (0..count).collect(),
    }
}

/// Does something with every case, on as many threads as there are cores, each with its own universe.
///
/// What a case comes to is its own affair: no case sees on which thread it is, or what came before it.
pub fn on_all_cores<U>(
    cases: &[usize],
    universe: impl Fn() -> U + Sync,
    live: impl Fn(&U, usize, &mut Figures) + Sync,
    figures: &mut Figures,
) {
    let cores = thread::available_parallelism().map_or(1, usize::from).min(cases.len());
    let next = AtomicUsize::new(0);
    let worker = || {
        let (universe, mut own) = (universe(), Figures::of(""));
        while let Some(number) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
            live(&universe, *number, &mut own);
        }
        own
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            figures.join(&worker.join().unwrap_or_else(|cause| resume_unwind(cause)));
        }
    });
}

/// The part of a long set that is run: all of it, or one of so many.
pub fn share(count: usize) -> usize {
    count.div_ceil(one_in())
}

/// One of how many cases of a long set is run.
pub fn one_in() -> usize {
    std::env::var(SHARE).map_or(1, |text| text.parse().expect("a share is a number"))
}

/// Says how to replay a case when it fails.
pub struct Replay {
    set: &'static str,
    case: usize,
    what: String,
}

impl Replay {
    /// A case that begins now.
    pub fn of(set: &'static str, case: usize, what: String) -> Self {
        Self { set, case, what }
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let (set, case, seed) = (self.set, self.case, Dice::seed());
            eprintln!("{set}, case {case}: {}\nreplay it with {SEED}={seed} {CASE}={case}", self.what);
        }
    }
}
