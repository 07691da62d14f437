//! Bodies by their hash, compressed.

use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::durable;

const LEVEL: i32 = 3;

/// SHA-256 in hex.
pub(super) fn hash(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

/// Writes a body unless the same one is there and whole.
pub(super) fn write(path: &Path, body: &[u8]) -> Result<()> {
    if path.exists() && read(path, &hash(body)).is_some() {
        return Ok(());
    }
    let compressed = zstd::bulk::compress(body, LEVEL).context("cannot compress a page")?;
    durable::write_whole(path, &compressed)
}

/// Reads a body; a damaged file counts as missing, so that the page is asked for again.
pub(super) fn read(path: &Path, sha256: &str) -> Option<Vec<u8>> {
    let compressed = std::fs::read(path).ok()?;
    let body = zstd::stream::decode_all(compressed.as_slice()).ok().filter(|body| hash(body) == sha256);
    if body.is_none() {
        tracing::warn!(page = sha256, "a kept page is damaged and counts as missing");
    }
    body
}
