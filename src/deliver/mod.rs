//! Delivery: a letter is sealed into its final bytes and handed to a postman, who says what became of it.
//!
//! The promise is "never lost, never sent twice without a person's word". SMTP cannot promise more: between the final
//! dot and the reply the relay may or may not have taken the letter. Therefore the caller marks the letter as in doubt,
//! durably, just before the body goes out, and what is left without a whole reply is [`Outcome::Unknown`].

use std::time::Duration;

mod address;
pub mod bounces;
mod clean;
mod folder;
pub mod hook;
mod letter;
pub mod letters;
mod lock;
mod memory;
mod notify;
mod pace;
mod rehearsal;
mod relays;
pub mod robot;
mod seal;
mod smtp;
mod url;

pub use address::{Address, AddressFault};
pub use folder::Folder;
pub use letter::{Attachment, Identity, Letter, Sender, message_id};
pub use lock::{lock, lock_name};
pub use memory::Memory;
pub use notify::Notify;
pub use pace::Pace;
pub use rehearsal::rehearsal;
pub use relays::Relays;
pub use seal::{Envelope, Sealed, seal};
pub use smtp::{Limits, Smtp};
pub use url::{MailUrl, Relay, Secret, Tls};

/// What became of one letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Sent {
        /// The whole reply, with the relay's queue id.
        reply: String,
    },
    /// It surely was not taken, and a later try may succeed.
    TryLater {
        /// Why.
        reason: String,
        /// How long to wait at least.
        wait: Duration,
    },
    /// The relay takes no letter at all now; this one surely was not taken.
    Away {
        /// Why.
        reason: String,
        /// How long to wait at least.
        wait: Duration,
    },
    /// It was refused for good; other letters are not concerned.
    Refused {
        /// The reply that refused it.
        reason: String,
    },
    /// It may or may not have been taken: a person decides, nothing is sent again on its own.
    Unknown {
        /// What was seen last.
        reason: String,
    },
    /// No letter can go out until a person mends something: login, encryption, settings. This one stays pending.
    Halt {
        /// What is wrong and what to do.
        reason: String,
    },
}

impl Outcome {
    /// The ledger could not keep the mark, so the body was not sent.
    fn unmarked(error: &anyhow::Error) -> Self {
        Self::Halt { reason: format!("the letter was not sent because it could not be marked as in doubt: {error:#}") }
    }
}

/// Who carries letters.
#[derive(Debug)]
pub enum Postman {
    /// Mail relays, one for another.
    Relays(Relays),
    /// An outbox folder.
    Folder(Folder),
    /// Memory, for tests.
    Memory(Memory),
}

impl Postman {
    /// Makes ready without reaching the relay yet; fails when the folder or the certificates cannot be used.
    pub fn open(url: &MailUrl, limits: Limits) -> anyhow::Result<Self> {
        match url {
            MailUrl::Folder(path) => Ok(Self::Folder(Folder::open(path)?)),
            MailUrl::Smtp(relays) => Ok(Self::Relays(Relays::new(relays, &limits)?)),
        }
    }

    /// Carries one letter and says what became of it.
    ///
    /// `in_doubt` is called at most once, after the relay asked for the body and before its first byte goes out; when it
    /// fails the body is not sent. A folder is never in doubt and does not call it.
    pub async fn deliver(
        &mut self,
        sealed: &Sealed,
        in_doubt: &mut impl AsyncFnMut() -> anyhow::Result<()>,
    ) -> Outcome {
        match self {
            Self::Relays(relays) => relays.deliver(sealed, in_doubt).await,
            Self::Folder(folder) => folder.deliver(sealed),
            Self::Memory(memory) => memory.deliver(sealed, in_doubt).await,
        }
    }

    /// Takes leave of the relay.
    pub async fn close(&mut self) {
        if let Self::Relays(relays) = self {
            relays.close().await;
        }
    }

    /// Goes as far as one can without sending: connects, encrypts, logs in, takes leave; says what was found.
    pub async fn probe(&mut self) -> anyhow::Result<String> {
        match self {
            Self::Relays(relays) => relays.probe().await,
            Self::Folder(_) => Ok("letters are written to a folder".to_owned()),
            Self::Memory(_) => Ok("letters stay in memory".to_owned()),
        }
    }
}
