//! The company's logo: bytes that templates draw by name, never a path of theirs.

use std::path::Path;

use anyhow::Context as _;
use typst::foundations::Bytes;

/// The most that a logo may weigh: it is in every document.
const MOST_BYTES: u64 = 512 * 1024;

/// A picture that every document can draw.
pub(super) struct Logo {
    /// Its name for templates, `logo.svg` or `logo.png`.
    pub(super) name: &'static str,
    /// The file as it is.
    pub(super) bytes: Bytes,
}

impl Logo {
    /// Reads an SVG or PNG file; what it is, its content decides and not its name.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let size = std::fs::metadata(path).with_context(|| format!("cannot read the logo `{shown}`"))?.len();
        anyhow::ensure!(
            size <= MOST_BYTES,
            "the logo `{shown}` has {} kB, at most {} kB are allowed; it is in every document, so make it smaller",
            size.div_ceil(1024),
            MOST_BYTES / 1024
        );
        let bytes = std::fs::read(path).with_context(|| format!("cannot read the logo `{shown}`"))?;
        let name = kind_of(&bytes).with_context(|| format!("the logo `{shown}` is neither SVG nor PNG"))?;
        Ok(Self { name, bytes: Bytes::new(bytes) })
    }
}

fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if starts(b"\x89PNG\r\n\x1a\n") {
        return Some("logo.png");
    }
    let text = std::str::from_utf8(bytes).ok()?;
    text.contains("<svg").then_some("logo.svg")
}
