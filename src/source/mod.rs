//! What `jobs/sources/*.toml` say: a file as written becomes a checked [`Source`], or diagnostics with their places.
//!
//! | part | says |
//! |---|---|
//! | `[client]` | address, `proxy`, `ca-certificate`, `redirects`, patience, size limit, `budget` of the host (or of those who are `shared-as` one) per second and minute, `concurrency`, repetition, headers |
//! | `[client.auth]` | the proof of identity: `bearer`, `basic`, `header`, `api-key`, `token`, `client-credentials` (OAuth 2.0); `place` says where a key or token goes: `query`, `header` or `body` |
//! | `[client.signer]` | the signature of each request: `top-md5`, `top-hmac`, `top-hmac-sha256`, `jd`, `pdd`, `douyin` |
//! | `[[response]]` | what an answer means, by status, JSON path or text; the first that matches decides: `accept`, `retry`, `rate-limited`, `refresh-token`, `ignore`, `split-window`, `fail` (`failure-type` says who mends it) |
//! | `[[resource]]` | one request: `query`, `form` or `body`, its `window`, `fan-out` and `paginator`, and whether it may be missing (`when-missing`) |
//! | `window` | how the time is cut: `max-span` in days, hours or minutes or a calendar `step`, `max-age`, `min-age`, `not-today`, `widen`, `lookback`, `granularity`; from `too-large` records on it is halved, else the batch |
//! | `fan-out` | a request for each batch of `accounts`, `agents` or records of an earlier `resource`; a list of them asks for all combinations, each with its own `slot` |
//! | `paginator` | `single`, `page`, `offset`, `cursor`, `next-link`, `last-to-first`; the end by `has-more`, `done`, `total`, `total-pages`, `next` or a page that is not full, in the body or a header |
//! | its `format` | `json` with `records`, `jsonl`, `csv` and `tsv` (`encoding` utf-8, gbk, auto), `xlsx` (`sheet`); where the names of the fields stand (`header-row`) and how strictly they are compared (`headers` exact, loose) |
//! | a folder | `base-url = "file:///FOLDER"`: each file that `path` names is a page; `*` stands for a part of the file's name, `one = true` refuses a second match; no path and no link leads out |
//! | `[[resource.into]]` | the rows that each record becomes, or each item of the list `each` inside it; `skip` rules by name (`note = false` for those that nobody need be told of); `by-name = true` takes every other column from the field of its own name |
//! | `columns.NAME` | where it comes from: `from` (a field, or several names of it), `value` (with the holes of a request), `present`; then `strip`, `after`, `null`, `map`, `unit`, `round`, `format`, `epoch`, `zone`; what stands for nothing: `when-absent`, `when-null`, `optional`; what it must be: `one-of`, `none-of`, `without`, `starts-with`, `at-least`, `within` |
//!
//! A field of a JSON record is a path: `a.b`, `list[0]`, `list[-1]`, `list[code=7].value`, `@` for the record itself, `^.day` for
//! the record around it (around the outermost lies the whole answer), `^^.day` for the one around that, and `parent.id` for
//! the record for which the request was made. Absent, null, a text of `null` and zero are told apart. Numbers are exact: no
//! float comes between the text of the source and the column.
//!
//! `${NAME}` takes a value from the environment or the secrets file, `${NAME:-default}` with a default;
//! `{window.start:FORMAT}`, `{window.end:FORMAT}`, `{window.last:FORMAT}` (each with `@ZONE` for another clock than the
//! source's), `{period}`, `{ids}`, `{ids.SLOT}` and `{parent.FIELD}` are filled for each request; in a path they are escaped.
//! In a JSON body `{ "$number" = "{window.start:%s}" }` becomes a number and `{ "$text" = "{ids}" }` stays a text.

pub mod auth;
pub mod canonical;
mod check;
pub mod client;
pub mod filter;
pub mod format;
pub mod mapping;
pub mod path;
pub mod quantity;
pub mod resource;
pub mod signer;
pub mod template;
pub mod variable;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono_tz::Tz;

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, toml_files};
use crate::words::Bilingual;

pub use canonical::{CHANGED_AT, Column, Grain, Kind, SOURCE_COLUMN, Table};
pub use client::Client;
pub use filter::Filter;
pub use resource::Resource;
pub use variable::Variables;

/// A described interface or file drop that fills canonical tables.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name, the same as its file's.
    pub id: String,
    /// What people call it.
    pub title: Bilingual,
    /// The zone of its clock: periods are cut and local times are read in it.
    pub zone: Tz,
    /// How it is reached.
    pub client: Client,
    /// What its answers mean, first match first.
    pub filters: Vec<Filter>,
    /// What it gives, in the order of the file.
    pub resources: Vec<Resource>,
    /// Variables without value; it can be described but not pulled while there are any.
    pub unresolved: BTreeSet<String>,
    /// The file.
    pub path: PathBuf,
    /// SHA-256 of the file's text, in hex.
    pub hash: String,
}

impl Source {
    /// The tables that it fills.
    pub fn fills(&self) -> BTreeSet<Table> {
        self.resources.iter().flat_map(|resource| resource.mapping.rows.iter().map(|row| row.table)).collect()
    }

    /// The tables that must have been pulled before, apart from those that it fills itself.
    pub fn needs(&self) -> BTreeSet<Table> {
        let fan_outs = self.resources.iter().flat_map(|resource| &resource.fan_outs);
        let asked: BTreeSet<Table> = fan_outs.filter_map(|fan_out| fan_out.over.table()).collect();
        asked.difference(&self.fills()).copied().collect()
    }
}

/// Reads a source for a pull: a variable without value is an error.
///
/// # Errors
/// Everything that is wrong with the file, with places and hints.
pub fn read(file: &AuthoredFile, variables: &Variables) -> Result<Source, Diagnostics> {
    let (source, mut found) = review(file, variables);
    for name in source.iter().flat_map(|source| &source.unresolved) {
        found.push(Diagnostic::error(format!("`{name}` has no value")).hint(variable_hint(name)));
    }
    match source {
        Some(source) => found.into_result(source),
        None => Err(found),
    }
}

/// Looks a source over where it need not run: a variable without value is a warning, and the source can be described.
pub fn review(file: &AuthoredFile, variables: &Variables) -> (Option<Source>, Diagnostics) {
    match file.parse_toml::<written::SourceFile>() {
        Ok(written) => check::check(written, file, variables),
        Err(diagnostic) => (None, diagnostic.into()),
    }
}

/// Looks over every `*.toml` in a folder; the map is by source id and leaves out files with errors.
pub fn review_folder(folder: &Path, variables: &Variables) -> (BTreeMap<String, Source>, Diagnostics) {
    let mut sources = BTreeMap::new();
    let mut found = Diagnostics::new();
    let files = toml_files(folder).unwrap_or_else(|unreadable| {
        found.push(unreadable);
        Vec::new()
    });
    for path in files {
        match AuthoredFile::read(&path) {
            Err(diagnostic) => found.push(diagnostic),
            Ok(file) => {
                let (source, diagnostics) = review(&file, variables);
                if let Some(source) = source.filter(|_| !diagnostics.has_errors()) {
                    sources.insert(source.id.clone(), source);
                }
                found.extend(diagnostics);
            }
        }
    }
    (sources, found)
}

pub(crate) fn variable_hint(name: &str) -> String {
    format!("set `{name}` in the environment or the secrets file, or write `${{{name}:-default}}`")
}

/// The JSON Schema of a source file, generated from the types that read it.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(written::SourceFile)
}
