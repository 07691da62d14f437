//! The tables of a TrueType file: read from one, written into one (OpenType specification, "Organization of an OpenType
//! font").

use std::borrow::Cow;

/// What stands before the table directory's entries, and one entry, in bytes.
const HEADER: usize = 12;
const ENTRY: usize = 16;
/// What a file of TrueType outlines begins with.
const TRUE_TYPE: [u8; 4] = [0, 1, 0, 0];
/// What the sum of a whole file is subtracted from, and where in `head` the difference stands.
const WHOLE: u32 = 0xB1B0_AFBA;
const ADJUSTMENT: std::ops::Range<usize> = 8..12;

/// A table's name.
pub(super) type Tag = [u8; 4];

/// The tables of a face by name.
pub(super) struct Tables<'a>(Vec<(Tag, Cow<'a, [u8]>)>);

/// A written face.
pub(super) struct Written {
    /// The file.
    pub(super) bytes: Vec<u8>,
    /// Where the outlines begin; they are what stands last.
    pub(super) outlines_at: usize,
}

impl<'a> Tables<'a> {
    /// `None` where the bytes are no single face with TrueType outlines.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        bytes.starts_with(&TRUE_TYPE).then_some(())?;
        let count = usize::from(number(bytes, 4)?);
        let entry = |at: usize| {
            let entry = bytes.get(HEADER + ENTRY * at..HEADER + ENTRY * (at + 1))?;
            let (start, length) = (long_number(entry, 8)? as usize, long_number(entry, 12)? as usize);
            Some((entry[..4].try_into().ok()?, Cow::Borrowed(bytes.get(start..start.checked_add(length)?)?)))
        };
        (0..count).map(entry).collect::<Option<Vec<_>>>().map(Self)
    }

    /// The bytes of a table.
    pub(super) fn get(&self, tag: &Tag) -> Option<&[u8]> {
        self.0.iter().find(|(name, _)| name == tag).map(|(_, bytes)| bytes.as_ref())
    }

    /// Puts a table in the place of the one of this name.
    pub(super) fn replace(&mut self, tag: &Tag, bytes: Vec<u8>) -> Option<()> {
        self.0.iter_mut().find(|(name, _)| name == tag).map(|(_, old)| *old = Cow::Owned(bytes))
    }

    /// Leaves tables out.
    pub(super) fn remove(&mut self, tags: &[&Tag]) {
        self.0.retain(|(name, _)| !tags.contains(&name));
    }

    /// Where each glyph's outline begins in `glyf`, and where the last one ends.
    pub(super) fn offsets(&self) -> Option<Vec<usize>> {
        let loca = self.get(b"loca")?;
        match number(self.get(b"head")?, 50)? {
            0 => Some(loca.chunks_exact(2).map(|two| 2 * usize::from(u16::from_be_bytes([two[0], two[1]]))).collect()),
            _ => Some(loca.chunks_exact(4).filter_map(|four| Some(long_number(four, 0)? as usize)).collect()),
        }
    }

    /// Puts outlines, told by their offsets, in the place of those that were there.
    pub(super) fn replace_outlines(&mut self, glyf: Vec<u8>, offsets: &[usize]) -> Option<()> {
        let loca = offsets.iter().flat_map(|offset| (*offset as u32).to_be_bytes()).collect();
        let mut head = self.get(b"head")?.to_vec();
        head.get_mut(50..52)?.copy_from_slice(&[0, 1]);
        self.replace(b"head", head)?;
        self.replace(b"loca", loca)?;
        self.replace(b"glyf", glyf)
    }

    /// The file of these tables, outlines last.
    pub(super) fn write(mut self) -> Option<Written> {
        self.0.sort_by_key(|(tag, _)| *tag);
        if let Some((_, head)) = self.0.iter_mut().find(|(tag, _)| tag == b"head") {
            head.to_mut().get_mut(ADJUSTMENT)?.fill(0);
        }
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        order.sort_by_key(|at| self.0[*at].0 == *b"glyf");
        let mut places = vec![0; self.0.len()];
        let mut end = HEADER + ENTRY * self.0.len();
        for at in &order {
            places[*at] = end;
            end += self.0[*at].1.len().next_multiple_of(4);
        }
        let mut bytes = self.directory(&places);
        for at in &order {
            bytes.extend_from_slice(&self.0[*at].1);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        let head = places[self.0.iter().position(|(tag, _)| tag == b"head")?];
        let adjustment = WHOLE.wrapping_sub(sum(&bytes)).to_be_bytes();
        bytes[head + ADJUSTMENT.start..head + ADJUSTMENT.end].copy_from_slice(&adjustment);
        Some(Written { bytes, outlines_at: places[self.0.iter().position(|(tag, _)| tag == b"glyf")?] })
    }

    fn directory(&self, places: &[usize]) -> Vec<u8> {
        let count = self.0.len() as u16;
        let selector = count.max(1).ilog2() as u16;
        let range = 16 << selector;
        let mut bytes = TRUE_TYPE.to_vec();
        [count, range, selector, count * 16 - range].iter().for_each(|one| bytes.extend(one.to_be_bytes()));
        for ((tag, table), place) in self.0.iter().zip(places) {
            bytes.extend(tag);
            [sum(table), *place as u32, table.len() as u32].iter().for_each(|one| bytes.extend(one.to_be_bytes()));
        }
        bytes
    }
}

/// The sum of a table's numbers of four bytes, the last filled up with noughts.
fn sum(bytes: &[u8]) -> u32 {
    let (whole, rest) = bytes.as_chunks::<4>();
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    whole.iter().chain([&last]).fold(0, |sum, four| sum.wrapping_add(u32::from_be_bytes(*four)))
}

/// The number of two bytes at an offset.
pub(super) fn number(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long_number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
