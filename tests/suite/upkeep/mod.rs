//! The house is kept in order, and its operator is told what needs them.

mod alerts;
mod persons;
mod proofs;
mod retention;
mod service;

use std::path::Path;
use std::process::{Command, Output};

/// The program over a data folder, without any shop.
pub fn scorepost(data: &Path, arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new(env!("CARGO_BIN_EXE_scorepost"))
        .args(arguments)
        .env("SCOREPOST_DATA", data)
        .env("SCOREPOST_JOBS", root.join("jobs"))
        .env("SCOREPOST_NOW", "2026-11-09T09:00:00+08:00")
        .env("SHOP_URL", "http://127.0.0.1:9")
        .output()
        .expect("a run of the program")
}

/// What it printed.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
