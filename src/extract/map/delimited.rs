//! Files of lines: the header names the fields, and a record with another number of fields is set aside.

use anyhow::{Context, Result, bail};
use csv::{ByteRecord, ReaderBuilder};

use super::Mapper;
use super::aside::Fault;
use super::cell::Cell;
use crate::source::mapping::{Field, Others, Presence};
use crate::source::resource::Quotes;

const BOM: &[u8] = b"\xef\xbb\xbf";

impl Mapper<'_> {
    pub(super) fn delimited(&mut self, delimiter: u8, quotes: Quotes, body: &[u8]) -> Result<()> {
        let body = body.strip_prefix(BOM).unwrap_or(body);
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .quoting(quotes == Quotes::Wrap)
            .flexible(true)
            .has_headers(true)
            .from_reader(body);
        let header = reader.byte_headers().context("the file has no header")?.clone();
        let columns = self.positions(&header)?;
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record).context("the file breaks off inside a record")? {
            self.line(&record, &columns, header.len());
        }
        Ok(())
    }

    /// Where each field of the mapping lies in a record; `None` for one that need not be there and is not.
    fn positions(&self, header: &ByteRecord) -> Result<Vec<Option<usize>>> {
        let names: Vec<&str> = header
            .iter()
            .map(|name| std::str::from_utf8(name).map(str::trim))
            .collect::<Result<_, _>>()
            .context("the header is not UTF-8 text; save the file as UTF-8")?;
        self.others(&names)?;
        let position = |field: &Field| {
            let wanted = field.name.as_str();
            let mut found = names.iter().enumerate().filter(|(_, name)| **name == wanted).map(|(index, _)| index);
            match (found.next(), found.next()) {
                (Some(index), None) => Ok(Some(index)),
                (Some(_), Some(_)) => bail!("the header has two columns `{wanted}`"),
                (None, _) if field.presence == Presence::Optional => Ok(None),
                (None, _) => bail!("the header has no column `{wanted}`; it has `{}`", names.join("`, `")),
            }
        };
        self.mapping.fields.iter().map(position).collect()
    }

    /// Where columns are taken by their names, every name must be one.
    fn others(&self, names: &[&str]) -> Result<()> {
        let is_read = |name: &&str| self.mapping.fields.iter().any(|field| field.name == *name);
        match names.iter().find(|name| !is_read(name)) {
            Some(other) if self.mapping.others == Others::Refused => {
                let known: Vec<&str> = self.mapping.fields.iter().map(|field| field.name.as_str()).collect();
                bail!("the header has `{other}`, which is no column here; the columns are `{}`", known.join("`, `"))
            }
            _ => Ok(()),
        }
    }

    fn line(&mut self, record: &ByteRecord, columns: &[Option<usize>], width: usize) {
        self.mapped.records += 1;
        // Rows are counted as a spreadsheet shows them: the header is row 1.
        let line = self.mapped.records + 1;
        if record.len() != width {
            return self.mapped.aside.add(line, vec![Fault::FieldCount]);
        }
        let field = |index: &Option<usize>| match index {
            Some(index) => std::str::from_utf8(&record[*index]).map(|text| Cell::Text(text.trim())),
            None => Ok(Cell::Nothing),
        };
        let fields = columns.iter().map(field);
        match fields.collect::<Result<Vec<Cell>, _>>() {
            Ok(cells) => self.record(&cells, line),
            Err(_) => self.mapped.aside.add(line, vec![Fault::NotUtf8]),
        }
    }
}
