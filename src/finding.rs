//! Findings: what a run noticed about its data, people or documents, and whether that holds it.

use std::collections::{BTreeSet, HashSet};

use crate::words::Bilingual;

/// What a finding does to its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The run is held: it may be looked at, nothing goes out.
    Hold,
    /// One agent's or team's documents are held; the rest goes on.
    HoldSubject,
    /// Printed in the pack and the run's report.
    Note,
}

impl Weight {
    /// The word that the ledger keeps.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::HoldSubject => "hold-subject",
            Self::Note => "note",
        }
    }

    /// Reads what [`Weight::word`] wrote.
    pub fn from_word(word: &str) -> Self {
        match word {
            "hold" => Self::Hold,
            "hold-subject" => Self::HoldSubject,
            _ => Self::Note,
        }
    }
}

/// What the codes of findings begin with that tell of a card which stands out.
pub const OUTLIER: &str = "outlier-";

/// One thing that a run noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it does to the run.
    pub weight: Weight,
    /// A stable name in kebab-case, such as `rows-set-aside` or `short-pull`.
    pub code: String,
    /// The agent, team, source or file that it is about.
    pub subject: Option<String>,
    /// What was noticed, with its numbers.
    pub text: Bilingual,
    /// What a person can do about it; empty when nothing need be done.
    pub next: Bilingual,
}

impl Finding {
    /// Something to print.
    pub fn note(code: &str, text: Bilingual) -> Self {
        Self { weight: Weight::Note, code: code.to_owned(), subject: None, text, next: Bilingual::default() }
    }

    /// Something that holds the run.
    pub fn hold(code: &str, text: Bilingual, next: Bilingual) -> Self {
        Self { weight: Weight::Hold, code: code.to_owned(), subject: None, text, next }
    }

    /// Something that holds one agent's or team's documents.
    pub fn hold_subject(code: &str, subject: impl Into<String>, text: Bilingual, next: Bilingual) -> Self {
        Self { weight: Weight::HoldSubject, code: code.to_owned(), subject: Some(subject.into()), text, next }
    }

    /// Whether it tells of a card that a person should look at before any letter goes.
    pub fn is_outlier(&self) -> bool {
        self.code.starts_with(OUTLIER)
    }

    /// Names what it is about.
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Says what a person can do.
    pub fn next(mut self, next: Bilingual) -> Self {
        self.next = next;
        self
    }

    /// Whether one of the names stands in its texts as a word of its own: `T2` is not in `T21`.
    pub fn mentions_any(&self, names: &Names) -> bool {
        self.texts().into_iter().any(|text| names.found_in(text).next().is_some())
    }

    fn texts(&self) -> [&str; 4] {
        [&self.text.zh, &self.text.en, &self.next.zh, &self.next.en]
    }
}

/// Many names that are looked for in texts at once.
#[derive(Clone, Debug, Default)]
pub struct Names {
    all: HashSet<String>,
    /// How many bytes they have; there are few lengths, however many names.
    lengths: BTreeSet<usize>,
}

impl FromIterator<String> for Names {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        let all: HashSet<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
        let lengths = all.iter().map(String::len).collect();
        Self { all, lengths }
    }
}

impl Names {
    /// Those that stand in the texts of a finding, each as a word of its own.
    pub fn standing_in<'f>(&self, finding: &'f Finding) -> BTreeSet<&'f str> {
        finding.texts().into_iter().flat_map(|text| self.found_in(text)).collect()
    }

    fn found_in<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let starts = text.char_indices().map(|(start, _)| start);
        starts.flat_map(move |start| self.lengths.iter().filter_map(move |length| self.at(text, start, start + length)))
    }

    /// That piece of the text if it is a name, and no sign beside it makes it part of a longer one.
    fn at<'t>(&self, text: &'t str, start: usize, end: usize) -> Option<&'t str> {
        let is_part = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_alphanumeric());
        let piece = text.get(start..end).filter(|piece| self.all.contains(*piece))?;
        let is_word = !is_part(text[..start].chars().next_back()) && !is_part(text[end..].chars().next());
        is_word.then_some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    fn stands_in(text: &str, name: &str) -> bool {
        std::iter::once(name.to_owned()).collect::<Names>().found_in(text).next().is_some()
    }

    #[test]
    fn names_are_found_as_words() {
        assert!(stands_in("B001 无数据", "B001"));
        assert!(stands_in("客服王小明的邮箱为空", "王小明"));
        assert!(stands_in("team `T2` is short", "T2"));
        assert!(!stands_in("team `T21` is short", "T2"));
        assert!(!stands_in("12 rows set aside", "2"));
        assert!(!stands_in("anything", ""));
        let many: Names = ["T2", "王小明", "T21x"].map(str::to_owned).into_iter().collect();
        assert_eq!(many.found_in("王小明 and T21").collect::<Vec<_>>(), ["王小明"]);
        assert_eq!(many.found_in("in T2, T21x").collect::<Vec<_>>(), ["T2", "T21x"]);
        assert_eq!(many.found_in("T21, 王小, T2a").next(), None);
    }
}
