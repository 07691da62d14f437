//! What a template declares that it needs: lines `// needs: body.agent.name body.lines[].label` at its head.
//!
//! A path names keys of the data, `[]` every element of a list. A key may hold `null`; it must be there.

use serde_json::Value;

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, known_names};

/// How a line of declarations begins.
const NEEDS: &str = "// needs:";

/// Every path that a template declares, with its place in the file.
pub(super) fn declared(file: &AuthoredFile) -> Vec<(&str, std::ops::Range<usize>)> {
    let text: &str = &file.text;
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(paths) = line.strip_prefix(NEEDS) {
            let mut at = start + NEEDS.len();
            for word in paths.split_inclusive(char::is_whitespace) {
                let path = word.trim_end();
                if !path.is_empty() {
                    found.push((path, at..at + path.len()));
                }
                at += word.len();
            }
        }
        start += line.len();
    }
    found
}

/// What the template declares and the data does not have, each with its place and what is there instead.
pub(super) fn broken(file: &AuthoredFile, data: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    for (path, place) in declared(file) {
        if let Err(lost) = follow(data, path) {
            found.push(
                Diagnostic::error(format!(
                    "the template needs `{path}`, which the data of this document does not have"
                ))
                .at(file.place(place))
                .hint(lost.hint()),
            );
        }
    }
    found
}

/// Where a path leaves the data.
struct Lost<'a> {
    /// The key that is not there.
    key: &'a str,
    /// The keys that are.
    beside: Vec<String>,
}

impl Lost<'_> {
    fn hint(&self) -> String {
        known_names(self.key, self.beside.iter().map(String::as_str))
    }
}

/// Follows a path through all elements of lists; what is `null` or empty has nothing to be followed into.
fn follow<'a>(value: &Value, path: &'a str) -> Result<(), Lost<'a>> {
    let (step, rest) = path.split_once('.').map_or((path, ""), |(step, rest)| (step, rest));
    if step.is_empty() || value.is_null() {
        return Ok(());
    }
    let (key, each) = step.strip_suffix("[]").map_or((step, false), |key| (key, true));
    let Some(next) = value.get(key) else {
        let beside = value.as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default();
        return Err(Lost { key, beside });
    };
    match next.as_array() {
        Some(all) if each => all.iter().try_for_each(|one| follow(one, rest)),
        _ => follow(next, rest),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(declaration: &str) -> Vec<(String, (usize, usize))> {
        let file = AuthoredFile::from_text("report-templates/own.typ", declaration);
        let data = json!({ "body": { "agent": { "name": "x" }, "lines": [{ "label": "a" }, { "label": "b" }], "money": null } });
        let told = |one: &&Diagnostic| {
            (format!("{one} {:?}", one.hints), one.place.as_ref().expect("a place").line_and_column())
        };
        broken(&file, &data).sorted().iter().map(told).collect()
    }

    #[test]
    fn what_is_there_is_no_fault() {
        let declaration =
            "// A card.\n// needs: body.agent.name body.lines[].label\n// needs: body.money.sum body.money\n= Card";
        assert!(faults(declaration).is_empty(), "{:?}", faults(declaration));
    }

    #[test]
    fn what_is_not_there_is_told_with_its_key_and_line() {
        let found = faults("// A card.\n// needs: body.agent.name body.lines[].labl\n// needs: body.agents");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].0.contains("`body.lines[].labl`") && found[0].0.contains("did you mean `label`"),
            "{}",
            found[0].0
        );
        assert_eq!(found[0].1, (2, 27));
        assert!(found[1].0.contains("`body.agents`") && found[1].0.contains("did you mean `agent`"), "{}", found[1].0);
        assert_eq!(found[1].1.0, 3);
    }
}
