//! Where a field lies inside a JSON record: `a.b`, `list[0]`, `list[code=52101].value`, `^.day` of the record around it.

use std::fmt;

/// The way from a record to a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldPath {
    /// How many records further out the way begins: 1 for `^.`, 2 for `^^.`.
    pub outwards: usize,
    /// The steps inwards from there; none for `@`, the record itself.
    pub steps: Vec<Step>,
}

/// One step inwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the value of that name.
    Name(String),
    /// To the item at that place; from the end when it is negative.
    Place(i64),
    /// To the first item that has this text at that way inside it.
    Which(Vec<String>, String),
}

/// Why a text is no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathFault {
    /// A part between two dots is empty.
    EmptyName,
    /// A bracket without its partner, or something between `]` and the next dot.
    Bracket,
    /// Brackets hold neither a place nor `name=value`.
    Selector,
}

impl FieldPath {
    /// Reads a path.
    ///
    /// # Errors
    /// When a name or a selector is not one.
    pub fn read(text: &str) -> Result<Self, PathFault> {
        let inside = text.trim_start_matches('^');
        let outwards = text.len() - inside.len();
        let inside = if outwards > 0 { inside.strip_prefix('.').unwrap_or(inside) } else { inside };
        let mut steps = Vec::new();
        if inside != "@" && !(outwards > 0 && inside.is_empty()) {
            let mut rest = Some(inside);
            while let Some(text) = rest {
                rest = part(text, &mut steps)?;
            }
        }
        Ok(Self { outwards, steps })
    }
}

/// Reads up to the next dot outside of brackets and gives what follows it.
fn part<'t>(text: &'t str, steps: &mut Vec<Step>) -> Result<Option<&'t str>, PathFault> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    if name.is_empty() && !(steps.is_empty() && rest.starts_with('[')) {
        return Err(PathFault::EmptyName);
    }
    if !name.is_empty() {
        steps.push(Step::Name(name.to_owned()));
    }
    while let Some(inner) = rest.strip_prefix('[') {
        let (selector, after) = inner.split_once(']').ok_or(PathFault::Bracket)?;
        steps.push(which(selector)?);
        rest = after;
    }
    match rest.strip_prefix('.') {
        Some(after) => Ok(Some(after)),
        None if rest.is_empty() => Ok(None),
        None => Err(PathFault::Bracket),
    }
}

fn which(selector: &str) -> Result<Step, PathFault> {
    if let Some((way, value)) = selector.split_once('=') {
        let names: Vec<String> = way.split('.').map(str::to_owned).collect();
        return if names.iter().any(String::is_empty) {
            Err(PathFault::Selector)
        } else {
            Ok(Step::Which(names, value.to_owned()))
        };
    }
    selector.parse().map(Step::Place).map_err(|_| PathFault::Selector)
}

impl fmt::Display for PathFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::EmptyName => "a name in it is empty",
            Self::Bracket => "a bracket has no partner, or something stands behind it",
            Self::Selector => "brackets hold a place such as `[0]` or a test such as `[code=7]`",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Step {
        Step::Name(text.into())
    }

    #[test]
    fn paths_are_names_places_and_tests() {
        let steps = |text| FieldPath::read(text).map(|path| (path.outwards, path.steps));
        assert_eq!(steps("a.b"), Ok((0, vec![name("a"), name("b")])));
        assert_eq!(steps("a[0][-1].b"), Ok((0, vec![name("a"), Step::Place(0), Step::Place(-1), name("b")])));
        let test = Step::Which(vec!["vo".into(), "id".into()], "7.5".into());
        assert_eq!(steps("list[vo.id=7.5].value"), Ok((0, vec![name("list"), test, name("value")])));
        assert_eq!(steps("[0]"), Ok((0, vec![Step::Place(0)])));
        assert_eq!(steps("^^.day"), Ok((2, vec![name("day")])));
        assert_eq!((steps("@"), steps("^")), (Ok((0, vec![])), Ok((1, vec![]))));
    }

    #[test]
    fn faults_are_named() {
        for (text, fault) in [
            ("", PathFault::EmptyName),
            ("a..b", PathFault::EmptyName),
            ("a.", PathFault::EmptyName),
            ("a[0", PathFault::Bracket),
            ("a[0]b", PathFault::Bracket),
            ("a[x]", PathFault::Selector),
            ("a[=1]", PathFault::Selector),
        ] {
            assert_eq!(FieldPath::read(text), Err(fault), "{text}");
        }
    }
}
