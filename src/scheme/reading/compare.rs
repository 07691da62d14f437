//! Two readings side by side: what stands only in the one or the other, and what reads otherwise.

use std::collections::{BTreeMap, BTreeSet};

use super::{Part, Section};

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The heading under which it stands.
    pub section: String,
    /// What it is: the beginning of a sentence, or a row and its column.
    pub what: String,
    /// How it reads in the first; `None` where it is new.
    pub before: Option<String>,
    /// How it reads in the second; `None` where it is gone.
    pub after: Option<String>,
}

/// A sentence or a row, under a name of its own within its section.
struct Entry {
    name: String,
    /// The column of each cell; a sentence has one without a name.
    cells: Vec<(String, String)>,
}

/// Everything that differs, in the order of the second reading and then of the first.
pub fn compare(before: &[Section], after: &[Section]) -> Vec<Difference> {
    let mut titles: Vec<&str> = Vec::new();
    for section in after.iter().chain(before) {
        if !titles.contains(&section.title.as_str()) {
            titles.push(&section.title);
        }
    }
    titles.into_iter().flat_map(|title| in_section(title, &entries(before, title), &entries(after, title))).collect()
}

fn in_section(title: &str, before: &[Entry], after: &[Entry]) -> Vec<Difference> {
    let old: BTreeMap<&str, &Entry> = before.iter().map(|entry| (entry.name.as_str(), entry)).collect();
    let kept: BTreeSet<&str> = after.iter().map(|entry| entry.name.as_str()).collect();
    let whole = |entry: &Entry, before, after| Difference {
        section: title.to_owned(),
        what: entry.name.clone(),
        before,
        after,
    };
    let mut found = Vec::new();
    for entry in after {
        match old.get(entry.name.as_str()) {
            Some(earlier) => found.extend(cells(title, earlier, entry)),
            None => found.push(whole(entry, None, Some(entry.text()))),
        }
    }
    let gone = before.iter().filter(|entry| !kept.contains(entry.name.as_str()));
    found.extend(gone.map(|entry| whole(entry, Some(entry.text()), None)));
    found
}

/// The cells of a row, or the one of a sentence, that read otherwise.
fn cells(title: &str, before: &Entry, after: &Entry) -> Vec<Difference> {
    let value = |entry: &Entry, column: &str| {
        entry
            .cells
            .iter()
            .find(|(name, _)| name == column)
            .map(|(_, text)| text.clone())
            .filter(|text| !text.is_empty())
    };
    let mut columns: Vec<&String> = after.cells.iter().map(|(column, _)| column).collect();
    let gone = |column: &&String| !after.cells.iter().any(|(name, _)| name == *column);
    columns.extend(before.cells.iter().map(|(column, _)| column).filter(gone));
    let differs = |column: &&String| value(before, column) != value(after, column);
    let difference = |column: &String| Difference {
        section: title.to_owned(),
        what: if column.is_empty() { after.name.clone() } else { format!("{} · {column}", after.name) },
        before: value(before, column),
        after: value(after, column),
    };
    columns.into_iter().filter(differs).map(difference).collect()
}

impl Entry {
    fn text(&self) -> String {
        let cells = self.cells.iter().map(|(_, text)| text.as_str()).filter(|text| !text.is_empty());
        cells.collect::<Vec<_>>().join(" · ")
    }
}

/// The sentences and rows of a section; of those with the same beginning each has its number.
fn entries(sections: &[Section], title: &str) -> Vec<Entry> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut numbered = |name: String| {
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 { name } else { format!("{name} ({count})") }
    };
    let mut all = Vec::new();
    for part in sections.iter().filter(|section| section.title == title).flat_map(|section| &section.parts) {
        match part {
            Part::Line(text) => {
                let name = numbered(beginning(text).to_owned());
                all.push(Entry { name, cells: vec![(String::new(), text.clone())] });
            }
            Part::Table { head, rows } => {
                for row in rows {
                    let name = numbered(row.first().cloned().unwrap_or_default());
                    all.push(Entry { name, cells: head.iter().cloned().zip(row.iter().cloned()).collect() });
                }
            }
        }
    }
    all
}

/// What a sentence is about: all before its first colon, or the whole of it.
fn beginning(text: &str) -> &str {
    let text = text.trim_start_matches("• ");
    let end = text.find('：').into_iter().chain(text.find(": ")).min();
    end.map_or(text, |end| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(title: &str, lines: &[&str], rows: &[[&str; 3]]) -> Section {
        let mut parts: Vec<Part> = lines.iter().map(|line| Part::Line((*line).to_owned())).collect();
        let head = ["line", "points", "weight"].map(str::to_owned).to_vec();
        let rows = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        parts.push(Part::Table { head, rows });
        Section { title: title.to_owned(), parts }
    }

    fn told(found: &[Difference]) -> Vec<String> {
        let one = |one: &Difference| {
            let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
            format!("{} / {}: {} → {}", one.section, one.what, word(&one.before), word(&one.after))
        };
        found.iter().map(one).collect()
    }

    #[test]
    fn a_scheme_reads_like_itself() {
        let one = [section("A", &["• pay: 10", "• pay: 20"], &[["x", "1", "2"], ["x", "3", "4"]])];
        assert_eq!(compare(&one, &one), []);
    }

    #[test]
    fn changed_cells_new_rows_and_what_is_gone_are_told_apart() {
        let before = [section("A", &["• 奖金：10", "gone"], &[["x", "1", "2"], ["old", "5", ""]])];
        let after =
            [section("A", &["• 奖金：12"], &[["x", "1", "3"], ["new", "7", "8"]]), section("B", &["more"], &[])];
        assert_eq!(
            told(&compare(&before, &after)),
            [
                "A / 奖金: • 奖金：10 → • 奖金：12",
                "A / x · weight: 2 → 3",
                "A / new: – → new · 7 · 8",
                "A / gone: gone → –",
                "A / old: old · 5 → –",
                "B / more: – → more",
            ]
        );
    }

    #[test]
    fn rows_of_the_same_name_are_compared_in_their_order() {
        let before = [section("A", &[], &[["x", "1", "2"], ["x", "3", "4"]])];
        let after = [section("A", &[], &[["x", "1", "2"], ["x", "3", "5"]])];
        assert_eq!(told(&compare(&before, &after)), ["A / x (2) · weight: 4 → 5"]);
    }
}
