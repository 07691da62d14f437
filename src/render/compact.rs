//! The same document in a third fewer bytes: what describes it is packed together and compressed.
//!
//! Typst writes every tag as an object of its own, uncompressed, with a table of offsets. PDF 1.5, and with it PDF/A-2,
//! knows object streams and reference streams for that (ISO 32000-1, 7.5.7 and 7.5.8). On the way the faces, which typst
//! saw without their [outlines](super::outlines), get them back.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::deflate;
use super::metadata::PACKET;
use super::outlines::{Outlines, is_of_stand_in};

/// Objects of one stream, so that a reader who needs one unpacks few others.
const OBJECTS_PER_STREAM: usize = 200;

/// The document with its objects packed and its faces filled; `None` should it not be laid out as typst does it.
pub(super) fn compact(bytes: &[u8], outlines: &Outlines) -> Option<Vec<u8>> {
    let file = File::read(bytes)?;
    let mut out = Out { bytes: file.head.to_vec(), places: vec![Place::Free; file.size] };
    let (streams, plain): (Vec<Object<'_>>, Vec<Object<'_>>) =
        file.objects.into_iter().partition(|object| object.whole.ends_with(b"endstream\nendobj"));
    let faces: Vec<usize> = plain.iter().filter_map(Object::face_described).collect();
    for stream in &streams {
        out.note(stream.number)?;
        let face = faces.contains(&stream.number).then(|| stream.unpacked()).flatten();
        match (face.filter(|face| is_of_stand_in(face)), stream.plain_packet()) {
            (Some(face), _) => out.packed_stream(stream.number, "", &outlines.fill(&face)?),
            // PDF/A-2 lets metadata be compressed, unlike PDF/A-1.
            (None, Some(packet)) => out.stream(stream.number, PACKET, packet),
            (None, None) => {
                out.bytes.extend_from_slice(stream.whole);
                out.bytes.extend_from_slice(b"\n\n");
            }
        }
    }
    plain.chunks(OBJECTS_PER_STREAM).try_for_each(|objects| out.pack(objects))?;
    out.end(file.trailer)
}

/// A document as typst wrote it.
struct File<'a> {
    /// What stands before the first object.
    head: &'a [u8],
    objects: Vec<Object<'a>>,
    /// How many object numbers there are, nought among them.
    size: usize,
    /// The entries of the trailer but its size.
    trailer: String,
}

struct Object<'a> {
    number: usize,
    /// From its number to `endobj`.
    whole: &'a [u8],
}

impl Object<'_> {
    /// The content of the metadata, where this is it and it is not compressed.
    fn plain_packet(&self) -> Option<&[u8]> {
        let start = find(self.whole, b"stream\n")?;
        let dictionary = std::str::from_utf8(&self.whole[..start]).ok()?;
        let is_plain = dictionary.contains(PACKET) && !dictionary.contains("/Filter");
        let content = self.whole[start + b"stream\n".len()..].strip_suffix(b"endstream\nendobj")?;
        is_plain.then(|| content.strip_suffix(b"\n").unwrap_or(content))
    }

    /// The number of the stream that holds a face, where this describes one.
    fn face_described(&self) -> Option<usize> {
        let key = b"/FontFile2 ";
        let from = self.whole.get(find(self.whole, key)? + key.len()..)?;
        let digits = from.iter().take_while(|one| one.is_ascii_digit()).count();
        std::str::from_utf8(&from[..digits]).ok()?.parse().ok()
    }

    /// The content of a stream that is compressed.
    fn unpacked(&self) -> Option<Vec<u8>> {
        let start = find(self.whole, b"stream\n")? + b"stream\n".len();
        let mut content = Vec::new();
        ZlibDecoder::new(&self.whole[start..]).read_to_end(&mut content).ok()?;
        Some(content)
    }
}

