//! The outlines of the faces, kept apart from what typst sees.
//!
//! Layout needs metrics alone, and the PDF writer measures and compresses the outlines of every glyph of every document
//! anew. So both are given a stand-in: the face with a note in the place of each outline that says whose it is. When the
//! file is packed, the notes become the outlines, which are compressed once for all documents.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::deflate::blocks;
use super::sfnt::{Tables, number};

/// How a note ends: these two bytes, the face, the glyph.
const MARK: [u8; 2] = *b"sp";
/// A glyph's contours and bounds, and before the note the count of its bytes as instructions of a glyph.
const BOUNDS: usize = 10;
const NOTE: usize = 6;
/// A piece ends with a glyph whose number this divides: short pieces are found again more often, long ones are smaller.
const PIECE: u16 = 64;
/// Bytes of compressed pieces that are kept.
const KEPT: usize = 16 << 20;

/// The outlines of all faces for which a stand-in was made, by the number of the face.
#[derive(Default)]
pub(super) struct Outlines {
    faces: Vec<Face>,
    pieces: Mutex<Pieces>,
}

struct Face {
    glyf: Vec<u8>,
    /// Where each glyph's outline begins, and where the last one ends.
    offsets: Vec<usize>,
}

/// Compressed runs of outlines.
#[derive(Default)]
struct Pieces {
    packed: HashMap<Run, Arc<[u8]>>,
    size: usize,
}

/// Glyphs of a face that follow each other in a subset.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Run {
    face: u16,
    /// Those of the run before, to whose outlines the compressed ones refer.
    before: Vec<u16>,
    glyphs: Vec<u16>,
}

impl Outlines {
    /// The stand-in for a face, whose outlines are kept; `None` for one that has no plain TrueType outlines.
    pub(super) fn stand_in(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let number = u16::try_from(self.faces.len()).ok()?;
        let (face, stand_in) = Face::read(bytes, number)?;
        self.faces.push(face);
        Some(stand_in)
    }

    /// The subset of a face from that of its stand-in, compressed as a stream of a PDF; `None` for any other subset.
    ///
    /// Its names are left out: no reader of a PDF needs them.
    pub(super) fn fill(&self, subset: &[u8]) -> Option<Vec<u8>> {
        let mut tables = Tables::read(subset)?;
        let notes = notes(&tables)?;
        let face = notes.iter().flatten().next()?.0;
        let outlines = self.faces.get(usize::from(face))?;
        let glyphs: Vec<u16> = notes.iter().map(|note| note.map_or(EMPTY, |(_, glyph)| glyph)).collect();
        let (glyf, offsets) = outlines.side_by_side(&glyphs);
        tables.replace_outlines(glyf, &offsets)?;
        tables.remove(&[b"name", b"post"]);
        let file = tables.write()?;
        let mut packed = ZLIB.to_vec();
        packed.extend(blocks(&file.bytes[..file.outlines_at], &[]));
        let mut before = Vec::new();
        for piece in glyphs.split_inclusive(|glyph| glyph % PIECE == 0) {
            let run = Run { face, before, glyphs: piece.to_vec() };
            packed.extend_from_slice(&self.packed(&run, outlines));
            before = run.glyphs;
        }
        // The file is filled up to a whole number of four bytes.
        let filled = file.bytes.len() - file.outlines_at - offsets.last()?;
        packed.extend(blocks(&vec![0; filled], &[]));
        packed.extend(END);
        packed.extend(adler2::adler32_slice(&file.bytes).to_be_bytes());
        Some(packed)
    }

    /// The compressed outlines of a run; the same run always gives the same bytes.
    fn packed(&self, run: &Run, outlines: &Face) -> Arc<[u8]> {
        let pieces = || self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = pieces().packed.get(run) {
            return known.clone();
        }
        let raw = |glyphs: &[u16]| outlines.side_by_side(glyphs).0;
        let piece: Arc<[u8]> = blocks(&raw(&run.glyphs), &raw(&run.before)).into();
        pieces().keep(run.clone(), piece.clone());
        piece
    }
}

