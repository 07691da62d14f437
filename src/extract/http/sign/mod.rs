//! Signatures: what is added to a request to prove who asks.

mod top;

use chrono::{DateTime, Utc};

use crate::source::client::{Signer, Signing};

/// Adds the common parameters and the signature.
pub(super) fn sign(signer: &Signer, params: &mut Vec<(String, String)>, now: DateTime<Utc>) {
    match signer.kind {
        Signing::TopMd5 | Signing::TopHmac | Signing::TopHmacSha256 => top::sign(signer, params, now),
    }
}
