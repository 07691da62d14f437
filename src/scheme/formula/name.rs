//! Names in expressions: `conversion`, `team.conversion`, `previous.shop.conversion`, `points.conversion`.

use std::fmt;

/// Whose value a name asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The agent's, or in an expression over a group the group's.
    Own,
    /// The agent's team's.
    Team,
    /// The agent's department's.
    Department,
    /// The whole shop's.
    Shop,
    /// The worst of the agent's team: the smallest number.
    Lowest,
    /// The largest number of the agent's team.
    Highest,
    /// The agent's own of the period before.
    Previous,
    /// The team's of the period before.
    PreviousTeam,
    /// The department's of the period before.
    PreviousDepartment,
    /// The shop's of the period before.
    PreviousShop,
    /// The points of an indicator.
    Points,
    /// An agent's part of a pool.
    Pool,
    /// A component of pay.
    Pay,
    /// A column of the roster.
    Agent,
    /// The period itself.
    Period,
}

impl Scope {
    /// Whether its ids are those of lines, money or the roster, and not of metrics, formulas, lookups or parameters.
    pub fn is_no_value(self) -> bool {
        matches!(self, Self::Points | Self::Pool | Self::Pay | Self::Agent | Self::Period)
    }
}

const WORDS: [(&str, Scope); 14] = [
    ("team", Scope::Team),
    ("department", Scope::Department),
    ("shop", Scope::Shop),
    ("lowest", Scope::Lowest),
    ("highest", Scope::Highest),
    ("previous", Scope::Previous),
    ("previous.team", Scope::PreviousTeam),
    ("previous.department", Scope::PreviousDepartment),
    ("previous.shop", Scope::PreviousShop),
    ("points", Scope::Points),
    ("pool", Scope::Pool),
    ("pay", Scope::Pay),
    ("agent", Scope::Agent),
    ("period", Scope::Period),
];

/// How often a name is asked for in an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    /// For the one whom the expression is about.
    One,
    /// For every agent of a group.
    Members,
}

/// A named value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// Whose.
    pub scope: Scope,
    /// The id as files write it, with hyphens.
    pub id: String,
}

impl Name {
    /// The agent's own value of that id.
    pub fn own(id: &str) -> Self {
        Self { scope: Scope::Own, id: id.to_owned() }
    }

    /// Reads the parts of a dotted name; `None` when the scope is no word of ours.
    pub fn from_parts(parts: &[&str]) -> Option<Self> {
        let (id, scope) = parts.split_last()?;
        let id = id.replace('_', "-");
        if scope.is_empty() {
            return Some(Self { scope: Scope::Own, id });
        }
        let word = scope.join(".");
        let (_, scope) = WORDS.iter().find(|(known, _)| *known == word)?;
        Some(Self { scope: *scope, id })
    }

    /// Whether a text is the name as expressions write it, and nothing else.
    pub fn is_written(&self, text: &str) -> bool {
        let word = WORDS.iter().find(|(_, scope)| *scope == self.scope);
        let id = match word {
            Some((word, _)) => text.strip_prefix(word).and_then(|rest| rest.strip_prefix('.')),
            None => Some(text),
        };
        let written = |byte: u8| if byte == b'-' { b'_' } else { byte };
        id.is_some_and(|id| id.bytes().eq(self.id.bytes().map(written)))
    }

    /// The words that may stand before the dot.
    pub fn scopes() -> Vec<&'static str> {
        WORDS.iter().map(|(word, _)| *word).collect()
    }
}

/// As expressions write it.
impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((word, _)) = WORDS.iter().find(|(_, scope)| *scope == self.scope) {
            write!(out, "{word}.")?;
        }
        out.write_str(&self.id.replace('-', "_"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_its_printed_form_says() {
        for parts in [&["paid-amount"][..], &["team", "paid-amount"], &["previous", "shop", "x"], &["points", "a-b"]] {
            let name = Name::from_parts(parts).expect("a name");
            assert!(name.is_written(&name.to_string()), "{name}");
            for other in [format!(" {name}"), format!("({name})"), format!("shop.{name}"), name.id + "s"] {
                assert!(!Name::from_parts(parts).expect("a name").is_written(&other), "{other}");
            }
        }
    }
}
