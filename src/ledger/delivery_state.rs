//! The states of a delivery and the only ways between them.

use super::stored::stored_words;

stored_words! {
    /// How far one mail to one recipient is.
    pub enum DeliveryState {
        /// To be sent.
        Pending = "pending",
        /// A worker has it and has not yet let its last byte go: nothing can have arrived.
        Claimed = "claimed",
        /// Its last byte is about to go out or has gone: it may have arrived.
        InDoubt = "in-doubt",
        /// The server took it.
        Sent = "sent",
        /// The server put it off, or the line broke before the last byte; tried again later.
        Deferred = "deferred",
        /// The server refused it, or there is no more time to try.
        Failed = "failed",
        /// Nobody can prove whether it arrived; only a person moves it on.
        Unknown = "unknown",
        /// A person found that it arrived.
        ResolvedSent = "resolved-sent",
        /// A person wants it sent again; it is claimed like a pending one.
        ResolvedResend = "resolved-resend",
        /// It is no longer to be sent: its address or its reader changed before it went out.
        Withdrawn = "withdrawn",
        /// The server took it, and then the mail system reported that it could not be delivered.
        Bounced = "bounced",
    }
}

impl DeliveryState {
    /// Every state that may follow this one.
    ///
    /// What was sent moves on by a report of the mail system alone; such a report may also settle what is unknown.
    pub fn followers(self) -> &'static [Self] {
        match self {
            Self::Pending | Self::ResolvedResend => &[Self::Claimed, Self::Withdrawn],
            Self::Claimed => &[Self::Pending, Self::InDoubt, Self::Deferred, Self::Failed],
            Self::InDoubt => &[Self::Sent, Self::Deferred, Self::Failed, Self::Unknown],
            Self::Deferred => &[Self::Claimed, Self::Failed, Self::Withdrawn],
            Self::Failed | Self::Bounced => &[Self::Pending, Self::Withdrawn],
            Self::Withdrawn => &[Self::Pending],
            Self::Unknown => &[Self::ResolvedSent, Self::ResolvedResend, Self::Sent, Self::Bounced],
            Self::Sent | Self::ResolvedSent => &[Self::Bounced],
        }
    }

    /// Whether it waits to be sent, now or later.
    pub fn waits_to_go(self) -> bool {
        matches!(self, Self::Pending | Self::Deferred | Self::ResolvedResend)
    }

    /// Whether it waits in the ledger with nothing of it at large, so that what is to be sent may still change.
    pub fn is_at_rest(self) -> bool {
        matches!(
            self,
            Self::Pending | Self::Deferred | Self::Failed | Self::ResolvedResend | Self::Withdrawn | Self::Bounced
        )
    }
}
