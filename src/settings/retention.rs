//! `[retention]`: for how many months what is kept; what is not named is kept for ever.

use serde::Deserialize;

/// For how many months each kind of thing is kept; `None` is for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Retention {
    /// Pages as sources gave them.
    pub raw_pages: Option<u32>,
    /// Rows of tables: those of the lake, by day, and those of each period of a job.
    pub tables: Option<u32>,
    /// PDFs in the archive.
    pub documents: Option<u32>,
    /// Letters as they were sealed and sent.
    pub letters: Option<u32>,
    /// Scores in the ledger: what a document says; that it was issued and sent stays.
    pub scores: Option<u32>,
    /// Sessions of the console that have ended, and failed sign-ins.
    pub sessions: Option<u32>,
}
