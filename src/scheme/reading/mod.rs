//! A scheme as people read it aloud: every rule in words and tables, in one language.
//!
//! One file per family of the scheme file. Expressions over named values are told in the labels of what they name
//! (`formula`, `name`); SQL over rows stays as its author wrote it.

mod call;
mod checklist;
mod compare;
mod curve;
mod data;
mod duty;
mod formula;
mod gate;
mod grade;
mod head;
mod indicator;
mod judged;
mod name;
mod number;
mod occurrence;
mod open;
mod over_time;
mod pay;
mod pool;
mod population;
mod quota;
mod rank;
mod score;
mod title;
mod total;
mod watch;

use crate::words::{Bilingual, Locale};

use super::Scheme;

pub use compare::{Difference, compare};

/// One heading with what stands under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// Lines and tables in reading order.
    pub parts: Vec<Part>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// One sentence.
    Line(String),
    /// Rows under a head.
    Table {
        /// The names of the columns.
        head: Vec<String>,
        /// The cells, row by row.
        rows: Vec<Vec<String>>,
    },
}

/// Reads a whole scheme aloud; families of which it says nothing are left out.
pub fn read(scheme: &Scheme, locale: Locale) -> Vec<Section> {
    let reader = Reader { scheme, locale };
    let sections = [
        reader.head(),
        reader.population(),
        reader.indicators(),
        reader.scoring(),
        reader.checklists(),
        reader.total(),
        reader.gates(),
        reader.rank(),
        reader.grades(),
        reader.quotas(),
        reader.pools(),
        reader.pays(),
        reader.titles(),
        reader.over_time(),
        reader.overrides(),
        reader.watches(),
        reader.milestones(),
        reader.duties(),
        reader.insights(),
        reader.parameters(),
        reader.metrics(),
        reader.formulas(),
        reader.unset(),
        reader.assumed(),
    ];
    sections.into_iter().filter(|section| !section.parts.is_empty()).collect()
}

/// Says the same in the reader's language; the arguments are those of both texts.
macro_rules! say {
    ($reader:expr, $zh:literal, $en:literal $(, $($argument:tt)*)?) => {
        match $reader.locale {
            $crate::words::Locale::Zh => format!($zh $(, $($argument)*)?),
            $crate::words::Locale::En => format!($en $(, $($argument)*)?),
        }
    };
}
use say;

/// Who reads what, in which language.
#[derive(Clone, Copy)]
struct Reader<'a> {
    scheme: &'a Scheme,
    locale: Locale,
}

impl<'a> Reader<'a> {
    /// One of two texts.
    fn pick(&self, zh: &'static str, en: &'static str) -> &'static str {
        match self.locale {
            Locale::Zh => zh,
            Locale::En => en,
        }
    }

    /// An author's text.
    fn text<'t>(&self, text: &'t Bilingual) -> &'t str {
        text.get(self.locale)
    }

    /// Several things in one breath.
    fn list<T: AsRef<str>>(&self, things: impl IntoIterator<Item = T>) -> String {
        let things: Vec<String> = things.into_iter().map(|one| one.as_ref().to_owned()).collect();
        things.join(self.pick("、", ", "))
    }

    /// Clauses of one sentence.
    fn clauses(&self, clauses: impl IntoIterator<Item = String>) -> String {
        let clauses: Vec<String> = clauses.into_iter().filter(|one| !one.is_empty()).collect();
        clauses.join(self.pick("；", "; "))
    }

    /// A mark behind what its author assumed.
    fn assumed_mark(&self, assumed: Option<&Bilingual>) -> &'static str {
        if assumed.is_some() { self.pick("（默认值）", " (assumed)") } else { "" }
    }

    fn section(&self, zh: &'static str, en: &'static str, parts: Vec<Part>) -> Section {
        Section { title: self.pick(zh, en).to_owned(), parts }
    }

    fn table(&self, zh: &[&str], en: &[&str], rows: Vec<Vec<String>>) -> Vec<Part> {
        let head = match self.locale {
            Locale::Zh => zh,
            Locale::En => en,
        };
        match rows.is_empty() {
            true => Vec::new(),
            false => vec![Part::Table { head: head.iter().map(|one| (*one).to_owned()).collect(), rows }],
        }
    }
}

/// One sentence for each of a family.
fn lines<T>(family: &[T], say: impl Fn(&T) -> String) -> Vec<Part> {
    family.iter().map(|one| Part::Line(format!("• {}", say(one)))).collect()
}

#[cfg(test)]
mod tests;