/// Whether a subset is one of a stand-in, which would be drawn blank.
pub(super) fn is_of_stand_in(subset: &[u8]) -> bool {
    let glyf = Tables::read(subset).and_then(|tables| Some(tables.get(b"glyf")?.to_vec()));
    glyf.is_some_and(|glyf| glyf.get(BOUNDS + 2..).is_some_and(|first| first.starts_with(&MARK)))
}

/// Stands for a glyph without an outline, such as a blank; no face has a glyph of this number.
const EMPTY: u16 = u16::MAX;
/// What a zlib stream begins with, and the last of its blocks, which is empty.
const ZLIB: [u8; 2] = [0x78, 0x9C];
const END: [u8; 2] = [0x03, 0x00];

impl Face {
    fn read(bytes: &[u8], face: u16) -> Option<(Self, Vec<u8>)> {
        let mut tables = Tables::read(bytes)?;
        let (glyf, offsets) = (tables.get(b"glyf")?.to_vec(), tables.offsets()?);
        let (mut noted, mut places) = (Vec::new(), vec![0]);
        for (glyph, pair) in offsets.windows(2).enumerate() {
            let glyph = u16::try_from(glyph).ok().filter(|glyph| *glyph != EMPTY)?;
            noted.extend(note(glyf.get(pair[0]..pair[1])?, face, glyph)?);
            places.push(noted.len());
        }
        tables.replace_outlines(noted, &places)?;
        Some((Self { glyf, offsets }, tables.write()?.bytes))
    }

    fn outline(&self, glyph: u16) -> &[u8] {
        match self.offsets.get(usize::from(glyph)..usize::from(glyph) + 2) {
            Some([start, end]) => &self.glyf[*start..*end],
            _ => &[],
        }
    }

    /// The outlines of some glyphs, and where each begins and the last one ends.
    fn side_by_side(&self, glyphs: &[u16]) -> (Vec<u8>, Vec<usize>) {
        let (mut glyf, mut offsets) = (Vec::new(), vec![0]);
        for glyph in glyphs {
            glyf.extend_from_slice(self.outline(*glyph));
            offsets.push(glyf.len());
        }
        (glyf, offsets)
    }
}

/// A glyph of no contours with the bounds of `outline`, and the note as its instructions; nothing where nothing is drawn.
/// `None` for a glyph that is made of others, of which the subset would have to be told.
fn note(outline: &[u8], face: u16, glyph: u16) -> Option<Vec<u8>> {
    if outline.is_empty() {
        return Some(Vec::new());
    }
    let made_of_others = number(outline, 0)? > i16::MAX as u16;
    let bounds = outline.get(2..BOUNDS).filter(|_| !made_of_others)?;
    let parts: [&[u8]; 6] =
        [&[0, 0], bounds, &(NOTE as u16).to_be_bytes(), &MARK, &face.to_be_bytes(), &glyph.to_be_bytes()];
    Some(parts.concat())
}

/// The notes of a stand-in's subset: face and glyph, or nothing where nothing is drawn.
fn notes(tables: &Tables<'_>) -> Option<Vec<Option<(u16, u16)>>> {
    let glyf = tables.get(b"glyf")?;
    let offsets = tables.offsets()?;
    let read = |pair: &[usize]| match glyf.get(pair[0]..pair[1])? {
        [] => Some(None),
        noted => {
            let note = noted.get(BOUNDS + 2..BOUNDS + 2 + NOTE)?.strip_prefix(&MARK)?;
            Some(Some((number(note, 0)?, number(note, 2)?)))
        }
    };
    offsets.windows(2).map(read).collect()
}

impl Pieces {
    /// Keeps a piece; when they have become too many, all others are forgotten.
    fn keep(&mut self, run: Run, piece: Arc<[u8]>) {
        if self.size > KEPT {
            *self = Self::default();
        }
        self.size += piece.len() + 2 * (run.before.len() + run.glyphs.len());
        self.packed.insert(run, piece);
    }
}
