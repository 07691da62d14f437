//! Bodies by their hash, compressed.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use zstd::bulk::Compressor;

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
    durable::write_whole(path, &compressed(body).context("cannot compress a page")?)
}

/// What compresses needs more than a page to be made, so that it is lent and given back.
fn compressed(body: &[u8]) -> std::io::Result<Vec<u8>> {
    static IDLE: Mutex<Vec<Compressor<'static>>> = Mutex::new(Vec::new());
    let idle = || IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let lent = idle().pop();
    let mut compressor = lent.map_or_else(|| Compressor::new(LEVEL), Ok)?;
    let compressed = compressor.compress(body)?;
    idle().push(compressor);
    Ok(compressed)
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
