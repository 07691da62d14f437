//! What a name that nobody knows was probably meant to be.

/// The names that are known, the closest one first where there is one: the hint to an unknown name.
pub fn known_names<'n>(asked: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in known {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let list = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match closest(asked, &names) {
        _ if names.is_empty() => "nothing of this kind is declared yet".to_owned(),
        Some(close) => format!("did you mean `{close}`? known here: {list}"),
        None => format!("known here: {list}"),
    }
}

/// The known name with the fewest slips, at most one in three letters.
fn closest<'n>(asked: &str, known: &[&'n str]) -> Option<&'n str> {
    let slips = asked.chars().count().div_ceil(3);
    let distances = known.iter().map(|name| (strsim::osa_distance(asked, name), *name));
    distances.filter(|(distance, _)| *distance <= slips).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        assert_eq!(
            known_names("handeld", ["plan", "handled"]),
            "did you mean `handled`? known here: `plan`, `handled`"
        );
        assert_eq!(known_names("revenue", ["plan", "handled"]), "known here: `plan`, `handled`");
        assert_eq!(known_names("revenue", []), "nothing of this kind is declared yet");
    }
}
