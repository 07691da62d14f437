//! The faces: Noto Sans SC inside the program, more from a folder; never those of the machine.
//!
//! What typst is given of those inside are stand-ins; see [`outlines`](super::outlines).

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::Context as _;
use sha2::{Digest, Sha256};
use typst::foundations::Bytes;
use typst::text::Font;

use super::outlines::Outlines;

/// The unmodified faces that every document is set in, compressed.
const EMBEDDED: [&[u8]; 2] = [
    include_bytes!("../../report-templates/fonts/NotoSansSC-Regular.ttf.zst"),
    include_bytes!("../../report-templates/fonts/NotoSansSC-Bold.ttf.zst"),
];

/// Faces with the hash that stands for all of them.
pub(super) struct Faces {
    /// The embedded faces first, then those of the folder by file name.
    pub(super) all: Vec<Font>,
    /// What the embedded ones have instead of outlines.
    pub(super) outlines: &'static Outlines,
    /// SHA-256, hexadecimal.
    pub(super) hash: String,
}

/// Reads the embedded faces and those of `folder` (`.ttf`, `.otf`, `.ttc`), which step in for characters that the
/// embedded ones lack.
pub(super) fn load(folder: Option<&Path>) -> anyhow::Result<Faces> {
    let Embedded { faces, outlines, hash } = embedded()?;
    let (mut all, mut hash) = (faces.clone(), hash.clone());
    for path in folder.map(font_files).transpose()?.unwrap_or_default() {
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read the font `{}`", path.display()))?;
        hash = hex::encode(Sha256::new().chain_update(&hash).chain_update(&bytes).finalize());
        let before = all.len();
        all.extend(Font::iter(Bytes::new(bytes)));
        anyhow::ensure!(
            all.len() > before,
            "`{}` holds no face that can be read; remove it or replace it",
            path.display()
        );
    }
    Ok(Faces { all, outlines, hash })
}

/// The faces inside the program.
struct Embedded {
    faces: Vec<Font>,
    outlines: Outlines,
    hash: String,
}

/// Decompressed once in a process; the cost is paid by the first renderer.
fn embedded() -> anyhow::Result<&'static Embedded> {
    static FACES: OnceLock<Result<Embedded, String>> = OnceLock::new();
    let faces = FACES.get_or_init(|| decompress().map_err(|error| format!("{error:#}")));
    faces.as_ref().map_err(|error| anyhow::anyhow!("the fonts inside the program are damaged: {error}"))
}

fn decompress() -> anyhow::Result<Embedded> {
    let read = |packed: &[u8]| anyhow::Ok((zstd::decode_all(packed)?, <[u8; 32]>::from(Sha256::digest(packed))));
    let (regular, bold) = rayon::join(|| read(EMBEDDED[0]), || read(EMBEDDED[1]));
    let (mut faces, mut outlines, mut hash) = (Vec::new(), Outlines::default(), Sha256::new());
    for face in [regular, bold] {
        let (bytes, of_packed) = face?;
        let stand_in = outlines.stand_in(&bytes).context("a face has no plain outlines")?;
        faces.extend(Font::iter(Bytes::new(stand_in)));
        hash.update(of_packed);
    }
    anyhow::ensure!(faces.len() == EMBEDDED.len(), "expected one face in each file");
    Ok(Embedded { faces, outlines, hash: hex::encode(hash.finalize()) })
}

fn font_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read the font folder `{}`", folder.display()))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read the font folder `{}`", folder.display()))?.path();
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or("").to_ascii_lowercase();
        if matches!(kind.as_str(), "ttf" | "otf" | "ttc") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
