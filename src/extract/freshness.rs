//! Which kept walks still serve.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;

use super::keep::{KeptWalk, Pages};
use crate::period::midnight;

/// What a walk must be to serve for a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness<'a> {
    /// Anything serves: what is kept is looked at as it is.
    Any,
    /// It must have been begun when the day was final.
    Final,
    /// It must be of this pull: a folder is always read anew.
    Only(&'a str),
    /// It must be of this pull or younger, or have been begun when the day was final and after a refresh was asked for.
    Since {
        /// The pull's name.
        pull: &'a str,
        /// When the pull was begun.
        begun: DateTime<Utc>,
        /// When a person asked for everything anew.
        refresh_since: Option<DateTime<Utc>>,
    },
}

/// When a walk was begun, and by which pull.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The pull's name.
    pub pull: &'a str,
    /// When.
    pub begun: DateTime<Utc>,
}

impl Freshness<'_> {
    /// Whether a walk serves; `final_at` is when its day becomes final, none for a resource that knows no time.
    ///
    /// Begun in the very instant of a refresh does not do: only a clock that stands still gives that, and then the walk
    /// is one of a pull before.
    pub fn serves(&self, origin: Origin, final_at: Option<DateTime<Utc>>) -> bool {
        let is_final = final_at.is_some_and(|at| at <= origin.begun);
        match *self {
            Self::Any => true,
            Self::Final => final_at.is_none() || is_final,
            Self::Only(pull) => origin.pull == pull,
            Self::Since { pull, begun, refresh_since } => {
                let is_new = refresh_since.is_none_or(|since| origin.begun > since);
                origin.pull == pull || origin.begun > begun || (is_new && is_final)
            }
        }
    }
}

impl<'a> From<&'a KeptWalk> for Origin<'a> {
    fn from(walk: &'a KeptWalk) -> Self {
        Self { pull: &walk.pull, begun: walk.begun }
    }
}

impl<'a> From<&'a Pages> for Origin<'a> {
    fn from(pages: &'a Pages) -> Self {
        Self { pull: &pages.pull, begun: pages.begun }
    }
}

/// When a day no longer changes: so many days after it is over.
pub fn final_at(zone: Tz, day: NaiveDate, lookback: u64) -> DateTime<Utc> {
    midnight(zone, day + Days::new(1 + lookback))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect(text)
    }

    #[test]
    fn a_day_is_final_when_its_lookback_is_over_on_the_clocks_of_the_source() {
        let day = "2026-10-31".parse().expect("a day");
        assert_eq!(final_at(chrono_tz::Asia::Shanghai, day, 0), at("2026-10-31T16:00:00Z"));
        assert_eq!(final_at(chrono_tz::Asia::Shanghai, day, 8), at("2026-11-08T16:00:00Z"));
    }

    #[test]
    fn a_walk_serves_as_the_pull_demands() {
        let walk = |pull, begun| Origin { pull, begun: at(begun) };
        let (over, final_at) = (walk("m#1", "2026-11-02T01:00:00Z"), Some(at("2026-11-01T16:00:00Z")));
        let since = |refresh_since| Freshness::Since { pull: "m#2", begun: at("2026-11-09T01:00:00Z"), refresh_since };
        assert!(Freshness::Final.serves(over, final_at) && since(None).serves(over, final_at));
        let early = walk("m#1", "2026-11-01T01:00:00Z");
        assert!(!Freshness::Final.serves(early, final_at) && !since(None).serves(early, final_at));
        assert!(Freshness::Any.serves(early, final_at));
        assert!(!since(Some(at("2026-11-09T00:00:00Z"))).serves(over, final_at), "a refresh asks anew");
        assert!(since(Some(over.begun)).serves(walk("w#1", "2026-11-02T01:00:01Z"), final_at));
        assert!(since(None).serves(walk("m#2", "2026-11-01T01:00:00Z"), final_at), "its own");
        assert!(since(None).serves(walk("w#1", "2026-11-09T02:00:00Z"), Some(at("2026-12-01T00:00:00Z"))), "younger");
        assert!(!since(None).serves(over, None), "what knows no time is asked for by each pull");
        assert!(!Freshness::Only("m#2").serves(over, final_at));
    }
}
