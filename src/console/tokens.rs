//! Random tokens, and the hash by which they are kept.

use anyhow::Context;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A fresh token of 256 random bits, as 64 hexadecimal digits.
pub fn fresh() -> anyhow::Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).context("this machine gives no random bytes")?;
    Ok(hex::encode(bytes))
}

/// What is kept of a token: its SHA-256, hexadecimal.
pub fn hashed(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Whether two secrets are equal, in a time that does not tell where they differ.
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
