//! Names of files with `*` for any signs.

/// Whether a name has the parts of a pattern in their order, the first at its start and the last at its end.
pub fn matches(pattern: &str, name: &str) -> bool {
    let parts: Vec<&str> = pattern.split('*').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return pattern == name };
    let inside = name.strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
    let Some(inside) = inside else { return false };
    let step = |rest: &'_ str, part: &&str| rest.find(*part).map(|at| at + part.len());
    let mut rest = inside;
    for part in middle {
        match step(rest, part) {
            Some(after) => rest = &rest[after..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_signs() {
        for (pattern, name, expected) in [
            ("a.csv", "a.csv", true),
            ("客服绩效_20261001*.xlsx", "客服绩效_20261001 (1).xlsx", true),
            ("客服绩效_20261001*.xlsx", "客服绩效_20261002.xlsx", false),
            ("*绩效*.xlsx", "客服绩效.xlsx", true),
            ("*a*a.x", "aa.x", true),
            ("*a*a.x", "a.x", false),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
