//! Named places at which a trial of crashes stops this process and kills it; a release build has none of them.
//!
//! A place is passed by name. With `SCOREPOST_STOP_AT` a process stops for ever the moment it comes to that place, says
//! so on stderr, and waits to be killed; a simulation watches the places of its own thread instead. Only builds with debug
//! assertions, or with the feature `failpoints`, look at either.

#[cfg(any(debug_assertions, feature = "failpoints"))]
pub use armed::{pass, shuffle, sync_level, watched};
#[cfg(not(any(debug_assertions, feature = "failpoints")))]
pub use disarmed::{pass, shuffle, sync_level};

#[cfg(not(any(debug_assertions, feature = "failpoints")))]
mod disarmed {
    /// Passes a place; nothing happens.
    #[inline(always)]
    pub fn pass<T>(_: impl FnOnce() -> T) {}

    /// Leaves things in their order.
    #[inline(always)]
    pub fn shuffle<T>(_: &mut [T]) {}

    /// The level itself.
    #[inline(always)]
    pub fn sync_level(level: &'static str) -> &'static str {
        level
    }
}

#[cfg(any(debug_assertions, feature = "failpoints"))]
mod armed {
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::io::Write;
    use std::sync::{LazyLock, Mutex, PoisonError};

    /// Stops where it is for ever: `PLACE#N`, the n-th time it is passed.
    const STOP_AT: &str = "SCOREPOST_STOP_AT";
    /// Writes each place that is passed as a line of this file.
    const LIST: &str = "SCOREPOST_STOP_LIST";

    /// Shuffles what the stages hand on, by this seed.
    const SHUFFLE: &str = "SCOREPOST_SHUFFLE";
    /// Syncs the ledger as carelessly as SQLite's usual advice has it, so that a trial of power cuts turns red.
    const CARELESS: &str = "SCOREPOST_CARELESS_LEDGER";

    static PLAN: LazyLock<Plan> = LazyLock::new(Plan::of_the_environment);

    /// Who is shown every place that a thread passes.
    type Watcher = Box<dyn FnMut(&str)>;

    thread_local! {
        static WATCHER: RefCell<Option<Watcher>> = const { RefCell::new(None) };
    }

    /// Passes a place, whose name is made only when somebody asks for it.
    pub fn pass<T: AsRef<str>>(place: impl FnOnce() -> T) {
        let watched = WATCHER.with_borrow(Option::is_some);
        if PLAN.is_idle() && !watched {
            return;
        }
        let place = place();
        PLAN.pass(place.as_ref());
        // Taken out meanwhile: a watcher may end this thread's work by a panic.
        if let Some(mut watcher) = WATCHER.take() {
            watcher(place.as_ref());
            WATCHER.set(Some(watcher));
        }
    }

    /// Brings what one stage hands to the next into another order, when a trial asks for it.
    pub fn shuffle<T>(things: &mut [T]) {
        let Some(mut state) = std::env::var(SHUFFLE).ok().and_then(|seed| seed.parse::<u64>().ok()) else { return };
        for end in (1..things.len()).rev() {
            // Any order will do; this is the generator of PCG without its output function.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            things.swap(end, (state >> 33) as usize % (end + 1));
        }
    }

    /// How carefully a ledger is synced: the given level, or a careless one for the trial that proves that it shows.
    pub fn sync_level(level: &'static str) -> &'static str {
        if std::env::var_os(CARELESS).is_some() { "NORMAL" } else { level }
    }

    /// Does some work of this thread and shows every place that it passes to `watcher`, which may panic there.
    pub fn watched<T>(watcher: impl FnMut(&str) + 'static, work: impl FnOnce() -> T) -> T {
        WATCHER.set(Some(Box::new(watcher)));
        let done = work();
        WATCHER.set(None);
        done
    }

    struct Plan {
        stop_at: Option<(String, u64)>,
        list: Option<std::path::PathBuf>,
        passed: Mutex<BTreeMap<String, u64>>,
    }

    impl Plan {
        fn of_the_environment() -> Self {
            let stop_at = std::env::var(STOP_AT).ok().and_then(|text| {
                let (place, times) = text.rsplit_once('#')?;
                Some((place.to_owned(), times.parse().ok()?))
            });
            Self { stop_at, list: std::env::var_os(LIST).map(Into::into), passed: Mutex::default() }
        }

        fn is_idle(&self) -> bool {
            self.stop_at.is_none() && self.list.is_none()
        }

        fn pass(&self, place: &str) {
            if let Some(list) = &self.list {
                let mut file =
                    std::fs::OpenOptions::new().create(true).append(true).open(list).expect("the list of places");
                // In one piece: other threads write lines of their own.
                file.write_all(format!("{place}\n").as_bytes()).expect("a line of the list of places");
            }
            let Some((wanted, times)) = &self.stop_at else { return };
            if wanted != place {
                return;
            }
            let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
            let count = passed.entry(place.to_owned()).or_default();
            *count += 1;
            if count == times {
                // The lock stays held: whoever comes here after it stops as well.
                eprintln!("stopped at {place}#{times}");
                loop {
                    std::thread::park();
                }
            }
        }
    }
}
