//! What the mail system sends back: reports of letters that could not be delivered, that take long, or that arrived.

mod dsn;
mod imap;
mod maildir;

use std::path::PathBuf;

use crate::diag::Diagnostic;

use super::url::wrong;
pub use dsn::{Action, Returned, read};
pub use imap::Imap;

/// Where reports are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inbox {
    /// `maildir:PATH`: a folder that a mail server delivers to.
    Maildir(PathBuf),
    /// `imaps://…`, `imap+starttls://…`: a mailbox on a server.
    Imap(Imap),
}

/// The most messages that are read at once; the rest waits for the next time.
const MOST: usize = 500;

/// The largest message that is looked at; a report brings back headers only, and nothing else is of interest.
const LARGEST: u32 = 1024 * 1024;

impl Inbox {
    /// Reads the address of a mailbox; a fault never repeats the text, which may hold a password.
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        match text.strip_prefix("maildir:") {
            Some("") => Err(wrong("the URL `maildir:` has no path", "write for example `maildir:/var/mail/bounces`")),
            Some(path) => Ok(Self::Maildir(path.into())),
            None => Imap::parse(text).map(Self::Imap),
        }
    }

    /// Gives every message that nobody has seen to `take`, and marks each as seen once `take` is done with it.
    ///
    /// A crash in between shows a message twice, so taking it twice must be the same as taking it once. Nothing of a
    /// message is kept here, and none is deleted: the mailbox is a person's. Returns how many there were.
    pub async fn each_new(&self, take: &mut impl FnMut(&[u8]) -> anyhow::Result<()>) -> anyhow::Result<usize> {
        match self {
            Self::Maildir(folder) => maildir::each_new(folder, take),
            Self::Imap(imap) => imap.each_new(take).await,
        }
    }
}
