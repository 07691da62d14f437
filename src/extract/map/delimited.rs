//! Files of lines: the header names the fields, and a record with another number of fields is set aside.

use anyhow::{Context, Result};
use csv::{ByteRecord, Reader, ReaderBuilder};

use super::Mapper;
use super::aside::Fault;
use super::cell::Cell;
use super::heading::{self, Places};
use crate::source::format::{Header, Quotes};

impl Mapper<'_> {
    /// Takes a whole file in UTF-8.
    pub(super) fn delimited(&mut self, delimiter: u8, quotes: Quotes, header: Header, body: &[u8]) -> Result<()> {
        let open = || File::open(delimiter, quotes, header, body);
        self.begin_file();
        if self.wants_survey() {
            let (mut file, places) = (open()?, self.places(&open()?.names()?, header)?);
            while let Some((_, record)) = file.next()? {
                if let Ok(cells) = cells(record, &places) {
                    self.see(&cells);
                }
            }
        }
        let mut file = open()?;
        let places = self.places(&file.names()?, header)?;
        let width = file.header.len();
        while let Some((number, record)) = file.next()? {
            self.mapped.records += 1;
            match cells(record, &places) {
                _ if record.len() != width => self.mapped.aside.add(number, vec![Fault::FieldCount]),
                Ok(cells) => self.record(&cells, number),
                Err(fault) => self.mapped.aside.add(number, vec![fault]),
            }
        }
        Ok(())
    }

    fn places(&self, names: &[String], header: Header) -> Result<Places> {
        heading::places(names, header.names, self.mapping)
    }
}

/// A file whose header has been read.
struct File<'b> {
    reader: Reader<&'b [u8]>,
    header: ByteRecord,
    record: ByteRecord,
    /// How many records were read: rows as a spreadsheet shows them, without empty lines.
    count: u64,
}

impl<'b> File<'b> {
    fn open(delimiter: u8, quotes: Quotes, header: Header, body: &'b [u8]) -> Result<Self> {
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .quoting(quotes == Quotes::Wrap)
            .flexible(true)
            .has_headers(false)
            .from_reader(body);
        let mut file = Self { reader, header: ByteRecord::new(), record: ByteRecord::new(), count: 0 };
        let from = header.row.unwrap_or(1);
        while let Some((number, record)) = file.next()? {
            if number >= from && record.iter().any(|field| !field.trim_ascii().is_empty()) {
                file.header = file.record.clone();
                break;
            }
        }
        Ok(file)
    }

    fn names(&self) -> Result<Vec<String>> {
        let name = |name| std::str::from_utf8(name).map(|name: &str| name.trim().to_owned());
        let names: Result<_, _> = self.header.iter().map(name).collect();
        names.context("the header is not UTF-8 text; save the file as UTF-8, or say its `encoding`")
    }

    /// The next record and its number, from 1.
    fn next(&mut self) -> Result<Option<(u64, &ByteRecord)>> {
        let more = self.reader.read_byte_record(&mut self.record).context("the file breaks off inside a record")?;
        self.count += 1;
        Ok(more.then_some((self.count, &self.record)))
    }
}

fn cells<'r>(record: &'r ByteRecord, places: &Places) -> Result<Vec<Cell<'r>>, Fault> {
    let field = |place: &Option<usize>| match place.and_then(|place| record.get(place)) {
        Some(field) => std::str::from_utf8(field).map(|text| Cell::Text(text.trim())).map_err(|_| Fault::NotUtf8),
        None => Ok(Cell::Absent),
    };
    places.iter().map(field).collect()
}