impl<'a> File<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let tail = bytes.len().saturating_sub(64);
        let end = tail + find(bytes.get(tail..)?, b"startxref")?;
        let table = std::str::from_utf8(bytes.get(end..)?).ok()?.split_whitespace().nth(1)?.parse::<usize>().ok()?;
        let text = std::str::from_utf8(bytes.get(table..end)?).ok()?;
        let (offsets, trailer) = text.strip_prefix("xref\n0 ")?.split_once("trailer\n")?;
        let mut rows = offsets.lines();
        let size = rows.next()?.trim().parse().ok()?;
        let mut places = Vec::new();
        for (number, row) in rows.enumerate().skip(1) {
            let offset = row.strip_suffix(" 00000 n ").or_else(|| row.strip_suffix(" 00000 n"))?;
            places.push((offset.parse::<usize>().ok()?, number));
        }
        places.sort_unstable();
        let ends = places.iter().map(|(offset, _)| *offset).skip(1).chain([table]);
        let object = |((offset, number), end): (&(usize, usize), usize)| {
            let whole = bytes.get(*offset..end)?.trim_ascii_end();
            whole.ends_with(b"endobj").then_some(Object { number: *number, whole })
        };
        let objects = places.iter().zip(ends).map(object).collect::<Option<Vec<_>>>()?;
        (places.len() + 1 == size).then_some(Self {
            head: bytes.get(..places.first()?.0)?,
            objects,
            size,
            trailer: without_size(trailer, size)?,
        })
    }
}

/// The trailer's entries, of which the size changes.
fn without_size(trailer: &str, size: usize) -> Option<String> {
    let entries = trailer.trim().strip_prefix("<<")?.strip_suffix(">>")?;
    let size = format!("/Size {size}");
    entries.contains(&size).then(|| entries.replacen(&size, "", 1).trim().to_owned())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Where an object lies in the new file.
#[derive(Clone, Copy)]
enum Place {
    Free,
    At(usize),
    In { stream: usize, index: usize },
}

/// The new file as far as it is written.
struct Out {
    bytes: Vec<u8>,
    /// By object number.
    places: Vec<Place>,
}

impl Out {
    /// The object of this number begins here.
    fn note(&mut self, number: usize) -> Option<()> {
        *self.places.get_mut(number)? = Place::At(self.bytes.len());
        Some(())
    }

    /// Writes objects into a stream, which gets the next free number.
    fn pack(&mut self, objects: &[Object<'_>]) -> Option<()> {
        let stream = self.places.len();
        let (mut index, mut contents) = (String::new(), Vec::new());
        for (at, object) in objects.iter().enumerate() {
            let opening = format!("{} 0 obj", object.number);
            let inside = object.whole.strip_prefix(opening.as_bytes())?.strip_suffix(b"endobj")?.trim_ascii();
            index.push_str(&format!("{} {} ", object.number, contents.len()));
            contents.extend_from_slice(inside);
            contents.push(b'\n');
            *self.places.get_mut(object.number)? = Place::In { stream, index: at };
        }
        let first = index.len();
        let data = [index.into_bytes(), contents].concat();
        self.places.push(Place::At(self.bytes.len()));
        self.stream(stream, &format!("/Type/ObjStm/N {}/First {first}", objects.len()), &data);
        Some(())
    }

    fn stream(&mut self, number: usize, entries: &str, data: &[u8]) {
        self.packed_stream(number, entries, &deflate::stream(data));
    }

    fn packed_stream(&mut self, number: usize, entries: &str, packed: &[u8]) {
        let opening = format!("{number} 0 obj\n<<{entries}/Filter/FlateDecode/Length {}>>\nstream\n", packed.len());
        self.bytes.extend_from_slice(opening.as_bytes());
        self.bytes.extend_from_slice(packed);
        self.bytes.extend_from_slice(b"\nendstream\nendobj\n\n");
    }

    /// Writes where everything lies, and the end of the file.
    fn end(mut self, trailer: String) -> Option<Vec<u8>> {
        let start = self.bytes.len();
        self.places.push(Place::At(start));
        let rows = self.places.iter().flat_map(|place| {
            let (kind, first, second) = match *place {
                Place::Free => (0, 0, u16::MAX),
                Place::At(offset) => (1, offset, 0),
                Place::In { stream, index } => (2, stream, index as u16),
            };
            let [high, low] = second.to_be_bytes();
            let [a, b, c, d] = (first as u32).to_be_bytes();
            [kind, a, b, c, d, high, low]
        });
        let (rows, size) = (rows.collect::<Vec<u8>>(), self.places.len());
        self.stream(size - 1, &format!("/Type/XRef/W[1 4 2]/Size {size}{trailer}"), &rows);
        self.bytes.extend_from_slice(format!("startxref\n{start}\n%%EOF").as_bytes());
        Some(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_laid_out_otherwise_is_told() {
        for odd in
            ["", "%PDF-1.7\n", "%PDF-1.7\nxref\n0 9\ntrailer\n<<>>\nstartxref\n9\n%%EOF", "startxref\n99999\n%%EOF"]
        {
            assert_eq!(compact(odd.as_bytes(), &Outlines::default()), None);
        }
    }
}
