//! Whose things a question is about: everybody's, or those of some teams.

use std::collections::BTreeSet;

use super::store::ToValue;

/// Whose things a question is about.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Everybody's.
    Everybody,
    /// Those of these teams, by id.
    Teams(&'a BTreeSet<String>),
}

impl<'a> Whose<'a> {
    /// The condition on a column with ids of teams, whose values are numbered from `first` on.
    pub(super) fn among(self, column: &str, first: usize) -> String {
        match self {
            Self::Everybody => "1 = 1".to_owned(),
            Self::Teams(teams) if teams.is_empty() => "1 = 0".to_owned(),
            Self::Teams(teams) => format!("{column} IN ({})", places(first, teams.len())),
        }
    }

    /// Its values, after those that stand before them.
    pub(super) fn after<'b>(self, before: &[&'b dyn ToValue]) -> Vec<&'b dyn ToValue>
    where
        'a: 'b,
    {
        let mut values = before.to_vec();
        if let Self::Teams(teams) = self {
            values.extend(teams.iter().map(|team| team as &dyn ToValue));
        }
        values
    }
}

/// The places of so many values, numbered from `first` on.
pub(super) fn places(first: usize, count: usize) -> String {
    (first..first + count).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn teams_are_numbered_after_what_stands_before_them() {
        let teams = BTreeSet::from(["T1".to_owned(), "T2".to_owned()]);
        assert_eq!(Whose::Teams(&teams).among("team", 3), "team IN (?3, ?4)");
        assert_eq!(Whose::Teams(&teams).after(&[&"run", &"card"]).len(), 4);
        assert_eq!(Whose::Teams(&BTreeSet::new()).among("team", 3), "1 = 0");
        assert_eq!((Whose::Everybody.among("team", 3), Whose::Everybody.after(&[&"run"]).len()), ("1 = 1".into(), 1));
    }
}
