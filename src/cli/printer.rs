//! The only place that prints: results on stdout, everything else on stderr.

use std::io::{self, IsTerminal, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

use crate::diag::{Diagnostics, Severity};

/// Prints for people, or one JSON document for programs.
#[derive(Debug)]
pub(super) struct Printer {
    json: bool,
    colour: bool,
}

impl Printer {
    pub(super) fn new(json: bool) -> Self {
        let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { json, colour }
    }

    /// A line of the result, for people only.
    pub(super) fn line(&self, text: &str) {
        if !self.json {
            // A reader that closed the pipe wants no more.
            let _ = writeln!(io::stdout(), "{}", harmless(text));
        }
    }

    /// A table of the result, for people only.
    pub(super) fn table(&self, head: &[&str], rows: Vec<Vec<String>>) {
        if self.json {
            return;
        }
        let mut table = Table::new();
        table.load_style(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(head.to_vec());
        for row in rows {
            table.add_row(row.iter().map(|cell| harmless(cell)).collect::<Vec<_>>());
        }
        let _ = writeln!(io::stdout(), "{table}");
    }

    /// The whole result for a program.
    pub(super) fn document(&self, value: &Value) {
        if self.json {
            let _ = writeln!(io::stdout(), "{value:#}");
        }
    }

    /// A whole result that takes some making, for a program.
    pub(super) fn document_of(&self, value: impl FnOnce() -> Value) {
        if self.json {
            self.document(&value());
        }
    }

    /// What was typed is not understood, for a program; people read the parser's own words.
    pub(super) fn refusal(&self, text: &str) {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let error = lines.next().map_or("", |line| line.trim_start_matches("error: "));
        let hints: Vec<&str> = lines.collect();
        self.document(&json!({ "error": error, "hints": hints }));
    }

    /// Something on the way, for people.
    pub(super) fn say(&self, text: &str) {
        let _ = writeln!(io::stderr(), "{}", harmless(text));
    }

    /// Something a person should notice.
    pub(super) fn warn(&self, text: &str) {
        self.say(&format!("warning: {text}"));
    }

    /// Diagnostics, each with its place.
    pub(super) fn diagnostics(&self, found: &Diagnostics) {
        if !found.is_empty() {
            let _ = writeln!(io::stderr(), "{}", found.render(self.colour));
        }
    }

    /// What stopped us, with its causes.
    pub(super) fn failure(&self, error: &anyhow::Error) {
        self.document(&failure_facts(error));
        match error.downcast_ref::<Diagnostics>() {
            Some(found) => self.diagnostics(found),
            None => {
                let _ = writeln!(io::stderr(), "error: {}", harmless(&format!("{error:#}")));
            }
        }
    }
}

/// An error for a program: one sentence, and what to do.
fn failure_facts(error: &anyhow::Error) -> Value {
    match error.downcast_ref::<Diagnostics>() {
        Some(found) => {
            let errors = || found.sorted().into_iter().filter(|one| one.severity == Severity::Error);
            let messages: Vec<String> = errors().map(ToString::to_string).collect();
            let hints: Vec<&String> = errors().flat_map(|one| &one.hints).collect();
            json!({ "error": messages.join("; "), "hints": hints })
        }
        None => json!({ "error": format!("{error:#}"), "hints": [] }),
    }
}

/// Text from outside cannot steer the terminal.
fn harmless(text: &str) -> String {
    text.chars().filter(|one| !one.is_control() || matches!(one, '\n' | '\t')).collect()
}
