//! A CSV text cut into cells that know where they stand.

use std::ops::Range;

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What it says, without quotes and outer space.
    pub text: String,
    /// Where it stands in the file, in bytes.
    pub span: Range<usize>,
}

/// Cuts a text into records; lines without any sign are left out. The place of a quote that is never closed is an error.
pub fn records(text: &str) -> Result<Vec<Vec<Cell>>, Range<usize>> {
    let mut reader = Reader { text, at: if text.starts_with('\u{feff}') { 3 } else { 0 } };
    let mut records = Vec::new();
    while reader.at < text.len() {
        let record = reader.record()?;
        if record.len() > 1 || record.iter().any(|cell| !cell.text.is_empty()) {
            records.push(record);
        }
    }
    Ok(records)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn record(&mut self) -> Result<Vec<Cell>, Range<usize>> {
        let mut cells = Vec::new();
        loop {
            let cell = if self.rest().starts_with('"') { self.quoted()? } else { self.bare() };
            cells.push(cell);
            match self.rest().chars().next() {
                Some(',') => self.at += 1,
                Some(_) => {
                    self.at += if self.rest().starts_with("\r\n") { 2 } else { 1 };
                    return Ok(cells);
                }
                None => return Ok(cells),
            }
        }
    }

    /// Up to the next comma or end of line.
    fn bare(&mut self) -> Cell {
        let start = self.at;
        self.at += self.rest().find([',', '\n', '\r']).unwrap_or(self.rest().len());
        Cell { text: self.text[start..self.at].trim().to_owned(), span: start..self.at }
    }

    /// Up to the closing quote; a doubled quote stands for one. What follows the closing quote belongs to the cell too.
    fn quoted(&mut self) -> Result<Cell, Range<usize>> {
        let start = self.at;
        let mut text = String::new();
        self.at += 1;
        loop {
            let Some(length) = self.rest().find('"') else { return Err(start..start + 1) };
            text.push_str(&self.rest()[..length]);
            self.at += length + 1;
            if !self.rest().starts_with('"') {
                break;
            }
            text.push('"');
            self.at += 1;
        }
        text.push_str(&self.bare().text);
        Ok(Cell { text: text.trim().to_owned(), span: start..self.at })
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<Vec<String>> {
        let records = records(text).expect("records");
        records.into_iter().map(|record| record.into_iter().map(|cell| cell.text).collect()).collect()
    }

    #[test]
    fn quotes_wrap_commas_quotes_and_lines() {
        assert_eq!(
            texts("a,b\r\n\"1,2\",\"x\"\"y\nz\"\n\n,\n"),
            [vec!["a", "b"], vec!["1,2", "x\"y\nz"], vec!["", ""]]
        );
        assert_eq!(records("a\n\"b").expect_err("never closed"), 2..3);
    }

    #[test]
    fn a_cell_knows_its_place() {
        let text = "\u{feff}a,b\n甲, 2 \n";
        let cell = &records(text).expect("records")[1][1];
        assert_eq!((cell.text.as_str(), &text[cell.span.clone()]), ("2", " 2 "));
    }
}
