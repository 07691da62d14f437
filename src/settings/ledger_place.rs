//! Where the ledger is: a file of this machine, or a server that several machines share.

use std::fmt;
use std::path::PathBuf;

/// The address of the ledger.
#[derive(Clone, PartialEq, Eq)]
pub enum LedgerPlace {
    /// `sqlite:PATH`: a file.
    File(PathBuf),
    /// `postgres://…`: a database; may hold a password.
    Server(String),
}

impl LedgerPlace {
    /// Reads an address; `None` for one of another kind.
    pub fn parse(text: &str) -> Option<Self> {
        let is_server = text.starts_with("postgres://") || text.starts_with("postgresql://");
        match text.strip_prefix("sqlite:") {
            Some(path) => Some(Self::File(PathBuf::from(path))),
            None => is_server.then(|| Self::Server(text.to_owned())),
        }
    }

    /// Whether there may be something in it; a server is made by others, so that there may be.
    pub fn may_exist(&self) -> bool {
        match self {
            Self::File(path) => path.is_file(),
            Self::Server(_) => true,
        }
    }
}

/// The file, or that it is a server; an address with a password is not for messages.
impl fmt::Display for LedgerPlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(out),
            Self::Server(_) => out.write_str("PostgreSQL"),
        }
    }
}

impl fmt::Debug for LedgerPlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "LedgerPlace({self})")
    }
}
