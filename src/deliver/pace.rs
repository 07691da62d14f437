//! How fast letters may go: so many a minute in all and to one domain.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// Over how long letters are counted.
const MINUTE: Duration = Duration::from_secs(60);

/// Counts the letters of the last minute and says how long the next has to wait.
///
/// A letter is counted before it goes, whatever becomes of it: a relay counts those that it refuses too.
#[derive(Debug, Default)]
pub struct Pace {
    in_all: Option<u32>,
    to_domains: BTreeMap<String, u32>,
    passed: VecDeque<Instant>,
    passed_to: HashMap<String, VecDeque<Instant>>,
}

impl Pace {
    /// At most `in_all` a minute, and at most so many to each of these domains.
    pub fn new(in_all: Option<u32>, to_domains: BTreeMap<String, u32>) -> Self {
        Self { in_all, to_domains, ..Self::default() }
    }

    /// Whether nothing is to be counted.
    pub fn is_free(&self) -> bool {
        self.in_all.is_none() && self.to_domains.is_empty()
    }

    /// Counts a letter that went so long ago, before this process or by another; the oldest first.
    pub fn remember(&mut self, domain: &str, ago: Duration, now: Instant) {
        if let Some(then) = now.checked_sub(ago) {
            self.count(domain, then);
        }
    }

    /// Lets a letter to this domain pass and counts it, or says how long it has to wait before it asks again.
    pub fn pass(&mut self, domain: &str, now: Instant) -> Result<(), Duration> {
        let all = wait(&mut self.passed, self.in_all, now);
        let own = self.passed_to.entry(domain.to_owned()).or_default();
        let own = wait(own, self.to_domains.get(domain).copied(), now);
        match all.max(own) {
            None => {
                self.count(domain, now);
                Ok(())
            }
            Some(wait) => Err(wait),
        }
    }

    fn count(&mut self, domain: &str, at: Instant) {
        self.passed.push_back(at);
        if self.to_domains.contains_key(domain) {
            self.passed_to.entry(domain.to_owned()).or_default().push_back(at);
        }
    }
}

/// How long until one of the last `most` letters is a minute old; `None` when another may go at once.
fn wait(passed: &mut VecDeque<Instant>, most: Option<u32>, now: Instant) -> Option<Duration> {
    while passed.front().is_some_and(|first| now.duration_since(*first) >= MINUTE) {
        passed.pop_front();
    }
    let most = most? as usize;
    let last_that_counts = passed.len().checked_sub(most)?;
    let first = passed.get(last_that_counts)?;
    Some(MINUTE.saturating_sub(now.duration_since(*first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn so_many_pass_in_any_minute() {
        let start = Instant::now();
        let mut pace = Pace::new(Some(3), BTreeMap::new());
        for second in [0, 10, 20] {
            assert_eq!(pace.pass("a.example", start + seconds(second)), Ok(()));
        }
        assert_eq!(pace.pass("b.example", start + seconds(30)), Err(seconds(30)));
        assert_eq!(pace.pass("b.example", start + seconds(60)), Ok(()));
        assert_eq!(pace.pass("b.example", start + seconds(61)), Err(seconds(9)));
    }

    #[test]
    fn a_domain_has_a_pace_of_its_own() {
        let start = Instant::now();
        let mut pace = Pace::new(None, BTreeMap::from([("slow.example".to_owned(), 1)]));
        assert_eq!(pace.pass("slow.example", start), Ok(()));
        assert_eq!(pace.pass("slow.example", start + seconds(15)), Err(seconds(45)));
        for _ in 0..1000 {
            assert_eq!(pace.pass("quick.example", start + seconds(15)), Ok(()));
        }
        assert!(Pace::new(None, BTreeMap::new()).is_free() && !pace.is_free());
    }

    #[test]
    fn what_went_before_counts() {
        let now = Instant::now() + seconds(3600);
        let mut pace = Pace::new(Some(2), BTreeMap::new());
        for ago in [70, 50, 20] {
            pace.remember("a.example", seconds(ago), now);
        }
        assert!(pace.pass("a.example", now).is_err());
        assert_eq!(pace.pass("a.example", now + seconds(11)), Ok(()));
    }
}
