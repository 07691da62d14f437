//! The style sheet, the script and the sign of the console, each under a path that holds the hash of its bytes.

use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::header;
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::attend::Visit;
use super::desk::Desk;
use super::refusal::Refusal;

/// A file that comes with the program.
pub struct Asset {
    name: String,
    kind: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, ending: &str, kind: &'static str, bytes: &'static [u8]) -> Self {
        let hash = hex::encode(Sha256::digest(bytes));
        Self { name: format!("{stem}-{}.{ending}", &hash[..12]), kind, bytes }
    }

    /// Where a page finds it.
    pub fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// The one style sheet.
pub static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("console", "css", "text/css; charset=utf-8", include_bytes!("assets/console.css")));

/// Live progress of a run; every page works without it.
pub static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("live", "js", "text/javascript; charset=utf-8", include_bytes!("assets/live.js")));

/// The sign in the browser's tab.
pub static SIGN: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("sign", "svg", "image/svg+xml", include_bytes!("assets/sign.svg")));

/// `GET /assets/{file}`: the bytes never change under their name, so browsers may keep them.
pub fn show(_desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let wanted = visit.params.get("file");
    let all = [&*STYLE, &*SCRIPT, &*SIGN];
    let asset = all.into_iter().find(|asset| asset.name == wanted).ok_or(Refusal::NotFound)?;
    Response::builder()
        .header(header::CONTENT_TYPE, asset.kind)
        .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
        .body(Body::from(asset.bytes))
        .map_err(Refusal::broken)
}
